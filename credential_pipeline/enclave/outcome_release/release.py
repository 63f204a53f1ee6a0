"""The published table: what may be seen of every outcome cell, and one mark for all that may not.

A cell is shown if its n, its numerator and the rest of its n are all unsuppressed. Else it has status 5 and nothing
else, whether the count is small, empty, or hidden for the sake of another. Status -1 stays for cells for which nothing
was counted, or whose value cannot be computed from counts that could be shown. Rounding comes after suppression.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from credential_pipeline.enclave.outcome_release.changes import with_changes
from credential_pipeline.engines.disclosure.primary import Primary, find_primary
from credential_pipeline.engines.disclosure.protect import Protection, protect
from credential_pipeline.engines.disclosure.system import System, read_system
from credential_pipeline.foundation.storage.engine import Connection

COLUMNS = (
    'release, industry, "table", cell_id, certifier, credential, cohort, age_band, sex, race, ethnicity, state, sector,'
    " horizon, measure, value, unit, base_year, n, low, high, status, rollup_level, setting, definition, attribution"
)
KEYS = "cell_id"

MONEY = "(unit ILIKE '%usd%' OR unit ILIKE '%dollar%' OR measure LIKE 'earnings%' OR measure LIKE '%premium%')"
"""Cells in dollars; every other value is a share, a rate or a count."""


@dataclass(frozen=True, eq=False)
class Release:
    """What was decided on the confidential side; never leaves it.

    Attributes:
        system: All counts.
        primary: What had to be protected.
        protection: What is hidden.
        cells: Outcome cells in the table.
        shown: Cells with status 1.
        suppressed: Cells with status 5.
    """

    system: System
    primary: Primary
    protection: Protection
    cells: int
    shown: int
    suppressed: int


def publish_outcomes(
    con: Connection, min_learners: int = 10, round_earnings_to: int = 100, earlier: Sequence[Path] = ()
) -> Release:
    """Create ``outcome_release.published_outcomes`` from the three views of ``outcome_tables``.

    Args:
        con: Connection with the views ``outcome_tables.counts``, ``.equations``, ``.outcomes`` and the schema
            ``outcome_release``.
        min_learners: Smallest number of learners that may be shown.
        round_earnings_to: Dollars; dollar values are also cut to three significant digits.
        earlier: ``outcomes.csv`` of earlier releases of the industry; a count that changed by a few learners since then
            is protected like a small one.

    Raises:
        SafeError: The counts do not add up, or a count cannot be protected; no table is made.
    """
    system = read_system(con, min_learners)
    primary = with_changes(con, system, find_primary(system, min_learners), earlier)
    protection = protect(system, primary)
    write_published(con, system, protection, round_earnings_to)
    tally = con.execute(
        "SELECT count(*), count(*) FILTER (status = 1), count(*) FILTER (status = 5) FROM outcome_release.published_outcomes"
    ).fetchall()[0]
    return Release(system, primary, protection, *tally)


def write_published(con: Connection, system: System, protection: Protection, round_earnings_to: int) -> None:
    """Apply a suppression to ``outcome_tables.outcomes`` and create the published table."""
    hidden = pd.DataFrame({"count_id": np.array(system.ids, object)[protection.hidden]})
    rests = pd.DataFrame(
        [(system.ids[n], system.ids[part], system.ids[rest]) for (n, part), rest in system.complement.items()],
        columns=["n_id", "part_id", "rest_id"],
        dtype="object",
    )
    con.register("tmp_hidden", hidden)
    con.register("tmp_rests", rests)
    try:
        con.execute(
            f"""
            CREATE OR REPLACE TABLE outcome_release.published_outcomes AS
            WITH marked AS (
              SELECT o.*,
                     (n.count_id IS NOT NULL OR part.count_id IS NOT NULL OR rest.count_id IS NOT NULL) AS is_hidden,
                     (o.status = 1 AND o.value IS NOT NULL AND o.n_count_id IS NOT NULL) AS is_shown,
                     CASE WHEN {MONEY} THEN 'money' WHEN value = round(value) AND unit NOT LIKE '%share%' THEN 'count'
                          ELSE 'share' END AS kind
              FROM outcome_tables.outcomes AS o
              LEFT JOIN tmp_hidden AS n ON n.count_id = o.n_count_id
              LEFT JOIN tmp_hidden AS part ON part.count_id = o.numerator_count_id
              LEFT JOIN tmp_rests AS r ON r.n_id = o.n_count_id AND r.part_id = o.numerator_count_id
              LEFT JOIN tmp_hidden AS rest ON rest.count_id = r.rest_id
            ), decided AS (
              SELECT * REPLACE (CASE WHEN is_hidden THEN 5 WHEN is_shown THEN 1 ELSE -1 END::INTEGER AS status,
                                {_rounded("value", round_earnings_to)} AS value,
                                {_rounded("low", round_earnings_to)} AS low,
                                {_rounded("high", round_earnings_to)} AS high)
              FROM marked
            ), emptied AS (
              SELECT * REPLACE (CASE WHEN status = 1 THEN value END AS value, CASE WHEN status = 1 THEN n END AS n,
                                CASE WHEN status = 1 THEN low END AS low, CASE WHEN status = 1 THEN high END AS high)
              FROM decided
            )
            SELECT {COLUMNS} FROM emptied ORDER BY {KEYS}
            """
        )
    finally:
        con.unregister("tmp_hidden")
        con.unregister("tmp_rests")


def stage_csv(con: Connection, folder: Path) -> Path:
    """Write ``outcome_release.published_outcomes`` as ``outcomes.csv``, the file an attacker gets; return its path."""
    path = folder / "outcomes.csv"
    published = con.execute("SELECT * FROM outcome_release.published_outcomes ORDER BY cell_id")
    frame = published.df()
    for column in ("n", "horizon", "base_year", "status"):
        frame[column] = frame[column].astype("Int64")
    frame.to_csv(path, index=False, lineterminator="\n")
    return path


def _rounded(column: str, step: int) -> str:
    """Return SQL that rounds dollars to ``step`` and three significant digits, and all else to three decimals."""
    unit = f"greatest({int(step)}, pow(10, floor(log10(greatest(abs({column}), 1))) - 2))"
    return f"CASE kind WHEN 'money' THEN round_even({column} / {unit}, 0) * {unit} ELSE round({column}, 3) END::DOUBLE"
