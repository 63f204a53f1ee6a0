"""Agreements in the registry: three kinds, every column on a basis, one clear line for every mistake."""

from datetime import date
from pathlib import Path

import pytest

from credential_pipeline.foundation.contracts.census_extract import SNAPSHOT
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.registry.agreements import STATES, UNKNOWN, covered_states
from credential_pipeline.foundation.registry.load import BUILT_IN, Registry, load_registry

EXTRACT = (BUILT_IN / "agreements" / "manufacturing_extract.yml").read_text(encoding="utf-8")
WAGES = (BUILT_IN / "agreements" / "wages_demonstration.yml").read_text(encoding="utf-8")
TODAY = date(2026, 6, 1)


def overlay(folder: Path, name: str, text: str) -> Registry:
    (folder / "agreements").mkdir(exist_ok=True)
    (folder / "agreements" / f"{name}.yml").write_text(text, encoding="utf-8")
    return load_registry(folder)


def test_the_shipped_agreements_cover_every_column_and_every_state() -> None:
    registry = load_registry()
    columns = {f"{table.name}.{name}" for table in SNAPSHOT for name in table.column_names}
    for industry in registry.industries.values():
        agreement = industry.agreement
        assert agreement is not None
        assert agreement.release is not None
        assert {name for names in agreement.basis.values() for name in names} == columns
        assert not agreement.withheld
        doubtful = {name for basis, names in agreement.basis.items() if "Doubtful" in basis for name in names}
        assert doubtful == {"learners.sex", "enrollments.credit", "enrollments.degree_seeking"}
    assert set(covered_states(registry.wage_agreements, TODAY)) == set(STATES)


def test_a_file_of_the_overlay_replaces_the_built_in_one_for_every_industry_that_names_it(tmp_path: Path) -> None:
    registry = overlay(tmp_path, "manufacturing_extract", EXTRACT.replace("2031-12-31", "2027-12-31"))
    agreement = registry.industry("manufacturing").agreement
    assert agreement is not None
    assert agreement.expires == date(2027, 12, 31)


def test_a_doubtful_column_moves_to_withheld(tmp_path: Path) -> None:
    text = EXTRACT.replace("[credit, degree_seeking]", "[degree_seeking]").replace(
        "withheld: {}", "withheld: {enrollments: [credit]}"
    )
    agreement = overlay(tmp_path, "manufacturing_extract", text).industry("manufacturing").agreement
    assert agreement is not None
    assert agreement.withheld == {"enrollments": ("credit",)}
    assert "enrollments.credit" not in {name for names in agreement.basis.values() for name in names}


@pytest.mark.parametrize(
    ("before", "after", "hints"),
    [
        ("kind: extract", "kind: treaty", ["key 'kind'", "extract, release, wages"]),
        ("kind: extract\n", "", ["key 'kind'"]),
        ("id: manufacturing_extract", "id: other", ["key 'id'", "'manufacturing_extract'"]),
        ("[credit, degree_seeking]", "[credit]", ["enrollments.degree_seeking", "or withhold"]),
        ("[credit, degree_seeking]", "[credit, degree_seeking, ssn]", ["enrollments.ssn", "no such column"]),
        ("[credit, degree_seeking]", "[credit, degree_seeking, cip]", ["enrollments.cip", "named twice"]),
        ("withheld: {}", "withheld: {enrolments: [credit]}", ["enrolments.credit", "no such column"]),
        ("[sex]", "[sex, row_id]", ["learners.row_id", "twice"]),
        ("withheld: {}", "colour: blue", ["key 'colour'", "allowed: id, sender"]),
        ("release: public_release", "release: nothing", ["key 'release'", "'nothing'", "public_release"]),
        ("release: public_release", "release: wages_demonstration", ["key 'release'", "public_release"]),
        ("signed: 2026-01-01", "signed: 2036-01-01", ["signed, expires, destroy_by"]),
        ("signed: 2026-01-01", "signed: soon", ["key 'signed'"]),
        ("withheld: {}", "recipient_key: abc", ["recipient_key"]),
    ],
)
def test_a_mistake_in_an_agreement(tmp_path: Path, before: str, after: str, hints: list[str]) -> None:
    assert before in EXTRACT
    with pytest.raises(SafeError) as caught:
        overlay(tmp_path, "manufacturing_extract", EXTRACT.replace(before, after))
    message = str(caught.value)
    assert caught.value.__cause__ is None
    assert "\n" not in message
    for hint in ["agreements/manufacturing_extract.yml", *hints]:
        assert hint in message


def test_what_rows_are_known_by_cannot_be_withheld(tmp_path: Path) -> None:
    text = EXTRACT.replace("[row_id, first_name,", "[first_name,").replace(
        "withheld: {}", "withheld: {learners: [row_id]}"
    )
    with pytest.raises(SafeError, match=r"learners\.row_id: nothing can be sent without it"):
        overlay(tmp_path, "manufacturing_extract", text)


@pytest.mark.parametrize("states", ["[OX]", "[]", "[OH, OH]", "[Ohio]"])
def test_states_are_states(tmp_path: Path, states: str) -> None:
    before, _, rest = WAGES.partition("states:\n")
    after = rest[rest.index("safeguards:") :]
    with pytest.raises(SafeError, match="two capitals"):
        overlay(tmp_path, "wages_demonstration", f"{before}states: {states}\n{after}")


def test_states_are_covered_from_the_first_to_the_last_day_and_all_means_all(tmp_path: Path) -> None:
    before, _, rest = WAGES.partition("states:\n")
    after = rest[rest.index("safeguards:") :]
    short = f"{before}states: [OH, {UNKNOWN}]\n{after}".replace("expires: 2031-12-31", "expires: 2026-06-01")
    (tmp_path / "agreements").mkdir()
    later = f"{before}states: [all]\n{after}".replace("wages_demonstration", "wages_all").replace(
        "2026-01-01", "2027-01-01"
    )
    (tmp_path / "agreements" / "wages_all.yml").write_text(later, encoding="utf-8")
    agreements = overlay(tmp_path, "wages_demonstration", short).wage_agreements
    assert covered_states(agreements, date(2025, 12, 31)) == {}
    assert covered_states(agreements, TODAY) == {"OH": "wages_demonstration", UNKNOWN: "wages_demonstration"}
    assert covered_states(agreements, date(2026, 6, 2)) == {}
    assert set(covered_states(agreements, date(2027, 1, 1))) == set(STATES)
