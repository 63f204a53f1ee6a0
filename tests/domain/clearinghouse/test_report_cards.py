"""What a certifier hears of its rows: counts that add up, places, what was mended, and nobody's name."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from credential_pipeline.clearinghouse.linked_records.unlinked import REASONS, unlinked_query
from credential_pipeline.clearinghouse.report_cards.facts import Card, gather, received_in, without_few
from credential_pipeline.clearinghouse.report_cards.last_card import LastCard, Listed
from credential_pipeline.clearinghouse.report_cards.page import Names, card_csv, card_page
from credential_pipeline.foundation.contracts import cleaned_learners, linked_records, raw_feeds
from credential_pipeline.foundation.storage.engine import Connection, connect
from credential_pipeline.foundation.storage.relation import scratch

CANARY = "Zyzzogeton"
APRIL, MAY = datetime(2026, 4, 30, tzinfo=UTC), datetime(2026, 5, 2, tzinfo=UTC)
SEEN = {"a" * 64: APRIL, "b" * 64: MAY, "c" * 64: MAY}


def insert(con: Connection, table: str, *rows: dict[str, object]) -> None:
    for row in rows:
        marks = ", ".join(f"${name}" for name in row)
        con.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", row)


def delivery(
    name: str, digest: str, accepted: int, aside: int, state: str = "accepted", **more: object
) -> dict[str, object]:
    counts = {"rows_in": accepted + aside, "rows_accepted": accepted, "rows_quarantined": aside, "rows_duplicate": 0}
    return {"certifier": "acme", "delivery": name, "sha256": digest * 64, "state": state, **counts, **more}


def aside(name: str, line: int, record_id: str | None, reason: str = "UNREADABLE_EVENT_DATE") -> dict[str, object]:
    content = f"{record_id},{CANARY}"
    return {
        "certifier": "acme", "delivery": name, "line": line, "reason_code": reason, "content": content, "record_id": record_id,
    }  # fmt: skip


@pytest.fixture
def con() -> Iterator[Connection]:
    """April: three rows set aside, one of which May has mended. Of 40 people with a birth date 25 are linked, of 4 without 1."""
    with connect(threads=1) as con:
        for snapshot in (raw_feeds.SNAPSHOT, cleaned_learners.SNAPSHOT, linked_records.SNAPSHOT):
            con.execute(f"CREATE SCHEMA {snapshot.name}")
            for table in snapshot:
                columns = ", ".join(f'"{name}" {kind}' for name, kind in table.schema.items())
                con.execute(f"CREATE TABLE {snapshot.name}.{table.name} ({columns})")
        insert(
            con,
            "raw_feeds.deliveries",
            delivery("april.csv", "a", 40, 3),
            delivery("may_correction.csv", "b", 4, 1),
            delivery(
                f"{CANARY}.csv", "c", 0, 2, "held", reason_code="ROWS_UNREADABLE", detail="2 of 2 rows are set aside"
            ),
        )
        odd = f"{CANARY}@example.org"
        insert(
            con, "raw_feeds.quarantine", *(aside("april.csv", 2 + n, one) for n, one in enumerate(("R1", "R2", odd)))
        )
        insert(con, "raw_feeds.quarantine", aside("may_correction.csv", 7, None, "BAD_QUOTING"))
        insert(con, "raw_feeds.quarantine", *(aside(f"{CANARY}.csv", n, f"S{n}") for n in (2, 3)))
        insert(
            con,
            "raw_feeds.records",
            {"certifier": "acme", "delivery": "may_correction.csv", "line": 2, "record_id": "R1"},
        )
        for number in range(44):
            born, linked = number < 40, number < 25 or number == 43
            profile, learner = f"P{number}", f"L{number}"
            status = "linked" if linked else "blocked" if number == 39 else "unlinked"
            facts = {"profile_id": profile, "certifier": "acme", "first_name": "ANN", "last_name": CANARY.upper()}
            insert(
                con, "cleaned_learners.profiles", facts | ({"birth_date": "1990-01-02", "zip": "45402"} if born else {})
            )
            link = {"learner_id": learner, "status": status, "decided_by": "none"}
            insert(con, "linked_records.profile_links", {"profile_id": profile, **link})
            insert(con, "linked_records.links", {"certifier": "acme", "record_id": f"R{number}", **link})
        insert(con, "linked_records.pairs", {"pair_id": "x", "hop": "student", "left_id": "P30", "right_id": "S"})
        yield con


def cards(con: Connection) -> list[Card]:
    """The cards of April and May, the second knowing what the first one listed."""
    rows = con.execute("SELECT certifier, delivery, sha256 FROM raw_feeds.deliveries").fetchall()
    with scratch(con) as work:
        received = received_in(work, rows, SEEN)
        april = gather(work, "acme", "2026-04", received)
        listed = (
            Listed("2026-04", "UNREADABLE_EVENT_DATE", "april.csv", "acme-" + "a" * 12, 2 + n, one)
            for n, one in enumerate(("R1", "R2", ""))
        )
        last = LastCard("2026-04", april.months, frozenset(), tuple(listed))
        return [april, gather(work, "acme", "2026-05", received, last)]


def test_a_card_a_month_with_what_the_last_one_mended(con: Connection) -> None:
    april, may = cards(con)
    assert (april.month, may.month) == ("2026-04", "2026-05")
    assert [(one.record_id, one.mended) for one in april.set_aside] == [("R1", True), ("R2", False), ("", False)]
    assert april.reasons == [("UNREADABLE_EVENT_DATE", 2)]
    assert [one.now for one in may.before] == ["mended", "open", "open"]
    assert [(one.rows_in, one.rows_accepted, one.rows_quarantined) for one in may.months] == [(43, 40, 3), (7, 4, 3)]
    assert may.reasons == [("UNREADABLE_EVENT_DATE", 2), ("BAD_QUOTING", 1)]


def test_rates_of_few_people_are_not_shown(con: Connection) -> None:
    found = {one.says: one for one in cards(con)[-1].linkability}
    assert found["name, birth date and more"].people == 39
    # With the share of everybody it would give away that of the four.
    assert found["name, birth date and more"].linked is None
    assert found["everybody"].linked is not None
    assert found["name alone"].people == 4
    assert found["name alone"].linked is None


def test_nobody_can_count_who_is_not_to_be_shared(con: Connection) -> None:
    """A sender knows of whom it told: an exact number of all others, or a group that is gone, would tell who opted out elsewhere."""
    card = cards(con)[-1]
    gone = replace(card, linkability=[one for one in card.linkability if one.says != "name alone"])
    told = [
        [
            (row["code"], row["value"])
            for row in csv.DictReader(io.StringIO(card_csv(one)))
            if row["section"] == "linkability"
        ]
        for one in (card, gone)
    ]
    assert told[0] == told[1]
    assert dict(told[0])["name, birth date and more"] == "40"
    assert dict(told[0])["name alone"] == dict(told[0])["no full name"] == "fewer than 15"
    page = card_page(gone, Names("Mining", "Acme Board"))
    assert "fewer than 15" in page
    assert not re.search(r">\s*39\s*<", page)


@pytest.mark.parametrize(
    ("groups", "hidden"),
    [
        ([("a", 200, 150), ("b", 100, 60)], set()),
        ([("a", 200, 150), ("b", 100, 60), ("c", 12, 12)], {"b", "c"}),
        ([("a", 200, 150), ("b", 100, 60), ("c", 12, 12), ("d", 40, 2)], {"c", "d"}),
        ([("a", 200, 150), ("b", 100, 60), ("c", 12, 12), ("d", 9, 2)], {"b", "c", "d"}),
        ([("a", 200, 195), ("c", 5, 1)], {"a", "c", "everybody"}),
        ([("a", 12, 6), ("b", 14, 7)], {"a", "b"}),
        ([("a", 5, 5)], {"a", "everybody"}),
    ],
)
def test_no_difference_of_rates_tells_of_few_people(groups: list[tuple[str, int, int]], hidden: set[str]) -> None:
    total = ("everybody", sum(people for _, people, _ in groups), sum(linked for _, _, linked in groups))
    found = without_few([*groups, total])
    assert {one.says for one in found if one.linked is None} == hidden
    assert [one.says for one in found] == [*(says for says, _, _ in groups), "everybody"]
    if "everybody" not in hidden and hidden:
        left = [sum(numbers[place] for numbers in groups if numbers[0] in hidden) for place in (1, 2)]
        assert min(left[1], left[0] - left[1]) >= 10


def test_an_id_that_was_made_here_is_not_told_as_the_senders(con: Connection) -> None:
    april = cards(con)[0]
    assert "under the same record ids" in card_page(april, Names("Mining", "Acme Board"))
    made = replace(april, set_aside=[replace(one, record_id="D0123456789abcdef") for one in april.set_aside])
    page = card_page(made, Names("Mining", "Acme Board"))
    assert "D0123456789abcdef" not in page
    assert "Send these rows again, mended." in page


def test_nothing_that_is_sent_names_anybody(con: Connection) -> None:
    for card in cards(con):
        page, file = card_page(card, Names("Mining", "Acme Board")), card_csv(card)
        assert CANARY.lower() not in (page + file).lower()
        assert "UNREADABLE_EVENT_DATE" in page
        rows = list(csv.DictReader(io.StringIO(file)))
        assert sum(row["section"] == "set aside" for row in rows) == len(card.set_aside)
    assert "is held" in page
    assert "[acme-cccccccccccc]" in page


def test_every_row_without_a_student_has_a_reason(con: Connection) -> None:
    found = {row[1]: row[3] for row in con.execute(unlinked_query()).fetchall()}
    assert set(found.values()) <= REASONS.keys()
    assert found["R30"] == "below threshold"
    assert found["R31"] == "no candidate"
    assert found["R39"] == "blocked"
    assert found["R40"] == "unusable fields"
    assert "R0" not in found
