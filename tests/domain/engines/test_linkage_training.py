"""Training: unsupervised, repeatable, honest about what it rests on; models are pinned, named, found and refused."""

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import yaml

from credential_pipeline.engines.linkage import estimation, fields, model, samples, train
from credential_pipeline.engines.linkage.comparisons import comparison
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.relation import Relation, Scratch, relation, scratch
from tests.domain.engines.linkage_world import make_world, put_feeds


def trained(shuffle: int | None = None, threads: int = 1, **options: object) -> model.Model:
    with connect(threads=threads) as con, scratch(con) as work:
        put_feeds(con, make_world(1200, 400), shuffle)
        left = fields.make_records(work, relation(con, "cleaned_learners.profiles"), id_column="profile_id")
        right = fields.make_records(work, relation(con, "education_registry.persons"), id_column="student_id")
        return train.train(con, "registry", left, right, u_pairs=20_000, **options)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def made() -> model.Model:
    return trained()


def test_training_is_the_same_in_any_row_order_and_thread_count(made) -> None:
    other = trained(shuffle=5, threads=2)
    assert other.weights == made.weights
    assert other.prior == made.prior
    assert other.meta == made.meta


def test_another_seed_draws_other_random_pairs(made) -> None:
    assert trained(seed=2).weights != made.weights


def test_training_finds_the_prior_and_the_weights_without_labels(made) -> None:
    assert 0.6 < made.prior * made.right_rows < 1.2
    m_name, m_date = made.weights["name"], made.weights["birth_date"]
    assert m_date["exact"][0] > 0.8
    assert m_name["full"][0] > 10 * m_name["other"][0]


def test_matches_among_the_random_pairs_do_not_inflate_u(made) -> None:
    """Two random days in 45 years agree once in 16,000; among 1,200 people matches alone are fifty times as many."""
    assert made.weights["birth_date"]["exact"][1] < 3 / (45 * 365)


def test_every_weight_says_what_it_rests_on(made) -> None:
    rests = made.meta["provenance"]
    assert {(name, level) for name, level, _, _ in made.mu_table()} == {(n, lv) for n in rests for lv in rests[n]}
    assert rests["name"]["full"] == {"m": "estimated (birth_date)", "u": "counted"}
    assert rests["birth_date"]["exact"] == {"m": "estimated (full_name)", "u": "counted"}
    assert rests["name"]["other"]["u"] == "sampled"
    assert "typical" in {source["m"] for levels in rests.values() for source in levels.values()}


def put(work: Scratch, rows: int, columns: str) -> tuple[Relation, Relation]:
    source = work.table("source", f"SELECT 'i' || i AS id, {columns} FROM range({rows}) t(i)")
    left, right = (fields.make_records(work, source, id_column="id") for _ in "lr")
    return left, right


FEW_DATES = "CASE WHEN i % 25 = 0 THEN DATE '1980-01-01' + i::INTEGER * 31 END AS birth_date"
"""Enough to be compared, too few for a pass of their own."""


def test_a_level_that_no_pass_can_train_is_refused_by_name() -> None:
    """Next to names alone: the only pass blocks on the name, so it is silent about it."""
    with connect(threads=1) as con, scratch(con) as work:
        sides = put(work, 300, f"'N' || i AS first_name, 'L' || (i % 40) AS last_name, {FEW_DATES}")
        with pytest.raises(SafeError, match=r"name\.full") as refused:
            train.train(con, "registry", *sides, u_pairs=5_000)
    assert refused.value.code == "E_TRAINING"


def test_without_a_field_that_every_model_needs_nothing_is_trained() -> None:
    """Loading would refuse such a model."""
    columns = "'N' || i AS first_name, 'L' || (i % 40) AS last_name, i || ' MAIN ST' AS street, '44101' AS zip"
    with connect(threads=1) as con, scratch(con) as work:
        sides = put(work, 300, columns)
        with pytest.raises(SafeError, match=r"registry holds birth_date, without which.*then train") as refused:
            train.train(con, "registry", *sides, u_pairs=5_000)
    assert refused.value.code == "E_TRAINING"


def test_where_few_hold_a_birth_date_names_are_trained_on_shared_addresses(tmp_path: Path) -> None:
    columns = (
        f"{FEW_DATES}, chr((65 + i % 26)::INTEGER) || chr((65 + i // 26 % 26)::INTEGER) || 'ANNA' AS first_name, 'L' || chr((65 + i % 20)::INTEGER) || 'SON' AS last_name, "
        "i || ' MAIN ST' AS street, (10000 + i)::VARCHAR AS zip, 'OH' AS state, 'X' AS city"
    )
    with connect(threads=1) as con, scratch(con) as work:
        sides = put(work, 1000, columns)
        made = train.train(con, "registry", *sides, u_pairs=50_000)
    assert made.meta["passes"] == ["full_name", "street+zip"]
    assert made.meta["provenance"]["name"]["full"]["m"] == "estimated (street+zip)"
    path = train.pin(made, tmp_path, trained_by="x", trained_on=date(2026, 11, 22))
    assert model.load(path).weights == made.weights


