"""Feeds that were mutated at random, seeded: no crash, no row lost, no value in a message, no change of an untouched row.

CI tries a few thousand; ``FUZZ_FEEDS=100000`` tries as many as are asked for, and ``FUZZ_FROM=400`` others, from that chunk of a hundred on.
"""

import gzip
import json
import os
import random
from collections.abc import Callable, Iterator

import pytest

from credential_pipeline.clearinghouse.raw_feeds.inbox import Delivery
from credential_pipeline.clearinghouse.raw_feeds.reasons import FILE_REASONS, NOTICES, ROW_REASONS
from credential_pipeline.clearinghouse.raw_feeds.stage import Stage, create_stage, of_delivery
from credential_pipeline.clearinghouse.raw_feeds.staging import Reading, stage_delivery
from credential_pipeline.foundation.registry.feeds import Certifier
from credential_pipeline.foundation.storage.engine import Connection, connect
from credential_pipeline.foundation.storage.relation import Scratch, scratch
from tests.domain.clearinghouse.formats_world import HEADER, certifier
from tests.domain.clearinghouse.test_raw_feeds_forms import BADGES, FIXED, NAMES, SHEET, badge, book, wide

COUNT = int(os.environ.get("FUZZ_FEEDS", "1200"))
CHUNK = 100
FIRST = int(os.environ.get("FUZZ_FROM", "0"))
ROWS = 12
SHARE_CUT, SHARE_SPLICED = 0.3, 0.5
NAME = "Zyzzogeton"
"""Begins every name and city, so that a message with a value in it is seen."""


def rows_of(generator: random.Random) -> list[list[str]]:
    accents = ("", "ñ", "é", ", Jr.", ' "Bo"', "\u2019s", "ß")
    return [
        [
            f"R{number:04d}",
            f"{NAME}{number}{generator.choice(accents)}",
            f"X{number % 3}",
            f"2012-03-{number + 1:02d}",
            "Y" if number == ROWS // 2 else "N",
            f"{NAME}ville{generator.choice(accents)}",
        ]
        for number in range(ROWS)
    ]


def written(row: list[str], delimiter: str) -> str:
    return delimiter.join('"' + v.replace('"', '""') + '"' if delimiter in v or '"' in v else v for v in row)


SPLICES = [
    b",",
    b'"',
    b"\n",
    b"\r",
    b"\0",
    b"\xff",
    b"\xc3\xa9",
    b"\xc2\xa0",
    b"\xe2\x80\x8b",
    b"\xef\xbb\xbf",
    b";",
    b"\t",
    b"sep=;\n",
]


def mutated(generator: random.Random, line: bytes) -> bytes:
    place = generator.randrange(len(line) + 1)
    end = min(len(line), place + generator.randrange(1, 9))
    return generator.choice(
        [
            lambda: line[:place] + line[end:],
            lambda: line[:place] + generator.choice(SPLICES) + line[place:],
            lambda: line[:place] + bytes([generator.randrange(256)]) + line[place + 1 :],
            lambda: line[:place] + line[place:end] * 3 + line[end:],
            lambda: line[::-1],
            lambda: b"",
            lambda: line + line,
            lambda: line.replace(b",", generator.choice([b";", b",,", b"", b"\t"])),
            line.upper,
            lambda: line + b"," * generator.randrange(4),
        ]
    )()


Found = dict[int, tuple[dict[str, str] | None, str | None, str]]


class Stages:
    """A stage for each sender, into which file after file is read."""

    def __init__(self, con: Connection, work: Scratch) -> None:
        self.con, self.work = con, work
        self.stages: dict[int, Stage] = {}
        self.number = 0

    def look(self, sender: Certifier, content: bytes, name: str) -> tuple[Reading, Found]:
        if id(sender) not in self.stages:
            self.stages[id(sender)] = create_stage(self.work, sender)
        stage, self.number = self.stages[id(sender)], self.number + 1
        reading = stage_delivery(stage, Delivery(name, content, "0" * 64), name, self.number)
        query = (
            f"SELECT line, source, reason_code, content FROM {stage} WHERE {of_delivery(self.number)} ORDER BY place"
        )
        found = self.con.execute(query).fetchall()
        stage.drop([self.number])
        assert len({line for line, *_ in found}) == len(found)
        return reading, {line: (source, reason, text) for line, source, reason, text in found}


