"""Files of a drop: read as they are meant, or refused in one line that names file, line and what to do, and no value."""

import gzip
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from credential_pipeline.foundation.dropped_files import FILE, Drop, open_drop, reading
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.relation import Scratch, scratch
from tests.domain.drops import CANARY

COLUMNS = ["id", "name", "born"]
PLAIN = b"id,name,born\n1,Ann,1990-05-01\n2,Bo,\n"
ROWS = [("1", "Ann", "1990-05-01"), ("2", "Bo", None)]


@pytest.fixture
def work() -> Iterator[Scratch]:
    with connect(threads=1) as con, scratch(con) as made:
        yield made


def put(folder: Path, content: bytes, name: str = "a.csv") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)
    return folder


def read(work: Scratch, folder: Path) -> list[tuple[str | None, ...]]:
    """All rows, as a hop reads them."""
    drop = open_drop(work, folder, "people", COLUMNS)
    with reading(drop):
        columns = ", ".join(drop.text(column) for column in COLUMNS)
        found = work.con.execute(f"SELECT {columns} FROM {drop.rows} ORDER BY {FILE}").fetchall()
    drop.refuse_lost(work.con, len(found))
    header = work.con.execute(f"SELECT count(*) FROM {drop.rows} WHERE {drop.header_again('id')}").fetchall()
    if header != [(0,)]:
        drop.refuse_unreadable()
    return found


def refusal(work: Scratch, folder: Path) -> SafeError:
    with pytest.raises(SafeError) as caught:
        read(work, folder)
    assert "\n" not in str(caught.value)
    assert CANARY not in str(caught.value)
    assert caught.value.__cause__ is None
    return caught.value


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b"\xef\xbb\xbf" + PLAIN),
        ("a.CSV", PLAIN.replace(b"\n", b"\r\n")),
        ("a.csv", PLAIN.replace(b"\n", b"\r")),
        ("a.csv", PLAIN.replace(b",", b";")),
        ("a.tsv", PLAIN.replace(b",", b"\t")),
        ("a.txt", PLAIN.replace(b",", b"|")),
        ("a.csv", b"sep=,\n" + PLAIN),
        ("a.csv", b"sep=;\r\n" + PLAIN.replace(b",", b";").replace(b"\n", b"\r\n")),
        ("a.csv", PLAIN.replace(b"id,name", b' ID ,"Name"')),
        ("a.csv.gz", gzip.compress(PLAIN, mtime=0)),
        ("a.csv", PLAIN.replace(b"\n2", b"\n\n\n2")),
        ("a.csv", b"extra," + PLAIN.replace(b"\n1", b"\nx,1").replace(b"\n2", b"\nx,2")),
        ("a.csv", b"id,name,born,,\n1,Ann,1990-05-01,,\n2,Bo,,,\n"),
    ],
)
def test_what_is_read_as_it_is_meant(work: Scratch, tmp_path: Path, name: str, content: bytes) -> None:
    assert read(work, put(tmp_path / "people", content, name)) == ROWS


def test_a_value_of_two_lines_is_one_value(work: Scratch, tmp_path: Path) -> None:
    assert read(work, put(tmp_path / "people", b'id,name,born\n1,"Ann,\nLee",\n2,Bo,\n'))[0] == ("1", "Ann,\nLee", None)


