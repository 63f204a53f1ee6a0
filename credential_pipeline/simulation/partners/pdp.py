"""An institution that sends its students in PDP's files, as its own systems know them: cohorts, courses and the format's quirks.

The cohort file calls the student ``Student GUID`` and puts it first, the course file ``Study ID``; what is not known is ``UK`` or blank,
a year that never came is 0, and a spreadsheet took the institution's leading zeros in one of the two. Headers and values are written
down here once more, so that the reader is tried on what the product did not write. Students who opted out are in the files: their
own institution knows them.
"""

import csv
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from credential_pipeline.foundation.registry.load import Registry
from credential_pipeline.simulation.arrays import Streams, pick
from credential_pipeline.simulation.folders import EDUCATION, PARTNERS

_HERE = Path(__file__).parent
_TERMS = ((1, "SPRING"), (6, "SUMMER"), (8, "FALL"), (12, "WINTER"))
_RACES = {
    "White": 0.5, "Hispanic": 0.18, "Black or African American": 0.14, "Asian": 0.06, "Two or More Races": 0.05,
    "Unknown": 0.04, "Nonresident alien": 0.02, "American Indian or Alaska Native": 0.007,
    "Native Hawaiian or Other Pacific Islander": 0.003,
}  # fmt: skip
_FIRST = {"": 0.3, "P": 0.25, "C": 0.25, "A": 0.1, "B": 0.1}
_SOUGHT = {
    "Associate Degree": 0.5, "Less than one-year certificate, less than Associate degree": 0.15, "Bachelor's Degree": 0.2,
    "Undergraduate Certificate or Diploma Program": 0.1, "Missing": 0.05,
}  # fmt: skip
_GRADES = {"4": 0.3, "3": 0.3, "2": 0.2, "P": 0.1, "W": 0.05, "0": 0.05}
_PREFIXES = ("MATH", "ENGL", "MACH", "WELD", "HLTH", "BUSN")
_FILES = 2
_NEXT, _LAST_YEAR = 2, 8
_UNKNOWN = 0.06


def leave_pdp(streams: Streams, home: Path, registry: Registry, industries: Iterable[str]) -> int:
    """Write the PDP files of every institution that gets PDP files back, in place of earlier ones; the number of files.

    An institution without a student sends none.

    Args:
        streams: Named streams of the world.
        home: Folder of the product's data, with the registry's drops.
        registry: Agreements with partners.
        industries: The simulated industries.
    """
    agreements = {one.partner: one for name in industries for one in registry.industry(name).returns}
    sending = [one for one in agreements.values() if {"cohort", "course"} & one.gets]
    written = 0
    for one in sending:
        folder = home / PARTNERS / one.partner / "pdp"
        shutil.rmtree(folder, ignore_errors=True)
        told = write_pdp(streams("pdp", one.partner), home / EDUCATION, one.of, folder)
        written += 0 if told.empty else _FILES
    return written


def write_pdp(rng: np.random.Generator, education: Path, opeid: str, folder: Path) -> pd.DataFrame:
    """Write ``cohort.csv`` and ``course.csv`` of an institution.

    Args:
        rng: Draws what the registry's files do not say.
        education: Folder with the drops ``persons``, ``enrollments`` and ``degrees``.
        opeid: Eight digits; branch 00 stands for all campuses.
        folder: Where to write.

    Returns:
        What is true of the students: one row each, with student_id, entry, term, terms, degree_year.
    """
    students = _students(education, opeid[:6] if opeid.endswith("00") else opeid)
    if students.empty:
        return students
    folder.mkdir(parents=True, exist_ok=True)
    drawn = {
        "race": _draw(rng, _RACES, len(students)),
        "first": _draw(rng, _FIRST, len(students)),
        "sought": _draw(rng, _SOUGHT, len(students)),
    }
    unknown = (rng.random((len(students), 3)) < _UNKNOWN).tolist()
    placed = rng.integers(0, 2, (len(students), 2)).tolist()
    rows = [
        _cohort(one, race=race, first=first, sought=sought, unknown=off, placed=into, opeid=opeid)
        for one, race, first, sought, off, into in zip(
            students.itertuples(), *drawn.values(), unknown, placed, strict=True
        )
    ]
    published = (_HERE / "pdp_cohort.txt").read_text(encoding="utf-8").splitlines()
    guid = ["Student GUID", *(name for name in published if name != "Study ID")]
    _write(folder / "cohort.csv", guid, rows)
    published = (_HERE / "pdp_course.txt").read_text(encoding="utf-8").splitlines()
    courses = _courses(rng, zip(students.itertuples(), rows, strict=True), opeid)
    _write(folder / "course.csv", [*published, "Term Program of Study"], courses)
    return students


