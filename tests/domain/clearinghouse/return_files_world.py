"""A few people of whom somebody asks, by hand: a registry, learners, and the agreements of partners."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from credential_pipeline.clearinghouse.return_files.partners import FOLDER, REQUESTS, Given
from credential_pipeline.engines.linkage.fields import make_index
from credential_pipeline.foundation.contracts import SNAPSHOTS, cleaned_learners, education_registry, linked_records
from credential_pipeline.foundation.registry.load import load_registry
from credential_pipeline.foundation.registry.return_agreements import ReturnAgreement
from credential_pipeline.foundation.storage.engine import Connection

TODAY = date(2026, 11, 26)
COLLEGE, ELSEWHERE = "01349500", "00111100"
ALL = ("enrollments", "degrees", "credentials")
_CONTRACTS = {
    one.name: one for one in (cleaned_learners.SNAPSHOT, education_registry.SNAPSHOT, linked_records.SNAPSHOT)
}
Rows = Sequence[Mapping[str, Any]]


def person(student_id: str, first: str, last: str, born: date, **more: Any) -> dict[str, Any]:
    """One student."""
    return {
        "student_id": student_id,
        "first_name": first,
        "last_name": last,
        "birth_date": born,
        "ferpa_block": False,
    } | more


def spell(student_id: str, opeid: str, begin: date, end: date | None, **more: Any) -> dict[str, Any]:
    """One enrollment."""
    college = {"institution": f"College {opeid}", "institution_state": "IN", "sector": "public_2yr", "status": "F"}
    return (
        {"student_id": student_id, "opeid": opeid, "begin_date": begin, "end_date": end, "cip": "48.0501"}
        | college
        | more
    )


def event(learner: str, record: str, code: str, day: date, **more: Any) -> dict[str, Any]:
    """One credential event."""
    about = {"certifier": "mssc", "record_id": record, "credential_code": code, "event": "award", "event_date": day}
    return {"learner_id": learner, "profile_id": f"P{learner}"} | about | more


PERSONS = (
    person("S1", "ANN", "LEEWARD", date(1990, 5, 1), middle_name="MARY"),
    person("S2", "BODO", "LINDGREN", date(1991, 6, 2), ferpa_block=True),
    person("S3", "CYRIL", "MAXWELL", date(1992, 7, 3)),
    person("S4", "DORIS", "NORTHROP", date(1993, 8, 4)),
    person("S5", "EMIL", "OSTERMAN", date(1994, 9, 5)),
    person("S6", "FLORA", "PADGETT", date(1995, 10, 6)),
    person("S7", "FLORA", "PADGETT", date(1995, 10, 6)),
    person("S8", "GUSTAV", "QUIMBY", date(1981, 11, 7)),
    person("S9", "HILDA", "RASMUSSEN", date(1982, 12, 8)),
)
ENROLLMENTS = (
    spell("S1", COLLEGE, date(2014, 8, 20), date(2015, 5, 10)),
    spell("S1", ELSEWHERE, date(2017, 8, 20), date(2018, 5, 10), sector="private_np_4yr", status="half"),
    spell("S2", COLLEGE, date(2016, 8, 20), date(2017, 5, 10)),
    spell("S3", ELSEWHERE, date(2016, 8, 20), date(2017, 5, 10)),
    spell("S4", COLLEGE, date(2016, 8, 20), date(2017, 5, 10)),
    spell("S5", COLLEGE, date(2016, 8, 20), date(2017, 5, 10)),
    spell("S6", COLLEGE, date(2016, 8, 20), date(2017, 5, 10)),
    spell("S7", COLLEGE, date(2016, 8, 20), date(2017, 5, 10)),
    spell("S8", COLLEGE, date(2001, 8, 20), date(2002, 5, 10)),
    spell("S9", COLLEGE[:6] + "02", date(2016, 8, 20), None),
)
DEGREES = (
    {"student_id": "S1", "opeid": ELSEWHERE, "institution": "College 00111100", "degree_date": date(2018, 5, 20),
     "degree_title": "Bachelor of Steel", "degree_level": "bachelor", "cip": "15.0613"},
)  # fmt: skip
EVENTS = (
    event("L1", "m1", "CPT-SAF", date(2016, 3, 1), expiration_date=date(2021, 3, 1)),
    event("L1", "m2", "CPT-SAF", date(2020, 3, 1), event="renewal", expiration_date=date(2030, 3, 1)),
    event("L1", "m3", "CPT-QPM", date(2017, 3, 1), expiration_date=date(2022, 3, 1)),
    event("L1", "m4", "CPT-GRN", date(2016, 4, 1), result="fail", event="attempt"),
    event("L1", "n1", "MMS-1", date(2015, 3, 1), certifier="nims"),
    event("L1", "n2", "MMS-1", date(2019, 3, 1), certifier="nims", event="revocation"),
    event("L3", "n3", "MMS-1", date(2016, 3, 1), certifier="nims"),
    event("L4", "m5", "CPT-SAF", date(2016, 3, 1)),
)
LEARNERS = (
    {"learner_id": "L1", "student_id": "S1", "status": "linked", "blocked": False},
    {"learner_id": "L3", "student_id": "S3", "status": "linked", "blocked": False},
    {"learner_id": "L4", "student_id": "S4", "status": "blocked", "blocked": True},
)
WISHES = (
    {"statement_id": "W1", "source": "individual", "first_name": "EMIL", "last_name": "OSTERMAN",
     "birth_date": date(1994, 9, 5), "scope": "all", "reason": "OPT_OUT"},
)  # fmt: skip


def create_tables(con: Connection) -> None:
    """Every table that the hop reads or makes, empty."""
    for name in ("raw_feeds", "education_registry", "cleaned_learners", "linked_records", "return_files"):
        con.execute(f"CREATE SCHEMA {name}")
        for table in SNAPSHOTS[name]:
            columns = ", ".join(f'"{column}" {kind}' for column, kind in table.schema.items())
            con.execute(f'CREATE TABLE {name}."{table.name}" ({columns})')


def fill(con: Connection, **changed: Rows) -> Connection:
    """Put the world, or other rows of a table, where the hop looks for it."""
    tables: dict[str, Rows] = {
        "education_registry.persons": changed.get("persons", PERSONS),
        "education_registry.enrollments": ENROLLMENTS,
        "education_registry.degrees": DEGREES,
        "education_registry.duplicate_students": (),
        "cleaned_learners.profiles": changed.get("profiles", ()),
        "cleaned_learners.credentials": EVENTS,
        "linked_records.links": EVENTS,
        "linked_records.learners": LEARNERS,
        "linked_records.block_statements": WISHES,
        "linked_records.blocks": (),
    }
    for name, rows in tables.items():
        snapshot, table = name.split(".")
        shape = _CONTRACTS[snapshot].table(table).schema
        con.execute(f"CREATE SCHEMA IF NOT EXISTS {snapshot}")
        columns = ", ".join(f'"{column}" {kind}' for column, kind in shape.items())
        con.execute(f"CREATE OR REPLACE TABLE {name} ({columns})")
        for row in rows:
            con.execute(f"INSERT INTO {name} VALUES ({', '.join('?' * len(shape))})", [row.get(one) for one in shape])
    make_index(con, "education_registry.persons", "education_registry.person_index", id_column="student_id")
    return con


def agreement(partner: str = "demo_college", gets: Sequence[str] = ALL, **changed: Any) -> ReturnAgreement:
    """An agreement of a college, or of whom the changes say."""
    written = {
        "id": f"return_{partner}", "partner": partner, "role": "institution", "of": COLLEGE,
        "industries": ["manufacturing"], "sender": "Clearinghouse", "recipient": "Partner", "purpose": "Success",
        "signed": date(2026, 1, 1), "expires": date(2031, 12, 31), "destroy_by": date(2032, 6, 30),
        "shares": [{"what": what, "legal_basis": "Directory information"} for what in gets],
    }  # fmt: skip
    return ReturnAgreement(**(written | changed))


def given(home: Path, *agreements: ReturnAgreement, today: date = TODAY) -> Given:
    """What the hop is given."""
    registry = load_registry()
    industry = registry.industries["manufacturing"].model_copy(update={"returns": agreements})
    certifiers = [registry.certifiers[name] for name in industry.certifiers]
    return Given(industry=industry, certifiers=certifiers, partners=home / FOLDER, published=None, today=today)


def leave(home: Path, partner: str, content: str, name: str = "asked.txt") -> None:
    """A partner leaves a request."""
    folder = home / FOLDER / partner / REQUESTS
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(content, encoding="utf-8")


def request(
    *people: tuple[str, str, str, str], query: str = "SE", school: str = "013495", since: str = "20150101"
) -> str:
    """A request: first name, last name, day of birth and return field of each."""
    lines = [f"H1\t{school}\t00\tDemo\t20261101\t{query}\tI"]
    lines += [
        f"D1\t\t{first}\t\t{last}\t\t{born}\t{since}\t\t{school}\t00\t{back}" for first, last, born, back in people
    ]
    return "\n".join([*lines, f"T1\t{len(lines) + 1}"]) + "\n"


#: Each student once, and somebody whom nobody knows.
EVERYBODY = (
    *(
        (
            str(one["first_name"]).title(),
            str(one["last_name"]).title(),
            f"{one['birth_date']:%Y%m%d}",
            f"0{one['student_id']},x",
        )
        for one in PERSONS
        if one["student_id"] != "S7"
    ),
    ("Ida", "Sandoval", "19830101", "0S0,x"),
)
