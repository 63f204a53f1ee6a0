"""Candidate pairs scored with a pinned model. Never trains.

Splink scores a pruned table that holds candidate records only, over pairs that are registered beforehand, which costs
a fraction of the memory of concatenating two full tables. Not here: which pairs are candidates (blocking) and what a
score means (resolve).
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from splink import Linker

from credential_pipeline.engines.linkage.comparisons import Comparison, comparisons
from credential_pipeline.engines.linkage.engine import Sql, dialect, splink
from credential_pipeline.engines.linkage.fields import add_frequencies, make_features, make_frequencies
from credential_pipeline.engines.linkage.model import FREQUENCY_SCALE, Model

MIN_WEIGHT = -4.0
"""Match weight (log2 odds) below which a scored pair is not kept at all."""

FEATURES = "tmp_linkage_features"
BLOCKED = "tmp_linkage_blocked"
CANDIDATES = "tmp_linkage_candidates"
_PROGRESS = logging.getLogger("credential_pipeline.progress")
_COMPARED = ("birth_date", "name_suffix", "middle_name", "ssn_last4", "sex")
CHUNK_PAIRS = 1_000_000
"""Pairs that are scored at a time: enough to outweigh Splink's third of a second, few enough to bound memory."""


@contextmanager
def quiet() -> Iterator[None]:
    """Silence Splink, whose messages may quote settings and whose warnings are about missing training."""
    logger = logging.getLogger("splink")
    before = logger.level, logger.propagate
    logger.setLevel(logging.CRITICAL + 1)
    logger.propagate = False
    try:
        yield
    finally:
        logger.level, logger.propagate = before


def score(
    con: Sql,
    model: Model,
    target: str,
    *,
    left: str,
    right: str | None,
    pairs: str,
    fields: Sequence[str],
    right_rows: int,
    min_weight: float = MIN_WEIGHT,
    frequencies: Mapping[str, str] | None = None,
) -> int:
    """Create the table of scored pairs.

    Columns: left_record, right_record, match_weight (log2 odds, 6 digits), then for every comparison ``gamma_<name>``
    (see :meth:`Comparison.code`) and the compared columns as ``<column>_l`` and ``<column>_r``.

    Args:
        con: The connection.
        model: The pinned model.
        target: Temporary table to create.
        left: Record table.
        right: Record table of the other side, None for pairs within the left one.
        pairs: Table with left_record, right_record.
        fields: Fields that both sides hold.
        right_rows: Size of the right table, which scales the prior.
        min_weight: Pairs below are not kept.
        frequencies: Frequency tables of :func:`make_frequencies`, for those who score more than once.

    Returns:
        The number of pairs kept.
    """
    tables = frequencies or make_frequencies(con, "tmp_linkage_frequency", left, right or left)
    made = model.settings(fields, right_rows, dialect(con))
    chosen = comparisons([name for name in fields if name in model.weights])
    # Spark has partitions of its own.
    chunks = -(-_count(con, pairs) // CHUNK_PAIRS) or 1 if dialect(con) == "duckdb" else 1
    if right is not None and chunks > 1:
        # A large right side is searched for its candidates once, not once a chunk.
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE {CANDIDATES} AS "
            f"SELECT r.* FROM {right} r SEMI JOIN {pairs} p ON p.right_record = r.record"
        )
        right = CANDIDATES
    for number in range(chunks):
        if chunks > 1:
            _PROGRESS.info("comparing pairs, chunk %d of %d", number + 1, chunks)
        part = pairs if chunks == 1 else f"(SELECT * FROM {pairs} WHERE left_record % {chunks} = {number})"
        _make_chunk(con, left, right, part, tables)
        with quiet():
            scored = _predict(con, made, chosen, min_weight)
        into = f"INSERT INTO {target}" if number else f"CREATE OR REPLACE TEMP TABLE {target} AS"
        con.execute(f"{into} {_kept_sql(scored, chosen, within=right is None)}")
        con.execute(f"DROP TABLE {scored}")
    for table in (BLOCKED, FEATURES, CANDIDATES):
        con.execute(f"DROP TABLE IF EXISTS {table}")
    return _count(con, target)


def _count(con: Sql, table: str) -> int:
    return int(con.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0])


def _make_chunk(con: Sql, left: str, right: str | None, pairs: str, frequencies: Mapping[str, str]) -> None:
    """Create the tables that Splink is given: records with all that a comparison needs, and which to compare."""
    if right is None:
        sides = [(left, f"SELECT unnest([left_record, right_record]) AS record FROM {pairs}", 1)]
    else:
        # The sign keeps the numbers of the two sides apart in one table.
        sides = [
            (left, f"SELECT left_record AS record FROM {pairs}", 1),
            (right, f"SELECT right_record AS record FROM {pairs}", -1),
        ]
    make_features(con, FEATURES, sides)
    add_frequencies(con, FEATURES, frequencies, FREQUENCY_SCALE)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {BLOCKED} AS SELECT '0' AS match_key, left_record AS join_key_l, "
        f"{'' if right is None else '-'}right_record AS join_key_r FROM {pairs}"
    )


def _kept_sql(scored: str, chosen: Sequence[Comparison], *, within: bool) -> str:
    kept = [f"gamma_{item.name}" for item in chosen]
    kept += [f"{item.name}_{side}" for item in chosen if item.name in _COMPARED for side in "lr"]
    return (
        f"SELECT unique_id_l AS left_record, {'' if within else '-'}unique_id_r AS right_record, "
        f"round(match_weight, 6) AS match_weight, {', '.join(kept)} FROM {scored}"
    )


def _predict(con: Sql, made: dict[str, Any], chosen: Sequence[Comparison], min_weight: float) -> str:
    adjusted = {level.frequency for item in chosen for level in item.levels if level.frequency}
    given = splink(con, made, FEATURES, sorted(adjusted))
    linker = Linker(given.records, given.settings, log_level=None, validate_settings=False)
    for column, table in given.frequencies.items():
        linker.table_management.register_term_frequency_lookup(table, column)
    linker.table_management.register_blocked_pairs_for_predict(given.api.register(BLOCKED))
    predicted = linker.inference.predict(threshold_match_weight=min_weight, warning_mode="never")
    return str(predicted.physical_name)
