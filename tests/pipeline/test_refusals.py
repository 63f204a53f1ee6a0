"""Bad input: one clear line that says what, where and what to do; exit code 1; earlier results stand."""

import datetime
import json
import os
import re
import shutil
from pathlib import Path

import pytest
import yaml

from credential_pipeline.foundation.registry import load
from tests.pipeline.versions import public_bytes, versions

FEEDS = Path("clearinghouse/inbox/manufacturing")


def refused(answer, *words: str) -> None:
    """One line on stderr, no traceback, exit code 1, with these words in it."""
    lines = [line for line in answer.err.splitlines() if line.strip()]
    assert answer.code == 1, answer.err
    assert len(lines) == 1, answer.err
    assert lines[0].startswith("refused: ")
    assert "Traceback" not in answer.err + answer.out
    for word in words:
        assert word in lines[0], lines[0]


def first_feed(home: Path, certifier: str) -> Path:
    return max((home / FEEDS / certifier).glob("*.csv"))


def overlay(tmp_path: Path, kind: str, name: str, **changes) -> Path:
    """A registry folder with one changed file of the built-in registry."""
    document = yaml.safe_load((load.BUILT_IN / kind / f"{name}.yml").read_text())
    document.update(changes)
    folder = tmp_path / "registry" / kind
    folder.mkdir(parents=True)
    (folder / f"{name}.yml").write_text(yaml.safe_dump(document))
    return tmp_path / "registry"


def waits(answer, *words: str) -> None:
    """One line on stderr says which delivery waits and why, and the exit code is 1."""
    lines = [line for line in answer.err.splitlines() if line.strip()]
    assert answer.code == 1, answer.err
    assert len(lines) == 1, answer.err
    assert "Traceback" not in answer.err + answer.out
    for word in words:
        assert word in lines[0], lines[0]


def read(run, home: Path):
    """The feeds are read, and nothing is done with them."""
    return run(home, "run", "manufacturing", "--until", "raw_feeds")


def accepted(run, home: Path) -> int:
    """Rows of all deliveries that count."""
    listed = json.loads(run(home, "deliveries", "list", "manufacturing", "--json").out)
    return sum(one["rows_accepted"] for one in listed)


def test_what_lies_in_the_wrong_place_is_told_and_changes_no_exit_code(run, home):
    folder = home / FEEDS
    (folder / "stray.csv").write_text("Id\n1\n")
    (folder / "test.csv").write_text("Id\n1\n")
    (folder / "nobody" / "deep").mkdir(parents=True)
    (folder / ".DS_Store").write_text("x")
    told = [
        "inbox/manufacturing/[a file whose name is not shown: number",
        "inbox/manufacturing/[a folder whose",
        "manufacturing/test.csv: ",
    ]
    for arguments in (("run", "manufacturing", "--until", "raw_feeds"), ("deliveries", "list", "manufacturing")):
        answer = run(home, *arguments)
        assert (answer.code, [word for word in told if word not in answer.out]) == (0, [])
        assert sum("not read: " in line for line in answer.out.splitlines()) == 3
        assert "stray" not in answer.out + answer.err


def test_an_empty_feed_waits_and_what_it_was_stays_in_force(run, home):
    feed, before = first_feed(home, "mssc"), accepted(run, home)
    feed.write_bytes(b"")
    waits(read(run, home), f"refused: inbox/manufacturing/mssc/{feed.name}", "empty", "E_EMPTY")
    assert accepted(run, home) == before
    answer = run(home, "status", "manufacturing")
    assert answer.code == 1
    assert "E_EMPTY" in answer.out


def test_files_without_bytes_are_told_apart_everywhere(run, home, tmp_path):
    folder = home / FEEDS / "mssc"
    for name in ("mueller.csv", "abel.csv"):
        (folder / name).touch()
    with Path(os.fsdecode(os.fsencode(folder / "M") + b"\xfcller.csv")).open("w") as file:
        file.write("Id\n")
    ids = ["mssc-unread", "mssc-unread-2", "mssc-unread-3"]
    answer = read(run, home)
    told = [re.search(r"mssc/\[(\S+)\]: .* \[(E_\w+)\]", line).groups() for line in answer.err.splitlines()]
    assert (answer.code, told) == (1, list(zip(ids, ["E_NAME", "E_EMPTY", "E_EMPTY"], strict=True)))
    listed = json.loads(run(home, "deliveries", "list", "manufacturing", "--json", "--waiting").out)
    assert [one["delivery_id"] for one in listed] == ids
    receipts = home / "clearinghouse" / "receipts" / "manufacturing" / "mssc"
    assert [json.loads((receipts / f"{name}.json").read_text())["reason"] for name in ids] == [code for _, code in told]
    assert run(home, "export", "deliveries", "manufacturing", "--out", str(tmp_path / "d.csv")).code == 0
    exported = (tmp_path / "d.csv").read_text().splitlines()
    assert [line.rpartition(",")[2] for line in exported if "unread" in line] == ids
    checked = run(home, "registry", "check")
    assert [name for name in ids if f"mssc/[{name}]: " not in checked.out + checked.err] == []
    refused(
        run(home, "deliveries", "withdraw", "manufacturing", ids[2], "--reason", "empty"), f"[{ids[2]}] was not read"
    )
    (folder / "abel.csv").unlink()
    assert len(read(run, home).err.splitlines()) == 2
    assert {path.stem for path in receipts.glob("*unread*")} == set(ids[:2]), "of what is gone nothing stays"


