"""Cards of successive months: what a small certifier hears in May, June and July, and what its fixes changed."""

import csv
import json
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from credential_pipeline.clearinghouse.raw_feeds.decisions import RELEASED, WITHDRAWN
from credential_pipeline.clearinghouse.raw_feeds.sights import read_receipts
from credential_pipeline.clearinghouse.report_cards.publish import CardsOf, publish_cards
from credential_pipeline.foundation.contracts import cleaned_learners, linked_records, raw_feeds
from credential_pipeline.foundation.storage.engine import Connection, connect
from tests.domain.clearinghouse.deliveries_world import Board, registry_of, row, rows, text

BAD = "soon"
"""No date."""


@dataclass(frozen=True)
class _Tables:
    """Tables of a hop as a published version would give them."""

    name: str
    snapshot: Any
    tables: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)

    def attach(self, con: Connection) -> None:
        con.execute(f"CREATE SCHEMA {self.snapshot.name}")
        for table in self.snapshot:
            name = f"{self.snapshot.name}.{table.name}"
            columns = ", ".join(f'"{column}" {kind}' for column, kind in table.schema.items())
            con.execute(f"CREATE TABLE {name} ({columns})")
            for one in self.tables.get(table.name, []):
                con.execute(f"INSERT INTO {name} VALUES ({', '.join('?' * len(one))})", list(one))


class Sender(Board):
    """The certifier, its inbox, and the cards that it was sent."""

    runs: int = 0

    def on(self, day: str) -> "Sender":
        self.now = datetime.fromisoformat(day).replace(tzinfo=UTC)
        return self

    def run(self, written_on: str = "") -> list[str]:
        """A run of the pipeline; names of the cards that there are then."""
        now = self.now
        found = self.look()
        self.runs += 1
        versions: list[Any] = [
            _Tables(f"raw{self.runs}", raw_feeds.SNAPSHOT, found.tables),
            _Tables("cleaned", cleaned_learners.SNAPSHOT),
            _Tables("linked", linked_records.SNAPSHOT),
        ]
        of = CardsOf(self.home, "mining", registry_of(self.home / "registry"))
        moment = datetime.fromisoformat(written_on).replace(tzinfo=UTC) if written_on else now
        seen = read_receipts(self.home / "receipts.jsonl")
        publish_cards(lambda: connect(threads=1), versions, of, seen, moment)
        return sorted(page.name for page in self.cards.glob("*"))

    @property
    def cards(self) -> Path:
        return self.home / "report_cards" / "mining" / "acme"

    def kept(self) -> dict[str, bytes]:
        return {page.name: page.read_bytes() for page in self.cards.glob("*")}

    def rows_of(self, month: str, section: str) -> list[dict[str, str]]:
        with (self.cards / f"{month}.csv").open(encoding="utf-8", newline="") as file:
            return [one for one in csv.DictReader(file) if one["section"] == section]

    def changed(self, month: str, since: str) -> Counter[str]:
        """What a card says has become of the rows that the card of another month listed first."""
        return Counter(one["value"] for one in self.rows_of(month, f"set aside {since}"))

    def trend(self, month: str) -> dict[str, tuple[int, ...]]:
        """Month -> deliveries, rows, accepted, set aside, repeated or replaced."""
        found: dict[str, list[int]] = {}
        with (self.cards / f"{month}.csv").open(encoding="utf-8", newline="") as file:
            for one in csv.DictReader(file):
                if one["section"].startswith("trend "):
                    found.setdefault(one["section"][6:], []).append(int(one["value"]))
        return {name: tuple(counts) for name, counts in found.items()}

    def says(self, month: str) -> str:
        """The words of a page."""
        page = re.sub(
            r"(?s)<style.*?</style>|<svg.*?</svg>|<title.*?</title>", "", (self.cards / f"{month}.html").read_text()
        )
        return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page))).strip()


@pytest.fixture
def sender(tmp_path: Path) -> Sender:
    return Sender(tmp_path)


def may(sender: Sender) -> Sender:
    """Thirty rows, four of which cannot be read."""
    sender.on("2018-12-05").put("m5.csv", text([*rows(range(26)), *rows(range(26, 30), day=BAD)]))
    assert sender.run() == ["2018-12.csv", "2018-12.html"]
    return sender


def test_each_month_has_a_card_that_says_what_the_fixes_changed(sender: Sender) -> None:
    may(sender)
    first = sender.kept()
    sender.on("2019-01-10").put("m6.csv", text([*rows(range(26, 28)), *rows(range(40, 60)), row(60, day=BAD)]))
    sender.run()
    assert sender.changed("2019-01", "2018-12") == {"mended": 2, "open": 2}
    assert sender.trend("2019-01") == {"2018-12": (1, 30, 26, 4, 0), "2019-01": (1, 23, 22, 1, 0)}
    second = sender.kept()
    assert {name: second[name] for name in first} == first, "a card that was sent stays"
    sender.on("2019-02-10").put("m7.csv", text([row(28), row(60), *rows(range(70, 90))]))
    sender.run()
    # What is open longer than a month is not forgotten, and what was told as mended is not told again.
    assert sender.changed("2019-02", "2018-12") == {"mended": 1, "open": 1}
    assert sender.changed("2019-02", "2019-01") == {"mended": 1}
    assert list(sender.trend("2019-02")) == ["2018-12", "2019-01", "2019-02"]
    assert "UNREADABLE_EVENT_DATE 3 2 0 0 1" in sender.says("2019-02")
    third = sender.kept()
    assert {name: third[name] for name in second} == second
    assert len(third) == 6


