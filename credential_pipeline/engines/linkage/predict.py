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
from credential_pipeline.engines.linkage.fields import Wanted, make_features
from credential_pipeline.engines.linkage.frequencies import (
    add_frequencies,
    make_common_days,
    make_default_digits,
    make_frequencies,
    make_known_names,
)
from credential_pipeline.engines.linkage.model import FREQUENCY_SCALE, Model
from credential_pipeline.engines.linkage.sql import Sql, count
from credential_pipeline.foundation.progress import PROGRESS
from credential_pipeline.foundation.storage.relation import Relation

MIN_WEIGHT = -4.0
"""Match weight (log2 odds) below which a scored pair is not kept at all."""

LEAST_WEIGHT = -9.0
"""Weight by the pinned model below which a pair is dropped that is yet to be weighed: calibration adds a few bits at most."""

ALL = -1e6
"""Match weight below every other: all scored pairs are kept."""

_BY_DAY = ("one_edit", "same_day")
"""Levels of the birth date on which strangers with one day of the year meet as often as that day is common."""
_COUNTED = (make_known_names, make_default_digits, make_common_days)
"""What is counted in the population before pairs are compared."""
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
    sql: Sql,
    model: Model,
    *,
    left: Relation,
    right: Relation | None,
    pairs: Relation,
    fields: Sequence[str],
    right_rows: int,
    min_weight: float,
    frequencies: Mapping[str, Relation] | None = None,
) -> Relation:
    """Score pairs.

    Args:
        sql: What executes it.
        model: The pinned model.
        left: Record table.
        right: Record table of the other side, None for pairs within the left one.
        pairs: left_record, right_record.
        fields: Fields that both sides hold.
        right_rows: Size of the right table, which scales the prior.
        min_weight: Pairs below are not kept.
        frequencies: Frequency tables of :func:`make_frequencies`, for those who score more than once.

    Returns:
        left_record, right_record, match_weight (log2 odds, 6 digits), then for every comparison ``gamma_<name>``
        (see :meth:`Comparison.code`).
    """
    tables = frequencies or make_frequencies(sql, left, right or left, model.chance(fields))
    known, defaults, days = (make(sql, right or left) for make in _COUNTED)
    settings = model.settings(fields, right_rows, sql.dialect)
    chosen = comparisons([name for name in fields if name in model.weights])
    parts = _parts(sql, pairs)
    searched = right if right is None or len(parts) == 1 else _candidates(sql, right, pairs)
    target: Relation | None = None
    for number, part in enumerate(parts, start=1):
        if len(parts) > 1:
            PROGRESS.info("comparing pairs, chunk %d of %d", number, len(parts))
        features, compared = _make_chunk(sql, left, searched, part, tables, known, defaults)
        with quiet():
            made = _predict(sql, settings, features, compared, chosen, min_weight)
        target = _keep(sql, target, _kept_sql(made, chosen, days, within=right is None))
        sql.discard(made)
        sql.drop(features, compared)
    if searched is not None and searched is not right:
        sql.drop(searched)
    sql.drop(known, defaults, days)
    assert target is not None  # noqa: S101 -- there is a chunk at least
    return target


def _parts(sql: Sql, pairs: Relation) -> list[str]:
    """The pairs as one source of SQL, or as several chunks; Spark has partitions of its own."""
    chunks = -(-count(sql, pairs) // CHUNK_PAIRS) or 1 if sql.dialect == "duckdb" else 1
    if chunks == 1:
        return [str(pairs)]
    return [f"(SELECT * FROM {pairs} WHERE left_record % {chunks} = {number})" for number in range(chunks)]


def _candidates(sql: Sql, right: Relation, pairs: Relation) -> Relation:
    """The records of a large right side that are in a pair, searched once and not once a chunk."""
    return sql.table("candidates", f"SELECT r.* FROM {right} r SEMI JOIN {pairs} p ON p.right_record = r.record")


def _make_chunk(
    sql: Sql,
    left: Relation,
    right: Relation | None,
    pairs: str,
    frequencies: Mapping[str, Relation],
    known: Relation,
    defaults: Relation,
) -> tuple[Relation, Relation]:
    """What Splink is given: records with all that a comparison needs, and which to compare."""
    if right is None:
        sides = [Wanted(left, f"SELECT unnest([left_record, right_record]) AS record FROM {pairs}")]
    else:
        sides = [
            Wanted(left, f"SELECT left_record AS record FROM {pairs}"),
            Wanted(right, f"SELECT right_record AS record FROM {pairs}", sign=-1),
        ]
    plain = make_features(sql, sides, known, defaults)
    features = add_frequencies(sql, plain, frequencies, FREQUENCY_SCALE)
    sql.drop(plain)
    compared = sql.table(
        "compared",
        f"SELECT '0' AS match_key, left_record AS join_key_l, "
        f"{'' if right is None else '-'}right_record AS join_key_r FROM {pairs}",
    )
    return features, compared


def _keep(sql: Sql, target: Relation | None, query: str) -> Relation:
    """The scored pairs so far, with those of one more chunk."""
    if target is None:
        return sql.table("scored", query)
    sql.append(target, query)
    return target


def _kept_sql(scored: str, chosen: Sequence[Comparison], days: Relation, *, within: bool) -> str:
    codes = ", ".join(f"gamma_{item.name}" for item in chosen)
    weight, joined = "match_weight", ""
    born = next((item for item in chosen if item.name == "birth_date"), None)
    if born is not None:
        by_day = ", ".join(str(born.code(level)) for level in _BY_DAY)
        joined = (
            f" LEFT JOIN {days} d ON d.day = substr(birth_date_l, 5, 4) AND d.day = substr(birth_date_r, 5, 4)"
            f" AND gamma_birth_date IN ({by_day})"
        )
        weight = "match_weight - coalesce(d.bits, 0.0)"
    return (
        f"SELECT unique_id_l AS left_record, {'' if within else '-'}unique_id_r AS right_record, "
        f"round({weight}, 6) AS match_weight, {codes} FROM {scored}{joined}"
    )


def _predict(
    sql: Sql,
    settings: dict[str, Any],
    features: Relation,
    pairs: Relation,
    chosen: Sequence[Comparison],
    min_weight: float,
) -> str:
    """Let Splink score; the name of the table that it made."""
    adjusted = {level.frequency for item in chosen for level in item.levels if level.frequency}
    given = sql.splink(settings, features, pairs, sorted(adjusted))
    linker = Linker(given.records, given.settings, log_level=None, validate_settings=False)
    for column, table in given.frequencies.items():
        linker.table_management.register_term_frequency_lookup(table, column)
    linker.table_management.register_blocked_pairs_for_predict(given.pairs)
    predicted = linker.inference.predict(threshold_match_weight=min_weight, warning_mode="never")
    return str(predicted.physical_name)
