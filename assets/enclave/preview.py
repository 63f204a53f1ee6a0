"""The public files of a proposal, written by the public side's own program in a process that sees the proposed tables alone.

Reviewers approve just these bytes, and the public side publishes them as they are.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from assets import environment
from assets.hop import Step
from checks import faults, vault
from credential_pipeline.enclave.outcome_release.releases import read_notice
from credential_pipeline.foundation.contracts.outcome_release import SNAPSHOT
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.recipes.sql import literal
from credential_pipeline.foundation.storage.staging import Staged

RENDERER = "assets.public.render"
PROGRAM = (sys.executable, "-m", RENDERER)
_SECONDS = 600
_PLACE = ".preview-"
_MADE_HERE = "public_files"


def render(step: Step, staged: Staged, release: str) -> None:
    """Create ``outcome_release.public_files`` from the other tables of the proposal.

    Args:
        step: The industry, and the enclave's folder.
        staged: With the other tables of the contract.
        release: Id of the release.

    Raises:
        SafeError: ``E_PREVIEW``: the files could not be written; what the program said is in the private log of the side.
            A fault of the machine, such as a full disk, is told as such.
    """
    for left in step.root.glob(f"{_PLACE}*"):
        # A step has the side to itself, so this is of a run that was killed.
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=step.root, prefix=_PLACE) as place:
        folder = Path(place)
        for table in SNAPSHOT:
            if table.name != _MADE_HERE:
                path = literal(str(folder / f"{table.name}.parquet"))
                staged.con.execute(f'COPY {SNAPSHOT.name}."{table.name}" TO {path} (FORMAT parquet)')
        (folder / "notice.txt").write_text(read_notice(step.root), encoding="utf-8")
        _run(step, folder, release)
        files = literal(str(folder / "public" / "*"))
        staged.con.execute(
            f"CREATE TABLE {SNAPSHOT.name}.{_MADE_HERE} AS"
            f" SELECT parse_filename(filename) AS path, content FROM read_blob({files})"
        )


def _run(step: Step, folder: Path, release: str) -> None:
    variables = environment.with_registry(step.side.registry_folder)
    call = [*PROGRAM, str(folder), step.partition, release]
    told = None
    try:
        done = subprocess.run(call, env=variables, capture_output=True, timeout=_SECONDS, check=False)
        why = "" if done.returncode == 0 else done.stderr.decode("utf-8", "replace") or "no word of it"
        told = faults.of_program(done.returncode, why, step.root)
    except subprocess.TimeoutExpired:
        why = f"it did not end within {_SECONDS} s"
    if told is not None:
        raise told
    if why:
        vault.keep(step.root, f"{RENDERER} {step.partition} {release}\n{why}")
        message = (
            f"The public files of {step.partition} could not be written for review; nothing is proposed. What the program said "
            f"is in {step.root.name}/{vault.LOG}."
        )
        raise SafeError("E_PREVIEW", message)
