"""Steps of outcome_tables that count: cohorts, breakdowns, sectors, stacks, the ledger, equations between counts.

On relations written by hand: what goes in and what comes out fit on a page.
"""

from collections.abc import Iterator

import pytest

from credential_pipeline.enclave.outcome_tables.counts import category_counts, cohort_counts, identify, sector_counts
from credential_pipeline.enclave.outcome_tables.coverage import ledger_counts, pooled_equations
from credential_pipeline.enclave.outcome_tables.earlier import Earlier
from credential_pipeline.enclave.outcome_tables.equations import equations
from credential_pipeline.enclave.outcome_tables.groups import Ladder
from credential_pipeline.enclave.outcome_tables.stacking import stack, stack_counts, walk_stacks
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from tests.domain.enclave.outcome_steps_world import (
    FOLLOW_UPS,
    Values,
    counted,
    five_followed,
    plan,
    rows,
    seen,
    unseen,
    values,
    workplace,
)


@pytest.fixture
def work() -> Iterator[Scratch]:
    with workplace() as made:
        yield made


@pytest.fixture
def follow_ups(work: Scratch) -> Relation:
    return five_followed(work)


def test_a_cohort_is_counted_at_its_horizons_and_by_every_breakdown(work: Scratch, follow_ups: Relation) -> None:
    units = work.view("units", f"SELECT * FROM {follow_ups}")
    found = values(work, cohort_counts(work, units, follow_ups, plan()))
    overall = {key: value for key, value in found.items() if "/h=" in key and key.count("/") == 1}
    assert overall == {
        "cohort/h=1": 5,
        "award_held/h=1": 5,
        "wage_matched/h=1": 3,
        "not_matched/h=1": 1,
        "unseen/h=1": 2,
        "in_industry/h=1": 2,
        "out_of_industry/h=1": 1,
        "died_before/h=1": 1,
        "revoked/h=1": 0,
        "year_not_covered/h=1": 0,
    }
    assert (found["cohort"], found["cohort/certifier=mssc"], found["cohort/certifier=nims/credential=CPT"]) == (5, 4, 1)
    assert found["in_industry/certifier=mssc/h=1"] == 1
    assert found["died_before/certifier=mssc/h=1"] == 1
    # No figure is made of these below the level of everybody.
    assert not {"died_before/certifier=nims/h=1", "year_not_covered/sex=F/h=1"} & found.keys()


def test_under_each_pairs_are_counted_and_learners_are_persons(work: Scratch) -> None:
    pairs = work.rows(
        "follow_ups",
        FOLLOW_UPS,
        [
            seen(1, 1, 1.0, industry=True),
            seen(1, 1, 1.0, industry=False, body="nims", lead=False),
            unseen(2, 1, "not_matched"),
        ],
    )
    made = identify(work, cohort_counts(work, pairs, pairs, plan(attribution="each")))
    found = {key: (value, people) for key, value, people in rows(work, made, "count_id", "value", "learners")}
    assert found["cohort"] == (3, 2)
    assert found["wage_matched/h=1"] == (2, 1)
    assert found["in_industry/h=1"] == (1, 1)
    assert found["lead_wage_matched/h=1"] == (1, 1)
    assert found["lead_cohort/certifier=mssc"] == (2, 2)
    assert "lead_cohort/certifier=nims" not in found


def test_a_category_that_occurs_at_all_has_a_count_everywhere(work: Scratch, follow_ups: Relation) -> None:
    found = values(
        work, category_counts(work, follow_ups, plan(), category="sector", quantity="sector", column="sector")
    )
    assert found == {
        "sector/sector=31-33/h=1": 2,
        "sector/sector=72/h=1": 1,
        "sector/certifier=mssc/sector=31-33/h=1": 1,
        "sector/certifier=mssc/sector=72/h=1": 1,
        "sector/certifier=nims/sector=31-33/h=1": 1,
        "sector/certifier=nims/sector=72/h=1": 0,
    }
    with pytest.raises(ValueError, match="lacks employer"):
        category_counts(work, follow_ups, plan(), category="employer", quantity="sector", column="sector")


@pytest.mark.parametrize(("whole", "parts"), [([], {"sector_in_industry/sector=31-33/h=1": 2}), ([("31-33",)], {})])
def test_those_in_part_of_a_sector_are_counted_apart(
    work: Scratch, follow_ups: Relation, whole: list[tuple[str]], parts: Values
) -> None:
    sectors = work.rows("whole", {"sector": "VARCHAR"}, whole)
    found = values(
        work, sector_counts(work, follow_ups, sectors, plan()), "quantity = 'sector_in_industry' AND certifier = 'all'"
    )
    assert found == parts