def _students(education: Path, school: str) -> pd.DataFrame:
    """The institution's students, by id."""
    spells = _read(education / "enrollments", "student_id", "opeid", "begin_date", "status", "cip")
    ids = pc.unique(spells.filter(pc.starts_with(spells["opeid"], school))["student_id"])
    known, degrees, persons = (
        table.filter(pc.is_in(table["student_id"], ids)).to_pandas()
        for table in (
            spells,
            _read(education / "degrees", "student_id", "opeid", "degree_date", "degree_level"),
            _read(education / "persons", "student_id", "birth_date", "sex"),
        )
    )
    known["year"], known["here"] = _academic_year(known["begin_date"]), known["opeid"].str.startswith(school)
    own = known[known["here"]].sort_values(["student_id", "begin_date", "opeid"])
    first = own.groupby("student_id").first()
    table = pd.DataFrame(
        {"entry": first["year"], "begin": first["begin_date"], "status": first["status"], "cip": first["cip"]}
    )
    table["term"] = _term(first["begin_date"])
    table["terms"] = own.groupby("student_id")["begin_date"].agg(list)
    for name, rows in (("here", own), ("anywhere", known), ("elsewhere", known[~known["here"]])):
        table[name] = rows.groupby("student_id")["year"].agg(set)
    before = known[~known["here"]].groupby("student_id")["begin_date"].min().reindex(table.index)
    table["moved"] = pd.to_datetime(before) < pd.to_datetime(table["begin"])
    mine = degrees[degrees["opeid"].str.startswith(school)].sort_values(["student_id", "degree_date"])
    mine = mine.groupby("student_id").first()
    table["degree_year"], table["degree_level"] = _academic_year(mine["degree_date"]), mine["degree_level"]
    about = persons.drop_duplicates("student_id").set_index("student_id")
    table["birth"], table["sex"] = pd.to_datetime(about["birth_date"], errors="coerce"), about["sex"]
    return table.sort_index().reset_index()


def _read(folder: Path, *columns: str) -> pa.Table:
    """Some columns of a drop; codes as text."""
    table = pq.read_table(folder, columns=list(columns))
    coded = [field for field in table.schema if pa.types.is_dictionary(field.type)]
    for field in coded:
        table = table.set_column(table.schema.get_field_index(field.name), field.name, table[field.name].cast("string"))
    return table


def _academic_year(days: "pd.Series[Any]") -> "pd.Series[int]":
    """The year in whose August the academic year began."""
    dates = pd.to_datetime(days)
    return dates.dt.year - (dates.dt.month < 8).astype(int)  # noqa: PLR2004


def _term(days: "pd.Series[Any]") -> "pd.Series[str]":
    months = pd.to_datetime(days).dt.month
    return months.map({month: [name for first, name in _TERMS if first <= month][-1] for month in range(1, 13)})


def _draw(rng: np.random.Generator, weights: dict[str, float], size: int) -> list[str]:
    names = list(weights)
    return [names[place] for place in pick(rng, list(weights.values()), size).tolist()]


