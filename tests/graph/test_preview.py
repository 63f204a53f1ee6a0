"""What is told when the program that writes a proposal's public files could not."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from assets.enclave import preview
from credential_pipeline.foundation.errors import SafeError

CANARY = "Jane Canary"


def _program(text: str) -> tuple[str, ...]:
    return (sys.executable, "-c", f"import sys; sys.exit({text!r})")


@pytest.mark.parametrize(
    ("said", "code", "kept"),
    [
        (f"{CANARY}\nOSError: [Errno 28] No space left on device", "E_DISK_FULL", False),
        (f"ValueError: {CANARY}", "E_PREVIEW", True),
    ],
)
def test_a_full_disk_is_told_as_such_and_anything_else_is_kept_apart(tmp_path: Path, monkeypatch, said, code, kept):
    monkeypatch.setattr(preview, "PROGRAM", _program(said))
    step = SimpleNamespace(root=tmp_path, partition="manufacturing", side=SimpleNamespace(registry_folder=""))
    with pytest.raises(SafeError) as refused:
        preview._run(step, tmp_path, "r0001-0")
    assert refused.value.code == code
    assert CANARY not in refused.value.message
    assert (tmp_path / "vault.log").exists() == kept


def test_what_a_killed_run_left_is_removed_before_another_begins(tmp_path: Path, monkeypatch):
    (tmp_path / ".preview-old").mkdir()
    monkeypatch.setattr(preview, "SNAPSHOT", ())
    monkeypatch.setattr(preview, "PROGRAM", _program("ValueError"))
    step = SimpleNamespace(root=tmp_path, partition="manufacturing", side=SimpleNamespace(registry_folder=""))
    with pytest.raises(SafeError):
        preview.render(step, SimpleNamespace(), "r0001-0")
    assert not list(tmp_path.glob(".preview-*"))
