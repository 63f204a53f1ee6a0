"""Headline outcomes against the truth of the simulation: estimate, truth, band, and whether the band holds the truth.

The truth is ``truth/outcome_cells.csv`` and, for what awards did, ``truth/effects.csv``, which code of their own computes from
the simulated lives. Not here: how often bands hold it from sample to sample (coverage.py).
"""

from dataclasses import dataclass
from pathlib import Path

from credential_pipeline.foundation.contracts import SNAPSHOTS
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.snapshots import Store

_OVERALL = "o.rollup_level = 'all'"
_BROAD = "o.rollup_level IN ('age_band', 'sex', 'race', 'certifier')"
_HEADLINES = f"""
o."table" = 'earnings_overall' AND o.horizon IN (-1, 1, 5)
OR o.measure = 'earnings_p50' AND {_BROAD} AND o.horizon = 5
OR o."table" IN ('earnings_all', 'earnings_attached') AND o.measure LIKE '%_p50' AND {_OVERALL} AND o.horizon IN (1, 5)
OR o."table" = 'change' AND {_OVERALL} AND o.horizon = 5
OR o.measure IN ('earns_less_share', 'wage_matched_share', 'in_industry_share')
   AND (o.rollup_level = 'age_band' AND o.horizon = 5 OR {_OVERALL} AND o.horizon IN (-1, 1, 5))
OR o."table" = 'premium' AND (o.horizon = 5 OR {_OVERALL} AND o.horizon = 1)
OR o."table" = 'settings' AND o.definition IN ('setting_training', 'setting_degree') AND {_OVERALL}
OR o."table" = 'sectors' AND o.horizon = 5 AND o.certifier = 'all' AND o.value >= 0.02
OR o.measure IN ('first_attempt_pass_rate', 'eventual_pass_rate') AND o.rollup_level LIKE 'certifier%'
OR o.measure = 'passing_share' AND o.rollup_level LIKE 'certifier%' AND o.setting IN ('sitting_2', 'sitting_4', 'months_3', 'months_12')
OR o."table" IN ('education', 'first_job') AND {_OVERALL}
OR o."table" = 'stacking' AND {_OVERALL} AND o.measure IN ('credentials_per_learner', 'stacking_share')
OR o."table" = 'leaving' AND {_OVERALL} AND o.horizon = 5 AND o.measure NOT IN ('leaver_sector_share', 'premium_matched')
OR o."table" = 'living' AND {_OVERALL} AND coalesce(o.horizon, 5) = 5
OR o."table" = 'never_passed' AND {_OVERALL} AND coalesce(o.horizon, 5) = 5
OR o.measure = 'comparison_effect' AND (o.horizon = 5 AND {_BROAD} OR {_OVERALL} AND o.horizon > 0)
OR o.measure = 'nth_effect'
"""
#: By sitting, who gave up counts as not passing, and by months nobody gives up: the truth has a definition for each. A further
#: award is told of the years 1 and 2 after it.
TRUTH = """
SELECT replace(cell_id, '/kaplan_meier/', '/') AS cell_id, TRY_CAST(value AS DOUBLE) AS value
FROM read_csv($cells, all_varchar = true)
WHERE industry = $industry
      AND (measure <> 'passing_share' OR (definition = 'kaplan_meier') = starts_with(setting, 'months_'))
UNION ALL
SELECT concat_ws('/', industry, 'comparison_effect', 'certifier=' || nullif(certifier, 'all'),
                 'credential=' || nullif(credential, 'all'),
                 nullif(regexp_replace("group", '^age=', 'age_band='), 'all'), 'h=' || horizon),
       TRY_CAST(effect_usd AS DOUBLE)
FROM read_csv($effects, all_varchar = true) WHERE industry = $industry AND setting = 'all'
UNION ALL
SELECT industry || '/nth_effect/setting=' || CASE setting WHEN 'fourth' THEN 'fourth_plus' ELSE setting END,
       avg(TRY_CAST(effect_usd AS DOUBLE))
FROM read_csv($effects, all_varchar = true)
WHERE industry = $industry AND certifier = 'all' AND "group" = 'all' AND setting IN ('second', 'third', 'fourth')
      AND horizon IN ('1', '2')
GROUP BY industry, setting
"""
_WORST = 5


