"""``returns --person``: refused unless it is allowed and a reason is given; nothing is written where it is refused."""

import datetime
import errno
import json

import pandas as pd
import pytest

from assets.console import engine
from assets.console import main as console
from credential_pipeline.foundation.names import SHARED
from credential_pipeline.foundation.storage import durable
from tests.domain.clearinghouse.return_files_views_world import fill


def _call(tmp_path, capsys, *, reason="Asked", out="record.json"):
    code = console.main(
        ["--home", str(tmp_path), "returns", "--person", "L1", "--out", str(tmp_path / out), "--reason", reason]
    )
    return code, capsys.readouterr().err


def test_own_records_are_off_unless_they_are_allowed(tmp_path, capsys, monkeypatch):
    monkeypatch.delenv("CREDENTIAL_PIPELINE_OWN_RECORDS", raising=False)
    code, said = _call(tmp_path, capsys)
    assert (code, "E_NOT_ALLOWED" in said) == (1, True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        ({"reason": " "}, "E_REASON"),
        ({"out": "missing/record.json"}, "E_NO_FOLDER"),
        ({"out": "."}, "E_EXISTS"),
        ({}, "E_NO_LEARNER"),
    ],
)
def test_what_is_wrong_is_refused_in_a_line(tmp_path, capsys, monkeypatch, given, refused):
    monkeypatch.setenv("CREDENTIAL_PIPELINE_OWN_RECORDS", "on")
    code, said = _call(tmp_path, capsys, **given)
    assert (code, refused in said) == (1, True)
    assert not (tmp_path / "record.json").exists()


def test_a_setting_that_is_neither_is_refused(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("CREDENTIAL_PIPELINE_OWN_RECORDS", "maybe")
    code, said = _call(tmp_path, capsys)
    assert (code, "E_SETTING" in said) == (1, True)


class _Tables:
    """Published tables of one learner, as far as the command looks at them."""

    def find(self, snapshot, partition):
        del snapshot
        return self if partition in {"manufacturing", SHARED} else None

    def attach(self, con, tables=None):
        del tables
        if not con.execute("SELECT 1 FROM duckdb_schemas() WHERE schema_name = 'cleaned_learners'").fetchall():
            fill(con, _FRAMES)


_AWARD = {"certifier": "mssc", "record_id": "1", "profile_id": "P1", "credential_code": "CPT-SAF", "event": "award"}
_FRAMES = {
    "cleaned_learners.credentials": pd.DataFrame([_AWARD | {"event_date": datetime.date(2015, 2, 1)}]),
    "cleaned_learners.profiles": pd.DataFrame({"profile_id": ["P1"], "first_name": "ANA", "last_name": "CANARY"}),
    "linked_records.links": pd.DataFrame({"certifier": ["mssc"], "record_id": "1", "learner_id": "L1"}),
    "linked_records.learners": pd.DataFrame({"learner_id": ["L1"], "blocked": True}),
    "linked_records.profile_links": pd.DataFrame({"profile_id": ["P1"], "learner_id": "L1"}),
}


def test_the_file_is_given_once_and_the_ledger_tells_of_it(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("CREDENTIAL_PIPELINE_OWN_RECORDS", "on")
    monkeypatch.setattr(engine, "store", lambda side: _Tables())
    assert _call(tmp_path, capsys) == (0, "")
    out = tmp_path / "record.json"
    record = json.loads(out.read_text(encoding="utf-8"))
    assert [one["name"] for one in record["credentialSubject"]["verifiableCredential"]] == ["Safety"]
    assert out.stat().st_mode & 0o077 == 0
    assert "E_EXISTS" in _call(tmp_path, capsys)[1]
    assert console.main(["--home", str(tmp_path), "ledger", "who", "L1"]) == 0
    said = capsys.readouterr().out
    assert "the person" in said
    assert "purpose: Asked" in said
    assert "CANARY" not in said


def test_a_file_that_cannot_be_written_is_no_disclosure(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("CREDENTIAL_PIPELINE_OWN_RECORDS", "on")
    monkeypatch.setattr(engine, "store", lambda side: _Tables())
    monkeypatch.setattr(durable, "write_atomically", _full)
    code, said = _call(tmp_path, capsys)
    assert code == 1
    assert len(said.splitlines()) == 1
    console.main(["--home", str(tmp_path), "ledger", "who", "L1"])
    assert "no disclosure" in capsys.readouterr().out


def _full(*_):
    raise OSError(errno.ENOSPC, "full")


@pytest.mark.parametrize("sign", ["\n", "\r", "\t", "\x1b[2J", "\0", "\x9b", "\u2028", "\u202e", "\udcff"])
@pytest.mark.parametrize(
    "words",
    [
        ["returns", "--person", "L1", "--out", "a.json", "--reason"],
        ["deliveries", "release", "manufacturing", "mssc-0f3c5e7a9b1d", "--reason"],
        ["deliveries", "withdraw", "manufacturing", "mssc-0f3c5e7a9b1d", "--reason"],
        ["release", "correct", "manufacturing", "--key", "my.key", "--reason"],
        ["release", "withdraw", "manufacturing", "--release", "r1", "--key", "my.key", "--reason"],
        ["release", "propose", "manufacturing", "--key", "my.key", "--accept-revisions"],
    ],
    ids=" ".join,
)
def test_no_reason_steers_a_ledger_or_a_terminal(tmp_path, capsys, words, sign):
    assert console.main(["--home", str(tmp_path), *words, f"asked{sign}in writing"]) == 1
    said = capsys.readouterr().err
    assert "E_REASON" in said
    assert len(said.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_reason_in_any_script_is_one(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("CREDENTIAL_PIPELINE_OWN_RECORDS", "on")
    code, said = _call(tmp_path, capsys, reason="Schriftlich gefragt, geprüft\xa0: да")
    assert (code, "E_NO_LEARNER" in said) == (1, True)
