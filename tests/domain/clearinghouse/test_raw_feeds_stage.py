"""The stage: lines come back as they came, whatever the order of columns, and what is taken out is gone."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from credential_pipeline.clearinghouse.raw_feeds.inbox import Delivery
from credential_pipeline.clearinghouse.raw_feeds.stage import LINES_PER_FILE, Stage, create_stage
from credential_pipeline.clearinghouse.raw_feeds.staging import stage_delivery
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.relation import scratch
from tests.domain.clearinghouse.deliveries_world import HEADER, registry_of, rows, text

TURNED = ",".join(reversed(HEADER.split(",")))


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with connect(threads=2) as con, scratch(con) as work:
        yield create_stage(work, registry_of(tmp_path).certifier("acme"))


def put(stage: Stage, number: int, content: str) -> None:
    file = Delivery(f"{number}.csv", content.encode(), "0" * 64)
    assert stage_delivery(stage, file, f"{number}.csv", number).fault is None


def turned(line: str) -> str:
    return ",".join(reversed(line.split(",")))


def test_lines_come_back_as_they_came(stage):
    plain, other, quoted = (
        rows(range(3)),
        [turned(one) for one in rows(range(3, 6))],
        rows(range(6, 8), last='"Po, pe"'),
    )
    spaced = [f"{one}," for one in rows(range(8, 10))]
    put(stage, 0, text(plain))
    put(stage, 1, text(other, TURNED))
    put(stage, 2, text([*quoted, *plain]))
    put(stage, 3, text(spaced, f"{HEADER},"))
    found = stage.work.con.execute(f"SELECT content FROM {stage} ORDER BY place").fetchall()
    assert [line for (line,) in found] == [*plain, *other, *quoted, *plain, *spaced]
    ids = stage.work.con.execute(
        f"SELECT delivery, source['Id'] FROM {stage} WHERE place // {LINES_PER_FILE} = 1"
    ).fetchall()
    assert sorted(ids) == [("1.csv", f"R{number}") for number in range(3, 6)]


def test_what_is_taken_out_is_gone_and_what_is_renamed_has_its_name(stage):
    for number in range(3):
        put(stage, number, text(rows(range(4 * number, 4 * number + 4))))
    stage.drop([1])
    stage.leave_out(2)
    stage.leave_out(2 * LINES_PER_FILE + 5)
    stage.rename({2: "new.csv"})
    found = stage.work.con.execute(f"SELECT delivery, line FROM {stage} ORDER BY place").fetchall()
    assert found == [("0.csv", 3), ("0.csv", 4), ("0.csv", 5), ("new.csv", 2), ("new.csv", 3), ("new.csv", 4)]


def test_a_file_that_fails_leaves_nothing(stage):
    put(stage, 0, text(rows(range(2))))
    lines = "\n".join([*rows(range(3)), "Last,First,Id,Born,Code,Day,Block"])
    bad = Delivery("1.csv", f"{HEADER}\n{lines}\n".encode(), "0" * 64)
    assert stage_delivery(stage, bad, "1.csv", 1).fault == "E_HEADER_MOVED"
    assert stage.work.con.execute(f"SELECT count(*) FROM {stage}").fetchall() == [(2,)]
    assert len(list(stage.work.folder.iterdir())) == 1


def test_a_disk_that_takes_no_file_is_what_is_told(stage, monkeypatch):
    """Not that the file is missing, which could not be made."""

    def full(*_arguments, **_named):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("credential_pipeline.clearinghouse.raw_feeds.stage.pq.ParquetWriter", full)
    with pytest.raises(OSError, match="No space left"):
        stage.add(0, "0.csv", [], [], ",")
