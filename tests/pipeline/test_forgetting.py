"""What storage must not forget: learner ids when a disk fails, and what a gate refused."""

import csv
import json
import shutil
from pathlib import Path

from tests.pipeline.test_refusals import FEEDS, refused

LINKED = Path("clearinghouse/store/linked_records/manufacturing")


def current(home: Path) -> Path:
    return home / LINKED / (home / LINKED / "CURRENT").read_text()


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def link(run, home: Path, *words: str):
    return run(home, "run", "manufacturing", "--until", "linked_records", *words)


def links(run, home: Path) -> list[str]:
    out = home / "links.csv"
    assert run(home, "export", "links", "manufacturing", "--out", str(out)).code == 0
    return sorted(out.read_text().splitlines())


def test_one_flipped_bit_never_changes_an_id_without_a_word(run, home):
    version = current(home)
    flip(version / "record_ids.parquet")
    answer = run(home, "status", "manufacturing")
    assert answer.code == 1
    assert "linked_records" in next(line for line in answer.out.splitlines() if "damaged: " in line)
    refused(link(run, home), "E_IDS_LOST", "--new-ids", "backup")
    assert (home / LINKED / "CURRENT").read_text() == version.name
    assert json.loads((version / "manifest.json").read_text())["version"] == version.name
    answer = link(run, home, "--new-ids")
    assert answer.code == 0, answer.err
    assert "start anew" in answer.out
    assert current(home).name == version.name, "the same rows in the same clusters give the same ids"


def test_ids_come_from_an_older_version_where_the_current_one_is_damaged(run, home):
    feed = home / FEEDS / "nims" / "2018.csv"
    content = feed.read_bytes()
    feed.write_bytes(b"".join(content.splitlines(keepends=True)[:-3]))
    assert link(run, home).code == 0
    feed.write_bytes(content)
    assert link(run, home).code == 0
    before, manifest = links(run, home), json.loads((current(home) / "manifest.json").read_text())
    flip(current(home) / "learner_events.parquet")
    answer = link(run, home)
    assert answer.code == 0, answer.err
    assert "the current version is damaged or missing; learner ids are inherited from" in answer.out
    assert links(run, home) == before
    again = json.loads((current(home) / "manifest.json").read_text())
    assert again["facts"]["learner ids inherited from"] != manifest["version"]


def test_a_store_that_was_wiped_is_no_first_run(run, home):
    shutil.rmtree(home / "clearinghouse" / "store")
    refused(link(run, home), "_LOST]", "--new-ids", "backup")
    # The other industry lost its memory of opt-outs with it: neither may wait for the other.
    assert link(run, home, "--new-ids").code == 0
    refused(run(home, "run", "manufacturing", "--until", "census_extract"), "E_OPT_OUTS_LOST", "healthcare")
    answer = run(home, "run", "healthcare", "--until", "linked_records", "--new-ids")
    assert answer.code == 0, answer.err
    answer = run(home, "run", "manufacturing", "--until", "census_extract")
    assert answer.code == 0, answer.err


def test_what_a_gate_refused_can_be_looked_at(run, home):
    refused(
        run(home, "export", "quarantine", "manufacturing", "--out", str(home / "q.csv"), "--attempt"), "E_NO_ATTEMPT"
    )
    # A hop that knows of nothing before it, and of whose certifier nothing is usable.
    (home / "clearinghouse" / "receipts.jsonl").unlink()
    for other in (home / FEEDS / "mssc").glob("*.csv"):
        if other.name != "2018.csv":
            other.unlink()
    good = home / FEEDS / "mssc" / "2018.csv"
    header, *rows = good.read_bytes().split(b"\n")
    broken = [row.replace(b",", b";") for row in rows[:30]]
    bad = good.with_name("2018b.csv")
    bad.write_bytes(b"\n".join([header, *broken]) + b"\n")
    content = good.read_bytes()
    good.unlink()
    refused(run(home, "run", "manufacturing"), "each_certifier_has_rows", "mssc/2018b.csv", "ROWS_UNREADABLE")
    assert exported(run, home, "quarantine", "2018b.csv") == 30
    assert exported(run, home, "deliveries", "2018b.csv") == 1
    assert exported(run, home, "quarantine", "2018b.csv", attempt=False) == 0
    answer = run(home, "status", "manufacturing")
    assert answer.code == 1, "a person is needed"
    assert "each_certifier_has_rows" in next(line for line in answer.out.splitlines() if "raw_feeds" in line)
    bad.unlink()
    good.write_bytes(content)
    told = run(home, "run", "manufacturing", "--until", "raw_feeds")
    assert (told.code, told.err.count("E_RECEIPTS")) == (1, 1), "the ledger began anew"
    assert run(home, "run", "manufacturing", "--until", "raw_feeds").code == 0


def exported(run, home: Path, table: str, delivery: str, *, attempt: bool = True) -> int:
    """How many rows of a delivery a table has."""
    out = home / "export.csv"
    answer = run(home, "export", table, "manufacturing", "--out", str(out), *(["--attempt"] if attempt else []))
    assert answer.code == 0, answer.err
    with out.open(newline="") as file:
        return sum(row["delivery"] == delivery for row in csv.DictReader(file))


def test_half_a_version_is_one_line(run, home):
    (current(home) / "manifest.json").unlink()
    refused(
        run(home, "export", "links", "manufacturing", "--out", str(home / "x.csv")), "E_MANIFEST", "again", "--new-ids"
    )
    answer = run(home, "status", "manufacturing")
    assert answer.code == 1
    assert answer.err == ""
