"""Who is compared at a further credential, and what is said where there is no figure: credentials of other pay, small certifiers."""

import csv

import numpy as np
import pytest

from credential_pipeline.enclave.outcome_tables.asking import LARGE
from credential_pipeline.foundation.reference.load import FOLDER
from tests.domain.enclave.outcome_tables_world import Result, World, award, tabulated

PLANTED = 1_200.0
YEARS = range(2008, 2020)
#: The credential held before: its pay, and how much more it is each year.
PAY = {("mssc", "CPT-SAF"): (22_000.0, 200.0), ("nims", "N1"): (48_000.0, 3_000.0)}
FURTHER = {("mssc", "CPT-SAF"): ("mssc", "CPT"), ("nims", "N1"): ("nims", "N2")}


def factors() -> dict[int, float]:
    """Year to what a dollar of it is worth in 2023."""
    rows = list(csv.DictReader((FOLDER / "cpi_u.csv").read_text("utf-8").splitlines()))
    index = {int(row["year"]): float(row["index"]) for row in rows}
    return {year: index[2023] / number for year, number in index.items()}


def people(world: World, held: tuple[str, str], number: int, *, goes_on: bool) -> None:
    """Learners with a credential of 2010; those who go on have its next one of 2013 and from then on what it adds."""
    rng, worth = np.random.default_rng([number, goes_on, len(world.learners)]), factors()
    pay, growth = PAY[held]
    for place in range(number):
        key = f"{held[1]}{goes_on:d}{place:04}"
        world.learners.append((key, 1990, "M", "white", None))
        world.credentials.append(award(key, *held, "2010-03-01"))
        if goes_on:
            world.credentials.append(award(key, *FURTHER[held], "2013-03-01"))
        own = rng.normal(0, 3_000)
        for year in YEARS:
            real = pay + own + growth * (year - 2010) + PLANTED * (goes_on and year > 2013) + rng.normal(0, 300)
            world.wages.append((key, year, "E1", round(real / worth[year], 2)))


def planted(stopped: dict[tuple[str, str], int]) -> World:
    """Most with CPT-SAF go on, and most with N1 stop."""
    world = World(employers=[("E1", "332710")])
    for held, number in ((("mssc", "CPT-SAF"), 90), (("nims", "N1"), 30)):
        people(world, held, number, goes_on=True)
        people(world, held, stopped[held], goes_on=False)
    return world


def test_a_further_credential_is_compared_with_those_who_held_the_same_before() -> None:
    found = tabulated(planted({("mssc", "CPT-SAF"): 30, ("nims", "N1"): 90}), outcomes={"replicates": 20})
    tails = ("setting=second", "certifier=mssc/credential=CPT", "certifier=nims/credential=N2")
    for tail, n in zip(tails, (120, 90, 30), strict=True):
        cell = found.cell(f"{'nth_effect' if tail == tails[0] else 'next_award_effect'}/{tail}")
        assert (cell["n"], cell["status"]) == (n, 1)
        assert cell["value"] == pytest.approx(PLANTED, abs=150)
        assert cell["low"] < PLANTED < cell["high"]


def test_nobody_is_compared_with_those_who_held_another_one_before() -> None:
    found = tabulated(planted({("mssc", "CPT-SAF"): 0, ("nims", "N1"): 90}), outcomes={"replicates": 20})
    silent = found.cell("next_award_effect/certifier=mssc/credential=CPT")
    assert (silent["value"], silent["status"], silent["definition"]) == (None, -1, "not_available")
    second = found.cell("nth_effect/setting=second")
    assert (second["n"], second["value"]) == (30, pytest.approx(PLANTED, abs=150))
    assert any(
        row["measure"] == "next_award_effect" and row["definition"] == "not_available" for row in found.definitions
    )


@pytest.fixture(scope="module")
def coarse() -> dict[str, Result]:
    """Under the standard profile: nims with one credential of many, of 200, or with a second one of few or of fewer than one in a hundred; mssc is large."""
    few = {"outcomes": {"replicates": 20}, "horizons": {"first": -3, "last": 8}}
    return {name: tabulated(of_nims(*sizes), profile="standard", **few) for name, sizes in NIMS.items()}


