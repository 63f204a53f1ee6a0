"""Relations written by hand for the steps of linked_records: profiles, decisions, members, best students."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from credential_pipeline.clearinghouse.linked_records.reviewed import Decided
from credential_pipeline.engines.linkage.fields import RECORD_COLUMNS
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.relation import Relation, Scratch, scratch

KINDS = {name: "DATE" if name == "birth_date" else "VARCHAR" for name in RECORD_COLUMNS}
BORN = date(1985, 3, 7)
ANN = {"first_name": "ANN", "last_name": "CARTER", "birth_date": BORN}
LEARNER_STUDENT = {"learner": "VARCHAR", "student_id": "VARCHAR"}
BEST = LEARNER_STUDENT | {
    "match_weight": "DOUBLE",
    "match_probability": "DOUBLE",
    "candidates": "BIGINT",
    "status": "VARCHAR",
    "decided_by": "VARCHAR",
}


@contextmanager
def workplace() -> Iterator[Scratch]:
    """Where relations are made, with the schema of the hop."""
    with connect(threads=1) as con, scratch(con) as made:
        con.execute("CREATE SCHEMA linked_records")
        yield made


def listed(work: Scratch, relation: Relation | str, columns: str = "*") -> list[tuple[Any, ...]]:
    return work.con.execute(f"SELECT {columns} FROM {relation} ORDER BY ALL").fetchall()


def put(work: Scratch, kinds: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> Relation:
    return work.rows("given", dict(kinds), [[row.get(name) for name in kinds] for row in rows])


def profiles_of(work: Scratch, **people: Mapping[str, Any]) -> Relation:
    """Profiles by their id."""
    kinds = {"profile_id": "VARCHAR", "certifier": "VARCHAR", "person_ref": "VARCHAR", **KINDS}
    return put(work, kinds, [{"certifier": "mssc", "profile_id": name, **row} for name, row in people.items()])


def decisions(
    work: Scratch,
    must: Sequence[tuple[str, str]] = (),
    cannot: Sequence[tuple[str, str]] = (),
    must_student: Sequence[tuple[str, str]] = (),
    decided: Sequence[tuple[str, str, str, str]] = (),
) -> Decided:
    two = {"left_profile": "VARCHAR", "right_profile": "VARCHAR"}
    one = {"profile_id": "VARCHAR", "student_id": "VARCHAR"}
    four = dict.fromkeys(("hop", "left_profile", "right_id", "decision"), "VARCHAR")
    return Decided(
        must=work.rows("must", two, must),
        cannot=work.rows("cannot", two, cannot),
        must_student=work.rows("must_student", one, must_student),
        cannot_student=work.rows("cannot_student", one, ()),
        decided=work.rows("decided", four, decided),
        counts={},
    )


def members_of(work: Scratch, *rows: tuple[int, str, str]) -> Relation:
    return work.rows("members", {"record": "BIGINT", "identity": "VARCHAR", "learner": "VARCHAR"}, rows)


def best_of(work: Scratch, *rows: tuple[str, str, float, str, str]) -> Relation:
    """learner, student_id, match_weight, status, decided_by."""
    return work.rows("best", BEST, [(a, b, w, 0.9, 1, status, by) for a, b, w, status, by in rows])
