"""Line ends in quoted values: read as a blank where they are meant, and never at the cost of another row."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from credential_pipeline.clearinghouse.raw_feeds.reading.folding import FOLDED, folded
from tests.domain.clearinghouse.formats_world import GOOD, certifier, lines, read

BROKEN = '2,Jones,X1,2012-03-15,Y,"Santa\nFe"'
MARK_BEHIND = '3,"Lee\nLi",X1,2012-03-16,Y,Lima'


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_row_of_several_lines_is_one_row(tmp_path: Path, end: str) -> None:
    text = lines(GOOD, BROKEN, MARK_BEHIND, "4,Poe,X1,2012-03-17,N,Rome").replace("\n", end)
    found = read(tmp_path, text)
    assert found.aside == {}
    assert {line: row["Id"] for line, row in found.rows.items()} == {2: "1", 3: "2", 5: "3", 7: "4"}
    assert (found.rows[3]["City"], found.rows[5]["Last Name"]) == ("Santa Fe", "Lee Li")
    assert found.notices == {FOLDED: "2 rows"}


def test_who_opts_out_behind_a_line_end_is_heard(tmp_path: Path) -> None:
    found = read(tmp_path, lines(GOOD, BROKEN, MARK_BEHIND))
    assert found.blocked == {3, 5}


@pytest.mark.parametrize(
    "rows",
    [
        ('2,"Jones,X1,2012-03-15,N,Lima', "3,Lee,X1,2012-03-16,N,Rome"),
        ('2,"Jones,X1,2012-03-15,N,Lima', "3,Lee,X1,2012-03-16,N,Rome", '4,Poe",X1,2012-03-17,N,Rome'),
        ('2,Jo"nes,X1,2012-03-15,N,Lima', '3,Lee,X1,2012-03-16,N,"Rome'),
    ],
    ids=["never closed", "closed two rows later", "another stray mark in the next row"],
)
def test_a_stray_mark_takes_no_row_along(tmp_path: Path, rows: tuple[str, ...]) -> None:
    found = read(tmp_path, lines(GOOD, *rows))
    whole = [number for number, row in enumerate(rows, start=3) if '"' not in row]
    assert set(found.rows) == {2, *whole}
    assert set(found.aside.values()) == {"BAD_QUOTING"}
    assert found.notices == {}


def test_a_short_row_before_a_stray_mark_tells_nothing_of_the_width_of_others(tmp_path: Path) -> None:
    """The rows before the mark were once looked at alone, and all others taken for too wide."""
    rows = (
        "2,Smith,X1,2012-03-14,N",
        '3,Jo"nes,X1,2012-03-15,N,Lima',
        "4,Lee,X1,2012-03-16,N,Rome",
        "5,Poe,X1,2012-03-17,N,Oslo",
    )
    found = read(tmp_path, lines(*rows))
    assert set(found.rows) == {4, 5}
    assert found.aside == {2: "COLUMN_COUNT", 3: "BAD_QUOTING"}


def test_a_row_that_was_cut_stays_cut(tmp_path: Path) -> None:
    found = read(tmp_path, lines(GOOD, BROKEN).removesuffix('e"\n'))
    assert set(found.rows) == {2}
    assert set(found.aside) == {3, 4}


def test_of_a_single_column_every_line_is_a_row() -> None:
    assert b"".join(folded([b'a"\nb"\n'], ",", 1, Counter())) == b'a"\nb"\n'


def _pieces(text: bytes, size: int) -> Iterator[bytes]:
    """Blocks of whole lines, of a few lines each."""
    whole = text.splitlines(keepends=True)
    for start in range(0, len(whole), size):
        yield b"".join(whole[start : start + size])


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_blocks_do_not_show(size: int) -> None:
    text = b'1,a,b\n2,"a\n\nc",b\n3,"x\ny",z\n4,"a,b\n5,a,b\n6,a,b"\n7,"a\nb",c'
    counts: Counter[str] = Counter()
    assert b"".join(folded(_pieces(text, size), ",", 3, counts)) == (
        b'1,a,b\n2,"a  c",b\n\n\n3,"x y",z\n\n4,"a,b\n5,a,b\n6,a,b"\n7,"a\nb",c'
    )
    assert counts == {FOLDED: 2}


def test_another_delimiter(tmp_path: Path) -> None:
    text = lines(GOOD, BROKEN).replace(",", ";")
    assert read(tmp_path, text, certifier(delimiter=";")).rows[3]["City"] == "Santa Fe"
