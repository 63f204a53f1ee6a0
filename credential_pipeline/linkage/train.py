"""Unsupervised training: u from random pairs, m by expectation maximisation in several passes, the prior by counting.

Each pass blocks on other columns, because a pass says nothing about the comparisons that use its own. Training happens
rarely and its result is pinned; a level that no pass observed gets a documented assumption. Not here: prediction.
"""

import hashlib
import logging
import math
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from splink import DuckDBAPI, Linker, block_on

from credential_pipeline.errors import SafeError
from credential_pipeline.linkage.blocking import RULES, usable
from credential_pipeline.linkage.comparisons import TYPICAL, comparisons
from credential_pipeline.linkage.fields import make_features, make_records, shared_fields
from credential_pipeline.linkage.model import Model, Observed, Weights, save, settings, weights_of
from credential_pipeline.linkage.predict import quiet
from credential_pipeline.storage.engine import Connection

SEED = 20_261_122
U_PAIRS = 5_000_000
EM_PAIRS = 3_000_000
PASSES: tuple[tuple[str, ...], ...] = (("birth_date",), ("full_name",))
"""Columns of each pass of expectation maximisation; a pass whose columns are empty is left out."""
FALLBACK_PASS = ("street", "zip")
"""Trains the names where there is no birth date."""
REQUIRED = ("name", "birth_date")
"""Comparisons whose levels must mostly be observed; others are typical where data are too few."""
MIN_SHARE = 0.05
"""Share of rows that must have a value in every column of a pass."""
MIN_LEVELS = 2
"""So many levels of a required comparison must have been observed."""
TYPICAL_SHARE = 0.03
"""Share of the typical m in each m."""
TYPICAL_PAIRS = 1000
"""Random pairs that the typical u counts for."""

_LOG = logging.getLogger(__name__)


def train(
    con: Connection,
    family: str,
    left: str,
    right: str | None,
    *,
    training_version: str = "",
    seed: int = SEED,
    u_pairs: int = U_PAIRS,
) -> Model:
    """Train the model of one family.

    Args:
        con: The connection.
        family: Name of the family.
        left: Record table, numbered in the order of its ids so that the samples are the same in any row order.
        right: Record table of the other side, None to pair the left one with itself.
        training_version: Version of the tables, for the sidecar.
        seed: Seed of the random pairs.
        u_pairs: Number of random pairs.

    Raises:
        SafeError: ``E_TRAINING`` if a comparison could not be trained.
    """
    fields = shared_fields(con, left, right)
    chosen = comparisons(fields)
    tables = (
        {left: "tmp_linkage_train_l"} if right is None else {left: "tmp_linkage_train_l", right: "tmp_linkage_train_r"}
    )
    for table, features in tables.items():
        make_features(con, features, [(table, f"SELECT record FROM {table}", 1)])
    rows = [_count(con, table) for table in (left, right or left)]
    passes = [columns for columns in PASSES if _usable_pass(con, columns, list(tables.values()))]
    if ("birth_date",) not in passes:
        passes.append(FALLBACK_PASS)
    with quiet():
        saved = _fit(
            con, list(tables.values()), settings(chosen, None, 0.5 / rows[1], _link_type(right)), passes, seed, u_pairs
        )
    weights, assumed = _complete(weights_of(saved), u_pairs)
    prior = _prior(con, list(tables.values()), rows, weights, within=right is None)
    for features in tables.values():
        con.execute(f"DROP TABLE {features}")
    meta = {
        "family": family,
        "versions": {name: version(name) for name in ("splink", "duckdb")},
        "training_tables": training_version or "unversioned",
        "blocking_rules": [rule.name for rule in usable(RULES, fields)],
        "passes": ["+".join(columns) for columns in passes],
        "seed": seed,
        "random_pairs": u_pairs,
        "assumed_levels": assumed,
        "reviewed_by": None,
    }
    _LOG.info("trained the linkage model %s over %d comparisons", family, len(chosen))
    return Model(family, weights, prior, rows[0], rows[1], meta)


def pin(model: Model, folder: Path) -> Path:
    """Save a model as ``<family>_<hash of its weights>``; return the path of the JSON file."""
    digest = hashlib.sha256(repr((model.weights, model.prior)).encode()).hexdigest()[:10]
    return save(replace(model, name=f"{model.name}_{digest}"), folder)


