"""The engine: comparisons, blocking, models, training, scores."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from credential_pipeline.engines.linkage import blocking, comparisons, diagnose, fields, model, predict
from credential_pipeline.engines.linkage.sql import Here, count
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.relation import Relation, Scratch, scratch

PERSON = {"first_name": "JOHN", "last_name": "CARTER", "birth_date": "1985-03-07"}


@pytest.fixture
def work() -> Iterator[Scratch]:
    with connect(threads=1) as con, scratch(con) as made:
        yield made


def records(work: Scratch, side: str, rows: list[dict[str, str | None]]) -> Relation:
    """A record table of people whose ids begin with a word for their side."""
    values = [{"id": f"{side}{i}", **row} for i, row in enumerate(rows)]
    columns = sorted({name for row in values for name in row})
    kinds = {name: "DATE" if name == "birth_date" else "VARCHAR" for name in columns}
    source = work.rows("source", kinds, [[row.get(name) for name in columns] for row in values])
    return fields.make_records(work, source, id_column="id")


def every_pair(work: Scratch, left: Relation, right: Relation) -> Relation:
    return work.table("every", f"SELECT l.record AS left_record, r.record AS right_record FROM {left} l, {right} r")


def score_all(work: Scratch, left: Relation, right: Relation, pairs: Relation, used: tuple[str, ...]) -> Relation:
    """All pairs with their scores, however low."""
    return predict.score(
        Here(work),
        model.shipped("registry"),
        left=left,
        right=right,
        pairs=pairs,
        fields=used,
        right_rows=9,
        min_weight=predict.ALL,
    )


NAMES = [
    ({}, {}, "full"),
    ({"first_name": "BOB"}, {"first_name": "ROBERT"}, "nickname"),
    ({"first_name": "PACO"}, {"first_name": "FRANCISCO"}, "nickname"),
    ({"first_name": "JOHNATHON"}, {"first_name": "JONATHAN"}, "similar_first"),
    ({"first_name": "MARQUISE"}, {"first_name": "MARQIUSE"}, "similar_first"),
    ({"last_name": "CARTRE"}, {}, "similar_last"),
    ({"last_name": "SMITH-CARTER"}, {"last_name": "CARTER"}, "surname"),
    ({"last_name": "JONES", "previous_last_name": "CARTER"}, {}, "surname"),
    ({"first_name": "CARTER", "last_name": "JOHN"}, {}, "swapped"),
    ({"first_name": "J"}, {}, "initial"),
    ({"first_name": "PAUL"}, {"middle_name": "PAUL"}, "middle_as_first"),
    ({"first_name": "BETH", "middle_name": "J"}, {"middle_name": "B"}, "middle_as_first"),
    ({"first_name": "JO"}, {}, "similar_first"),
    ({"first_name": None, "last_name": "CARTER JOHN"}, {}, "swapped"),
    ({"first_name": None, "last_name": "CARTER JOHN"}, {"last_name": "CARTER-SMITH"}, "swapped"),
    ({"first_name": None}, {}, "last_only"),
    ({"last_name": None}, {}, "first_only"),
    ({"first_name": "ERIK"}, {"first_name": "EIRK"}, "similar_first"),
    ({"first_name": "CARTER", "last_name": "ZWICK"}, {}, "crossed"),
    # Two people bear the name, so that it is no slip of the pen.
    ({"first_name": "DEBORAH"}, {"first_name": "DEBORAH"}, "full"),
    ({"first_name": "DEBORAH"}, {"first_name": "DEBORAH"}, "full"),
    ({"first_name": "DEBORAH"}, {}, "last"),
    ({"first_name": "QZHN"}, {}, "odd_first"),
    ({"first_name": "RESIDENT"}, {}, "last_only"),
    ({"first_name": "OLDEST CHILD"}, {}, "last_only"),
    ({"last_name": "OCCUPANT"}, {}, "first_only"),
    ({"last_name": "ZWICK"}, {}, "first"),
    ({"first_name": "DEBORAH", "last_name": "ZWICK"}, {}, "other"),
    ({"last_name": "O'BRIEN"}, {"last_name": "OBRIEN"}, "full"),
    ({"last_name": "NUÑEZ"}, {"last_name": "NUNEZ"}, "full"),
]
DATES = [
    ("1985-03-07", "exact"),
    ("1985-07-03", "swapped"),
    ("1985-03-08", "one_edit"),
    ("1958-03-07", "one_edit"),
    ("1895-03-07", "one_edit"),
    ("1991-03-07", "same_day"),
    ("1985-04-18", "same_year"),
    ("1962-11-25", "other"),
    (None, "unknown"),
]


def levels(pairs: list[tuple[dict[str, str | None], dict[str, str | None]]], field: str) -> list[str]:
    """Names of the levels at which persons are compared, pair by pair."""
    with connect(threads=1) as con, scratch(con) as work:
        left = records(work, "l", [PERSON | left for left, _ in pairs])
        right = records(work, "r", [PERSON | right for _, right in pairs])
        alike = work.table(
            "alike",
            f"SELECT l.record AS left_record, r.record AS right_record FROM {left} l JOIN {right} r ON r.id[2:] = l.id[2:]",
        )
        scored = score_all(work, left, right, alike, ("name", "birth_date"))
        rows = con.execute(
            f"SELECT gamma_{field} FROM {scored} JOIN {left} l ON l.record = left_record ORDER BY substr(l.id, 2)::INTEGER"
        ).fetchall()
    item = comparisons.comparison(field)
    names = {item.code(name): name for name in [*item.level_names, "unknown"]}
    return [names[row[0]] for row in rows]


def test_names_are_compared_at_the_level_that_people_would_name() -> None:
    expected = [level for _, _, level in NAMES]
    assert levels([(left, right) for left, right, _ in NAMES], "name") == expected
    assert levels([(right, left) for left, right, _ in NAMES], "name") == expected


def test_ids_do_not_decide_which_records_are_a_sample(work: Scratch) -> None:
    rows = [PERSON | {"first_name": name} for name in ("ANN", "BO", "CY", "DEE", "ED", "FLO", "GUS")]
    one = records(work, "l", rows)
    named = {name: number for number, name in work.con.execute(f"SELECT record, first_name FROM {one}").fetchall()}
    other = records(work, "r", rows[::-1])
    again = {name: number for number, name in work.con.execute(f"SELECT record, first_name FROM {other}").fetchall()}
    assert again == named


def test_birth_dates_have_levels_of_their_own() -> None:
    found = levels([({"birth_date": born}, {}) for born, _ in DATES], "birth_date")
    assert found == [level for _, level in DATES]


def test_both_dialects_are_built_from_one_source() -> None:
    duckdb, spark = (comparisons.comparisons(tuple(fields.FIELDS), dialect) for dialect in ("duckdb", "spark"))
    assert [item.name for item in duckdb] == [item.name for item in spark]
    assert [[level.name for level in item.levels] for item in duckdb] == [[x.name for x in y.levels] for y in spark]
    text = json.dumps([level.condition for item in spark for level in item.levels])
    assert "jaro_winkler(" in text
    assert "jaro_winkler_similarity" not in text
    assert "list_has_any" not in text


def test_fields_that_one_side_lacks_are_not_compared(work: Scratch) -> None:
    left = records(work, "l", [PERSON | {"sex": "M", "ssn_last4": "1234"}])
    right = records(work, "r", [PERSON | {"sex": "M"}])
    assert fields.shared_fields(work.con, left, right) == ("name", "birth_date", "sex")


def test_a_block_beyond_its_bound_is_left_out_and_pairs_are_found_once(work: Scratch) -> None:
    rule = blocking.Rule("names", ("first_name", "last_name"), bound=3)
    again = blocking.Rule("again", ("last_name",), bound=3)
    left = records(work, "l", [PERSON, PERSON | {"last_name": "ZWICK"}])
    right = records(work, "r", [PERSON] * 4 + [PERSON | {"last_name": "ZWICK"}] * 2)
    found = blocking.make_pairs(Here(work), left, right, [rule, again])
    rows = work.con.execute(
        f"SELECT l.id, r.id, rule FROM {found.pairs} JOIN {left} l ON l.record = left_record "
        f"JOIN {right} r ON r.record = right_record ORDER BY ALL"
    ).fetchall()
    assert rows == [("l1", "r4", 0), ("l1", "r5", 0)]
    skipped = [(one.rule, one.skipped_blocks, one.skipped_records) for one in found.forecast.rules]
    assert skipped == [("names", 1, 1), ("again", 1, 1)]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({"birth_date": None}, {}),
        ({"birth_date": None, "first_name": "JACK"}, {}),
        ({"birth_date": None, "last_name": "JONES", "previous_last_name": "CARTER"}, {}),
        ({"birth_date": None, "first_name": "CARTER", "last_name": "JOHN"}, {}),
        ({"birth_date": "1985-07-03", "first_name": "JOHAN"}, {}),
        ({"birth_date": "1986-03-07", "first_name": "JOHAN"}, {}),
        ({"first_name": "XOHN", "last_name": "CARTERS"}, {}),
        ({"last_name": "ZWICK"}, {}),
        ({"birth_date": "1958-03-07", "last_name": "CRTER"}, {}),
    ],
)
def test_blocking_finds_people_without_birth_date_and_with_errors(work, left, right) -> None:
    one, other = records(work, "l", [PERSON | left]), records(work, "r", [PERSON | right])
    rules = blocking.usable(blocking.RULES, fields.shared_fields(work.con, other))
    assert count(work.con, blocking.make_pairs(Here(work), one, other, rules).pairs) == 1


@pytest.mark.parametrize("family", ["profiles", "registry", "reference"])
def test_shipped_models_are_whole_and_have_a_sidecar(family) -> None:
    shipped = model.shipped(family)
    for name, level, m, u in shipped.mu_table():
        assert 0 < m <= 1, (name, level)
        assert 0 < u <= 1, (name, level)
    assert {"name", "birth_date", "address", "middle_name", "sex"} <= set(shipped.fields)
    assert {"versions", "training_tables", "blocking_rules", "seed", "levels", "fields"} <= set(shipped.meta)
    weight = {(n, lv): m / u for n, lv, m, u in shipped.mu_table()}
    assert weight["name", "full"] > weight["name", "last"] > weight["name", "other"]
    assert weight["birth_date", "exact"] > weight["birth_date", "one_edit"] > weight["birth_date", "other"]


def test_a_model_survives_saving_and_a_foreign_one_is_refused(tmp_path: Path) -> None:
    shipped = model.shipped("registry")
    path = model.save(shipped, tmp_path)
    assert model.load(path).weights == shipped.weights
    saved = json.loads(path.read_text())
    saved["comparisons"][0]["comparison_levels"].pop(2)
    path.write_text(json.dumps(saved))
    with pytest.raises(SafeError) as refused:
        model.load(path)
    assert refused.value.code == "E_MODEL"
    with pytest.raises(SafeError):
        model.load(tmp_path / "none.json")


def test_the_prior_is_scaled_to_the_size_of_the_registry() -> None:
    shipped = model.shipped("registry")
    assert shipped.prior_for(shipped.right_rows) == pytest.approx(shipped.prior)
    assert shipped.prior_for(shipped.right_rows * 10) == pytest.approx(shipped.prior / 10)


def test_scores_do_not_depend_on_how_many_pairs_are_scored_at_a_time(work: Scratch, monkeypatch) -> None:
    people = [PERSON | {"first_name": name, "birth_date": f"198{i % 3}-03-07"} for i, name in enumerate("ABCDEFGHIJ")]
    left, right = records(work, "l", people), records(work, "r", people[::-1])
    pairs, found = every_pair(work, left, right), []
    before = left_behind(work)
    for chunk in (1_000, 7):
        monkeypatch.setattr(predict, "CHUNK_PAIRS", chunk)
        given = {"pairs": pairs, "fields": ("name", "birth_date"), "right_rows": 10, "min_weight": predict.ALL}
        scored = predict.score(Here(work), model.shipped("registry"), left=left, right=right, **given)
        found.append(work.con.execute(f"FROM {scored} ORDER BY ALL").fetchall())
        work.drop(scored)
    assert len(found[0]) == 100
    assert found[0] == found[1]
    # What is left are the frequencies, which every call counts.
    assert {name.rpartition("_")[0] for name in left_behind(work) - before} == {
        "frequency_full_name",
        "frequency_others",
        "frequency_first_name",
        "frequency_last_name",
        "frequency_zip",
        "frequency_city",
        "frequency_state",
        "frequency_birth_date",
    }


def left_behind(work: Scratch) -> set[str]:
    return {name for (name,) in work.con.execute("SELECT table_name FROM duckdb_tables()").fetchall()}


def test_splink_says_nothing_and_leaves_nothing_behind(capfd, caplog) -> None:
    with connect(threads=1) as con:
        with scratch(con) as work:
            left, right = records(work, "l", [PERSON]), records(work, "r", [PERSON])
            predict.score(
                Here(work),
                model.shipped("registry"),
                left=left,
                right=right,
                pairs=every_pair(work, left, right),
                fields=("name", "birth_date"),
                right_rows=9,
                min_weight=predict.MIN_WEIGHT,
            )
        assert not con.execute("SELECT table_name FROM duckdb_tables()").fetchall()
    out = capfd.readouterr()
    assert out.out + out.err + caplog.text == ""


def test_a_pair_within_one_table_is_scored_from_both_ends_alike(work: Scratch) -> None:
    people = records(work, "l", [PERSON, PERSON | {"first_name": "JON"}])
    pairs = work.rows("pairs", {"left_record": "BIGINT", "right_record": "BIGINT"}, [(1, 2), (2, 1)])
    scored = predict.score(
        Here(work),
        model.shipped("profiles"),
        left=people,
        right=None,
        pairs=pairs,
        fields=("name", "birth_date"),
        right_rows=2,
        min_weight=predict.ALL,
    )
    rows = work.con.execute(f"SELECT left_record, right_record, match_weight FROM {scored} ORDER BY 1").fetchall()
    assert [row[:2] for row in rows] == [(1, 2), (2, 1)]
    assert rows[0][2] == rows[1][2]


def test_diagnostics_hold_counts_and_levels_only() -> None:
    with connect(threads=1) as con:
        diagnose.start(con, "d")
        con.execute("CREATE TABLE t AS SELECT 'linked' AS status, NULL::VARCHAR AS sex, 3.2 AS match_weight")
        diagnose.add_rates(con, "d", "t", "status", ["sex"])
        diagnose.add_histogram(con, "d", "t", "weights")
        diagnose.add_model(con, "d", model.shipped("registry"), ["sex"])
        rows = con.execute("SELECT metric, dimension, level FROM d").fetchall()
    assert ("share_linked", "sex", "unknown") in rows
    assert ("weights", "match_weight", "0") in rows
    assert ("level_weight", "registry", "sex.exact") in rows
    assert len(rows) == len(set(rows))