def test_a_card_is_not_rewritten_when_its_month_is_over(sender: Sender) -> None:
    """Another run in June, with nothing of the certifier's, leaves the card of May; so does a mended row."""
    may(sender)
    first = sender.kept()
    sender.on("2019-01-10")
    assert sender.run() == sorted(first), "nothing came, and nothing has changed"
    sender.on("2019-01-20").put("fix.csv", text(rows(range(26, 30))))
    sender.run()
    assert {name: sender.kept()[name] for name in first} == first
    assert sender.changed("2019-01", "2018-12") == {"mended": 4}


def test_the_card_of_the_month_follows_the_facts(sender: Sender) -> None:
    may(sender).on("2018-12-20").put("fix.csv", text(rows(range(26, 30))))
    sender.run()
    assert Counter(one["value"] for one in sender.rows_of("2018-12", "set aside")) == {"mended": 4}
    assert "What to fix first" not in sender.says("2018-12")


def test_a_month_without_deliveries_stands_in_the_trend(sender: Sender) -> None:
    may(sender).on("2019-01-15").run()
    sender.on("2019-03-15").put("m8.csv", text(rows(range(100, 110))))
    assert sender.run() == ["2018-12.csv", "2018-12.html", "2019-03.csv", "2019-03.html"]
    nothing = (0, 0, 0, 0, 0)
    assert sender.trend("2019-03") == {
        "2018-12": (1, 30, 26, 4, 0), "2019-01": nothing, "2019-02": nothing, "2019-03": (1, 10, 10, 0, 0),
    }  # fmt: skip
    assert sender.changed("2019-03", "2018-12") == {"open": 4}


def test_a_release_in_a_month_without_deliveries_is_told_in_that_month(sender: Sender) -> None:
    sender.on("2018-12-05").put("ok.csv", text(rows(range(5))))
    held = sender.put("held.csv", text([*rows(range(30, 33)), *rows(range(40, 62), day=BAD)]))
    sender.run()
    first = sender.kept()
    assert "is held" in sender.says("2018-12")
    sender.on("2019-01-08").decide(RELEASED, held)
    assert "2019-01.html" in sender.run()
    assert sender.changed("2019-01", "2018-12") == {"accepted": 3, "open": 22}
    assert "Nothing came from you in this month." in sender.says("2019-01")
    assert {name: sender.kept()[name] for name in first} == first


def test_a_file_that_was_sent_again_whole_is_no_loss(sender: Sender) -> None:
    """The usual fix: the same name, all rows, now right. The rows of the first file are nobody's to fix."""
    may(sender).on("2019-01-10").put("m5.csv", text([*rows(range(29)), row(29, day=BAD)]))
    sender.run()
    assert sender.changed("2019-01", "2018-12") == {"mended": 3, "replaced": 1}
    assert [one["record_id"] for one in sender.rows_of("2019-01", "set aside")] == ["R29"]
    assert sender.trend("2019-01") == {"2018-12": (1, 30, 26, 4, 0), "2019-01": (1, 30, 29, 1, 0)}


def test_a_file_that_was_sent_again_in_the_same_month_is_no_loss(sender: Sender) -> None:
    may(sender).on("2018-12-20").put("m5.csv", text(rows(range(30))))
    sender.run()
    assert sender.rows_of("2018-12", "set aside") == []
    assert sender.trend("2018-12") == {"2018-12": (2, 60, 30, 0, 30)}
    assert "What to fix first" not in sender.says("2018-12")


def test_a_withdrawn_delivery_leaves_nothing_to_fix(sender: Sender) -> None:
    may(sender)
    other = sender.on("2018-12-08").put("wrong.csv", text([*rows(range(200, 210)), row(211, day=BAD)]))
    sender.run()
    sender.on("2019-01-08").decide(WITHDRAWN, other)
    sender.run()
    assert sender.changed("2019-01", "2018-12") == {"open": 4, "replaced": 1}


def test_a_correction_that_was_set_aside_is_not_mended_by_the_row_that_it_was_to_correct(sender: Sender) -> None:
    may(sender).on("2019-01-10").put("fix.csv", text([row(1, day=BAD), *rows(range(100, 105))]))
    sender.run()
    (one,) = sender.rows_of("2019-01", "set aside")
    assert (one["record_id"], one["value"]) == ("R1", "open")