def test_too_few_matches_are_refused() -> None:
    with connect(threads=1) as con, scratch(con) as work:
        sides = put(
            work, 10, "'N' || i AS first_name, 'L' || i AS last_name, DATE '1980-01-01' + i::INTEGER * 31 AS birth_date"
        )
        with pytest.raises(SafeError, match="too few matches") as refused:
            train.train(con, "registry", *sides, u_pairs=5_000)
    assert refused.value.code == "E_TRAINING"


def test_a_big_pass_looks_at_some_left_records_and_the_prior_knows(monkeypatch) -> None:
    whole = trained()
    monkeypatch.setattr(samples, "EM_PAIRS", 300)
    part = trained()
    assert part.meta["expected_matches"]["birth_date"] < 0.8 * whole.meta["expected_matches"]["birth_date"]
    assert part.prior == pytest.approx(whole.prior, rel=0.25)


def test_maximisation_recovers_a_known_mixture() -> None:
    sex, digits = comparison("sex"), comparison("ssn_last4")
    u = {"sex": np.array([0.5, 0.5]), "ssn_last4": np.array([1e-4, 4e-3, 0.9959])}
    m = {"sex": np.array([0.9, 0.1]), "ssn_last4": np.array([0.8, 0.1, 0.1])}
    cells = [(s, d) for s in range(2) for d in range(3)]
    pairs = np.array(
        [1000 * m["sex"][s] * m["ssn_last4"][d] + 3000 * u["sex"][s] * u["ssn_last4"][d] for s, d in cells]
    )
    levels = {"sex": np.array([s for s, _ in cells]), "ssn_last4": np.array([d for _, d in cells])}
    found = estimation.maximise(estimation.Patterns(levels, pairs), u, estimation.typical([sex, digits], 0))
    assert found.matches == pytest.approx(1000, rel=0.1)
    assert found.counts["ssn_last4"][0] / found.counts["ssn_last4"].sum() == pytest.approx(0.8, abs=0.08)


def test_a_pinned_model_carries_who_when_and_all_weights(made, tmp_path: Path) -> None:
    path = train.pin(made, tmp_path, trained_by="team:data", trained_on=date(2026, 11, 22))
    assert path.name.startswith("registry_20261122_")
    sidecar = yaml.safe_load(path.with_suffix(".meta.yml").read_text())
    assert (sidecar["trained_by"], sidecar["trained_on"]) == ("team:data", "2026-11-22")
    assert sidecar["seed"] == train.SEED
    assert {"versions", "training_tables", "blocking_rules", "passes", "provenance", "prior"} <= set(sidecar)
    assert len(sidecar["levels"]) == len(made.mu_table())
    assert model.choose("registry", path.stem, tmp_path).weights == made.weights
    assert train.pin(made, tmp_path, trained_by="x", trained_on=date(2026, 11, 22)) == path


def test_models_are_looked_for_at_home_then_among_the_shipped(made, tmp_path: Path) -> None:
    assert model.choose("registry", None, tmp_path).name == "registry"
    assert model.choose("registry", "registry", tmp_path).name == "registry"
    path = train.pin(made, tmp_path, trained_by="x", trained_on=date(2026, 11, 22))
    before = model.fingerprint(path)
    path.write_text(path.read_text() + "\n")
    assert model.fingerprint(path) != before


def _spoil(path: Path, what: str) -> None:
    saved = json.loads(path.read_text())
    side = path.with_suffix(".meta.yml")
    meta = yaml.safe_load(side.read_text())
    if what == "levels":
        saved["comparisons"][0]["comparison_levels"].pop(2)
    elif what == "field":
        saved["comparisons"] = [item for item in saved["comparisons"] if item["output_column_name"] != "birth_date"]
    elif what == "unknown field":
        saved["comparisons"][-1]["output_column_name"] = "shoe_size"
    elif what == "weight":
        saved["comparisons"][0]["comparison_levels"][1]["m_probability"] = 1.5
    elif what == "splink":
        meta["versions"]["splink"] = "4.9.9"
    elif what == "sidecar":
        side.unlink()
        return
    elif what == "text":
        path.write_text("{")
        return
    path.write_text(json.dumps(saved))
    side.write_text(yaml.safe_dump(meta))


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("levels", "levels of the field name"),
        ("field", "no weights for the field birth_date"),
        ("unknown field", "does not know"),
        ("weight", "not a probability"),
        ("splink", "Splink 4.9.9"),
        ("sidecar", "missing or damaged"),
        ("text", "missing or damaged"),
    ],
)
def test_a_model_that_does_not_fit_is_refused_in_one_line(tmp_path: Path, what, says) -> None:
    path = model.save(model.shipped("registry"), tmp_path)
    _spoil(path, what)
    with pytest.raises(SafeError, match=says) as refused:
        model.load(path)
    assert refused.value.code == "E_MODEL"
    assert "registry.json" in str(refused.value)
    assert "train" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_missing_model_and_one_of_another_family_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SafeError, match=r"nobody\.json"):
        model.locate("registry", "nobody", tmp_path)
    with pytest.raises(SafeError, match="family reference"):
        model.choose("reference", "registry", tmp_path)
