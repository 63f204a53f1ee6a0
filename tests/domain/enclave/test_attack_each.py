"""A release in which learners count at every award: some of its figures count each of them once, and the attacker knows which."""

from dataclasses import replace
from pathlib import Path

import pytest

from credential_pipeline.enclave.outcome_release.attack.attacker import attack
from credential_pipeline.enclave.outcome_release.attack.cells import meaning_of
from credential_pipeline.enclave.outcome_release.attack.rules import RULES
from tests.domain.enclave.outcome_tables_world import World, award
from tests.domain.enclave.release_world import published, settle, tables, world, write


def of_two_awards() -> World:
    """A world in which half hold a second credential and a fifth works for an agency."""
    made = world(500, 11)
    second = {("mssc", "CPT-SAF"): ("mssc", "CPT"), ("mssc", "CPT"): ("nims", "N1"), ("nims", "N1"): ("nims", "N2")}
    more = [
        award(row[0], *second[row[1], row[2]], row[5], row[6], "pass" if second[row[1], row[2]][0] == "mssc" else None)
        for row in made.credentials[::2]
        if (row[1], row[2]) in second
    ]
    employers = [(key, "561320" if key == "E2" else naics) for key, naics in made.employers]
    return replace(made, credentials=[*made.credentials, *more], employers=employers)


@pytest.mark.parametrize("attribution", ["each", "first"])
def test_a_release_of_every_award_does_not_contradict_itself(tmp_path: Path, attribution: str) -> None:
    made = tables(of_two_awards(), attribution=attribution)
    found, cells = settle(made, tmp_path / "outcomes.csv")
    agency = cells[(cells["measure"] == "temporary_agency_share") & (cells["status"] == 1)]
    assert len(agency) > 0
    assert not {finding.kind for finding in found.findings}
    exact = attack(
        write(published(made, exact=True, digits=3), tmp_path / "exact.csv"), [], RULES["one-off"], made.truth
    )
    assert "contradiction" not in {finding.kind for finding in exact.findings}


def test_whose_count_n_is_hangs_on_the_attribution() -> None:
    agency = meaning_of("temporary_agency_share")
    assert agency.whole("first") == agency.whole("highest") == "wage_matched"
    assert agency.whole("each") not in {"wage_matched", agency.part, agency.rest}
    assert meaning_of("earnings_p50").whole("each") == "wage_matched"