def test_a_certifier_without_a_usable_delivery_stops_the_chain_and_the_report_stands(run, home, tmp_path):
    """Nothing is known of what lay there before, as in a new home."""
    (home / "clearinghouse" / "receipts.jsonl").unlink()
    for feed in (home / FEEDS / "mssc").glob("*.csv"):
        feed.write_bytes(b"")
    before = versions(home), public_bytes(home)
    refused(run(home, "run", "manufacturing"), "mssc/", "empty", "E_EMPTY", "last good version stays current")
    assert (versions(home), public_bytes(home)) == before


def test_a_waiting_delivery_in_one_industry_leaves_the_other_alone(run, home):
    first_feed(home, "mssc").write_bytes(b"")
    answer = run(home, "run", "manufacturing", "healthcare")
    waits(answer, "refused: inbox/manufacturing/")
    for industry in ("manufacturing", "healthcare"):
        assert f"{industry}: median annual earnings" in answer.out


def test_a_wrong_header(run, home):
    feed = first_feed(home, "mssc")
    lines = feed.read_bytes().split(b"\n")
    feed.write_bytes(b"\n".join([lines[0].replace(b",Last Name,", b",Familiar,"), *lines[1:]]))
    waits(read(run, home), f"mssc/{feed.name}", "header", "lacks Last Name; not declared: Familiar")


