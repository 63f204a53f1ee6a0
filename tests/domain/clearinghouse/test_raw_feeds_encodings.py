"""Encodings, accents that were decoded twice, signs that nobody sees, and packed text."""

import gzip
from pathlib import Path

import pytest

from credential_pipeline.clearinghouse.raw_feeds.reading.encodings import find_encoding
from tests.domain.clearinghouse.formats_world import GOOD, HEADER, certifier, lines, read

NAMES = ["Núñez", "Peña", "Müller", "Gonçalves", "Lefèvre", "O\u2019Brien", "Søren", "Ångström", "D\u2019Écoute"]
ROWS = [f"{number},{name},X1,2012-03-14,N,Zürich" for number, name in enumerate(NAMES)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "mac_roman"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_an_encoding_is_found_out(tmp_path: Path, encoding: str, ends: str) -> None:
    content = lines(*ROWS).replace("\n", ends).encode(encoding)
    found = read(tmp_path, content, certifier(encoding="detect"))
    assert [row["Last Name"] for row in found.rows.values()] == NAMES
    named = encoding.removesuffix("-sig")
    assert found.notices == {"ENCODING": named}
    assert found.reading.encoding == named


@pytest.mark.parametrize("name", ["Núñez", "Lefèvre", "Müller", "Ångström", "Peña"])
@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman", "utf-8"])
def test_one_accent_in_a_file_is_enough(tmp_path: Path, name: str, encoding: str) -> None:
    rows = [GOOD] * 200 + [GOOD.replace("Smith", name)]
    found = read(tmp_path, lines(*rows).encode(encoding), certifier(encoding="detect"))
    assert found.rows[202]["Last Name"] == name


def test_latin_1_is_told_from_cp1252_by_what_it_lacks(tmp_path: Path) -> None:
    found = read(tmp_path, lines(*ROWS).encode("cp1252"), certifier(encoding="latin-1"))
    assert [row["Last Name"] for row in found.rows.values()] == NAMES
    assert found.notices == {"ENCODING": "cp1252"}


def test_text_without_accents_is_in_every_encoding(tmp_path: Path) -> None:
    for encoding in ("utf-8", "cp1252", "latin-1", "mac_roman"):
        found = read(tmp_path, lines(GOOD), certifier(encoding=encoding))
        assert (len(found.rows), found.notices) == (1, {})


@pytest.mark.parametrize(
    ("content", "declared", "detail"),
    [
        (lines(*ROWS).encode("cp1252"), "utf-8", "line 2 is no utf-8; it looks like cp1252"),
        (lines(*ROWS).encode("mac_roman"), "utf-8", "line 2 is no utf-8; it looks like mac_roman"),
        (lines(*ROWS).encode("utf-16"), "cp1252", "the file looks like utf-16"),
        (lines(*ROWS).encode("utf-16-le"), "utf-8", "the file looks like utf-16"),
        (lines(*ROWS).encode("utf-32"), "detect", "the file is UTF-32"),
        (lines(*ROWS).encode(), "cp1252", "the file is utf-8"),
        (lines(*ROWS).encode("utf-16")[:-1], "utf-16", "after line 9: no utf-16"),
    ],
)
def test_another_encoding_than_the_declared_one_is_named(
    tmp_path: Path, content: bytes, declared: str, detail: str
) -> None:
    found = read(tmp_path, content, certifier(encoding=declared))
    assert (found.reading.fault, found.reading.detail) == ("E_ENCODING", detail)
    assert found.rows == {}


def twice(text: str, times: int = 1) -> str:
    for _ in range(times):
        text = "".join(bytes([byte]).decode("cp1252", errors="ignore") or chr(byte) for byte in text.encode())
    return text


@pytest.mark.parametrize("times", [1, 2])
def test_what_was_decoded_twice_is_restored_line_by_line(tmp_path: Path, times: int) -> None:
    rows = [twice(row, times) if number % 2 else row for number, row in enumerate(ROWS)]
    found = read(tmp_path, lines(*rows))
    assert [row["Last Name"] for row in found.rows.values()] == NAMES
    assert found.notices == {"DECODED_TWICE": "4 rows"}
    assert found.content[3] == rows[1]


def test_all_of_the_letters_of_the_west_survive_being_decoded_twice(tmp_path: Path) -> None:
    letters = [chr(code) for code in (*range(0xC0, 0x180), 0x2019, 0x20AC) if chr(code).isalpha() or code > 0x2000]
    rows = [f"{number},Xa{letter}b,X1,2012-03-14,N,Lima" for number, letter in enumerate(letters)]
    found = read(tmp_path, lines(*map(twice, rows)))
    assert [row["Last Name"] for row in found.rows.values()] == [f"Xa{letter}b" for letter in letters]
    untouched = read(tmp_path, lines(*rows))
    assert [row["Last Name"] for row in untouched.rows.values()] == [f"Xa{letter}b" for letter in letters]
    assert untouched.notices == {}


def test_a_row_that_is_half_wrong_is_set_aside_and_its_wish_is_heard(tmp_path: Path) -> None:
    found = read(tmp_path, lines(f"1,{twice('Núñez')} é,X1,2012-03-14,Y,Lima", GOOD))
    assert found.aside == {2: "DECODED_TWICE"}
    assert list(found.rows) == [3]


def test_names_that_only_look_wrong_are_left_alone(tmp_path: Path) -> None:
    names = ["SÃO", "Ânia", "JOÃO ÂNGELO", "ÑÍGUEZ", "Ærø", "Éàç"]
    found = read(tmp_path, lines(*(GOOD.replace("Smith", name) for name in names)))
    assert [row["Last Name"] for row in found.rows.values()] == names
    assert found.notices == {}


@pytest.mark.parametrize("sign", ["\u200b", "\u200c", "\u200d", "\u200e", "\u2060", "\ufeff", "\u00ad", "\ufe0f"])
def test_signs_without_a_width_go(tmp_path: Path, sign: str) -> None:
    found = read(tmp_path, lines(f"1{sign},Smi{sign}th,{sign}X1,2012-03-14,{sign}Y{sign},Lima", GOOD))
    assert found.aside == {}
    assert found.rows[2] == {**found.rows[3], "Opt Out": "Y"}
    assert found.blocked == {2}
    assert found.notices == {"INVISIBLE_SIGNS": "1 row"}
    assert sign in found.content[2]


@pytest.mark.parametrize("blank", ["\u00a0", "\u202f", "\u2007", "\u3000"])
def test_blanks_that_are_none_become_some(tmp_path: Path, blank: str) -> None:
    found = read(tmp_path, lines(f"1,de{blank}la Cruz,X1,2012-03-14,N,Lima{blank}"))
    assert (found.rows[2]["Last Name"], found.rows[2]["City"]) == ("de la Cruz", "Lima ")


def test_an_invisible_sign_before_a_quotation_mark_does_not_break_the_row(tmp_path: Path) -> None:
    found = read(tmp_path, lines('1,\ufeff"Smith, Jr.",X1,2012-03-14,N,Lima'))
    assert found.rows[2]["Last Name"] == "Smith, Jr."


@pytest.mark.parametrize(
    "sign", ["\x00", "\x01", "\x0b", "\x1b", "\x7f", "\x85", "\u2028", "\u202e", "\u2066", "\U000e0041"]
)
def test_control_characters_set_their_row_aside(tmp_path: Path, sign: str) -> None:
    found = read(tmp_path, lines(f"1,Smi{sign}th,X1,2012-03-14,Y,Lima", GOOD))
    assert found.aside == {2: "CONTROL_CHARACTER"}
    assert list(found.rows) == [3]


def test_lost_letters_are_told(tmp_path: Path) -> None:
    found = read(tmp_path, lines(GOOD.replace("Smith", "N\ufffd\ufffdez")))
    assert found.rows[2]["Last Name"] == "N\ufffd\ufffdez"
    assert found.notices == {"LOST_SIGNS": "1 row"}


@pytest.mark.parametrize("name", ["a.csv.gz", "a.tsv.gz", "A.TXT.GZ"])
def test_packed_text_is_read(tmp_path: Path, name: str) -> None:
    feed = {"delimiter": "tab"} if "tsv" in name else {}
    content = lines(*ROWS).replace(",", "\t" if feed else ",").encode()
    for packed in (
        gzip.compress(content, mtime=0),
        gzip.compress(content[:40], mtime=0) + gzip.compress(content[40:], mtime=0) + bytes(512),
    ):
        found = read(tmp_path, packed, certifier(**feed), name)
        assert [row["Last Name"] for row in found.rows.values()] == NAMES


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (gzip.compress(lines(*ROWS).encode(), mtime=0)[:-12], "E_ARCHIVE"),
        (gzip.compress(lines(*ROWS).encode(), mtime=0)[:5] + b"\xff" * 40, "E_ARCHIVE"),
        (lines(*ROWS).encode(), "E_ARCHIVE"),
        (b"", "E_EMPTY"),
        (gzip.compress(b"", mtime=0), "E_EMPTY"),
        (gzip.compress(b"PK\x03\x04" + lines(GOOD).encode(), mtime=0), "E_NOT_TEXT"),
        (gzip.compress(lines(GOOD).encode() + b"\n" * 40_000_000, mtime=0), "E_TOO_LARGE"),
        (gzip.compress((HEADER + "\n").encode() + b"x" * 40_000_000, mtime=0), "E_TOO_LARGE"),
    ],
)
def test_packed_text_that_cannot_be_read(tmp_path: Path, content: bytes, fault: str) -> None:
    found = read(tmp_path, content, name="a.csv.gz")
    assert found.reading.fault == fault
    assert found.rows == {}


def test_blocks_do_not_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = lines(*ROWS, *(f'{n},"Sm, ""i"" {n}",X1,2012-03-14,N,Lima' for n in range(50)), "1,x", GOOD + ",")
    for encoding in ("utf-8", "utf-16", "cp1252"):
        for ends in ("\n", "\r\n", "\r"):
            written = content.replace("\n", ends).encode(encoding)[: -2 if encoding == "utf-16" else -1]
            whole = read(tmp_path, written, certifier(encoding=encoding))
            for size in (1, 7, 64, 1000):
                monkeypatch.setattr("credential_pipeline.clearinghouse.raw_feeds.reading.blocks.BLOCK", size)
                parts = read(tmp_path, written, certifier(encoding=encoding))
                assert (parts.rows, parts.aside, parts.content) == (whole.rows, whole.aside, whole.content)
            monkeypatch.undo()
    assert find_encoding(lambda: [b"a", b"b"], "detect") == "utf-8"
