"""Ledgers as an officer asks them: who received whom, is everything whole, who looked. On a small home without any run."""

import datetime
import os
import subprocess
import sys

import pytest

from credential_pipeline.engines.handover.arrivals import Arrivals
from credential_pipeline.foundation.storage.chain import Chain

NOW = datetime.datetime(2026, 6, 1, tzinfo=datetime.UTC)


@pytest.fixture
def call(tmp_path):
    def call(*words, text=""):
        environment = {key: value for key, value in os.environ.items() if key != "DAGSTER_HOME"}
        return subprocess.run(
            [sys.executable, "-m", "assets.console.main", "--home", tmp_path, *words],
            input=text,
            text=True,
            capture_output=True,
            timeout=120,
            check=False,
            env=environment,
        )

    return call


def test_a_removed_ledger_is_told_and_the_others_are_still_looked_at(call, tmp_path):
    arrivals = Arrivals(tmp_path / "enclave")
    arrivals.chain.append("accepted", {}, NOW)
    Chain(tmp_path / "clearinghouse", tmp_path / "clearinghouse" / "access.jsonl", "access").append("access", {}, NOW)
    whole = call("ledger", "verify")
    assert whole.returncode == 0
    assert "enclave arrivals: whole, 1 lines" in whole.stdout
    arrivals.chain.path.unlink()
    broken = call("ledger", "verify")
    assert broken.returncode == 1
    assert broken.stderr.count("\n") == 1
    assert "E_LEDGER_BROKEN" in broken.stderr
    assert "clearinghouse access: whole, 1 lines" in broken.stdout


def test_a_shell_opens_one_side_and_is_on_record(call, tmp_path):
    for side in ("enclave", "public", "enclave"):
        shown = call("shell", "--side", side, text=".quit\n")
        assert shown.returncode == 0
        assert f"Current versions of {side}" in shown.stdout
    lines = Chain(tmp_path / "enclave", tmp_path / "enclave" / "access.jsonl", "access").lines()
    assert [line.facts["command"] for line in lines] == ["shell", "shell"]
    assert not (tmp_path / "public" / "access.jsonl").exists()


def test_nobody_looks_where_the_record_of_access_is_broken(call, tmp_path):
    call("shell", "--side", "clearinghouse", text=".quit\n")
    (tmp_path / "clearinghouse" / "access.jsonl").unlink()
    refused = call("shell", "--side", "clearinghouse", text="SELECT 1\n")
    assert refused.returncode == 1
    assert "E_LEDGER_BROKEN" in refused.stderr
    assert refused.stdout == ""


def test_keys_are_made_shown_and_exchanged(call, tmp_path):
    assert call("keys", "make", "--side", "clearinghouse").returncode == 0
    made = call("keys", "show", "--side", "clearinghouse").stdout
    assert "missing" in made
    (line,) = [line for line in made.splitlines() if "sender (own)" in line]
    print_, path = line.split()[-2:]
    wrong = call("keys", "import", path, "--side", "enclave", "--fingerprint", "0" * 32)
    assert wrong.returncode == 1
    assert "E_KEY_MISMATCH" in wrong.stderr
    assert call("keys", "import", path, "--side", "enclave", "--fingerprint", print_).returncode == 0
    assert print_ in call("keys", "show", "--side", "enclave").stdout
    assert call("keys").returncode == 2
