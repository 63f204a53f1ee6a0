"""A release of many certifiers, credentials, states and programmes: what the sample holds, and rows for each of them."""

from tests.domain.public import released_sample as sample
from tests.domain.public.released_rows import earnings, released_row

STATES = [
    "AL",
    "AK",
    "AZ",
    "AR",
    "CA",
    "CO",
    "CT",
    "DE",
    "DC",
    "FL",
    "GA",
    "HI",
    "ID",
    "IL",
    "IN",
    "IA",
    "KS",
    "KY",
    "LA",
    "ME",
    "MD",
    "MA",
    "MI",
    "MN",
    "MS",
    "MO",
    "MT",
    "NE",
    "NV",
    "NH",
    "NJ",
    "NM",
    "NY",
    "NC",
    "ND",
    "OH",
    "OK",
    "OR",
    "PA",
    "RI",
    "SC",
    "SD",
    "TN",
    "TX",
    "UT",
    "VT",
    "VA",
    "WA",
    "WV",
    "WI",
    "WY",
]


def many(certifiers: int, credentials: int, states: int = 51) -> list[dict]:
    """The cells of the sample, and those of further certifiers with so many credentials each; the first is the largest."""
    found = list(sample.cells())
    for state in STATES[: states - 2]:
        if state not in {"OH", "TX"}:
            found += _few_years(earnings("earnings_by_state", 21000, 1500, state=state))
    for place in range(certifiers):
        found += _certifier(f"c{place:02}", 5000 - place * 10, credentials)
    return found


def _few_years(rows):
    return [row for row in rows if row["horizon"] in {-1, 5}]


def _certifier(name, learners, credentials):
    at = {"certifier": name}
    found = [*earnings("earnings_by_certifier", 19000, 1500, **at)]
    found += [
        released_row("industry_share", "in_industry_share", 0.4, "share", year, band=0.01, **at) for year in range(6)
    ]
    for table, measure, unit in (
        ("comparison", "comparison_effect", "usd"),
        ("change", "own_change_p50", "usd"),
        ("change", "earns_less_share", "share"),
        ("living", "living_wage_reached_share", "share"),
        ("leaving", "left_industry_share", "share"),
    ):
        found.append(released_row(table, measure, 0.4 if unit == "share" else 700.0, unit, 5, band=0.02, **at))
    for setting in ("sitting_1", "sitting_2", "months_12"):
        found.append(released_row("attempts", "passing_share", 0.7, "share", band=0.02, setting=setting, **at))
        found.append(released_row("attempts", "passing_at_risk", 900.0, "count", setting=setting, **at))
    found += [
        released_row("attempts", "yearly_pass_rate", 0.7, "share", setting=str(year), **at) for year in (2010, 2011)
    ]
    found += [released_row("attempts", measure, 900.0, "count", **at) for measure in ("attempts", "passes")]
    found.append(released_row("stacking", "credentials_per_learner", 2.1, "mean", band=0.02, **at))
    for row in found:
        row["n"] = learners
    for place in range(credentials):
        found += _credential(name, place, learners // 2 - place)
    return found


def _credential(certifier, place, learners):
    at = {"certifier": certifier, "credential": f"{certifier}-{place:02}"}
    found = _few_years(earnings("earnings_by_credential", 18000, 1500, **at))
    found += [released_row("attempts", measure, 900.0, "count", **at) for measure in ("attempts", "passes")]
    found.append(released_row("stacking", "next_award_effect", 900.0, "usd", band=180.0, **at))
    for after in range(8):
        setting = f"{certifier}/{certifier}-{after + 100}"
        found.append(
            released_row("stacking", "next_award_share", 0.1 - after / 100, "share", band=0.01, setting=setting, **at)
        )
    for setting in ("other", "no_further_award"):
        found.append(released_row("stacking", "next_award_share", 0.2, "share", band=0.01, setting=setting, **at))
    found += _programme(at, learners)
    for row in found:
        row["n"] = learners
    return found


def _programme(at, learners):
    programme = {**at, "setting": f"at-{at['credential']}", "cohort": "2015-2017"}
    for measure, value, unit in (
        ("completion_rate", 0.86, "share"),
        ("placement_rate", 0.9, "share"),
        ("value_added_earnings", 22_200.0, "usd"),
        ("tuition_and_fees", 4_200.0, "usd"),
    ):
        yield released_row("workforce_pell", measure, value, unit, **programme)
    yield released_row("workforce_pell", "pell_verdict", float(learners), "count", definition="passes", **programme)
