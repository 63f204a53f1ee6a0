"""What the clearinghouse must destroy, by its record of disclosures, its inbox and its agreements."""

import datetime
from dataclasses import replace
from pathlib import Path

import pytest

from credential_pipeline.clearinghouse.census_extract.build import build
from credential_pipeline.clearinghouse.census_extract.hand_over import hand_over
from credential_pipeline.clearinghouse.disclosure_record import RETURN, DisclosureRecord, Sending
from credential_pipeline.clearinghouse.retention import due, last_sent
from credential_pipeline.foundation.registry.load import Registry, load_registry
from credential_pipeline.foundation.storage.durable import sha256
from credential_pipeline.foundation.storage.engine import connect
from tests.domain.engines.handover_world import AGREEMENT, INDUSTRY, NOW, TODAY, TOKENS, World, make_world, write_files

REGISTRY = Registry({"manufacturing": INDUSTRY}, {})
LATER = NOW + datetime.timedelta(days=3)


def send(con, world: World, when: datetime.datetime) -> str:
    """Build, seal and deliver the extract of what the tables say now."""
    con.execute("DROP SCHEMA census_extract CASCADE; CREATE SCHEMA census_extract")
    build(con, INDUSTRY, TODAY, TOKENS)
    write_files(con, next(iter(world.files.values())).parent)
    inbox = world.recipient / "transfer" / "manufacturing"
    named = {"today": TODAY, "when": when, "inbox": inbox}
    return hand_over(con, world.files, world.sender, INDUSTRY, world.sending, **named).package_id


@pytest.fixture
def world(tmp_path: Path):
    """An extract that was sent, with an old and a current version, an archived delivery and a page from before."""
    with connect(threads=1) as con:
        made = make_world(con, tmp_path)
        home = made.sender
        first = send(con, made, NOW)
        for name in ("0000000000000001", "0000000000000002"):
            folder = home / "store" / "linked_records" / "manufacturing" / name
            folder.mkdir(parents=True)
            (folder / "t.parquet").write_text(name)
        (folder.parent / "CURRENT").write_text("0000000000000002")
        for place, text in (("inbox/manufacturing/mssc/2018.csv", "stays"), ("archive/gone", "gone")):
            (home / place).parent.mkdir(parents=True)
            (home / place).write_text(text)
        (home / "archive" / sha256(home / "inbox/manufacturing/mssc/2018.csv")).write_text("stays")
        yield con, made, first


def now(world: World, day: datetime.date) -> dict[str, str]:
    """What is due on a day: name of the file or folder to what it is."""
    found = due(world.sender, REGISTRY, world.recipient / "transfer")
    return {item.path.name: item.what for item in found if item.day <= day}


def test_nothing_is_due_while_everybody_stays(world) -> None:
    _, made, first = world
    assert now(made, NOW.date()) == {}
    assert now(made, AGREEMENT.destroy_by)[first] == "package"


def test_an_opt_out_asks_once_a_newer_extract_was_sent(world) -> None:
    con, made, first = world
    con.execute("UPDATE linked_records.learners SET blocked = true WHERE learner_id = 'L2'")
    assert now(made, LATER.date()) == {}
    second = send(con, made, LATER)
    assert second != first
    sent = last_sent(made.sender)["manufacturing"]
    assert (sent.number, sent.left, sent.day) == (2, 1, LATER.date())
    assert now(made, LATER.date()) == {
        first: "older package",
        "0000000000000001": "old version linked_records/manufacturing",
        "gone": "archived delivery",
    }


def test_a_newer_extract_of_everybody_asks_for_the_older_package_only(world) -> None:
    con, made, first = world
    con.execute("UPDATE education_registry.enrollments SET cip = '480501'")
    send(con, made, LATER)
    assert now(made, LATER.date()) == {first: "older package"}


def test_a_package_without_a_manifest_is_due(world) -> None:
    _, made, first = world
    package = made.sender / "outbox" / "manufacturing" / first
    (package / "manifest.json").write_text("{}")
    found = due(made.sender, replace(REGISTRY), made.recipient / "transfer")
    assert [item.what for item in found if item.path == package] == ["unreadable package"]


def test_what_partners_were_given_goes_when_it_is_replaced_or_the_agreement_ends(world) -> None:
    """What went to partners counts as no extract, so nobody seems to have left one."""
    _, made, first = world
    registry = load_registry()
    (ends,) = [one.destroy_by for one in registry.industry("manufacturing").returns if one.partner == "mssc"]
    folder = made.sender / "partners" / "mssc" / "returns" / "manufacturing"
    for name in ("0001-a", "0002-b", ".part-120000"):
        (folder / name).mkdir(parents=True)
    record = DisclosureRecord(made.sender)
    terms = registry.industry("manufacturing").returns[0]
    given = Sending(RETURN, "b" * 64, 7, "manufacturing", terms, "", terms.basis, {"figures.csv": (1, ["value"])})
    with connect(threads=1) as con:
        con.execute("CREATE TABLE told AS SELECT 'nobody else' AS learner_id, 'nobody else' AS row_id")
        record.prepare(con, given, "told", LATER)
        record.complete(given.package_id, LATER)
    found = {item.path.name: item for item in due(made.sender, registry, made.recipient / "transfer")}
    today = datetime.datetime.now(datetime.UTC).date()
    assert (found["0001-a"].what, found["0001-a"].day) == ("older return files", today)
    assert (found["0002-b"].what, found["0002-b"].day) == ("return files", ends)
    assert ".part-120000" in found
    sent = last_sent(made.sender)["manufacturing"]
    assert (sent.number, sent.left) == (1, 0)
    assert record.sent("manufacturing") == 1
    assert record.sent("manufacturing", RETURN, terms.id) == 7
    assert first in found