def test_a_held_delivery_is_told_listed_and_released(run, home):
    feed = first_feed(home, "mssc")
    lines = feed.read_bytes().splitlines(keepends=True)
    feed.write_bytes(b"".join(lines[: len(lines) // 2]))
    answer = read(run, home)
    assert answer.code == 1
    (line,) = answer.err.splitlines()
    assert line.startswith(f"held: inbox/manufacturing/mssc/{feed.name}")
    assert re.search(r"`deliveries release manufacturing mssc-\w+ --reason …` lets it in", line)
    assert "ROWS_LOST" in line
    again = read(run, home)
    assert (again.code, again.err) == (1, answer.err), "also where nothing is new"
    listed = json.loads(run(home, "deliveries", "list", "manufacturing", "--json").out)
    (held,) = [one for one in listed if one["waits"]]
    assert (held["state"], held["reason"], held["delivery"]) == ("held", "ROWS_LOST", feed.name)
    assert run(home, "deliveries", "release", "manufacturing", f"mssc/{feed.name}").code == 2
    assert run(home, "deliveries", "release", "manufacturing", held["delivery_id"], "--reason", "seen").code == 0
    answer = read(run, home)
    assert (answer.code, answer.err) == (0, "")
    assert "deliveries: whole, 1 lines" in run(home, "ledger", "verify").out
    refused(run(home, "deliveries", "release", "manufacturing", f"mssc/{feed.name}", "--reason", "seen"), "is not held")
    refused(run(home, "deliveries", "withdraw", "manufacturing", "nothing.csv", "--reason", "gone"), "no delivery")


def test_a_withdrawn_delivery_leaves_the_counts_and_is_said(run, home):
    feed = first_feed(home, "mssc")
    rows = len(feed.read_bytes().splitlines()) - 1
    answer = run(home, "deliveries", "withdraw", "manufacturing", f"mssc/{feed.name}", "--reason", "sent by mistake")
    assert answer.code == 0
    assert f"{rows:,} accepted rows" in answer.out or "accepted rows leave the counts" in answer.out
    answer = read(run, home)
    assert answer.code == 0, answer.err
    listed = json.loads(run(home, "deliveries", "list", "manufacturing", "--json").out)
    (gone,) = [one for one in listed if one["state"] == "withdrawn"]
    assert (gone["rows_in"], gone["rows_accepted"]) == (rows, 0)


def test_a_lost_ledger_of_deliveries_is_noticed_where_nothing_is_new(run, home):
    receipts = home / "clearinghouse" / "receipts.jsonl"
    kept = receipts.read_bytes()
    for damage in (receipts.unlink, lambda: receipts.write_bytes(b"".join(kept.splitlines(keepends=True)[:1]))):
        damage()
        answer = run(home, "run", "manufacturing")
        waits(
            answer,
            "ledger: clearinghouse/receipts.jsonl is gone or cut off",
            "Restore it from a backup",
            "manufacturing",
        )
        status = run(home, "status", "manufacturing")
        assert status.code == 1
        assert "receipts.jsonl is gone" in status.out
        receipts.write_bytes(kept)
    assert run(home, "status", "manufacturing").code == 0
    # Feeds that are read anew for another reason begin the ledger anew, and say so once.
    receipts.unlink()
    sender = first_feed(home, "mssc").with_name("note.csv.delivery.yml")
    sender.write_text("rows: 1\n")
    words = ("run", "manufacturing", "--until", "raw_feeds")
    assert "receipts.jsonl is gone or cut off" in run(home, *words).err
    assert run(home, *words).err == ""


def test_a_folder_that_vanished_takes_nobody_along(run, home):
    shutil.rmtree(home / FEEDS / "nims")
    before = accepted(run, home)
    answer = read(run, home)
    assert answer.code == 0, answer.err
    assert accepted(run, home) == before
    # Without the ledger nobody knows of what is gone: the next look, when something else has changed, says so.
    (home / "clearinghouse" / "receipts.jsonl").unlink()
    first_feed(home, "mssc").unlink()
    refused(run(home, "run", "manufacturing"), "nims")


def test_an_unknown_industry(run, home):
    refused(run(home, "run", "fishing"), "fishing", "manufacturing")


def test_broken_yaml(run, home, tmp_path):
    folder = tmp_path / "registry" / "industries"
    folder.mkdir(parents=True)
    (folder / "mining.yml").write_text("industry: [mining\n")
    refused(run(home, "registry", "check", registry=tmp_path / "registry"), "industries/mining.yml", "line")
    refused(run(home, "run", "manufacturing", registry=tmp_path / "registry"), "industries/mining.yml")


def test_a_key_that_the_registry_does_not_know(run, home, tmp_path):
    folder = overlay(tmp_path, "industries", "manufacturing", colour="blue")
    refused(run(home, "registry", "check", registry=folder), "industries/manufacturing.yml", "colour")


def test_a_base_year_without_a_price_index_is_told_before_anything_runs(run, home, tmp_path):
    folder = overlay(tmp_path, "industries", "manufacturing", base_year=2031)
    refused(run(home, "registry", "check", registry=folder), "industries/manufacturing.yml", "base_year 2031", "E_CPI")


def test_an_expired_agreement(run, home, tmp_path):
    folder = overlay(tmp_path, "agreements", "manufacturing_extract", expires=datetime.date(2026, 2, 1))
    refused(run(home, "registry", "check", registry=folder), "E_AGREEMENT_EXPIRED", "manufacturing_extract")
    before = versions(home)
    refused(run(home, "run", "manufacturing", registry=folder), "E_AGREEMENT_EXPIRED")
    assert versions(home) == before


def test_no_agreement(run, home, tmp_path):
    folder = overlay(tmp_path, "industries", "manufacturing")
    file = folder / "industries" / "manufacturing.yml"
    document = yaml.safe_load(file.read_text())
    del document["agreement"]
    file.write_text(yaml.safe_dump(document))
    refused(run(home, "registry", "check", registry=folder), "E_NO_AGREEMENT", "manufacturing")
    refused(run(home, "run", "manufacturing", registry=folder), "E_NO_AGREEMENT")


def test_an_expired_wage_agreement(run, home, tmp_path):
    folder = overlay(tmp_path, "agreements", "wages_demonstration", expires=datetime.date(2026, 2, 1))
    refused(run(home, "registry", "check", registry=folder), "E_AGREEMENT_EXPIRED", "wages_demonstration")
    before = versions(home)
    refused(run(home, "run", "manufacturing", registry=folder), "reference_population", "E_NO_WAGE_AGREEMENT")
    assert versions(home) == before


def test_a_tampered_package(run, home):
    folder = home / "transfer" / "extracts" / "manufacturing"
    (package,) = (path for path in folder.iterdir() if path.is_dir())
    sealed = next(package.glob("learners*.age"))
    content = bytearray(sealed.read_bytes())
    content[len(content) // 2] ^= 1
    sealed.write_bytes(content)
    before = versions(home), public_bytes(home)
    refused(run(home, "run", "manufacturing"), "accepted_extract", "E_PACKAGE_ALTERED")
    assert (versions(home), public_bytes(home)) == before


def test_a_wrong_key(run, home):
    import pyrage

    key = home / "enclave" / "keys" / "clearinghouse_to_enclave.identity.key"
    key.write_text(f"{pyrage.x25519.Identity.generate()}\n")
    # Keys of one machine are made together; another private key is noticed before anything is read.
    refused(run(home, "run", "manufacturing"), "key")


def test_usage(run, home):
    assert run(home, "run").code == 2
    assert run(home, "fly").code == 2


@pytest.mark.parametrize(
    "words",
    [("export", "nothing", "manufacturing", "--out", "x.csv"), ("export", "links", "fishing", "--out", "x.csv")],
)
def test_export_of_what_is_not_there(run, home, words):
    refused(run(home, *words))
