"""A release becomes public by the word of two people besides its proposer, over just the bytes that they saw."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from credential_pipeline.enclave.outcome_release import acts, demo
from credential_pipeline.enclave.outcome_release.acts import Statement
from credential_pipeline.enclave.outcome_release.hand_over import Sealing, publish, whole_releases
from credential_pipeline.enclave.outcome_release.ledger import Entry, chain, entries, record
from credential_pipeline.enclave.outcome_release.people import People, load_person
from credential_pipeline.enclave.outcome_release.releases import EARLIER, known_before
from credential_pipeline.engines.handover import keys
from credential_pipeline.engines.handover.agreement import release_terms
from credential_pipeline.engines.handover.opening import open_package
from credential_pipeline.foundation.contracts.outcome_release import SNAPSHOT
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.durable import sha256
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.snapshots import Store, Version
from credential_pipeline.public.published_outcomes.index import Act, list_release, states
from tests.domain.engines.handover_world import AGREEMENT, INDUSTRY

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
TODAY = date(2026, 6, 1)
FIRST = Statement("manufacturing", "r0001-aaaaaaaa", "v1")
OTHER = Statement("manufacturing", "r0002-bbbbbbbb", "v2")


class Office:
    """An enclave with four people, of whom the last is not registered here."""

    def __init__(self, home: Path) -> None:
        self.home, self.people, self.ledger = home, People(home), chain(home)
        self.outbox = home.parent / "transfer" / "manufacturing"
        self.persons = [self.people.enroll(name, home / "private" / name) for name in ("ann", "bob", "cat")]
        self.persons.append(People(home / "elsewhere").enroll("dan", home / "private" / "dan"))

    def propose(self, who: int, statement: Statement = FIRST):
        return acts.propose(self.ledger, self.people, statement, self.persons[who], NOW)

    def approve(self, who: int, statement: Statement = FIRST):
        return acts.approve(self.ledger, self.people, statement, self.persons[who], NOW)

    def publish(self, _who: int, statement: Statement = FIRST):
        return self.approved(statement)

    def approved(self, statement: Statement = FIRST):
        return acts.require_approved(self.ledger, self.people, statement, NOW)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path / "enclave")


def refused(code: str, action, *arguments) -> None:
    with pytest.raises(SafeError) as error:
        action(*arguments)
    assert error.value.code == code


def test_two_others_approve(office: Office) -> None:
    office.propose(0)
    refused("E_NOT_APPROVED", office.approved)
    office.approve(1)
    refused("E_NOT_APPROVED", office.approved)
    assert office.approve(2).approved
    assert [signed.name for signed in office.approved().approvals] == ["bob", "cat"]
    assert load_person(office.home / "private" / "bob").fingerprint == office.persons[1].fingerprint


def test_nobody_counts_twice_and_the_proposer_not_at_all(office: Office) -> None:
    office.propose(0)
    refused("E_SAME_PERSON", office.approve, 0)
    office.approve(1)
    refused("E_SAME_PERSON", office.approve, 1)
    refused("E_NOT_A_REVIEWER", office.approve, 3)
    refused("E_NOT_A_REVIEWER", office.propose, 3)
    refusals = [line.facts["code"] for line in office.ledger.lines() if line.kind == acts.REFUSED]
    assert refusals == ["E_SAME_PERSON", "E_SAME_PERSON", "E_NOT_A_REVIEWER", "E_NOT_A_REVIEWER"]


def test_other_bytes_are_not_what_was_approved(office: Office) -> None:
    office.propose(0)
    refused("E_NOT_PROPOSED", office.approve, 1, OTHER)
    for who in (1, 2):
        office.approve(who)
    refused("E_NOT_PROPOSED", office.approved, OTHER)
    office.propose(0, OTHER)
    refused("E_NOT_PROPOSED", office.approved, FIRST)
    refused("E_NOT_APPROVED", office.approved, OTHER)


def test_the_same_proposal_again_changes_nothing_and_is_one_person_s(office: Office) -> None:
    office.propose(0)
    office.approve(1)
    assert len(office.propose(0).approvals) == 1
    refused("E_PROPOSED", office.propose, 1)


def test_an_approval_is_no_longer_good_once_its_signer_is_not_registered(office: Office) -> None:
    office.propose(0)
    office.approve(1)
    office.approve(2)
    (office.people.folder / "cat.pub").unlink()
    refused("E_NOT_APPROVED", office.approved)


def test_a_forged_line_is_not_an_approval(office: Office) -> None:
    """Somebody who can write the ledger, hashes and all, still lacks the keys."""
    office.propose(0)
    office.approve(1)
    standing = acts.standing(office.ledger.lines(), "manufacturing")
    own = office.persons[1].sign(FIRST.body("approve", standing.line))
    proposers = office.persons[0].sign(FIRST.body("approve", standing.line))
    for name, fingerprint, signature in (
        ("cat", office.persons[2].fingerprint, "AAAA"),
        ("cat", office.persons[2].fingerprint, own),
        ("bob", "a" * 32, own),  # one's own, again, under another fingerprint
        ("ann", "b" * 32, proposers),
    ):
        signed = {"name": name, "fingerprint": fingerprint, "signature": signature}
        office.ledger.append(acts.APPROVED, {"statement": vars(FIRST), "signed": signed}, NOW)
        refused("E_NOT_APPROVED", office.approved)


def test_an_approval_belongs_to_one_proposal(office: Office) -> None:
    """Signatures of an earlier proposal of the same bytes do not count for a later one."""
    office.propose(0)
    for who in (1, 2):
        office.approve(who)
    old = [line.facts for line in office.ledger.lines() if line.kind == acts.APPROVED]
    office.propose(0, OTHER)
    office.propose(0)
    for facts in old:
        office.ledger.append(acts.APPROVED, facts, NOW)
    refused("E_NOT_APPROVED", office.approved)


def test_what_cannot_be_carried_out_is_not_proposed(office: Office) -> None:
    gone = Statement("manufacturing", "r0009-eeeeeeee", "v9", "withdrawal", reason="wrong")
    refused("E_NOT_RELEASED", office.propose, 0, gone)
    none = Statement("manufacturing", "r0002-bbbbbbbb", "v2", "correction", "r0001-aaaaaaaa", "late files")
    refused("E_NOT_RELEASED", office.propose, 0, none)


@pytest.mark.parametrize("loose", ["folder", "key"])
def test_a_register_that_others_can_write_is_refused(office: Office, loose: str) -> None:
    path = office.people.folder if loose == "folder" else office.people.folder / "ann.pub"
    path.chmod(0o777)
    refused("E_FOLDER_PERMISSIONS" if loose == "folder" else "E_KEY_PERMISSIONS", office.propose, 0)


def test_a_name_has_one_key(office: Office) -> None:
    refused("E_KEY_EXISTS", office.people.enroll, "ann", office.home / "private" / "another")
    refused("E_KEY_EXISTS", office.people.enroll, "eve", office.home / "private" / "ann")
    refused("E_NAME", office.people.enroll, "../eve", office.home / "private" / "eve")
    assert "ann" in repr(office.persons[0])
    assert (office.home / "private" / "ann").read_text().split()[1] not in repr(office.persons)


def test_periods_of_the_calendar() -> None:
    day = date(2026, 7, 1)
    assert [acts.period(day, word) for word in ("monthly", "quarterly", "half-yearly", "yearly")] == [
        "2026M7", "2026Q3", "2026H2", "2026Y1",
    ]  # fmt: skip
    assert acts.period(date(2026, 6, 30), "half-yearly") == "2026H1"


STEPS = st.tuples(
    st.sampled_from(["propose", "approve", "publish"]), st.integers(0, 3), st.sampled_from([FIRST, OTHER])
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, max_size=14))
def test_whatever_people_do_nothing_is_approved_without_two_others(tmp_path_factory, steps) -> None:
    """A model of its own: who proposed last what, and who else approved it since."""
    office = Office(tmp_path_factory.mktemp("office") / "enclave")
    proposed, proposer, approvers = None, None, set()
    for act, who, statement in steps:
        known = who < 3
        if act == "propose":
            allowed = known and not (statement == proposed and who != proposer)
            if allowed and statement != proposed:
                proposed, proposer, approvers = statement, who, set()
            call = office.propose
        elif act == "approve":
            allowed = known and statement == proposed and who != proposer and who not in approvers
            approvers |= {who} if allowed else set()
            call = office.approve
        else:
            allowed = statement == proposed and len(approvers) >= 2
            call = office.publish
        try:
            call(who, statement)
        except SafeError:
            assert not allowed
        else:
            assert allowed


@pytest.fixture
def version(office: Office) -> Version:
    """A proposal in the store, with the keys of the link."""
    keys.ensure_local_keys(office.home, office.home.parent / "public", keys.ENCLAVE_TO_PUBLICATION)
    store = Store(office.home / "store")
    (office.home / "releases" / "manufacturing").mkdir(parents=True)
    inputs = {EARLIER: known_before(office.home, "manufacturing", FIRST.release)}
    with store.stage(SNAPSHOT, "manufacturing", [], inputs, "run") as staged:
        for table in SNAPSHOT:
            columns = ", ".join(f'"{name}" {kind}' for name, kind in table.schema.items())
            staged.con.execute(f"CREATE TABLE outcome_release.{table.name} ({columns})")
            staged.con.execute(f"INSERT INTO outcome_release.{table.name} ({table.key[0]}) VALUES ('x')")
        staged.write()
        (office.home / "f.counts.json").write_text("{}")
        entry = {"release": FIRST.release, "industry": "manufacturing", "file": "f", "sha256": "0"}
        entry |= {"counts": sha256(office.home / "f.counts.json")}
        staged.facts |= {"release": FIRST.release, "entry": entry | {"binds": "", "made_of": ""}}
        staged.publish()
    return store.current(SNAPSHOT, "manufacturing")


def seal(office: Office, version: Version, statement: Statement):
    return publish(version, statement, Sealing(office.home, INDUSTRY, office.outbox, TODAY, NOW))


def rows(office: Office, folder: Path) -> dict[str, int]:
    link, public = keys.ENCLAVE_TO_PUBLICATION, office.home.parent / "public"
    sender, identity = keys.load_sender(public, link), keys.load_identity(public, link)
    recipient = release_terms(AGREEMENT).recipient
    with open_package(folder, sender, identity, recipient, TODAY, work=public / "work") as opened, connect() as con:
        return {
            name: con.execute("SELECT count(*) FROM read_parquet(?)", [str(path)]).fetchall()[0][0]
            for name, path in opened.files.items()
        }


def test_a_release_is_in_the_ledger_before_its_package_and_once(office: Office, version: Version) -> None:
    statement = Statement("manufacturing", FIRST.release, version.name)
    refused("E_NOT_PROPOSED", seal, office, version, statement)
    office.propose(0, statement)
    for who in (1, 2):
        office.approve(who, statement)
    (office.home / "f.counts.json").write_text("{ }")
    refused("E_RELEASE_FILE", seal, office, version, statement)
    (office.home / "f.counts.json").write_text("{}")
    package = seal(office, version, statement)
    assert [entry.release for entry in entries(office.ledger.lines())] == [FIRST.release]
    assert seal(office, version, statement).reused
    assert len(entries(office.ledger.lines())) == 1
    assert rows(office, package.folder) == dict.fromkeys([table.name for table in SNAPSHOT], 1) | {"release_acts": 1}
    refused("E_NOT_PROPOSED", office.approve, 1, statement)
    refused("E_RELEASED", office.propose, 0, statement)
    itself = Statement("manufacturing", FIRST.release, version.name, "correction", FIRST.release, "nothing changed")
    refused("E_RELEASED", office.propose, 0, itself)
    refused("E_NO_REASON", office.propose, 0, Statement("manufacturing", FIRST.release, "v", "withdrawal", reason=" "))


def test_a_sealed_package_notices_a_ledger_that_was_lost_with_its_anchors(office: Office, version: Version) -> None:
    statement = Statement("manufacturing", FIRST.release, version.name)
    office.propose(0, statement)
    for who in (1, 2):
        office.approve(who, statement)
    assert whole_releases(office.home, office.outbox.parent) == 3
    seal(office, version, statement)
    refused("E_RELEASE_FILE", whole_releases, office.home, office.outbox.parent)
    for path in (office.ledger.path, *office.ledger.anchors):
        path.unlink()
    refused("E_LEDGER_BROKEN", whole_releases, office.home, office.outbox.parent)
    refused("E_LEDGER_BROKEN", seal, office, version, statement)


def test_what_another_industry_published_since_was_not_attacked_with(office: Office, version: Version) -> None:
    statement = Statement("manufacturing", FIRST.release, version.name)
    office.propose(0, statement)
    for who in (1, 2):
        office.approve(who, statement)
    other = Statement("healthcare", "r0001-dddddddd", "v9")
    entry = Entry(other.release, "healthcare", "f", "1")
    record(office.home, entry, acts.Standing(other, acts.Signed("x", "x", "x")), 1, NOW)
    refused("E_OUTDATED", seal, office, version, statement)
    assert len(entries(office.ledger.lines())) == 1


def test_a_withdrawal_sends_no_figure_and_frees_the_calendar(office: Office, version: Version) -> None:
    statement = Statement("manufacturing", FIRST.release, version.name)
    office.propose(0, statement)
    for who in (1, 2):
        office.approve(who, statement)
    seal(office, version, statement)
    again = Statement("manufacturing", "r0002-cccccccc", "v3")
    refused("E_CALENDAR", acts.refuse_off_calendar, office.ledger.lines(), again, "half-yearly", TODAY)
    acts.refuse_off_calendar(office.ledger.lines(), again, "half-yearly", date(2026, 7, 1))
    assert acts.last_released(office.ledger.lines(), "manufacturing") == FIRST.release
    back = Statement("manufacturing", FIRST.release, version.name, "withdrawal", reason="a wage file was wrong")
    office.propose(1, back)
    for who in (0, 2):
        office.approve(who, back)
    package = seal(office, version, back)
    found = rows(office, package.folder)
    assert found.pop("release_acts") == 1
    assert set(found.values()) == {0}
    assert package.manifest.number == 2
    assert acts.released(office.ledger.lines(), "manufacturing") == []
    refused("E_RELEASED", office.propose, 0, statement)
    refused("E_NOT_RELEASED", acts.last_released, office.ledger.lines(), "manufacturing")
    refused("E_NOT_RELEASED", acts.require_released, office.ledger.lines(), "manufacturing", FIRST.release)
    # What was public stays known to every later attack.
    assert [entry.release for entry in entries(office.ledger.lines())] == [FIRST.release]


def test_demo_people_are_named_as_such_and_sign_only_where_their_keys_lie(tmp_path: Path) -> None:
    home = tmp_path / "enclave"
    assert not demo.has_demo_people(home)
    demo.enroll_demo_people(home)
    demo.enroll_demo_people(home)
    assert demo.has_demo_people(home)
    statement = demo.next_statement(home, "manufacturing", "r0001-a", "v1", "half-yearly", TODAY)
    assert statement.kind == "regular"
    found = demo.sign(home, statement, NOW)
    assert demo.sign(home, statement, NOW) == found
    assert all(name.startswith("demo_") for name in (found.proposer.name, *(one.name for one in found.approvals)))
    assert json.loads(chain(home).path.read_text().splitlines()[0])["kind"] == "proposed"


def test_a_second_release_of_a_period_corrects_nothing_in_a_simulated_home(office: Office, version: Version) -> None:
    statement = Statement("manufacturing", FIRST.release, version.name)
    office.propose(0, statement)
    for who in (1, 2):
        office.approve(who, statement)
    seal(office, version, statement)
    second = demo.next_statement(office.home, "manufacturing", "r0002-b", "v2", "half-yearly", TODAY)
    assert (second.kind, second.corrects) == ("additional", "")
    assert second.reason
    office.propose(0, second)
    later = demo.next_statement(office.home, "manufacturing", "r0002-b", "v3", "half-yearly", date(2026, 7, 1))
    assert later.kind == "regular"
    acts_ = [Act(one.release, one.kind, one.corrects, one.reason, "", "2026-06-01") for one in (statement, second)]
    assert states(acts_) == {FIRST.release: "earlier", "r0002-b": "current"}
    list_release(office.home / "list", acts_[0])
    list_release(office.home / "list", acts_[1])
    page = (office.home / "list" / "index.html").read_text()
    assert "correct" not in page
    assert f"additional: {second.reason}" in page
