"""What a run prints at its end: the headline figures as published, and where the report is."""

from assets import environment
from assets.console.engine import connect, store
from credential_pipeline.foundation.contracts import SNAPSHOTS
from credential_pipeline.foundation.names import Side
from credential_pipeline.public.published_outcomes.place import report_path
from credential_pipeline.public.published_outcomes.sentences import percent

_AGES = """
SELECT age_band, horizon, value, status FROM published_outcomes.published_outcomes
WHERE measure = 'earnings_p50' AND "table" = 'earnings_by_age' AND horizon IN (-3, -1, 1, 3, 5) ORDER BY age_band, horizon
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


def show(industry: str) -> None:
    """Print the headline table of an industry's current release."""
    snapshot = SNAPSHOTS["published_outcomes"]
    version = store(Side.PUBLIC).find(snapshot, industry)
    if version is None or not version.rows("published_outcomes"):
        print(f"\n{industry}: nothing is public" + (" (withdrawn)" if version else ""))
        return
    with connect(Side.PUBLIC) as con:
        version.attach(con)
        ages = con.execute(_AGES).fetchall()
        others = con.execute(_OTHERS).fetchall()
        query = "SELECT any_value(release), any_value(base_year) FROM published_outcomes.published_outcomes"
        release, base_year = con.execute(query).fetchall()[0]
    print(
        f"\n{industry}: median annual earnings of holders, {base_year} dollars, by years from the award (release {release})"
    )
    horizons = sorted({horizon for _, horizon, _, _ in ages})
    print("  age at award " + "".join(f"{horizon:>+11}" for horizon in horizons))
    for band in sorted({band for band, _, _, _ in ages}):
        cells = {horizon: _dollars(value, status) for age, horizon, value, status in ages if age == band}
        print(f"  {band:<13}" + "".join(f"{cells.get(horizon, ''):>11}" for horizon in horizons))
    for measure, race, _, value, n, status in others:
        shown = _dollars(value, status) if measure == "in_industry_premium" else _share(value, status)
        group = "" if race == "all" else f", {race}"
        print(f"  {shown:>11}  {_LABELS[measure]}{group}" + (f" ({n:,} learners)" if n else ""))
    report = report_path(environment.side_home(Side.PUBLIC), industry, release)
    print(f"  certificate: {report.with_name('certificate.csv')}")
    print(f"  report: {report}")


def _dollars(value: float | None, status: int) -> str:
    return f"${value:,.0f}" if status == 1 and value is not None else "not shown"


def _share(value: float | None, status: int) -> str:
    return percent(value) if status == 1 and value is not None else "not shown"
