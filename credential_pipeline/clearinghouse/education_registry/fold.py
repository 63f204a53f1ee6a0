"""Makes one person of the copies that duplicates.py found: one row, all enrollments and degrees, the strictest block.

Not here: who is a copy of whom.
"""

from typing import Final

from credential_pipeline.foundation.contracts.education_registry import SNAPSHOT
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Relation, Scratch, relation, scratch

_PLACE: Final = ("street", "city", "state", "zip")


def fold_duplicates(con: Connection) -> None:
    """Rewrite education_registry.{persons, enrollments, degrees} so that only the ids that are kept stand in them.

    Args:
        con: Connection with these tables and duplicate_students.
    """
    with scratch(con) as work:
        kept = work.table(
            "kept_ids",
            "SELECT student_id, kept_student_id FROM education_registry.duplicate_students"
            " UNION SELECT kept_student_id, kept_student_id FROM education_registry.duplicate_students",
        )
        _fold_persons(work, kept)
        for name in ("enrollments", "degrees"):
            _move(work, kept, name)


def _fold_persons(work: Scratch, kept: Relation) -> None:
    """The row of the id that is kept, its gaps filled from the copies in the order of their ids.

    Of middle names the longest knows most. The parts of an address come from one copy, the one that knows most parts.
    """
    persons = relation(work.con, "education_registry.persons")
    unknown = " + ".join(f"({part} IS NULL)::INTEGER" for part in _PLACE)
    place = f"arg_min(row({', '.join(_PLACE)}), row({unknown}, student_id))"
    # The first that is known.
    made = {name: f"arg_min({name}, student_id)" for name in persons.columns}
    made |= {name: f"{place}[{number}]" for number, name in enumerate(_PLACE, start=1)}
    made |= {
        "middle_name": "arg_min(middle_name, row(-length(middle_name), student_id))",
        "ferpa_block": "bool_or(ferpa_block)",
    }
    columns = ", ".join(f"{made[name]} AS {name}" for name in persons.columns if name != "student_id")
    _replace(
        work,
        "persons",
        f"FROM {persons} ANTI JOIN {kept} USING (student_id) UNION ALL SELECT kept_student_id AS student_id, {columns}"
        f" FROM {persons} JOIN {kept} USING (student_id) GROUP BY kept_student_id",
    )


def _move(work: Scratch, kept: Relation, name: str) -> None:
    """What a school reported under several ids of one person counts once."""
    rows = relation(work.con, f"education_registry.{name}")
    moved = ", ".join("kept_student_id AS student_id" if column == "student_id" else column for column in rows.columns)
    _replace(
        work,
        name,
        f"FROM {rows} ANTI JOIN {kept} USING (student_id) UNION ALL"
        f" SELECT DISTINCT {moved} FROM {rows} JOIN {kept} USING (student_id)",
    )


def _replace(work: Scratch, name: str, query: str) -> None:
    """Put the rows of a query in the place of a table, in the order in which they are published."""
    table = SNAPSHOT.table(name)
    columns = ", ".join(table.column_names)
    made = work.table(name, f"SELECT {columns} FROM ({query})")
    work.con.execute(f"CREATE OR REPLACE TABLE education_registry.{name} AS FROM {made}")
    work.drop(made)