def _cohort(
    one: Any, *, race: str, first: str, sought: str, unknown: Sequence[bool], placed: Sequence[int], opeid: str
) -> dict[str, Any]:
    """A line of the cohort file."""
    kind = "Transfer-In" if one.moved else "First-Time"
    pace = "Full-Time" if one.status == "F" else "Part-Time"
    here, anywhere, elsewhere = (_years(years, one.entry) for years in (one.here, one.anywhere, one.elsewhere))
    took = 0 if pd.isna(one.degree_year) else int(one.degree_year) - one.entry + 1
    bachelor, lower = (took, 0) if one.degree_level == "bachelor" else (0, took)
    hispanic = "UK" if unknown[0] else "H" if race == "Hispanic" else "N"
    return {
        "Student GUID": one.student_id,
        "Institution ID": opeid.lstrip("0"),
        "Cohort": _school_year(one.entry),
        "Cohort Term": one.term,
        "Student Age": _age(one),
        "Enrollment Type": kind.upper() if unknown[1] else kind,
        "Enrollment Intensity First Term": pace,
        "Math Placement": "UK" if unknown[2] else "CN"[placed[0]],
        "English Placement": "CN"[placed[1]],
        "Dual and Summer Enrollment": "UK",
        "Race": race,
        "Ethnicity": hispanic,
        "Gender": "UK" if unknown[1] or not isinstance(one.sex, str) else one.sex,
        "First Gen": first,
        "Pell Status First Year": "UK" if unknown[0] else "YN"[placed[0]],
        "Attendance Status Term 1": f"{kind} {pace}",
        "Credential Type Sought Year 1": sought,
        "Program of Study Term 1": str(one.cip).replace(".", ""),
        "AttemptedDevMathY1": "UK" if unknown[2] else "",
        "Retention": int(_NEXT in here),
        "Persistence": int(_NEXT in anywhere),
        "Years to Bachelors at cohort inst.": _capped(bachelor),
        "Years to Associates or Certificate at cohort inst.": _capped(lower),
        "Years to Bachelor at other inst.": 0,
        "Years to Associates or Certificate at other inst.": 0,
        "Years of Last Enrollment at cohort institution": min(max(here), _LAST_YEAR),
        "Years of Last Enrollment at other institution": min(max({0, *elsewhere}), _LAST_YEAR),
        "Special Program": 'Promise, "first" year' if unknown[0] else "",
        "Military Status": -1 if unknown[1] else 0,
        "First Year to Bachelors at cohort inst.": _capped(bachelor),
        "First Year to Associates or Certificate at cohort inst.": _capped(lower),
        "First Year to Bachelor at other inst.": 0,
        "First Year to Associates or Certificate at other inst.": 0,
    }


def _years(years: object, entry: int) -> set[int]:
    return {year - entry + 1 for year in years} if isinstance(years, set) else set()


def _capped(year: int) -> int:
    """A year that the file can hold; 0 says that there is none."""
    return year if 0 < year <= _LAST_YEAR else 0


def _age(one: Any) -> str:
    if pd.isna(one.birth):
        return ""
    begin = pd.Timestamp(one.begin)
    age = begin.year - one.birth.year - ((begin.month, begin.day) < (one.birth.month, one.birth.day))
    return "20 and younger" if age <= 20 else ">20 - 24" if age <= 24 else "Older than 24"  # noqa: PLR2004


def _school_year(year: int) -> str:
    return f"{year}-{(year + 1) % 100:02d}"


def _courses(
    rng: np.random.Generator, students: Iterable[tuple[Any, dict[str, Any]]], opeid: str
) -> Iterator[dict[str, Any]]:
    """Lines of the course file: two or three courses in every term of enrollment."""
    same = ("Student Age", "Race", "Ethnicity", "Gender", "Cohort", "Cohort Term")
    for one, line in students:
        taken = set()
        for begin in sorted(set(one.terms)):
            day = pd.Timestamp(begin)
            year, term = int(day.year - (day.month < 8)), [name for first, name in _TERMS if first <= day.month][-1]  # noqa: PLR2004
            for number in rng.choice(400, 2 + int(rng.integers(2)), replace=False).tolist():
                course = (year, term, _PREFIXES[number % len(_PREFIXES)], f"{100 + number}")
                if course in taken:
                    continue
                taken.add(course)
                grade = _draw(rng, _GRADES, 1)[0]
                yield {
                    **{name: line[name] for name in same},
                    "Study ID": one.student_id,
                    "Institution ID": opeid,
                    "Academic Year": _school_year(year),
                    "Academic Term": term,
                    "Course Prefix": course[2],
                    "Course Number": course[3],
                    "Section ID": f"{number % 9:03d}",
                    "Course Name": f"Course {number}, introduction",
                    "Course CIP": str(one.cip),
                    "Course Type": "CU",
                    "Math or English Gateway": "NA",
                    "Co-requisite Course": "N",
                    "Course Begin Date": f"{day:%Y%m%d}",
                    "Course End Date": f"{day + pd.Timedelta(days=100):%Y%m%d}",
                    "Grade": grade,
                    "Number of Credits Attempted": 3,
                    "Number of Credits Earned": 0 if grade in {"W", "0"} else 3,
                    "Delivery Method": "FOH"[number % 3],
                    "Enrolled at Other Institution(s)": "N",
                    "Term Program of Study": str(one.cip).replace(".", ""),
                }


def _write(path: Path, header: Sequence[str], rows: Iterable[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
