"""Two years of monthly releases of a small industry, with everything that happens in between, attacked together each time."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from credential_pipeline.enclave.outcome_release.attack.attacker import Released
from tests.domain.enclave.outcome_tables_world import World, award
from tests.domain.enclave.release_world import STANDARD, add_person, coverage, settle, tables, without, world

MONTHS = 24
ALL_TOTALS = 95
"""From here on every whole total can give any share in whole percent, so that shares tell nothing of it."""


def _month(made: World, number: int, rng: np.random.Generator) -> World:
    """New learners, now and then an opt-out, a corrected birth year, a late award."""
    made = without(made, set(), 40)
    for place in range(int(rng.integers(0, 12))):
        add_person(made, f"M{number:02}-{place:02}", rng)
    if number % 3 == 0:
        gone = str(made.learners[int(rng.integers(len(made.learners)))][0])
        made = without(made, {gone}, 40 + number)
    if number % 4 == 0:
        spot = int(rng.integers(len(made.learners)))
        key, born, *rest = made.learners[spot]
        made.learners[spot] = (key, born - 9, *rest)
    if number % 5 == 0:
        key = str(made.learners[int(rng.integers(len(made.learners)))][0])
        made.credentials.append(award(key, "nims", "N1", "2005-03-15", "college"))
    return replace(made, coverage=coverage(made, 40 + number))


@pytest.fixture(scope="module")
def months(tmp_path_factory: pytest.TempPathFactory) -> list[tuple]:
    """(findings, shown cells, cells) of each release.

    The month before the first release is a rehearsal: what it would have told beside the first is hidden from the start.
    """
    folder, rng = tmp_path_factory.mktemp("months"), np.random.default_rng(7)
    made, earlier, out = world(500, 21), [], []
    hidden: set[str] = set()
    for number in range(-2, MONTHS):
        confidential = tables(made, horizons={"first": 0, "last": 1})
        path = folder / f"{number:02}.csv"
        found, cells = settle(confidential, path, earlier, hidden, ALL_TOTALS)
        shown = cells.loc[cells["status"] == 1, "cell_id"]
        hidden = set(cells.loc[cells["status"] == 5, "cell_id"])
        earlier = earlier if number else []
        earlier.append(Released(path, f"month {number}", STANDARD, confidential.truth))
        if number >= 0:
            out.append((found.findings, set(shown), len(cells)))
        made = _month(made, number, rng)
    return out


def test_nothing_small_is_told_by_any_release_with_all_before_it(months):
    assert [number for number, (findings, _, _) in enumerate(months) if findings] == []


def test_each_release_keeps_what_the_last_one_showed(months):
    shares = [len(now & before) / len(before) for (_, before, _), (_, now, _) in pairwise(months)]
    assert min(shares) >= 0.95


def test_the_last_release_still_says_something(months):
    assert len(months[-1][1]) > 100
