"""An invented release shaped like a real one: every outcome table, with hidden (5) and missing (-1) cells."""

from collections.abc import Iterator
from dataclasses import asdict

import pyarrow as pa

from credential_pipeline.enclave.outcome_tables.definitions import definitions
from credential_pipeline.foundation.contracts import published_outcomes

INDUSTRY = "manufacturing"
RELEASE = "R2026Q4-1"
AGES = ("14-17", "18-25", "26-35", "36-45", "46-55", "56-99")
RACES = ("aian", "asian", "black", "multiple", "nhpi", "unknown", "white")
YEARS = range(-3, 6)
CREDENTIALS = {
    "mssc": ("CPT", "CPT-SAF", "CPT-QLT", "CPT-MFG", "CPT-MNT", "CLA", "CLT"),
    "nims": ("MEAS", "JOB-PLAN", "DP-OP", "MILL-1", "MILL-PROG", "TURN-1", "TURN-PROG", "GRIND-1"),
}
SECTORS = {
    "31-33": 0.41,
    "72": 0.12,
    "44-45": 0.11,
    "56": 0.09,
    "62": 0.07,
    "23": 0.06,
    "48-49": 0.05,
    "42": 0.04,
    "61": 0.02,
    "unknown": 0.03,
}
LABELS = {
    "programme": {
        "line": "Production line, Example College", "cnc": "CNC machining, Another College", "night": "Night school, Small College",
        "new": "New programme, New College",
    },
    "certifier": {"mssc": "Manufacturing Skill Standards Council", "nims": "National Institute for Metalworking Skills"},
    "credential": {
        "CPT": "Certified Production Technician", "CPT-SAF": "Safety", "CPT-QLT": "Quality Practices and Measurement",
        "CPT-MFG": "Manufacturing Processes and Production", "CPT-MNT": "Maintenance Awareness",
        "CLA": "Certified Logistics Associate", "CLT": "Certified Logistics Technician",
        "MEAS": "Measurement, Materials and Safety", "JOB-PLAN": "Job Planning, Benchwork and Layout",
        "DP-OP": "Drill Press Skills", "MILL-1": "Milling I", "MILL-PROG": "CNC Milling: Programming Setup and Operations",
        "TURN-1": "Turning I", "TURN-PROG": "CNC Turning: Programming Setup and Operations", "GRIND-1": "Grinding Skills I",
    },
}  # fmt: skip
METHOD = {
    "industry_name": "Manufacturing",
    "naics": ["31", "32", "33"],
    "attribution": "first",
    "base_year": 2023,
    "window": "Awards of 2005 to 2018, wages of 2002 to 2023.",
    "wage_source": "Annual wage records of the wage agency.",
    "linkage": "Learners were linked to wage records by name, birth date and address. Uncertain links were left out.",
    "min_learners": 10,
    "round_earnings_to": 100,
    "released": "2026-11-20",
    "certifiers": list(LABELS["certifier"].values()),
    "notice": "This release is made from simulated records. It describes nobody.",
}


def _cell(table, measure, value, unit, horizon=None, *, n=900, status=1, band=0.0, definition=None, **at):
    place = {
        name: at.get(name, "all")
        for name in (
            "certifier",
            "credential",
            "cohort",
            "age_band",
            "sex",
            "race",
            "ethnicity",
            "state",
            "sector",
            "setting",
        )
    }
    split = [name for name, code in place.items() if code != "all"]
    tail = "".join(f"/{name}={place[name]}" for name in split) + (f"/h={horizon}" if horizon is not None else "")
    shown = status == 1
    return {
        "release": RELEASE, "industry": INDUSTRY, "table": table,
        "cell_id": f"{INDUSTRY}/{measure}{'/' + definition if definition else ''}{tail}",
        **place, "horizon": horizon, "measure": measure,
        "value": value if shown else None, "unit": unit, "base_year": 2023 if unit == "usd" else None,
        "n": n if shown else None, "low": value - band if shown and band else None,
        "high": value + band if shown and band else None, "status": status,
        "rollup_level": "+".join(split) or "all", "definition": definition or measure, "attribution": "first",
    }  # fmt: skip