@pytest.fixture(scope="module")
def stages() -> Iterator[Stages]:
    with connect(threads=1) as con, scratch(con) as work:
        yield Stages(con, work)


def check(reading: Reading, found: Found) -> None:
    assert reading.fault is None or reading.fault in FILE_REASONS
    assert {notice.code for notice in reading.notices} <= set(NOTICES)
    assert {reason for _, reason, _ in found.values() if reason} <= set(ROW_REASONS)
    assert reading.rows == len(found)
    told = f"{reading.detail} {reading.notices}".lower()
    assert NAME.lower() not in told
    assert "r000" not in told
    assert all((source is None) == (reason is not None) for source, reason, _ in found.values())


SENDERS = [
    (delimiter, certifier(delimiter=delimiter, encoding=encoding))
    for delimiter in (",", ";", "\t")
    for encoding in ("utf-8", "detect")
]


@pytest.mark.parametrize("chunk", range(FIRST, FIRST + COUNT // CHUNK))
def test_mutated_lines(chunk: int, stages: Stages) -> None:
    generator = random.Random(chunk)
    for _ in range(CHUNK):
        rows = rows_of(generator)
        delimiter, sender = generator.choice(SENDERS)
        lines = [written(row, delimiter).encode() for row in rows]
        struck = set(generator.sample(range(ROWS), generator.randrange(1, 4)))
        body = [mutated(generator, line) if number in struck else line for number, line in enumerate(lines)]
        ends = generator.choice([b"\n", b"\r\n", b"\r"])
        content = ends.join([HEADER.replace(",", delimiter).encode(), *body]) + generator.choice([ends, b""])
        reading, found = stages.look(sender, content, "a.csv")
        check(reading, found)
        if reading.fault is not None:
            assert reading.fault in ("E_ENCODING", "E_HEADER_MOVED")
            continue
        text = content.decode({"": "utf-8"}.get(reading.encoding, reading.encoding))
        physical = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        written_lines = {number for number, line in enumerate(physical, start=1) if number > 1 and line.strip(" ")}
        # Lines of a struck row may have been put together, which is told.
        joined = written_lines - set(found)
        assert set(found) <= written_lines
        assert bool(joined) == any(notice.code == "LINE_ENDS_IN_CELLS" for notice in reading.notices)
        if reading.encoding != "utf-8":
            continue
        place = {line: number for number, line in enumerate(physical, start=1)}
        for number in set(range(ROWS)) - struck:
            source, reason, line = found[place[lines[number].decode()]]
            assert reason is None, (reason, line)
            assert source is not None
            assert [source[name] for name in HEADER.split(",")] == rows[number]


FORMS: list[tuple[Certifier, str, Callable[[list[list[str]], bytes], bytes]]] = [
    (certifier(encoding="detect"), "a.csv", lambda _, text: text),
    (certifier(encoding="cp1252"), "a.csv", lambda _, text: text.decode().encode("cp1252")),
    (certifier(encoding="utf-16"), "a.csv", lambda _, text: text.decode().encode("utf-16")),
    (certifier(), "a.csv.gz", lambda _, text: gzip.compress(text, 1, mtime=0)),
    (FIXED, "a.txt", lambda rows, _: "\n".join(wide(*(v[:10] for v in row)) for row in rows).encode()),
    (SHEET, "a.xlsx", lambda rows, _: book(NAMES, *rows)),
    (BADGES, "a.json", lambda _, __: json.dumps([badge(number) for number in range(3)]).encode()),
]


@pytest.mark.parametrize("chunk", range(FIRST, FIRST + COUNT // CHUNK // 4))
def test_mutated_files(chunk: int, stages: Stages) -> None:
    generator = random.Random(10_000 + chunk)
    for number in range(CHUNK):
        sender, name, encoded = FORMS[number % len(FORMS)]
        rows = rows_of(generator)
        text = "\n".join([HEADER, *(written(row, ",") for row in rows)]).encode()
        content = bytearray(encoded(rows, text))
        for _ in range(generator.randrange(1, 6)):
            place = generator.randrange(len(content))
            if generator.random() < SHARE_CUT:
                del content[place : place + generator.randrange(1, 200)]
            elif generator.random() < SHARE_SPLICED:
                content[place:place] = generator.choice(SPLICES)
            else:
                content[place] = generator.randrange(256)
            content = content or bytearray(b"x")
        check(*stages.look(sender, bytes(content), name))