@dataclass(frozen=True)
class _Cell:
    """One headline; the fields are those of the query, in its order."""

    figure: str
    group: str
    horizon: int | None
    unit: str
    value: float
    truth: float
    low: float | None
    high: float | None
    n: int

    @property
    def missed(self) -> float | None:
        """How far the truth lies outside the band, in widths of half the band; 0 inside, None without a band."""
        if self.low is None or self.high is None:
            return None
        out = max(self.low - self.truth, self.truth - self.high, 0.0)
        return 0.0 if out == 0 else out / max((self.high - self.low) / 2, 1e-9)

    @property
    def name(self) -> str:
        """The figure, its group and its year, as a cell of a table."""
        return f"{self.figure} | {self.group or 'all'} | {'' if self.horizon is None else f'{self.horizon:+d}'}"


def table(home: Path, industry: str) -> str:
    """The comparison as Markdown, and under it how many bands hold the truth, with the worst misses."""
    cells = _cells(home, industry)
    lines = ["| figure | group | year | estimate | truth | band | covered | n |", "|---|---|---|---|---|---|---|---|"]
    lines += [_line(cell) for cell in cells]
    return "\n".join([*lines, "", summary(cells)])


def summary(cells: list[_Cell]) -> str:
    """How many cells, how many bands hold the truth, and the worst misses."""
    missed = [(cell.missed, cell) for cell in cells if cell.missed is not None]
    held = sum(out == 0 for out, _ in missed)
    share = f" ({held / len(missed):.1%})" if missed else ""
    worst = sorted((pair for pair in missed if pair[0] > 0), key=lambda pair: (-pair[0], pair[1].name))[:_WORST]
    told = "; ".join(
        f"{cell.name.replace(' | ', ' ').rstrip()} (the truth is {out:.1f} half bands outside)" for out, cell in worst
    )
    return f"{len(cells)} cells, {len(missed)} with a band, of which {held}{share} hold the truth. Worst misses: {told or 'none'}."


def _cells(home: Path, industry: str) -> list[_Cell]:
    version = Store(home / "enclave" / "store").current(SNAPSHOTS["outcome_tables"], industry)
    truth = home / "truth"
    given = {"industry": industry, "cells": str(truth / "outcome_cells.csv"), "effects": str(truth / "effects.csv")}
    categories = ", ".join(
        f"nullif(o.{name}, 'all')"
        for name in ("certifier", "credential", "cohort", "age_band", "sex", "race", "sector", "setting")
    )
    with connect() as con:
        version.attach(con)
        rows = con.execute(
            f"""
            SELECT o.measure || CASE WHEN o.definition <> o.measure THEN ' ' || o.definition ELSE '' END AS figure,
                   concat_ws(' ', {categories}) AS grp, o.horizon, o.unit, o.value, t.value, o.low, o.high, o.n
            FROM outcome_tables.outcomes AS o JOIN ({TRUTH}) AS t USING (cell_id)
            WHERE ({_HEADLINES}) AND o.status = 1 AND o.value IS NOT NULL AND t.value IS NOT NULL
            ORDER BY o."table", figure, grp, o.horizon
            """,
            given,
        ).fetchall()
    return [_Cell(*row) for row in rows]


def _line(cell: _Cell) -> str:
    shown = {"usd": "${:,.0f}", "share": "{:.1%}"}.get(cell.unit, "{:,.3f}")
    value, truth = shown.format(cell.value), shown.format(cell.truth)
    band, covered = "", ""
    if cell.missed is not None:
        band = f"{shown.format(cell.low)} to {shown.format(cell.high)}"
        covered = "yes" if cell.missed == 0 else "**no**"
    return f"| {cell.name} | {value} | {truth} | {band} | {covered} | {cell.n:,} |"