def _earnings(table, start, slope, hidden=(), **at):
    for year in YEARS:
        median = start + slope * (year + 3 if year > 0 else (year + 3) * 0.4)
        status = 5 if year in hidden else 1
        for measure, factor in (("earnings_p25", 0.62), ("earnings_p50", 1.0), ("earnings_p75", 1.43)):
            yield _cell(table, measure, float(round(median * factor, -2)), "usd", year, status=status, band=400.0, **at)


def cells() -> Iterator[dict]:
    """All cells of the sample."""
    yield from _earnings("earnings_overall", 19000, 1850)
    for place, age in enumerate(AGES):
        start, slope = ((4000, 1500), (9000, 2450), (24000, 1700), (33000, 1350), (38500, 950), (35000, 450))[place]
        yield from _earnings(
            "earnings_by_age",
            start,
            slope,
            (-3, -2, -1) if age == "14-17" else (4, 5) if place == 5 else (),
            age_band=age,
        )
    for sex, start, slope in (("F", 15500, 1500), ("M", 20500, 1990), ("unknown", 18000, 1600)):
        yield from _earnings("earnings_by_sex", start, slope, sex=sex)
    for place, race in enumerate(RACES):
        yield from _earnings(
            "earnings_by_race",
            16000 + 900 * place,
            1500 + 90 * place,
            YEARS if race == "nhpi" else (-3,) if race == "aian" else (),
            race=race,
        )
    for certifier, start, slope in (("mssc", 17800, 1500), ("nims", 20100, 2300)):
        yield from _earnings("earnings_by_certifier", start, slope, certifier=certifier)
        for place, code in enumerate(CREDENTIALS[certifier]):
            hidden = YEARS if code in {"GRIND-1", "CLT"} else ()
            yield from _earnings(
                "earnings_by_credential",
                start + 600 * place,
                slope + 120 * place,
                hidden,
                certifier=certifier,
                credential=code,
            )
    yield from _work()
    yield from _training()
    yield from _pell()
    yield from _coverage()
    yield from _questions()
    yield from _comparison()


GROUPS = (
    {},
    *({"certifier": code} for code in CREDENTIALS),
    *({"cohort": code} for code in ("2005-2009", "2010-2014")),
    *({"age_band": code} for code in AGES),
    *({"sex": code} for code in ("F", "M")),
    *(
        {"race": code}
        for code in ("american_indian", "native_hawaiian", "two_or_more", "white", "other_or_not_recorded")
    ),
    *({"ethnicity": code} for code in ("hispanic", "not_hispanic")),
)
AFTER = range(1, 6)


def _asked(table, measure, unit, value, years, *, step=0.0, groups=GROUPS, **more):
    """A measure in every year and group; the third group is hidden in the first year."""
    for place, at in enumerate(groups):
        for year in years:
            found = round(value + step * (year or 0) + (step or 0.01) * 0.1 * place, 2 if unit != "usd" else -2)
            status = 5 if place == 3 and year in {None, 2} else 1
            band = 0.02 if unit == "share" else 1.0 if unit == "mean" else 400.0
            yield _cell(
                table, measure, found, unit, year, status=status, band=band, n=60 if place == 4 else 900, **at, **more
            )


def _questions():
    for key, value in (("p25", -1500.0), ("p50", 6100.0), ("p75", 14000.0)):
        yield from _asked(
            "change", f"own_change_{key}", "usd", value, AFTER, step=1500.0, groups=GROUPS if key == "p50" else ({},)
        )
    yield from _asked("change", "earns_less_share", "share", 0.3, AFTER, step=-0.01)
    for table in ("earnings_all", "earnings_attached"):
        yield from _asked(table, f"{table}_p50", "usd", 24000.0 if table[9:] == "all" else 34000.0, YEARS, step=1000.0)
    for dimension, codes in (("cohort", ("2005-2009", "2010-2014")), ("ethnicity", ("hispanic", "not_hispanic"))):
        for place, code in enumerate(codes):
            yield from _earnings(f"earnings_by_{dimension}", 18000 + 900 * place, 1500, **{dimension: code})
    for place, state in enumerate(("OH", "TX", "PR", "other_or_not_recorded")):
        yield from _earnings("earnings_by_state", 18000 + 900 * place, 1500, state=state)
    yield from _living()
    yield from _paths()
    yield from _tries()


