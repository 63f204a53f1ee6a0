"""The StudentTracker service of a simulated world: answers a request from the students of that world, with the habits of the real one.

It finds people by name and birth date; some who are there it does not find, so that a blank result proves nothing; whoever comes without
a birth date it finds by name alone if the name is rare, rightly or wrongly; whom a school blocked it counts and does not list; the return
field comes back as it was, commas and all. Not here: any code of the pipeline's own answers, which this one is to be held against.
"""

import csv
import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow.parquet as pq

MISSED: Final = 0.04
"""Share of those who are there and are not found all the same."""
_HEADERS: Final = [
    "Your Unique Identifier",
    "First Name",
    "Middle Initial",
    "Last Name",
    "Name Suffix",
    "Requester Return Field",
    "Record Found Y/N",
    "Search Date",
    "College Code/Branch",
    "College Name",
    "College State",
    "2-year / 4-year",
    "Public / Private",
    "Enrollment Begin",
    "Enrollment End",
    "Enrollment Status",
    "Class Level",
    "Enrollment Major 1",
    "Enrollment CIP 1",
    "Enrollment Major 2",
    "Enrollment CIP 2",
    "Graduated?",
    "Graduation Date",
    "Degree Title",
    "Degree Major 1",
    "Degree CIP 1",
    "Degree Major 2",
    "Degree CIP 2",
    "Degree Major 3",
    "Degree CIP 3",
    "Degree Major 4",
    "Degree CIP 4",
    "College Sequence",
]
_SECTORS: Final = {"2yr": "2", "4yr": "4"}
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Told:
    """What the service says beside its report.

    Attributes:
        report: The file.
        found: Return fields of those whom the report tells of.
        missed: Return fields of those who are there and were not found.
        blocked: How many people were found and are not listed.
    """

    report: Path
    found: frozenset[str]
    missed: frozenset[str]
    blocked: int


class Service:
    """The service over the registry drops of a simulated world."""

    def __init__(self, education: Path) -> None:
        """Read the students, as the simulation wrote them.

        Args:
            education: Folder with ``persons``, ``enrollments`` and ``degrees``.
        """
        persons = _table(education / "persons")
        self._blocked = {row["student_id"] for row in persons if row["ferpa_block"] == "Y"}
        self._by_birth: dict[tuple[str, str, str], list[str]] = defaultdict(list)
        self._by_name: dict[tuple[str, str], list[str]] = defaultdict(list)
        for row in persons:
            first, last, born = _letters(row["first_name"]), _letters(row["last_name"]), _digits(row["birth_date"])
            self._by_birth[first, last, born].append(row["student_id"])
            self._by_name[first, last].append(row["student_id"])
        self._rows: dict[str, list[dict[str, str]]] = defaultdict(list)
        places: dict[str, Row] = {}
        for row in _table(education / "enrollments"):
            places[row["opeid"]] = row
            self._rows[row["student_id"]].append(_enrollment(row))
        for row in _table(education / "degrees"):
            self._rows[row["student_id"]].append(_degree(row, places.get(row["opeid"], {})))

    def answer(self, request: Path, folder: Path, missed: float = MISSED) -> Told:
        """Answer a request.

        Args:
            request: The file that asks.
            folder: Where the report goes.
            missed: Share of those who are there and are not found.
        """
        header, *details, _ = [line.split("\t") for line in request.read_text("cp1252").splitlines()]
        lines: list[dict[str, str]] = []
        found, unlisted, lost = set(), set(), set()
        for fields in details:
            student = self._find(fields[2], fields[4], fields[6])
            told = _window(self._rows.get(student, []), fields[7], before=header[5] == "PA")
            if student in self._blocked:
                unlisted.add(fields[11])
                continue
            if told and _chance(fields[11]) < missed:
                lost.add(fields[11])
                told = []
            if told:
                found.add(fields[11])
            lines += [_line(fields, row) for row in told or [{"Record Found Y/N": "N"}]]
        report = folder / f"{header[1]}{header[2]}_{len(details)}_DETLRPT_{header[5]}_{request.stem}.csv"
        with report.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, _HEADERS, restval="")
            writer.writeheader()
            writer.writerows(lines)
        return Told(report, frozenset(found), frozenset(lost), len(unlisted))

    def _find(self, first: str, last: str, born: str) -> str:
        """The one student of that name and birth date, or of that name where no birth date is given."""
        name = _letters(first), _letters(last)
        students = self._by_birth[*name, born] if born else self._by_name[name]
        return students[0] if len(students) == 1 else ""


def _table(folder: Path) -> Sequence[Row]:
    rows: list[Row] = []
    for file in sorted(folder.glob("*.parquet")):
        rows += pq.read_table(file).to_pylist()
    return rows


def _letters(name: str | None) -> str:
    return "".join(letter for letter in (name or "").upper() if letter.isalpha())


def _digits(day: object) -> str:
    return str(day)[:10].replace("-", "") if day else ""


def _chance(text: str) -> float:
    """A number from 0 to 1 that hangs on the text alone."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4]) / 2**32


def _college(row: Row, place: Row) -> dict[str, str]:
    sector = str(place.get("sector", ""))
    control, _, length = sector.partition("_")
    return {
        "College Code/Branch": f"{row['opeid'][:6]}-{row['opeid'][6:]}",
        "College Name": row["institution"],
        "College State": str(place.get("institution_state", "")),
        "2-year / 4-year": _SECTORS.get(length[-3:], ""),
        "Public / Private": {"public": "Public", "private": "Private", "for": "Private"}.get(control, ""),
        "Record Found Y/N": "Y",
    }


def _enrollment(row: Row) -> dict[str, str]:
    return _college(row, row) | {
        "Enrollment Begin": _digits(row["begin_date"]),
        "Enrollment End": _digits(row["end_date"]),
        "Enrollment Status": row["status"],
        "Enrollment CIP 1": row["cip"].replace(".", ""),
        "Graduated?": "N",
    }


def _degree(row: Row, place: Row) -> dict[str, str]:
    return _college(row, place) | {
        "Graduated?": "Y",
        "Graduation Date": _digits(row["degree_date"]),
        "Degree Title": row["degree_title"],
        "Degree CIP 1": row["cip"].replace(".", ""),
    }


def _window(rows: Iterable[dict[str, str]], searched: str, *, before: bool) -> list[dict[str, str]]:
    """The rows from the search date on, or before it; the colleges numbered in their order."""
    told = []
    for row in rows:
        first = row.get("Enrollment Begin") or row.get("Graduation Date", "")
        last = row.get("Enrollment End") or first
        if first < searched if before else last >= searched:
            told.append((row.get("Graduated?", ""), first, row))
    told.sort(key=lambda one: one[:2])
    order: Counter[str] = Counter()
    for _, _, row in told:
        order.setdefault(row["College Code/Branch"], len(order) + 1)
    return [row | {"College Sequence": str(order[row["College Code/Branch"]])} for _, _, row in told]


def _line(fields: Sequence[str], row: Mapping[str, str]) -> dict[str, str]:
    return {
        "Your Unique Identifier": fields[11],
        "First Name": fields[2],
        "Middle Initial": fields[3],
        "Last Name": fields[4],
        "Name Suffix": fields[5],
        "Requester Return Field": fields[11],
        "Search Date": fields[7],
        **row,
    }
