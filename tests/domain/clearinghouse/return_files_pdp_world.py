"""Students of a college, their credentials and the files that the college leaves, by hand."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from credential_pipeline.clearinghouse.return_files.partners import FOLDER, OWN_PDP, Given
from credential_pipeline.engines.linkage.fields import make_index
from credential_pipeline.foundation.contracts import cleaned_learners, education_registry, linked_records
from credential_pipeline.foundation.layouts import LAYOUTS
from credential_pipeline.foundation.registry.load import load_registry
from credential_pipeline.foundation.registry.return_agreements import ReturnAgreement
from credential_pipeline.foundation.storage.engine import Connection

TODAY = date(2026, 11, 26)
COLLEGE, BRANCH, ELSEWHERE = "01349500", "01349502", "00111100"
SAFETY = "CPT-SAF"
_CONTRACTS = {
    one.name: one for one in (cleaned_learners.SNAPSHOT, education_registry.SNAPSHOT, linked_records.SNAPSHOT)
}
Rows = Sequence[Mapping[str, Any]]


def person(number: str, **more: Any) -> dict[str, Any]:
    return {
        "student_id": number,
        "last_name": f"N{number}",
        "birth_date": date(1996, 5, 1),
        "ferpa_block": False,
    } | more


def spell(number: str, opeid: str, begin: date, end: date | None, **more: Any) -> dict[str, Any]:
    made = {"student_id": number, "opeid": opeid, "begin_date": begin, "end_date": end, "status": "F", "cip": "48.0501"}
    return made | {"institution_state": "IN" if opeid[:6] == COLLEGE[:6] else "OH"} | more


def award(number: str, code: str, day: date, **more: Any) -> dict[str, Any]:
    """An event of the learner of a student: S1 is L1."""
    record = f"{number}-{code}-{day}-{len(more)}"
    made = {"certifier": "mssc", "record_id": record, "credential_code": code, "event": "award", "event_date": day}
    about = {"student_id": number, "learner_id": number.replace("S", "L"), "credential_title": "As reported"}
    return made | about | {"blocked": False, "status": "linked"} | more


def fill(con: Connection, **tables: Rows) -> Connection:
    """Put rows where the hop looks for them: persons, enrollments, degrees, events, learners, wishes, copies.

    Learners are those of the events where they are not given.
    """
    events = tables.get("events", ())
    learners = tables.get("learners") or [
        {"learner_id": learner, "student_id": student, "blocked": False}
        for learner, student in sorted({(one["learner_id"], one["student_id"]) for one in events})
    ]
    named = {
        "education_registry.persons": tables.get("persons", ()),
        "education_registry.enrollments": tables.get("enrollments", ()),
        "education_registry.degrees": tables.get("degrees", ()),
        "education_registry.duplicate_students": tables.get("copies", ()),
        "cleaned_learners.credentials": events,
        "linked_records.links": events,
        "linked_records.learners": learners,
        "linked_records.block_statements": tables.get("wishes", ()),
        "linked_records.blocks": (),
    }
    for name, rows in named.items():
        snapshot, table = name.split(".")
        shape = _CONTRACTS[snapshot].table(table).schema
        con.execute(f"CREATE SCHEMA IF NOT EXISTS {snapshot}")
        columns = ", ".join(f'"{column}" {kind}' for column, kind in shape.items())
        con.execute(f"CREATE OR REPLACE TABLE {name} ({columns})")
        if rows:
            values = [[row.get(one) for one in shape] for row in rows]
            con.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(shape))})", values)
    make_index(con, "education_registry.persons", "education_registry.person_index", id_column="student_id")
    return con


def agreement(**more: Any) -> ReturnAgreement:
    said = {
        "id": "return_college", "partner": "college", "role": "institution", "of": COLLEGE, "industries": ["manufacturing"],
        "sender": "Clearinghouse", "recipient": "College", "purpose": "Student success", "signed": date(2026, 1, 1),
        "expires": date(2030, 1, 1), "destroy_by": date(2031, 1, 1),
        "shares": [{"what": what, "legal_basis": "Law"} for what in ("cohort", "course", "aggregates")],
    }  # fmt: skip
    return ReturnAgreement.model_validate(said | more)


def given(home: Path, *agreements: ReturnAgreement) -> Given:
    registry = load_registry()
    industry = registry.industries["manufacturing"].model_copy(update={"returns": agreements or (agreement(),)})
    certifiers = [registry.certifiers[name] for name in industry.certifiers]
    return Given(industry, certifiers, home / FOLDER, None, TODAY)


def leave(home: Path, name: str, header: Iterable[str], rows: Rows) -> Path:
    """A file that the college leaves."""
    folder = home / FOLDER / "college" / OWN_PDP
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(header), restval="", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return folder / name


def headers(layout: str) -> list[str]:
    return [field.header for field in LAYOUTS[layout]]