def _living():
    for level in (100, 150, 200):
        for size in (1, 2, 3, 4):
            groups = GROUPS if (level, size) == (150, 1) else ({},)
            more = {"definition": f"above_{level}_h{size}", "groups": groups}
            yield from _asked(
                "living", "above_poverty_share", "share", 0.9 - level / 1000 - size / 20, YEARS, step=0.02, **more
            )
    yield from _asked("living", "living_wage_reached_share", "share", 0.4, AFTER, step=0.06)
    yield from _asked("living", "months_to_living_wage_p50", "mean", 24.0, (None,))


def _paths():
    for definition in ("first_job_any", "first_job_newcomers"):
        yield from _asked("first_job", "first_job_in_industry_share", "share", 0.36, (None,), definition=definition)
    yield from _asked("first_job", "new_job_share", "share", 0.57, (None,))
    for measure, value in (("left_industry_share", 0.1), ("retention_share", 0.9)):
        yield from _asked("leaving", measure, "share", value, (2, 3, 4, 5), step=0.01)
    for who, pay in (("stayer", 38000.0), ("leaver", 27000.0)):
        yield from _asked("leaving", f"{who}_earnings_p50", "usd", pay, (2, 3, 4, 5), step=800.0, groups=({},))
        more = {"definition": f"started_{who}s", "groups": ({},)}
        yield from _asked("leaving", "started_in_industry_share", "share", 0.5, (2, 3, 4, 5), **more)
    for path in ("in_in", "in_out", "out_in", "out_out"):
        yield from _asked(
            "leaving",
            "earnings_by_path_p50",
            "usd",
            30000.0,
            AFTER,
            step=900.0,
            groups=({},),
            definition=f"path_{path}",
        )
    for sector, share in SECTORS.items():
        yield _cell(
            "leaving", "leaver_sector_share", share, "share", 5, sector=sector, status=5 if sector == "61" else 1
        )
        yield _cell("leaving", "came_from_share", share, "share", 1, sector=sector)
    yield from _asked("leaving", "temporary_agency_share", "share", 0.03, YEARS, groups=({},))
    for measure in ("prior_degree_share", "enrolled_at_award_share"):
        yield from _asked("education", measure, "share", 0.11, (None,))
    for level in ("certificate", "associate", "bachelor"):
        yield _cell("education", "prior_degree_level_share", 0.02, "share", setting=level)
    for what in ("enrolled", "finished", "left"):
        for years in (1, 2, 5):
            yield _cell(
                "education", f"{what}_share", 0.05 * years, "share", definition=f"{what}_within_{years}", band=0.02
            )


def _tries():
    for setting, share in (("sitting_1", 0.71), ("sitting_2", 0.83), ("months_3", 0.75), ("months_12", 0.85)):
        at = {"certifier": "mssc", "setting": setting}
        yield _cell("attempts", "passing_share", share, "share", band=0.02, **at)
        yield _cell("attempts", "passing_at_risk", 1000.0, "count", **at)
    for year in (2010, 2011, 2012):
        yield _cell("attempts", "yearly_pass_rate", 0.7, "share", certifier="mssc", setting=str(year))
        at = {"certifier": "nims", "setting": str(year), "definition": "not_reported", "status": -1}
        yield _cell("attempts", "yearly_pass_rate", 0.0, "share", **at)
    yield from _asked("never_passed", "never_passed_share", "share", 0.12, (None,))
    for who in ("passer", "never_passed"):
        yield from _asked("never_passed", f"{who}_earnings_p50", "usd", 21000.0, YEARS, step=1100.0, groups=({},))
        for what in ("wage_matched", "in_industry"):
            yield from _asked("never_passed", f"{who}_{what}_share", "share", 0.4, YEARS, groups=({},))
    for setting in ("second", "third"):
        yield _cell("stacking", "nth_effect", 1200.0, "usd", setting=setting, band=400.0)
    for measure, unit, value in (("next_award_share", "share", 0.21), ("next_award_effect", "usd", 900.0)):
        for code in ("CPT-SAF", "CPT-QLT"):
            yield _cell("stacking", measure, value, unit, certifier="mssc", credential=code, band=value / 5)
    yield _cell("stacking", "months_to_next_p50", 14.0, "mean", band=1.0)


