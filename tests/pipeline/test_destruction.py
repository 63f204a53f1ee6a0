"""After an opt-out, no plaintext of the person stays below either side but where the wish itself is kept."""

import hashlib
import json
import shutil
from pathlib import Path

import duckdb
import pytest

from tests.pipeline.conftest import command
from tests.pipeline.test_refusals import FEEDS

CANARY = "QUUXINGTON"
ROW = (
    "MSSC99999901,999901,Zebulonia,Quuxington,,,03/19/1987,F,zebulonia@example.org,Toledo,OH,43604,CPT-SAF,Safety,CERT,P,"
    "11/09/2017,11/09/2022,,,NC,{blocked},201711"
)
DELIVERY = FEEDS / "mssc" / "2018-12.csv"


def deliver(home: Path, blocked: str) -> None:
    """One more file with the canary in it."""
    header = (home / FEEDS / "mssc" / "2018.csv").read_text().splitlines()[0]
    (home / DELIVERY).write_text(f"{header}\n{ROW.format(blocked=blocked)}\n")


def holding(home: Path) -> list[str]:
    """Every file below home in which the canary's name stands, with the values of Parquet read."""
    found = []
    for path in sorted(path for path in home.rglob("*") if path.is_file()):
        named = CANARY.encode() in path.read_bytes().upper()
        if path.suffix == ".parquet":
            query = "SELECT count(*) FROM read_parquet(?) AS t WHERE contains(upper(CAST(t AS VARCHAR)), ?)"
            named = named or duckdb.execute(query, [str(path), CANARY]).fetchall() != [(0,)]
        if named:
            found.append(str(path.relative_to(home)))
    return found


def let_in(run, home: Path) -> None:
    """One row is far less than usual, so that somebody must say that it is right."""
    assert run(home, "run", "manufacturing", "--until", "raw_feeds").code == 1
    digest = hashlib.sha256((home / DELIVERY).read_bytes()).hexdigest()
    answer = run(home, "deliveries", "release", "manufacturing", f"mssc-{digest[:12]}", "--reason", "one late row")
    assert answer.code == 0, answer.err


def upto_enclave(run, home: Path) -> None:
    answer = run(home, "run", "manufacturing", "--until", "person_keys")
    assert answer.code == 0, answer.err


def destroyed(run, home: Path) -> list[dict[str, str]]:
    """Destroy what is due; what the certificates say."""
    answer = run(home, "retention", "destroy")
    assert answer.code == 0, answer.err
    certificates = sorted(home.glob("*/certificates/*.json"))
    return [entry for path in certificates for entry in json.loads(path.read_bytes())["destroyed"]]


@pytest.fixture(scope="module")
def delivered(pilot: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home into which the canary was delivered, and went as far as a person's row goes."""
    home = tmp_path_factory.mktemp("delivered") / "home"
    shutil.copytree(pilot, home, symlinks=True)
    deliver(home, "No")
    let_in(command, home)
    upto_enclave(command, home)
    return home


@pytest.mark.parametrize("how", ["withdrawn", "blocked"])
def test_after_an_opt_out_nothing_of_the_person_stays(run, delivered, tmp_path, how):
    home = tmp_path / "home"
    shutil.copytree(delivered, home, symlinks=True)
    before = holding(home)
    assert any(path.startswith("enclave/store/accepted_extract") for path in before)
    # The extract without the canary, from before, has had its time.
    earlier = destroyed(run, home)
    assert {entry["what"] for entry in earlier} == {"older package"}
    assert holding(home) == before
    first = {path.name for path in (home / "transfer" / "extracts" / "manufacturing").iterdir() if path.is_dir()}

    if how == "withdrawn":
        answer = run(home, "deliveries", "withdraw", "manufacturing", DELIVERY.name, "--reason", "the person asked")
        assert answer.code == 0, answer.err
        (home / DELIVERY).unlink()
    else:
        deliver(home, "Yes")
    upto_enclave(run, home)
    listed = json.loads(run(home, "retention", "due", "--json").out)
    named = {str(Path(item["path"]).relative_to(home)) for item in listed if item["due"]}
    allowed = ("clearinghouse/inbox/", *_delivered_now(home), *_current(home))
    left = [path for path in holding(home) if not path.startswith(allowed)]
    assert left
    assert [path for path in left if not path.startswith(tuple(named))] == []

    certified = [entry for entry in destroyed(run, home) if entry not in earlier]
    assert {str(Path(entry["path"]).relative_to(home)) for entry in certified} == named
    assert {entry["account"] for entry in certified} != {""}
    packages = {path.name for path in (home / "transfer" / "extracts" / "manufacturing").iterdir() if path.is_dir()}
    assert len(packages) == 1
    assert not packages & first
    rest = holding(home)
    if how == "withdrawn":
        assert rest == []
    else:
        # The row that says "do not share", where it was delivered and where it is read.
        assert [path for path in rest if not path.startswith(allowed)] == []
        assert not any(path.startswith(("enclave", "transfer")) for path in rest)
    assert len(destroyed(run, home)) == len(earlier) + len(certified)
    whole = run(home, "ledger", "verify")
    assert whole.code == 0
    assert "enclave destruction: whole" in whole.out
    again = run(home, "run", "manufacturing", "--until", "person_keys")
    assert again.code == 0, again.err


def _delivered_now(home: Path) -> tuple[str, ...]:
    """Archived copies of what lies in the inbox."""
    inbox = [path for path in (home / "clearinghouse" / "inbox").rglob("*") if path.is_file()]
    return tuple(f"clearinghouse/archive/{hashlib.sha256(path.read_bytes()).hexdigest()}" for path in inbox)


def _current(home: Path) -> tuple[str, ...]:
    """Current versions of the clearinghouse, which hold what is delivered now."""
    pointers = (home / "clearinghouse" / "store").glob("*/*/CURRENT")
    return tuple(str((path.parent / path.read_text()).relative_to(home)) for path in pointers)


def test_at_the_end_of_the_agreement_everything_under_it_goes(run, home):
    assert "0 due" in run(home, "retention", "due").out
    assert run(home, "retention", "destroy", "--today", "2032-06-30").code == 0
    for gone in (
        "clearinghouse/outbox/manufacturing",
        "clearinghouse/store/census_extract/manufacturing",
        "enclave/store/accepted_extract/manufacturing",
        "enclave/store/person_keys/manufacturing",
        "enclave/store/reference_population/shared",
        "transfer/extracts/manufacturing",
    ):
        assert [path.name for path in (home / gone).iterdir() if not path.name.startswith(".")] == [], gone
    assert list((home / "enclave" / "store" / "outcome_tables" / "manufacturing").iterdir())
    refused = run(home, "retention", "destroy", "--today", "someday")
    assert refused.code == 2