C = CANARY.encode()


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (b"", "E_DROP_EMPTY", "is empty"),
        (b"\n\n", "E_DROP_EMPTY", "is empty"),
        (PLAIN.decode().encode("utf-16"), "E_DROP_ENCODING", "UTF-16"),
        (PLAIN.decode().encode("utf-16-le"), "E_DROP_ENCODING", "zero bytes"),
        (PLAIN + b"3,Jos\xe9 " + C + b",\n", "E_DROP_UNREADABLE", "line 4 is not UTF-8"),
        (b"id,n\xe4me,born\n1,2,3\n", "E_DROP_ENCODING", "line 1 is not UTF-8"),
        (PLAIN[:-1], "E_DROP_CUT", "cut off"),
        (PLAIN + b"3,Jo" + C, "E_DROP_CUT", "cut off"),
        (PLAIN + b"3," + C + b"\n", "E_DROP_UNREADABLE", "line 4 has 2 values and the header 3"),
        (PLAIN + b"3," + C + b",x,y\n", "E_DROP_UNREADABLE", "line 4 has 4 values and the header 3"),
        (PLAIN + b"id,name,born\n3,x,\n", "E_DROP_HEADER", "line 4 repeats the header"),
        (PLAIN + b"born,id,name\n3,x,\n", "E_DROP_HEADER", "line 4 repeats the header"),
        (b'id,name,born\n1,"Ann,\n2,Bo,\n3,Cy",\n4,Di,\n', "E_DROP_UNREADABLE", "line 2 holds a quotation mark that swallows"),
        (b'id,name,born\n1,"Ann,\n2,Bo,\n', "E_DROP_UNREADABLE", "line 2 holds a quotation mark that swallows"),
        (PLAIN + b'3,"' + C + b'"x,\n', "E_DROP_UNREADABLE", "line 4 cannot be split"),
        (b"id,name,id,born\n1,2,3,4\n", "E_DROP_HEADER", "the column id stands in the header twice"),
        (b"1," + C + b",1990-05-01\n", "E_DROP_COLUMN", "lacks the columns id, name, born"),
        (b"id,name\n1,2\n", "E_DROP_COLUMN", "lacks the column born"),
        (b"PK\x03\x04xxxx", "E_DROP_FORMAT", "Excel"),
        (gzip.compress(PLAIN, mtime=0), "E_DROP_FORMAT", "is compressed"),
        (PLAIN.replace(b"\n2", b"\r\n2"), "E_DROP_UNREADABLE", "cannot be read"),
    ],
)  # fmt: skip
def test_what_is_refused_by_file_and_line(work: Scratch, tmp_path: Path, content: bytes, code: str, words: str) -> None:
    answer = refusal(work, put(tmp_path / "people", content))
    assert answer.code == code
    assert words in answer.message
    assert "people" in answer.message


def test_a_damaged_gz_and_a_false_parquet(work: Scratch, tmp_path: Path) -> None:
    assert (
        "damaged .gz" in refusal(work, put(tmp_path / "people", gzip.compress(PLAIN, mtime=0)[:-9], "a.csv.gz")).message
    )
    (tmp_path / "people" / "a.csv.gz").unlink()
    assert refusal(work, put(tmp_path / "people", b"PAR1 but not", "a.parquet")).code == "E_DROP_UNREADABLE"


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: path.mkdir(), "is a folder"),
        (os.mkfifo, "is a pipe"),
        (lambda path: path.symlink_to(path), "leads nowhere"),
        (lambda path: path.symlink_to("nowhere.csv"), "leads nowhere"),
        (lambda path: path.with_name("~$b.xlsx").write_bytes(PLAIN), "something else"),
        (lambda path: path.with_name("b\n.csv").write_bytes(PLAIN), "cannot be printed"),
        (lambda path: path.with_name("b\udcff.csv").write_bytes(PLAIN), "cannot be printed"),
    ],
)
def test_what_is_no_file_is_named(work: Scratch, tmp_path: Path, make: Callable[[Path], object], words: str) -> None:
    folder = put(tmp_path / "people", PLAIN)
    make(folder / "b.csv")
    answer = refusal(work, folder)
    assert answer.code == "E_DROP_FORMAT"
    assert words in answer.message


def test_hidden_files_are_passed_over_and_files_with_a_header_only_may_be_alike(work: Scratch, tmp_path: Path) -> None:
    folder = put(tmp_path / "people", PLAIN)
    (folder / ".DS_Store").write_bytes(b"x")
    for name in ("b.csv", "c.csv"):
        put(folder, b"id,name,born\n", name)
    assert read(work, folder) == ROWS


def test_a_drop_knows_its_files(work: Scratch, tmp_path: Path) -> None:
    folder = put(tmp_path / "people", PLAIN)
    put(folder, b"born;id;name\n;3;Cy\n", "b.csv")
    drop: Drop = open_drop(work, folder, "people", COLUMNS)
    counted = work.con.execute(f"SELECT {FILE}, count(*) FROM {drop.rows} GROUP BY ALL ORDER BY ALL").fetchall()
    assert [(drop.files[number].shown, rows) for number, rows in counted] == [("people/a.csv", 2), ("people/b.csv", 1)]