def _comparison():
    for measure, value, step in (
        ("comparison_effect", 0.0, 700.0),
        ("counterfactual_earnings", 21000.0, 1400.0),
        ("matched_holder_earnings", 21000.0, 2100.0),
    ):
        groups = (*GROUPS, {"state": "OH"}) if measure == "comparison_effect" else GROUPS
        yield from _asked("comparison", measure, "usd", value, YEARS, step=step, groups=groups)
    zeros = {"definition": "comparison_effect_with_zeros", "groups": ({},)}
    yield from _asked("comparison", "comparison_effect", "usd", 90000.0, YEARS, **zeros)
    matched = {"definition": "comparison_effect_as_matched", "groups": ({},)}
    yield from _asked("comparison", "comparison_effect", "usd", 100.0, (-1, *AFTER), step=680.0, **matched)
    yield from _asked("comparison", "common_support_share", "share", 0.88, (None,))
    for why in ("without_wages", "without_others"):
        yield _cell("comparison", "common_support_share", 0.06, "share", definition=why)
    for name in ("age", "earnings_3", "women"):
        for when, value in (("before", 0.31), ("after", 0.02)):
            yield _cell("comparison", "balance_difference", value, "mean", definition=f"balance_{name}_{when}")


def _work():
    for year in YEARS:
        yield _cell("wage_matched", "wage_matched_share", round(0.78 + 0.012 * year, 6), "share", year, band=0.003)
        for certifier, base in (("all", 0.43), ("mssc", 0.36), ("nims", 0.52)):
            status = 5 if certifier == "nims" and year == 3 else 1
            yield _cell(
                "industry_share",
                "in_industry_share",
                round(base - 0.006 * abs(year - 1), 6),
                "share",
                year,
                status=status,
                band=0.008,
                certifier=certifier,
            )
        for sector, share in SECTORS.items():
            yield _cell(
                "sectors", "sector_share", share, "share", year, sector=sector, status=5 if sector == "61" else 1
            )
        if year > 0:
            for place, race in enumerate(("all", *RACES)):
                value = 9800.0 if race == "all" else 14900.0 if race == "black" else 6100.0 + 700 * place
                status = 5 if race in {"nhpi", "aian"} else 1
                yield _cell(
                    "premium",
                    "in_industry_premium",
                    value - 200 * (5 - year),
                    "usd",
                    year,
                    race=race,
                    status=status,
                    band=650.0 + 300 * place,
                )


def _training():
    shares = {
        "setting_training": {
            "credit": 0.22,
            "noncredit": 0.51,
            "high_school": 0.14,
            "employer": 0.08,
            "military": 0.02,
            "unknown": 0.03,
        },
        "setting_sector": {"public_2yr": 0.58, "public_4yr": 0.05, "for_profit": 0.02, "no_enrollment": 0.35},
        "setting_degree": {"degree_seeking": 0.21, "not_degree_seeking": 0.44, "no_enrollment": 0.35},
        "setting_credit": {"credit": 0.27, "noncredit": 0.38, "no_enrollment": 0.35},
    }
    for definition, parts in shares.items():
        for setting, share in parts.items():
            status = 5 if setting in {"military", "for_profit"} else 1
            yield _cell(
                "settings", "setting_share", share, "share", setting=setting, definition=definition, status=status
            )
    for code, number in (
        ("all", 61240.0),
        *((code, 9000.0 - 950 * place) for place, code in enumerate(CREDENTIALS["mssc"])),
    ):
        hidden = 5 if code == "CLT" else 1
        at = {"certifier": "mssc", "credential": code, "status": hidden}
        yield _cell("attempts", "attempts", number, "count", **at)
        yield _cell("attempts", "passes", round(number * 0.78), "count", **at)
        yield _cell("attempts", "first_attempt_pass_rate", 0.712, "share", **at)
        yield _cell("attempts", "eventual_pass_rate", 0.883, "share", **at)
    for measure, unit in (
        ("attempts", "count"),
        ("passes", "count"),
        ("first_attempt_pass_rate", "share"),
        ("eventual_pass_rate", "share"),
    ):
        yield _cell("attempts", measure, 0.0, unit, certifier="nims", definition="not_reported", status=-1)
    for certifier, mean in (("all", 2.54), ("mssc", 2.91), ("nims", 2.13)):
        yield _cell("stacking", "credentials_per_learner", mean, "mean", certifier=certifier, band=0.02)
        for stack, share in (("stack_1", 0.38), ("stack_2", 0.24), ("stack_3", 0.13), ("stack_4_plus", 0.25)):
            yield _cell("stacking", "stacking_share", share, "share", certifier=certifier, definition=stack)


