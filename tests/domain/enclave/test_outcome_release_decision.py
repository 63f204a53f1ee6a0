"""Which release a proposal is and what it was attacked with."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from credential_pipeline.enclave.outcome_release.acts import Signed, Standing, Statement
from credential_pipeline.enclave.outcome_release.ledger import chain, entries, record
from credential_pipeline.enclave.outcome_release.propose import propose, staged_csv
from credential_pipeline.enclave.outcome_release.releases import Binding, decide, keep
from credential_pipeline.enclave.outcome_tables.tabulation import tabulate
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.registry.model import Disclosure
from credential_pipeline.foundation.storage.engine import Connection, connect
from tests.domain.enclave.outcome_tables_world import opened, settings
from tests.domain.enclave.release_world import world
from tests.domain.engines.disclosure_synthetic import make


@dataclass
class Figures:
    """Stands for the protection: writes what it was told to, and notes which earlier files it had in mind."""

    path: Path
    content: str = "a"
    asked: list[list[str]] = field(default_factory=list)

    def protect(self, earlier: list[Path]) -> Path:
        self.asked.append([file.stem for file in earlier])
        self.path.write_text(self.content)
        return self.path


@pytest.fixture
def released(tmp_path: Path) -> Callable[[str, str], tuple[str, list[str], list[list[str]]]]:
    """Decide on figures and record the release: its id, what an attacker holds, and what was protected against."""

    def release(
        content: str, industry: str = "manufacturing", words: str = "", tables: str = ""
    ) -> tuple[str, list[str], list[list[str]]]:
        figures = Figures(tmp_path / "outcomes.csv", content)
        decision = decide(tmp_path, industry, figures.protect, Binding(words, tables=tables or content))
        keep(tmp_path, decision.entry, figures.path)
        name = decision.entry.release
        by = Signed("x", "x", "x")
        standing = Standing(Statement(industry, name, "v"), by, (by, by))
        record(tmp_path, decision.entry, standing, 1, datetime(2026, 6, 1, tzinfo=UTC))
        return name, [file.stem for file in decision.earlier], figures.asked

    return release


def test_new_figures_get_the_next_number_and_are_protected_against_all_before(released) -> None:
    first, held, asked = released("a")
    assert (first[:6], held, asked) == ("r0001-", [], [[]])
    second, held, asked = released("b")
    assert (second[:6], held, asked) == ("r0002-", [first], [[first]])
    third, held, _ = released("c")
    assert (third[:6], held) == ("r0003-", [first, second])


def test_the_figures_of_the_last_release_keep_its_id(released, tmp_path: Path) -> None:
    first, _, _ = released("a")
    second, _, _ = released("b")
    assert released("b") == (second, [first], [[first]])
    assert [entry.release for entry in entries(chain(tmp_path).lines())] == [first, second]


def test_what_is_public_names_the_version_that_was_approved(released, tmp_path: Path) -> None:
    figures = Figures(tmp_path / "outcomes.csv", "a")
    assert decide(tmp_path, "manufacturing", figures.protect, Binding(tables="a")).approved == ""
    released("a")
    assert decide(tmp_path, "manufacturing", figures.protect, Binding(tables="a")).approved == "v"
    assert decide(tmp_path, "manufacturing", figures.protect, Binding("other words", tables="a")).approved == ""


def test_industries_are_numbered_apart_and_protected_against_one_another(released) -> None:
    first, _, _ = released("a")
    other, held, asked = released("b", "healthcare")
    assert (other[:6], held, asked) == ("r0001-", [first], [[first]])
    # What another industry published since does not change what this one published before.
    assert released("a") == (first, [], [[]])
    assert released("b", "healthcare") == (other, [first], [[first]])
    assert released("c")[1:] == ([first, other], [[first, other]])


def test_other_words_are_another_release(released) -> None:
    first, _, _ = released("a")
    second, held, _ = released("a", words="another notice")
    assert (second[:6], held) == ("r0002-", [first])
    assert released("a", words="another notice")[0] == second


def test_the_same_figures_with_other_words_are_not_hidden_otherwise(released) -> None:
    first, _, _ = released("a")
    second, held, asked = released("a", words="another notice")
    assert (held, asked) == ([first], [[]])
    assert released("a", words="a third notice")[2] == [[]]
    assert second != first


def test_other_figures_of_the_same_tables_are_protected_against_all_before(released) -> None:
    first, _, _ = released("a")
    second, held, asked = released("b", tables="a")
    assert (second[:6], held, asked) == ("r0002-", [first], [[], [first]])


def test_a_file_that_was_altered_after_its_release_is_noticed(released, tmp_path: Path) -> None:
    first, _, _ = released("a")
    (tmp_path / "releases" / "manufacturing" / f"{first}.csv").write_text("z")
    with pytest.raises(SafeError, match="E_RELEASE_FILE"):
        released("b")


def test_a_lost_ledger_does_not_switch_protection_off(released, tmp_path: Path) -> None:
    released("a")
    (tmp_path / "release_ledger.jsonl").unlink()
    with pytest.raises(SafeError, match="E_LEDGER_BROKEN"):
        released("b")


@pytest.fixture(scope="module", params=["standard", "one-off"])
def proposed(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[tuple[Connection, Path, str]]:
    """A proposal over tables of a small world; of invented ones for exact numbers, where any will do."""
    home = tmp_path_factory.mktemp("world") / "enclave"
    with opened(world(500, seed=1)) if request.param == "standard" else connect(threads=1) as con:
        if request.param == "standard":
            tabulate(con, settings("standard", horizons={"first": -1, "last": 2}))
            con.execute("CREATE SCHEMA outcome_release")
        else:
            make(300, credentials=3, horizons=range(1, 2), seed=3).load(con)
            con.execute(
                "CREATE TABLE outcome_tables.definitions AS"
                " SELECT 'd' AS definition, 'm' AS measure, '' AS title, '' AS \"text\""
            )
            con.execute("UPDATE outcome_tables.outcomes SET release = ''")
        proposal = propose(con, home, "manufacturing", Disclosure(profile=request.param))
        yield con, home, proposal.entry.release


def test_a_proposal_is_named_attacked_and_counted(proposed: tuple[Connection, Path, str]) -> None:
    con, home, release = proposed
    rows = con.execute(
        "SELECT count(*), count(*) FILTER (release = ?), count(*) FILTER (status = 5) FROM outcome_release.published_outcomes",
        [release],
    ).fetchall()[0]
    assert rows[0] == rows[1] > rows[2] > 0
    assert con.execute("SELECT count(*) FROM outcome_release.audit_findings").fetchall() == [(0,)]
    lines = con.execute("SELECT tried, found, result FROM outcome_release.certificate").fetchall()
    assert sum(tried for tried, _, _ in lines) > 0
    assert {line[1:] for line in lines} == {(0, "held")}
    # The public file is what the id was made of; it does not know the id.
    assert pd.read_csv(staged_csv(home, "manufacturing"))["release"].isna().all()
