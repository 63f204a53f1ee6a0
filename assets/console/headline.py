"""What a run prints at its end: the headline figures as published, and where the report is."""

from collections.abc import Sequence
from typing import Any

from assets import environment
from assets.console.engine import connect, store
from credential_pipeline.foundation.contracts import SNAPSHOTS
from credential_pipeline.foundation.names import Side
from credential_pipeline.public.published_outcomes.cells import NOT_AVAILABLE, SUPPRESSED
from credential_pipeline.public.published_outcomes.comparison import BREAKDOWN, DRIFTING
from credential_pipeline.public.published_outcomes.labels import Naming
from credential_pipeline.public.published_outcomes.place import report_path
from credential_pipeline.public.published_outcomes.sentences import dollars, percent

_AGES = """
SELECT age_band, horizon, value, status FROM published_outcomes.published_outcomes
WHERE measure = 'earnings_p50' AND "table" IN ('earnings_overall', 'earnings_by_age') AND horizon IN (-3, -1, 1, 3, 5)
ORDER BY age_band = 'all', age_band, horizon
"""
_COMPARED = f"""
SELECT age_band, horizon, max(value) FILTER (measure = 'matched_holder_earnings') AS holders,
       max(value) FILTER (measure = 'counterfactual_earnings') AS anyway,
       max(value) FILTER (definition = 'comparison_effect') AS effect,
       max(low) FILTER (definition = 'comparison_effect') AS low, max(high) FILTER (definition = 'comparison_effect') AS high,
       max(low) FILTER (definition = '{DRIFTING}') AS least, max(high) FILTER (definition = '{DRIFTING}') AS most,
       bool_or(status = {SUPPRESSED}) FILTER (definition = measure) AS hidden
FROM published_outcomes.published_outcomes
WHERE "table" = 'comparison' AND (definition = measure OR definition = '{DRIFTING}') AND measure <> '{BREAKDOWN}' AND horizon > 0 AND sector = 'all' AND setting = 'all'
  AND certifier = 'all' AND credential = 'all' AND cohort = 'all' AND sex = 'all' AND race = 'all' AND ethnicity = 'all' AND state = 'all'
GROUP BY age_band, horizon
QUALIFY horizon = max(horizon) OVER () ORDER BY age_band = 'all', age_band
"""
_OTHERS = """
SELECT measure, race, horizon, value, n, status FROM published_outcomes.published_outcomes
WHERE (measure IN ('in_industry_share', 'wage_matched_share') AND horizon = 5 AND certifier = 'all' AND credential = 'all'
       AND rollup_level = 'all')
   OR (measure = 'in_industry_premium' AND horizon = 5)
ORDER BY measure, CASE race WHEN 'all' THEN 0 ELSE 1 END, race
"""
_LABELS = {
    "in_industry_share": "work in the industry in year 5",
    "wage_matched_share": "have a wage record in year 5",
    "in_industry_premium": "median premium of working in the industry, year 5",
}
_NAMING = Naming()


def show(industry: str) -> None:
    """Print the headline table of an industry's current release."""
    snapshot = SNAPSHOTS["published_outcomes"]
    version = store(Side.PUBLIC).find(snapshot, industry)
    if version is None or not version.rows("published_outcomes"):
        print(f"\n{industry}: nothing is public" + (" (withdrawn)" if version else ""))
        return
    with connect(Side.PUBLIC) as con:
        version.attach(con)
        ages, compared, others = (con.execute(query).fetchall() for query in (_AGES, _COMPARED, _OTHERS))
        query = "SELECT any_value(release), any_value(base_year) FROM published_outcomes.published_outcomes"
        release, base_year = con.execute(query).fetchall()[0]
    print(
        f"\n{industry}: median annual earnings of holders, {base_year} dollars, by years from the award (release {release})"
    )
    for line in (*_earnings(ages), *_comparison(compared)):
        print(line)
    for measure, race, _, value, n, status in others:
        shown = _dollars(value, status) if measure == "in_industry_premium" else _share(value, status)
        group = "" if race == "all" else f", {_NAMING.name('race', race)}"
        print(f"  {shown:>11}  {_LABELS[measure]}{group}" + (f" ({n:,} learners)" if n else ""))
    report = report_path(environment.side_home(Side.PUBLIC), industry, release)
    print(f"  certificate: {report.with_name('certificate.csv')}")
    print(f"  report: {report}")


def _earnings(ages: Sequence[tuple[Any, ...]]) -> list[str]:
    """Medians by age band, everybody last, with a column for each year."""
    horizons = sorted({horizon for _, horizon, _, _ in ages})
    lines = ["  age at award " + "".join(f"{horizon:>+11}" for horizon in horizons)]
    for band in dict.fromkeys(band for band, _, _, _ in ages):
        cells = {horizon: _dollars(value, status) for age, horizon, value, status in ages if age == band}
        lines.append(f"  {band:<13}" + "".join(f"{cells.get(horizon, ''):>11}" for horizon in horizons))
    return lines


def _comparison(compared: Sequence[tuple[Any, ...]]) -> list[str]:
    """Mean earnings of matched holders, what would have happened anyway, and the difference with its band."""
    if not any(holders is not None or hidden for _, _, holders, *_, hidden in compared):
        return ["  no comparison: how much of this would have happened anyway, this release does not say"]
    lines = [
        f"  matched comparison, year +{compared[0][1]}: mean annual earnings, and those of people like them who hold no credential",
        f"  {'age at award':<13}{'holders':>11}{'anyway':>11}{'difference':>12}   band",
    ]
    for age, _, holders, anyway, effect, low, high, least, most, hidden in compared:
        missing = "not shown" if hidden else "n/a"
        amounts = [dollars(value) if value is not None else missing for value in (holders, anyway, effect)]
        band = f"{dollars(low)} to {dollars(high)}" if None not in {low, high} else ""
        lines.append(f"  {age:<13}{amounts[0]:>11}{amounts[1]:>11}{amounts[2]:>12}   {band}".rstrip())
        if None not in {effect, least, most}:
            drifting = "had the two drifted apart after the award by as much a year as before it"
            lines.append(f"  {drifting}: {dollars(least)} to {dollars(most)}")
    return lines


def _dollars(value: float | None, status: int) -> str:
    return dollars(value) if status == 1 and value is not None else _missing(status)


def _share(value: float | None, status: int) -> str:
    return percent(value) if status == 1 and value is not None else _missing(status)


def _missing(status: int) -> str:
    """What is hidden is there; what nobody reports, or cannot be computed, is not."""
    return "n/a" if status == NOT_AVAILABLE else "not shown"
