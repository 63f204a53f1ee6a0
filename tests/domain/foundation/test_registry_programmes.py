"""Programmes of an industry: a file of their own, whose mistakes name the key and what is allowed."""

from pathlib import Path

import pytest

from credential_pipeline.foundation.registry.load import BUILT_IN, load_registry
from tests.domain.foundation.registry_world import INDUSTRY, mistake, overlay

PROGRAMMES = """\
industry: mining
programmes:
  - id: line
    title: Production line
    provider: Example College
    provider_opeid: "00123400"
    certifier: acme
    credentials: [A-1, A-2]
    state: NC
    tuition_and_fees: {usd: 900, year: 2025}
"""


def with_programmes(folder: Path, text: str) -> Path:
    (folder / "programmes").mkdir()
    (folder / "programmes" / "mining.yml").write_text(text, encoding="utf-8")
    return overlay(folder)


def test_programmes_stand_in_a_file_of_their_industry(tmp_path: Path) -> None:
    (programme,) = load_registry(with_programmes(tmp_path, PROGRAMMES)).industry("mining").programmes
    assert (programme.provider_opeid, programme.credentials) == ("00123400", ("A-1", "A-2"))
    assert (programme.weeks, programme.clock_hours, programme.cip) == (None, None, None)
    assert programme.tuition_and_fees is not None
    assert programme.tuition_and_fees.year == 2025


@pytest.mark.parametrize(
    ("before", "after", "hints"),
    [
        ("certifier: acme", "certifier: nha", ["programmes.1.certifier", "'nha'", "allowed: acme, mssc"]),
        ("[A-1, A-2]", "[A-1, B-9]", ["programmes.1.credentials", "acme has no such", "allowed: A-1, A-2"]),
        ("[A-1, A-2]", "[A-1, A-1]", ["programmes.1", "named twice"]),
        ("[A-1, A-2]", "[]", ["programmes.1.credentials"]),
        ('"00123400"', "1234", ["programmes.1.provider_opeid", "eight digits"]),
        ("state: NC", "state: XX", ["programmes.1.state", "NC"]),
        ("state: NC", 'state: NC\n    cip: "15.6"', ["programmes.1.cip", "15.0613"]),
        ("state: NC", "state: NC\n    weeks: -3", ["programmes.1.weeks", "greater than 0"]),
        ("{usd: 900, year: 2025}", "900", ["programmes.1.tuition_and_fees", "usd, year"]),
        ("state: NC", "state: NC\n    hours: 200", ["programmes.1.hours", "not known", "clock_hours"]),
        ("industry: mining", "industry: metal", ["key 'industry'", "name of the file, 'mining'"]),
    ],
)
def test_a_mistake_in_a_programme_names_the_key_and_what_is_allowed(
    tmp_path: Path, before: str, after: str, hints: list[str]
) -> None:
    assert before in PROGRAMMES
    error = str(mistake(with_programmes(tmp_path, PROGRAMMES.replace(before, after))))
    assert "programmes/mining.yml" in error
    assert all(hint in error for hint in hints), error


def test_programmes_of_no_industry_and_within_an_industry_are_refused(tmp_path: Path) -> None:
    folder = with_programmes(tmp_path, PROGRAMMES)
    (folder / "programmes" / "shipping.yml").write_text("industry: shipping\nprogrammes: []\n", encoding="utf-8")
    assert "programmes/shipping.yml, line 1: key 'industry': there is no such file of industries/" in str(
        mistake(folder)
    )
    (folder / "programmes" / "shipping.yml").unlink()
    overlay(folder, industry=f"{INDUSTRY}programmes: []\n")
    assert "industries/mining.yml, line 5: key 'programmes': write them in programmes/<industry>.yml" in str(
        mistake(folder)
    )


def test_the_template_of_programmes_is_valid(tmp_path: Path) -> None:
    text = (BUILT_IN / "programmes" / "_template.yml").read_text(encoding="utf-8")
    (tmp_path / "programmes").mkdir()
    (tmp_path / "programmes" / "manufacturing.yml").write_text(
        text.replace("example ", "manufacturing ", 1), encoding="utf-8"
    )
    (programme,) = load_registry(tmp_path).industry("manufacturing").programmes
    assert programme.clock_hours == 240