#: Learners with N1 and with N2 as their first credential.
NIMS = {"one": (LARGE + 60, 0), "small": (200, 0), "few": (LARGE, 4), "rest": (LARGE + 60, 3)}


def of_nims(first: int, second: int) -> World:
    """A third of those with N1 go on to CPT; those with N2 have nothing else. 570 of mssc have CPT-SAF, and a third CPT too."""
    world = World(employers=[("E1", "332710")])
    for held, further, number in (
        (("nims", "N1"), ("mssc", "CPT"), first),
        (("nims", "N2"), None, second),
        (("mssc", "CPT-SAF"), ("mssc", "CPT"), 570),
    ):
        for place in range(number):
            key = f"{held[1]}{place:04}"
            world.learners.append((key, 1990, "M", "white", None))
            world.credentials.append(award(key, *held, "2010-03-01"))
            if further and place % 3 == 0:
                world.credentials.append(award(key, *further, "2013-03-01"))
            world.wages += [(key, year, "E1", 30_000.0) for year in YEARS]
    return world


def shares(found: Result, tail: str) -> dict[str, float | None]:
    """Setting to share of what comes next."""
    cells = [row for row in found.outcomes if row["cell_id"].startswith(f"manufacturing/next_award_share/{tail}/")]
    return {row["setting"]: row["value"] for row in cells}


def test_the_only_credential_of_a_certifier_has_its_line(coarse: dict[str, Result]) -> None:
    told = shares(coarse["one"], "certifier=nims/credential=N1")
    assert told == {"mssc/CPT": pytest.approx(1 / 3), "no_further_award": pytest.approx(2 / 3)}
    cell = coarse["one"].cell("next_award_share/certifier=nims/credential=N1/setting=mssc/CPT")
    assert (cell["n"], coarse["one"].count(cell["n_count_id"])) == (LARGE + 60, LARGE + 60)
    assert cell["low"] < 1 / 3 < cell["high"]


def test_one_in_a_hundred_at_others_of_the_certifier_cost_the_line_nothing(coarse: dict[str, Result]) -> None:
    told = shares(coarse["rest"], "certifier=nims/credential=N1")
    assert told == {"mssc/CPT": pytest.approx(1 / 3), "no_further_award": pytest.approx(2 / 3)}
    assert coarse["rest"].cell("next_award_share/certifier=nims/credential=N1/setting=mssc/CPT")["n"] == LARGE + 60
    assert shares(coarse["rest"], "certifier=nims/credential=N2") == {"no_further_award": None}


@pytest.mark.parametrize(("case", "credential"), [("small", "N1"), ("few", "N1"), ("few", "N2"), ("one", "N2")])
def test_a_credential_without_its_line_says_so(coarse: dict[str, Result], case: str, credential: str) -> None:
    assert shares(coarse[case], f"certifier=nims/credential={credential}") == {"no_further_award": None}
    tail = f"certifier=nims/credential={credential}/setting=no_further_award"
    cell = coarse[case].cell(f"next_award_share/{tail}")
    assert (cell["status"], cell["definition"], cell["n_count_id"], cell["low"]) == (-1, "not_available", None, None)


def test_every_credential_says_what_it_adds_or_that_this_is_not_available(coarse: dict[str, Result]) -> None:
    for case, found in coarse.items():
        cells = {
            (row["certifier"], row["credential"]): row["status"]
            for row in found.outcomes
            if row["measure"] == "next_award_effect"
        }
        # CPT is added by a third of all learners, which makes enough in two cases; nobody adds one of the others.
        assert cells == dict.fromkeys((("mssc", "CPT-SAF"), ("mssc", "CPT"), ("nims", "N1"), ("nims", "N2")), -1) | {
            ("mssc", "CPT"): 1 if case in {"one", "rest"} else -1
        }, case
        assert found.count("with_added_award/certifier=mssc/credential=CPT") > 100


def test_cells_without_a_figure_are_there_once(coarse: dict[str, Result]) -> None:
    for found in coarse.values():
        ids = [row["cell_id"] for row in found.outcomes]
        assert len(ids) == len(set(ids))