def test_rows_of_a_held_delivery_that_came_again_are_mended(sender: Sender) -> None:
    sender.on("2018-12-05").put("a.csv", text(rows(range(5))))
    sender.put("held.csv", text(rows(range(40, 62), day=BAD)))
    sender.run()
    sender.on("2019-01-05").put("again.csv", text(rows(range(40, 62))))
    sender.run()
    assert sender.changed("2019-01", "2018-12") == {"mended": 22}


def test_what_came_after_the_last_card_of_a_month_is_on_the_next_one(sender: Sender) -> None:
    """The last day of a month, and a run that could write its cards only in the next one: no delivery is told by none."""
    may(sender)
    first = sender.kept()
    sender.on("2018-12-31").put("late.csv", text([*rows(range(50, 60)), row(61, day=BAD)]))
    sender.run(written_on="2019-01-02")
    sender.on("2019-01-20").put("m6.csv", text(rows(range(70, 80))))
    for _ in range(2):
        sender.run()
        told = {one["delivery"] for one in sender.rows_of("2019-01", "delivery")}
        assert len(told) == 2
        assert sender.trend("2019-01") == {"2018-12": (1, 30, 26, 4, 0), "2019-01": (2, 21, 20, 1, 0)}
    assert {name: sender.kept()[name] for name in first} == first
    sender.on("2019-02-03").put("m7.csv", text(rows(range(80, 90))))
    sender.run()
    assert len(sender.rows_of("2019-02", "delivery")) // 5 == 1
    assert sender.trend("2019-02")["2019-01"] == (2, 21, 20, 1, 0)


@pytest.mark.parametrize("damage", ["", "nonsense", "certifier,month\nacme,2018-12\n", "\udcff"])
def test_a_card_whose_file_was_changed_is_no_reason_to_stop(sender: Sender, damage: str) -> None:
    may(sender)
    (sender.cards / "2018-12.csv").write_bytes(damage.encode("utf-8", "surrogateescape"))
    page = (sender.cards / "2018-12.html").read_bytes()
    sender.on("2019-01-10").put("m6.csv", text(rows(range(40, 60))))
    sender.run()
    assert sender.trend("2019-01") == {"2018-12": (1, 30, 26, 4, 0), "2019-01": (1, 20, 20, 0, 0)}
    assert (sender.cards / "2018-12.html").read_bytes() == page


def test_a_card_that_was_lost_is_made_again(sender: Sender) -> None:
    may(sender)
    for page in sender.cards.glob("*"):
        page.unlink()
    sender.on("2019-01-10").put("m6.csv", text(rows(range(40, 60))))
    assert len(sender.run()) == 4


def test_files_that_could_not_be_read_are_told_while_they_lie_there(sender: Sender) -> None:
    sender.on("2018-12-05").put("m5.csv", text(rows(range(5))))
    sender.put("empty.csv", b"")
    sender.put("Quuxington.csv", b"")
    sender.run()
    ids = [one["delivery_id"] for one in sender.rows_of("2018-12", "unread")]
    assert sorted(ids) == sorted(path.stem for path in (sender.home / "receipts").rglob("*unread*.json"))
    assert sorted(ids) == ["acme-unread", "acme-unread-2"]
    said = sender.says("2018-12")
    assert (
        "2 files that lie here now could not be read, so that no row of them is counted: acme-unread, acme-unread-2."
        in said
    )
    assert "[acme-unread] is refused" in said
    assert "empty.csv is refused" in said
    assert "Every row that you sent" not in said
    assert "quux" not in said.lower()
    first = sender.kept()
    sender.take("Quuxington.csv")
    sender.on("2019-01-10")
    assert "2019-01.html" in sender.run()
    said = sender.says("2019-01")
    assert "One file that lies here now could not be read, so that no row of it is counted: acme-unread." in said
    assert {name: sender.kept()[name] for name in first} == first
    sender.take("empty.csv")
    sender.on("2019-01-11").put("m6.csv", text(rows(range(10, 15))))
    sender.run()
    assert "could not be read" not in sender.says("2019-01")


def test_no_card_of_any_month_names_anybody(sender: Sender) -> None:
    sender.on("2018-12-05").put("Quuxington.csv", text([row(1), row(2, id="Zebulonia", day=BAD, first="Zebulonia")]))
    sender.run()
    sender.on("2019-01-05").put("m6.csv", text([row(3), row(4, last="Quuxington", day=BAD)]))
    sender.run()
    said = b"".join(sender.kept().values()).lower()
    assert b"quux" not in said
    assert b"zebulonia" not in said


def test_card_and_receipt_show_the_same_record_ids(sender: Sender) -> None:
    ids = ["123-45-6789", "123456789", "123-45-6789/2", "urn:22", "A-23", "Zebulonia"]
    sender.on("2018-12-05").put("m5.csv", text([*rows(range(20)), *(row(30, id=one, day=BAD) for one in ids)]))
    sender.run()
    (receipt,) = (sender.home / "receipts").rglob("*.json")
    (aside,) = json.loads(receipt.read_bytes())["set_aside"]
    on_card = [one["record_id"] for one in sender.rows_of("2018-12", "set aside")]
    assert aside["record_ids"] == list(filter(None, on_card)) == ["urn:22", "A-23"]
