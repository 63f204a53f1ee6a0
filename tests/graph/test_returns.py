"""``returns --person``: refused unless it is allowed and a reason is given; nothing is written where it is refused."""

import pytest

from assets.console import main as console


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
