"""Headline outcomes against the truth of the simulation: estimate, truth, difference."""

from pathlib import Path

from credential_pipeline.foundation.contracts import SNAPSHOTS
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.snapshots import Store

_DIMENSIONS = ("certifier", "credential", "cohort", "age_band", "sex", "race", "ethnicity", "state", "sector")
_HEADLINES = """
o."table" IN ('earnings_by_age', 'earnings_overall') AND o.measure = 'earnings_p50' AND o.horizon IN (-1, 1, 3, 5)
OR o."table" IN ('industry_share', 'wage_matched') AND o.horizon IN (1, 5) AND o.certifier = 'all' AND o.credential = 'all'
   AND o.age_band = 'all' AND o.sex = 'all' AND o.race = 'all'
OR o."table" = 'premium' AND o.horizon = 5
OR o."table" = 'settings' AND o.certifier = 'all'
OR o."table" = 'sectors' AND o.horizon = 5 AND o.certifier = 'all'
OR o.measure IN ('credentials_per_learner', 'first_attempt_pass_rate', 'eventual_pass_rate') AND o.credential = 'all'
"""


def table(home: Path, industry: str) -> str:
    """The comparison as Markdown, with the cells outside the aims marked."""
    version = Store(home / "enclave" / "store").current(SNAPSHOTS["outcome_tables"], industry)
    truth = str(home / "truth" / "outcome_cells.csv")
    same = " AND ".join(f"coalesce(t.{name}, '') = o.{name}" for name in _DIMENSIONS)
    with connect() as con:
        version.attach(con)
        rows = con.execute(
            f"""
            SELECT o."table", o.measure, concat_ws(' ', nullif(o.age_band, 'all'), nullif(o.race, 'all'),
                   nullif(o.sector, 'all'), nullif(o.setting, 'all'), CASE WHEN o."table" = 'settings' THEN o.definition END, nullif(o.certifier, 'all')) AS grp, o.horizon, o.unit,
                   o.value, TRY_CAST(t.value AS DOUBLE) AS truth, o.n
            FROM outcome_tables.outcomes o
            JOIN read_csv(?, all_varchar = true) t
              ON t.industry = o.industry AND t."table" = o."table" AND t.measure = o.measure AND {same}
              AND coalesce(t.setting, 'all') = o.setting AND coalesce(t.definition, '') = coalesce(o.definition, '')
              AND coalesce(TRY_CAST(t.horizon AS INTEGER), -99) = coalesce(o.horizon, -99)
            WHERE ({_HEADLINES}) AND o.status = 1
            ORDER BY 1, 2, 3, 4
            """,
            [truth],
        ).fetchall()
    lines = ["| figure | group | year | estimate | truth | difference | n |", "|---|---|---|---|---|---|---|"]
    lines += [_line(*row) for row in rows]
    return "\n".join(lines)


def _line(table_name, measure, group, horizon, unit, value, truth, n) -> str:
    if unit == "usd":
        shown, off = f"${value:,.0f} | ${truth:,.0f}", (value - truth) / truth if truth else 0.0
        difference, outside = f"{off:+.1%}", abs(off) > 0.03
    elif unit == "share":
        off = 100 * (value - truth)
        shown, difference, outside = f"{value:.1%} | {truth:.1%}", f"{off:+.2f} points", abs(off) > 1.5
    else:
        shown, difference, outside = f"{value:,.3f} | {truth:,.3f}", f"{value - truth:+.3f}", False
    year = "" if horizon is None else f"{horizon:+d}"
    mark = " **outside the aim**" if outside else ""
    return f"| {table_name}: {measure} | {group or 'all'} | {year} | {shown} | {difference}{mark} | {n:,} |"
