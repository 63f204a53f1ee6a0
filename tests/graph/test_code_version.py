"""What counts as a change of a hop's code: what it reaches by imports and the files that it names, and nothing else."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from assets.code_version import ROOT, code_version, data_files, reached_files, reached_modules
from credential_pipeline.foundation.names import HOPS

_MODULES = {hop: f"assets.{side.value}.{hop}" for hop, side in HOPS.items()}
_IMPORTED = """
import importlib, sys
importlib.import_module(sys.argv[1])
print(*(name for name in sys.modules if name.partition(".")[0] in ("assets", "checks", "credential_pipeline")))
"""


_LINKING = ("linked_records", "person_keys", "return_files")


@pytest.fixture(scope="module")
def before():
    """Versions of all hops as the code is."""
    return {hop: code_version(module) for hop, module in _MODULES.items()}


@pytest.fixture
def changed(tmp_path, before):
    """The hops whose version is another after a change of one file."""

    def change(file: str, edit) -> set[str]:
        for package in ("assets", "checks", "credential_pipeline"):
            ignored = shutil.ignore_patterns("__pycache__", "simulation", "console")
            shutil.copytree(ROOT / package, tmp_path / package, ignore=ignored, dirs_exist_ok=True)
        path = tmp_path / file
        text = path.read_text(encoding="utf-8")
        after = edit(text)
        assert after != text
        path.write_text(after, encoding="utf-8")
        return {hop for hop, module in _MODULES.items() if code_version(module, tmp_path) != before[hop]}

    return change


def _with_comment(text: str) -> str:
    return "# A thought.\n" + text.replace('"""', '"""Said otherwise: ', 1) + "\n\n# Another one.\n"


def _with_code(text: str) -> str:
    return text + "\n\nANOTHER_THRESHOLD = 0.123\n"


@pytest.mark.parametrize(
    "file",
    [
        "credential_pipeline/public/published_outcomes/write.py",
        "credential_pipeline/clearinghouse/linked_records/link.py",
        "credential_pipeline/foundation/names.py",
        "assets/clearinghouse/raw_feeds.py",
        "checks/gate.py",
    ],
)
def test_a_comment_or_a_docstring_changes_no_hop(changed, file):
    assert changed(file, _with_comment) == set()


@pytest.mark.parametrize(
    ("file", "hops"),
    [
        ("credential_pipeline/public/published_outcomes/report.css", set()),
        ("credential_pipeline/clearinghouse/linkage_report/linkage.css", set()),
        ("credential_pipeline/clearinghouse/clerical_review/page.js", set()),
        ("credential_pipeline/foundation/registry/industries/healthcare.yml", set()),
        ("credential_pipeline/foundation/registry/certifiers/nha.yml", set()),
        (
            "credential_pipeline/foundation/reference/cpi_u.csv",
            {"outcome_tables", "published_outcomes", "reference_population"},
        ),
        ("credential_pipeline/engines/linkage/nicknames.csv", set(_LINKING) | {"education_registry"}),
    ],
)
def test_a_file_changes_the_hops_that_read_it(changed, file, hops):
    assert changed(file, lambda text: text + "\n") == hops


@pytest.mark.parametrize(
    ("file", "hops"),
    [
        ("credential_pipeline/engines/linkage/resolve.py", set(_LINKING)),
        ("credential_pipeline/engines/linkage/predict.py", set(_LINKING)),
        ("credential_pipeline/clearinghouse/linkage_report/words.py", set()),
        ("credential_pipeline/clearinghouse/linked_records/link.py", {"linked_records"}),
        ("credential_pipeline/enclave/outcome_release/attacker.py", {"outcome_release"}),
        ("credential_pipeline/public/published_outcomes/sentences.py", set()),
        ("credential_pipeline/public/published_outcomes/publish.py", {"published_outcomes"}),
        ("checks/suites/enclave/person_keys.py", {"person_keys"}),
        ("credential_pipeline/foundation/contracts/published_outcomes.py", {"published_outcomes"}),
        ("assets/enclave/outcome_tables.py", {"outcome_tables"}),
        ("assets/pictures.py", set()),
        ("assets/automation.py", set()),
        ("checks/gate.py", set()),
        ("checks/gx_adapter.py", set(HOPS)),
    ],
)
def test_code_changes_the_hops_that_reach_it(changed, file, hops):
    found = changed(file, _with_code)
    if file.endswith(("resolve.py", "predict.py")):
        assert hops <= found <= hops | {"education_registry"}
    else:
        assert found == hops


def test_a_changed_number_in_a_function_counts(changed):
    found = changed(
        "credential_pipeline/clearinghouse/cleaned_learners/clean.py",
        lambda text: text.replace("def clean(", "def _unused() -> int:\n    return 7\n\n\ndef clean("),
    )
    assert found == {"cleaned_learners"}


@pytest.mark.parametrize("hop", HOPS)
def test_whatever_python_imports_is_reached(hop):
    """Python also runs what the ``__init__`` of a package on the way imports; only what those of the contracts do may be missing."""
    command = [sys.executable, "-W", "ignore", "-c", _IMPORTED, _MODULES[hop]]
    loaded = set(subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout.split())
    on_the_way = ("credential_pipeline.foundation.contracts.", "credential_pipeline.foundation.layouts")
    by_the_way = {name for name in loaded if name.startswith(on_the_way)}
    assert loaded - by_the_way <= reached_modules(_MODULES[hop])


def test_every_file_is_read_by_a_hop_or_stands_apart():
    """A file that is read under a name that no module writes would change a result and re-run nothing."""
    read = {file for module in _MODULES.values() for file in reached_files(reached_modules(module))}
    apart = {
        file
        for file in data_files()
        if {"linkage_report", "clerical_review", "report_cards", "onboarding", "published_outcomes"} & set(file.parts)
    }
    ours = {file.relative_to(ROOT) for file in data_files() if file not in apart}
    assert ours - {file.relative_to(ROOT) for file in read} <= {
        Path("credential_pipeline/foundation/reference/states.csv"),
        Path("credential_pipeline/engines/linkage/changes.sql"),  # of a command that compares models
        Path("credential_pipeline/enclave/outcome_release/what_if.sql"),  # of a command that compares profiles
        Path("credential_pipeline/enclave/outcome_release/changes.sql"),  # of the packet for reviewers
        Path("credential_pipeline/enclave/outcome_release/largest_changes.sql"),
        Path(
            "credential_pipeline/enclave/outcome_release/revisions.sql"
        ),  # of the acts, which hold a release that changes much
        Path("credential_pipeline/clearinghouse/linked_records/unlinked.sql"),  # of an export
        # Of commands that ask about learners, and that write a person's own record.
        Path("credential_pipeline/clearinghouse/education_registry/withheld.sql"),
        Path("credential_pipeline/clearinghouse/return_files/person_credentials.sql"),
        Path("credential_pipeline/clearinghouse/return_files/person_schooling.sql"),
        Path("credential_pipeline/engines/exchange/student_tracker/detail_lines.sql"),
        Path("credential_pipeline/engines/exchange/student_tracker/written.sql"),
    }


def test_hops_run_the_same_code_wherever_they_lie(tmp_path, before):
    for package in ("assets", "checks", "credential_pipeline"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    assert {hop: code_version(module, tmp_path) for hop, module in _MODULES.items()} == before