def train_models(
    con: Connection, training_version: str = "", *, seed: int = SEED, u_pairs: int = U_PAIRS
) -> list[Model]:
    """Train every family whose tables are visible.

    ``profiles`` and ``registry`` need cleaned_learners.profiles and education_registry.persons, ``reference`` needs
    accepted_extract.learners and reference_population.persons: the two sides of the trust boundary train apart.

    Args:
        con: Connection with the views.
        training_version: Versions of the tables, for the sidecars.
        seed: Seed of the random pairs.
        u_pairs: Number of random pairs.
    """
    models = []
    found = {
        tuple(row) for row in con.execute("SELECT table_schema, table_name FROM information_schema.tables").fetchall()
    }

    def fit(family: str, right: str | None) -> Model:
        return train(
            con, family, "tmp_train_left", right, training_version=training_version, seed=seed, u_pairs=u_pairs
        )

    if ("cleaned_learners", "profiles") in found:
        make_records(con, "cleaned_learners.profiles", "tmp_train_left", id_column="profile_id")
        models.append(fit("profiles", None))
        if ("education_registry", "persons") in found:
            make_records(con, "education_registry.persons", "tmp_train_right", id_column="student_id")
            models.append(fit("registry", "tmp_train_right"))
    if {("accepted_extract", "learners"), ("reference_population", "persons")} <= found:
        make_records(con, "accepted_extract.learners", "tmp_train_left", id_column="row_id")
        renamed = {"previous_last_name": "alternate_last_name"}
        make_records(con, "reference_population.persons", "tmp_train_right", id_column="person_key", renamed=renamed)
        models.append(fit("reference", "tmp_train_right"))
    con.execute("DROP TABLE IF EXISTS tmp_train_left")
    con.execute("DROP TABLE IF EXISTS tmp_train_right")
    if not models:
        message = "training: no feed to train on; run the pipeline up to cleaned_learners or accepted_extract first"
        raise SafeError("E_TRAINING", message)
    return models


def _link_type(right: str | None) -> str:
    return "dedupe_only" if right is None else "link_only"


def _count(con: Connection, table: str) -> int:
    return int(con.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0])


def _usable_pass(con: Connection, columns: Sequence[str], tables: Sequence[str]) -> bool:
    present = " AND ".join(f"{column} IS NOT NULL" for column in columns)
    shares = [
        con.execute(f"SELECT coalesce(avg(({present})::INTEGER), 0) FROM {table}").fetchall()[0][0] for table in tables
    ]
    return bool(min(shares) >= MIN_SHARE)


def _fit(
    con: Connection,
    tables: Sequence[str],
    made: dict[str, Any],
    passes: Sequence[Sequence[str]],
    seed: int,
    u_pairs: int,
) -> dict[str, Any]:
    api = DuckDBAPI(connection=con)
    frames = [api.register(table, dataset_display_name=table) for table in tables]
    linker = Linker(frames if len(frames) > 1 else frames[0], made, log_level=None, validate_settings=False)
    linker.training.estimate_u_using_random_sampling(max_pairs=u_pairs, seed=seed, min_count_per_level=None)
    for columns in passes:
        linker.training.estimate_parameters_using_expectation_maximisation(
            block_on(*columns),
            estimate_without_term_frequencies=True,
            max_pairs=EM_PAIRS,
            record_sample_proportion=1.0,
        )
    saved: dict[str, Any] = linker.misc.save_model_to_json()
    linker.table_management.delete_tables_created_by_splink_from_db()
    return saved


def _complete(found: Observed, u_pairs: int) -> tuple[Weights, list[str]]:
    """Draw every level a little towards what is typical, and check that each comparison is trained.

    A level that training data happen not to show (a feed without street lines) must not count as impossible elsewhere.

    Returns:
        The weights, and the levels that no pass observed.
    """
    assumed: list[str] = []
    weights: Weights = {}
    for name, levels in found.items():
        trained = [level for level, (m, u) in levels.items() if m is not None and u is not None]
        if name in REQUIRED and len(trained) < MIN_LEVELS:
            message = f"linkage training: no pass could train the comparison {name}; give a larger or fuller feed"
            raise SafeError("E_TRAINING", message)
        weights[name] = {}
        for level, (m, u) in levels.items():
            usual_m, usual_u = TYPICAL[name][level]
            if m is None or u is None:
                assumed.append(f"{name}.{level}")
            known_m = (1 - TYPICAL_SHARE) * (m or 0.0) + TYPICAL_SHARE * usual_m
            known_u = ((u or 0.0) * u_pairs + usual_u * TYPICAL_PAIRS) / (u_pairs + TYPICAL_PAIRS) if u else usual_u
            weights[name][level] = (_significant(known_m), _significant(known_u))
    return weights, assumed


def _significant(value: float, digits: int = 6) -> float:
    """Rounded to significant digits, so that the order of a parallel sum does not show."""
    return float(f"{value:.{digits}g}") if value and math.isfinite(value) else 0.0


def _prior(con: Connection, tables: Sequence[str], rows: Sequence[int], weights: Weights, *, within: bool) -> float:
    """Pairs that agree on full name and birth date, divided by the share of matches that do."""
    condition = "AND l.unique_id < r.unique_id" if within else ""
    pairs = con.execute(
        f"SELECT count(*) FROM {tables[0]} l JOIN {tables[-1]} r USING (full_name, birth_date) WHERE true {condition}"
    ).fetchall()[0][0]
    shares = [con.execute(f"SELECT avg((birth_date IS NOT NULL)::INTEGER) FROM {t}").fetchall()[0][0] for t in tables]
    exact = weights["name"]["full"][0] * weights.get("birth_date", {"exact": (1.0, 1.0)})["exact"][0]
    recall = max(exact * shares[0] * shares[-1], 0.1)
    possible = rows[0] * (rows[0] - 1) / 2 if within else rows[0] * rows[1]
    return _significant(max(pairs, 1) / recall / max(possible, 1))
