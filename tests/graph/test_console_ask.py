"""``ask``: what it takes, what it refuses before it looks at anybody, and what the ledger tells of it."""

import datetime
import sys

import pandas as pd
import pytest

from assets.clearinghouse import heard
from assets.console import engine
from assets.console import main as console
from credential_pipeline.clearinghouse.disclosure_record import DisclosureRecord
from credential_pipeline.foundation.names import Side
from credential_pipeline.foundation.registry.load import BUILT_IN
from tests.domain.clearinghouse.return_files_views_world import fill


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--code", "0023300", "--out", "{folder}/a.txt"], "E_FORMAT"),
        (["--code", "0023300x", "--out", "{folder}/a.txt"], "E_FORMAT"),
        (["--code", "00233000", "--out", "{folder}/a.csv"], "E_FORMAT"),
        (["--code", "00233000", "--out", "{folder}/absent/a.txt"], "E_FORMAT"),
        (["--code", "00233000", "--out", "{folder}/a.txt"], "E_NOT_PUBLISHED"),
        (["--code", "00233001", "--out", "{folder}/a.txt"], "E_NO_AGREEMENT"),
        (["--code", "00233000", "--out", "{folder}/a.txt", "--trial", "{folder}"], "E_NO_FOLDER"),
        (["--code", "00233000", "--out", "{folder}/a.txt", "--name", "Совет"], "E_FORMAT"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_one_line(tmp_path, capsys, words, code):
    said = ["ask", "manufacturing", "--name", "Council", "--since", "2010-01-01"]
    given = [word.format(folder=tmp_path) for word in words]
    assert console.main([*said, *given, "--home", str(tmp_path / "home")]) == 1
    error = capsys.readouterr().err
    assert code in error
    assert len(error.strip().splitlines()) == 1
    assert not list(tmp_path.glob("a.*"))


def test_a_day_that_is_none_is_wrong_usage(tmp_path):
    words = ["ask", "manufacturing", "--code", "00233000", "--name", "X", "--since", "1.1.2010", "--out", "a.txt"]
    assert console.main([*words, "--home", str(tmp_path)]) == 2


class _Tables:
    """Published tables of one learner, as far as the commands look at them."""

    def find(self, snapshot, partition):
        return self if partition == "manufacturing" and snapshot.name == "linked_records" else None

    def current(self, snapshot, partition):
        del snapshot, partition
        return self

    def partitions(self, snapshot):
        del snapshot
        return []

    def attach(self, con, tables=None):
        del tables
        if not con.execute("SELECT 1 FROM duckdb_schemas() WHERE schema_name = 'cleaned_learners'").fetchall():
            fill(con, _FRAMES)


_BORN = datetime.date(1990, 5, 1)
_FRAMES = {
    "cleaned_learners.credentials": pd.DataFrame([{"certifier": "mssc", "record_id": "1", "profile_id": "P1", "blocked": False}]),
    "cleaned_learners.profiles": pd.DataFrame(
        {"profile_id": ["P1"], "first_name": "ANA", "last_name": "CANARY", "birth_date": _BORN, "certifier": "mssc"}
    ),
    "linked_records.record_ids": pd.DataFrame({"certifier": ["mssc"], "record_id": "1", "learner_id": "L1", "present": True}),
}  # fmt: skip


@pytest.fixture(autouse=True)
def _heard(monkeypatch):
    """Nothing has come since the linkage, but where a test says so."""
    monkeypatch.setattr(heard, "lists", lambda step: {})


def _ask(tmp_path):
    words = ["ask", "manufacturing", "--code", "00233000", "--name", "Council", "--since", "2010-01-01"]
    return console.main([*words, "--out", str(tmp_path / "a.txt"), "--home", str(tmp_path / "home")])


def test_the_ledger_answers_who_asked_about_a_learner(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(engine, "store", lambda side: _Tables())
    assert _ask(tmp_path) == 0
    assert "under agreement request_student_tracker" in capsys.readouterr().out
    assert console.main(["--home", str(tmp_path / "home"), "ledger", "who", "L1"]) == 0
    said = capsys.readouterr().out
    assert "StudentTracker service of the simulated pilot  agreement request_student_tracker" in said
    assert "of Council of certifiers (demonstration), under code 00233000, query CO, about 1 profiles" in said
    assert "request: first_name, middle_initial, last_name, name_suffix, birth_date, return_field" in said
    assert "1 disclosures hold this learner" in said
    assert "CANARY" not in said
    assert console.main(["--home", str(tmp_path / "home"), "ledger", "who", "L2"]) == 0
    assert "no disclosure" in capsys.readouterr().out


def test_what_is_refused_is_no_disclosure(tmp_path, capsys, monkeypatch):
    """An agreement that ended, a link that leads elsewhere, a trial that cannot be: nothing is written, nothing on record."""
    monkeypatch.setattr(engine, "store", lambda side: _Tables())
    registry = tmp_path / "registry" / "agreements"
    registry.mkdir(parents=True)
    text = ((BUILT_IN / "agreements") / "request_student_tracker.yml").read_text(encoding="utf-8")
    text = text.replace("expires: 2031-12-31", "expires: 2026-01-02").replace(
        "signed: 2026-01-01", "signed: 2025-01-01"
    )
    (registry / "request_student_tracker.yml").write_text(text, encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.setenv("CREDENTIAL_PIPELINE_REGISTRY", str(registry.parent))
        assert _ask(tmp_path) == 1
    said = capsys.readouterr().err
    assert "E_AGREEMENT_EXPIRED" in said
    assert len(said.strip().splitlines()) == 1
    (tmp_path / "a.txt").symlink_to(tmp_path / "elsewhere.txt")
    assert _ask(tmp_path) == 1
    assert "E_EXISTS" in capsys.readouterr().err
    assert DisclosureRecord(tmp_path / "home" / Side.CLEARINGHOUSE.value).entries() == []
    assert not (tmp_path / "elsewhere.txt").exists()


def test_where_something_came_since_the_linkage_nobody_is_named(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(engine, "store", lambda side: _Tables())
    monkeypatch.setattr(heard, "lists", lambda step: {"the lists of opt-outs": ("old", "new")})
    assert _ask(tmp_path) == 1
    said = capsys.readouterr().err
    assert "E_STALE_BLOCKS" in said
    assert len(said.strip().splitlines()) == 1
    assert not (tmp_path / "a.txt").exists()
    assert DisclosureRecord(tmp_path / "home" / Side.CLEARINGHOUSE.value).entries() == []


def test_whom_linkage_blocked_is_not_named(tmp_path, capsys, monkeypatch):
    blocked = {"linked_records.profile_links": pd.DataFrame({"profile_id": ["P1"], "learner_id": "L1"}),
               "linked_records.blocks": pd.DataFrame({"statement_id": ["B1"], "learner_id": "L1", "in_force": True})}  # fmt: skip
    monkeypatch.setattr(engine, "store", lambda side: _Tables())
    monkeypatch.setattr(sys.modules[__name__], "_FRAMES", _FRAMES | blocked)
    assert _ask(tmp_path) == 1
    assert "E_NOBODY" in capsys.readouterr().err