def test_credentials_stack_over_all_certifiers(work: Scratch) -> None:
    kinds = {"pid": "INTEGER", "certifier": "VARCHAR", "lead": "BOOLEAN"}
    units = work.rows("units", kinds, [(1, "mssc", True), (2, "nims", True), (3, "mssc", True), (1, "nims", False)])
    awards = work.rows("awards", {"pid": "INTEGER"}, [(1,), (1,), (1,), (1,), (1,), (2,), (3,), (3,), (9,)])
    stacks = stack(work, units, awards)
    assert rows(work, stacks, "pid", "certifier", "credentials") == [(1, "mssc", 5), (2, "nims", 1), (3, "mssc", 2)]
    ladder = Ladder()
    walk_stacks(work, stacks, plan(), ladder, Earlier())
    found = rows(work, stack_counts(work, stacks, ladder), "quantity", "value", "learners", where="certifier = 'all'")
    assert found == [
        ("stack_1", 1, 1), ("stack_2", 1, 1), ("stack_3", 0, 0), ("stack_4_plus", 1, 1), ("stack_credentials", 8, 3),
    ]  # fmt: skip


def test_the_ledger_counts_who_is_left_out_and_who_is_seen_later(work: Scratch, follow_ups: Relation) -> None:
    coverage = work.rows(
        "coverage",
        {"reason": "VARCHAR", "learners": "BIGINT"},
        [("reported", 14), ("opted_out", 2), ("ferpa_blocked", 1), ("no_person_key", 3), ("keyed", 8)],
    )
    people = work.rows("people", {"pid": "INTEGER"}, [(pid,) for pid in range(1, 8)])
    sitters = work.rows("sitters", {"never_passed": "BOOLEAN"}, [(True,), (False,)])
    found = values(work, ledger_counts(work, coverage, people, follow_ups, follow_ups, sitters))
    assert found == {
        "ledger_reported": 14, "ledger_opted_out": 2, "ledger_ferpa_blocked": 1, "ledger_no_person_key": 3,
        "ledger_same_person": 1, "ledger_never_passed": 1, "ledger_not_in_cohort": 1, "seen_after": 3, "never_seen_after": 2,
        "revoked_after": 0, "no_year_covered": 0,
    }  # fmt: skip


def test_equations_follow_the_counts_that_are_there(work: Scratch) -> None:
    counts = identify(
        work,
        counted(work, {"cohort@1": 5, "wage_matched@1": 3, "unseen@1": 2, "in_industry@1": 3, "cohort": 5}),
        counted(work, {"not_matched@1": 1, "died_before@1": 1}),
        counted(work, {"wage_matched@1": 3}, certifier="mssc"),
        counted(work, {"wage_matched@1": 3}, certifier="mssc", credential="CPT"),
        counted(work, {"sector@1": 2}, sector="31-33"),
        counted(work, {"sector@1": 1}, sector="72"),
    )
    whole = work.rows("whole", {"sector": "VARCHAR"}, [("31-33",)])
    found: dict[str, list[str]] = {}
    for name, part in rows(
        work, equations(work, counts, whole, pooled_equations(work, []), (), plan()), "equation_id", "part_count_id"
    ):
        found.setdefault(name, []).append(part)
    assert found == {
        "cohort = cohort|year_not_covered@h=1": ["cohort/h=1"],
        "cohort/h=1 = wage_matched|unseen": ["unseen/h=1", "wage_matched/h=1"],
        "unseen/h=1 = not_matched|died_before|revoked": ["died_before/h=1", "not_matched/h=1"],
        "in_industry/h=1 = in_industry_by_sector": ["sector/sector=31-33/h=1"],
        "wage_matched/h=1 = in_industry|out_of_industry": ["in_industry/h=1"],
        "wage_matched/h=1 = sector": ["sector/sector=31-33/h=1", "sector/sector=72/h=1"],
        "wage_matched/h=1 by certifier": ["wage_matched/certifier=mssc/h=1"],
        "wage_matched/certifier=mssc/h=1 by credential": ["wage_matched/certifier=mssc/credential=CPT/h=1"],
    }