def _pell():
    """A programme that passes, one that fails narrowly, one whose figures are hidden, one without any."""
    judged = (
        ("line", 1, "passes", (), (0.86, 0.91, 22_200.0, 4_200.0)),
        ("cnc", 1, "fails", ("completion_too_low",), (0.66, 0.88, 12_400.0, 9_900.0)),
        ("night", 5, "cannot_be_evaluated", ("too_few",), (0.5, 0.5, 1.0, 1.0)),
        ("new", -1, "cannot_be_evaluated", ("no_provider", "no_tuition"), (None, None, None, None)),
    )
    for code, status, verdict, reasons, figures in judged:
        at = {"certifier": "mssc", "credential": "CPT", "setting": code, "status": status, "n": 60}
        at |= {"cohort": "2015-2017"} if status != -1 else {}
        for place, (measure, unit) in enumerate(
            (
                ("completion_rate", "share"),
                ("placement_rate", "share"),
                ("value_added_earnings", "usd"),
                ("tuition_and_fees", "usd"),
            )
        ):
            band = {"share": 0.08, "usd": 1500.0}[unit] if measure != "tuition_and_fees" else 0.0
            yield _cell("workforce_pell", measure, figures[place], unit, band=band, **at)
        yield _cell("workforce_pell", "pell_verdict", 60.0, "count", definition=verdict, **at)
        yield _cell(
            "workforce_pell", "pell_verdict_transition", 60.0, "count", definition=f"transition_{verdict}", **at
        )
        for reason in reasons:
            yield _cell("workforce_pell", "pell_reason", 60.0, "count", definition=f"pell_{reason}", **at)


def _coverage():
    before = {
        "opted_out": 0.0112,
        "ferpa_blocked": 0.0231,
        "no_person_key": 0.0914,
        "same_person": 0.0043,
        "not_in_cohort": 0.0200,
    }
    for reason, share in (before | {"never_seen_after": 0.0610, "seen_after": 0.7890}).items():
        yield _cell("coverage", "coverage_share", share, "share", definition=reason)
    for year in (1, 5):
        parts = before | {"died_before": 0.002, "year_not_covered": 0.0, "no_wage_record": 0.168, "seen_in_wages": 0.68}
        for reason, share in parts.items():
            yield _cell(
                "coverage",
                "coverage_share",
                share,
                "share",
                year,
                definition=reason,
                status=5 if reason in {"died_before", "same_person"} else 1,
            )


def load(con, rows: list[dict] | None = None) -> None:
    """Create ``published_outcomes.published_outcomes`` and ``.definitions`` with the columns of the contract."""
    con.execute("CREATE SCHEMA IF NOT EXISTS published_outcomes")
    for table in published_outcomes.SNAPSHOT:
        columns = ", ".join(f'"{name}" {kind}' for name, kind in table.schema.items())
        con.execute(f"CREATE OR REPLACE TABLE published_outcomes.{table.name} ({columns})")
    _fill(con, "published_outcomes", list(cells()) if rows is None else rows)
    _fill(con, "definitions", [asdict(item) for item in definitions()])


def _fill(con, table: str, rows: list[dict]) -> None:
    """Insert by way of Arrow: ten times faster than row by row."""
    names = published_outcomes.SNAPSHOT.table(table).column_names
    con.register("sample_rows", pa.table({name: [row[name] for row in rows] for name in names}))
    con.execute(f"INSERT INTO published_outcomes.{table} BY NAME SELECT * FROM sample_rows")
    con.unregister("sample_rows")
