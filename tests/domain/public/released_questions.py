"""What an invented release says beside earnings and employment: the comparison, and every further question."""

from tests.domain.public.released_rows import AGES, CREDENTIALS, SECTORS, YEARS, earnings, released_row

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
            yield released_row(
                table, measure, found, unit, year, status=status, band=band, n=60 if place == 4 else 900, **at, **more
            )


def questions():
    for key, value in (("p25", -1500.0), ("p50", 6100.0), ("p75", 14000.0)):
        yield from _asked(
            "change", f"own_change_{key}", "usd", value, AFTER, step=1500.0, groups=GROUPS if key == "p50" else ({},)
        )
    yield from _asked("change", "earns_less_share", "share", 0.3, AFTER, step=-0.01)
    for table in ("earnings_all", "earnings_attached"):
        yield from _asked(table, f"{table}_p50", "usd", 24000.0 if table[9:] == "all" else 34000.0, YEARS, step=1000.0)
    for dimension, codes in (("cohort", ("2005-2009", "2010-2014")), ("ethnicity", ("hispanic", "not_hispanic"))):
        for place, code in enumerate(codes):
            yield from earnings(f"earnings_by_{dimension}", 18000 + 900 * place, 1500, **{dimension: code})
    for place, state in enumerate(("OH", "TX", "PR", "other_or_not_recorded")):
        yield from earnings("earnings_by_state", 18000 + 900 * place, 1500, state=state)
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
        yield released_row(
            "leaving", "leaver_sector_share", share, "share", 5, sector=sector, status=5 if sector == "61" else 1
        )
        yield released_row("leaving", "came_from_share", share, "share", 1, sector=sector)
    yield from _asked("leaving", "temporary_agency_share", "share", 0.03, YEARS, groups=({},))
    for measure in ("prior_degree_share", "enrolled_at_award_share"):
        yield from _asked("education", measure, "share", 0.11, (None,))
    for level in ("certificate", "associate", "bachelor"):
        yield released_row("education", "prior_degree_level_share", 0.02, "share", setting=level)
    for what in ("enrolled", "finished", "left"):
        for years in (1, 2, 5):
            yield released_row(
                "education", f"{what}_share", 0.05 * years, "share", definition=f"{what}_within_{years}", band=0.02
            )


def _tries():
    for setting, share in (("sitting_1", 0.71), ("sitting_2", 0.83), ("months_3", 0.75), ("months_12", 0.85)):
        at = {"certifier": "mssc", "setting": setting}
        yield released_row("attempts", "passing_share", share, "share", band=0.02, **at)
        yield released_row("attempts", "passing_at_risk", 1000.0, "count", **at)
    for year in (2010, 2011, 2012):
        yield released_row("attempts", "yearly_pass_rate", 0.7, "share", certifier="mssc", setting=str(year))
        at = {"certifier": "nims", "setting": str(year), "definition": "not_reported", "status": -1}
        yield released_row("attempts", "yearly_pass_rate", 0.0, "share", **at)
    yield from _asked("never_passed", "never_passed_share", "share", 0.12, (None,))
    for who in ("passer", "never_passed"):
        yield from _asked("never_passed", f"{who}_earnings_p50", "usd", 21000.0, YEARS, step=1100.0, groups=({},))
        for what in ("wage_matched", "in_industry"):
            yield from _asked("never_passed", f"{who}_{what}_share", "share", 0.4, YEARS, groups=({},))
    for setting in ("second", "third"):
        yield released_row("stacking", "nth_effect", 1200.0, "usd", setting=setting, band=400.0)
    for code in ("CPT-SAF", "CPT-QLT"):
        held = {"certifier": "mssc", "credential": code}
        yield released_row("stacking", "next_award_effect", 900.0, "usd", band=180.0, **held)
        for setting, share in (("mssc/CPT-MNT", 0.21), ("other", 0.06), ("no_further_award", 0.6)):
            yield released_row("stacking", "next_award_share", share, "share", setting=setting, **held)
        ladder = {"definition": "next_award_on_ladder", "setting": "mssc/CPT-MFG"}
        yield released_row("stacking", "next_award_share", 0.13, "share", **held, **ladder)
    held = {"certifier": "mssc", "credential": "CPT-MNT", "setting": "no_further_award"}
    yield released_row("stacking", "next_award_share", 0.0, "share", status=-1, definition="not_available", **held)
    yield released_row("stacking", "months_to_next_p50", 14.0, "mean", band=1.0)


def comparison():
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
    for years, value in ((5, 120.0), (4, -60.0)):
        yield released_row(
            "comparison", "comparison_effect", value, "usd", band=300.0, definition=f"comparison_effect_{years}_before"
        )
    wide = {"definition": "comparison_effect_if_drifting", "groups": ({},)}
    yield from _asked("comparison", "comparison_effect", "usd", 0.0, AFTER, step=700.0, **wide)
    yield from _asked("comparison", "comparison_breakdown", "mean", 1.4, AFTER, groups=({},))
    yield from _asked("comparison", "common_support_share", "share", 0.88, (None,))
    for why in ("without_wages", "without_others"):
        yield released_row("comparison", "common_support_share", 0.06, "share", definition=why)
    for name in ("age", "earnings_3", "women"):
        for when, value in (("before", 0.31), ("after", 0.02)):
            yield released_row("comparison", "balance_difference", value, "mean", definition=f"balance_{name}_{when}")
