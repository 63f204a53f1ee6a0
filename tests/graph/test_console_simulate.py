"""Which industries are simulated: the pilot's unless others are named, and never into a home that holds other feeds."""

from pathlib import Path

import pytest

from assets.console import main as console
from assets.console import simulate
from credential_pipeline.foundation.registry.load import load_registry


@pytest.fixture(autouse=True)
def _own_home(tmp_path, monkeypatch):
    monkeypatch.delenv("CREDENTIAL_PIPELINE_REGISTRY", raising=False)
    monkeypatch.setenv("CREDENTIAL_PIPELINE_HOME", str(tmp_path / "home"))


def test_the_pilot_stays_as_it_is_and_an_extra_registry_is_simulated_with_it(tmp_path):
    assert simulate.pilot(load_registry()) == ["healthcare", "manufacturing"]
    (tmp_path / "industries").mkdir()
    (tmp_path / "industries" / "mining.yml").write_text(
        "industry: mining\nname: Mining\nnaics: ['21']\ncertifiers: [mssc]\n"
    )
    assert simulate.pilot(load_registry(tmp_path)) == ["healthcare", "manufacturing", "mining"]


@pytest.mark.parametrize(("held", "asked", "wanted"), [
    ([], "construction", [["construction", "healthcare", "manufacturing"]]),
    ([], "healthcare", [["healthcare", "manufacturing"]]),
    (["manufacturing", "construction"], "construction", []),
])  # fmt: skip
def test_an_empty_home_is_simulated_with_the_industry_that_is_run(tmp_path, monkeypatch, held, asked, wanted):
    from assets.console import run

    written: list[list[str]] = []
    monkeypatch.setattr(simulate, "write", written.append)
    monkeypatch.setattr(run, "hops_of", lambda industries, hops, tags: industries)
    fill(tmp_path, *held)
    assert console.main(["run", "--simulate-if-empty", asked]) == 1
    assert written == wanted


def test_an_industry_that_is_not_in_the_simulated_home_is_refused_with_what_to_do(tmp_path, capsys):
    fill(tmp_path, "manufacturing")
    assert console.main(["run", "--simulate-if-empty", "construction"]) == 1
    assert "CREDENTIAL_PIPELINE_HOME=./data-construction make run INDUSTRY=construction" in capsys.readouterr().err


def fill(tmp_path: Path, *industries: str) -> None:
    (tmp_path / "home" / "truth").mkdir(parents=True)
    for name in industries:
        folder = tmp_path / "home" / "clearinghouse" / "inbox" / name / "one"
        folder.mkdir(parents=True)
        (folder / "2015.csv").write_text("id\n")


def test_a_day_cuts_the_world_and_a_later_one_adds_to_it(tmp_path, monkeypatch, capsys):
    inbox = tmp_path / "home" / "clearinghouse" / "inbox" / "manufacturing"
    words = ["simulate", "--learners", "120", "--registry-size", "600", "--industry", "manufacturing", "--until-date"]
    assert console.main([*words, "2006-12-31"]) == 0
    assert {path.stem for path in inbox.rglob("*.csv")} == {"2005", "2006"}
    assert console.main([*words, "2007-12-31"]) == 0
    assert {path.stem for path in inbox.rglob("*.csv")} == {"2005", "2006", "2007"}
    assert console.main([*words, "2006-12-31"]) == 1
    assert "was sent after that day" in capsys.readouterr().err
    assert console.main([*words, "soon"]) == 2
    assert "give a day as YYYY-MM-DD" in capsys.readouterr().err


def test_an_option_given_twice_names_both_industries(tmp_path, monkeypatch):
    written: list[list[str]] = []
    monkeypatch.setattr(simulate, "write", lambda industries, *_: written.append(industries))
    assert console.main(["simulate", "--industry", "manufacturing", "--industry", "healthcare", "construction"]) == 0
    assert written == [["manufacturing", "healthcare", "construction"]]
