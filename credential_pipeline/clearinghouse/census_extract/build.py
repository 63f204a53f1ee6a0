"""Build the extract: one row per learner, with the credentials and, for linked students, the education behind it.

Whose value a learner gets:
1. of several profiles, the one with the most fields filled, then with the most records, then the lowest id; what it
   lacks comes from the next one; an address is taken as a whole;
2. where a student is linked, the registry's value first, the profiles' where the registry has none;
3. a family name that differs from the chosen one serves as the previous one where neither side gives any.
Ambiguous and unlinked learners go with the certifier's values only and without education facts.
"""

from contextlib import suppress
from datetime import date

import duckdb

from credential_pipeline.clearinghouse.census_extract.agreed import agreement_of
from credential_pipeline.clearinghouse.census_extract.blocks import allowed, find_reasons, refuse_others
from credential_pipeline.clearinghouse.census_extract.tokens import TokenKey, row_ids
from credential_pipeline.clearinghouse.census_extract.whitelist import assert_columns, assert_contract, columns_in
from credential_pipeline.foundation.contracts.census_extract import SNAPSHOT
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.recipes.sql import identifier
from credential_pipeline.foundation.registry.agreements import Agreement
from credential_pipeline.foundation.registry.model import Industry
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Relation, Scratch, scratch
from credential_pipeline.foundation.storage.sql import statement


def build(con: Connection, industry: Industry, today: date, key: TokenKey) -> None:
    """Create ``census_extract.{learners, credentials, enrollments, degrees, coverage}``, all of them or none.

    Args:
        con: Connection with the views of ``linked_records``, ``cleaned_learners`` and ``education_registry`` and the
            empty schema ``census_extract``.
        industry: The industry with its agreement.
        today: The day, to compare with the agreement's dates.
        key: The recipient's token key.

    Raises:
        SafeError: ``E_NO_AGREEMENT``, ``E_AGREEMENT_EXPIRED``, ``E_WRONG_KEY``, ``E_FORBIDDEN_COLUMN``,
            ``E_CONTRACT_COLUMNS``, ``E_BLOCKED_LEARNER`` or ``E_EXTRACT``.
    """
    agreement = agreement_of(industry, key, today)
    assert_contract()
    done = False
    try:
        with scratch(con) as work:
            rows = _create(work, industry.industry, key, agreement)
            assert_columns(columns_in(con, SNAPSHOT.name))
            refuse_others(con, industry.industry, rows)
        done = True
    except duckdb.Error:
        # The engine quotes values in its messages.
        message = (
            f"The extract of {industry.industry} can't be computed: run linked_records, cleaned_learners and "
            f"education_registry again and see that memory and disk suffice."
        )
        raise SafeError("E_EXTRACT", message) from None
    finally:
        for contract in () if done else SNAPSHOT:
            # In a caller's failed transaction nothing can be dropped; the rollback removes it.
            with suppress(duckdb.Error):
                con.execute(f"DROP TABLE IF EXISTS {SNAPSHOT.name}.{contract.name}")


def _create(work: Scratch, industry: str, key: TokenKey, agreement: Agreement) -> Relation:
    """Create the tables, empty what the agreement withholds; return who may be in them: learner_id, row_id."""
    reasons = find_reasons(work)
    rows = row_ids(work, allowed(work, reasons), industry, key)
    students = work.table("students", statement(__package__, "students.sql", rows=rows))
    sources = {
        "learners": statement(__package__, "learners.sql", rows=rows, students=students),
        "credentials": statement(__package__, "credentials.sql", rows=rows),
        "enrollments": _behind(students, "education_registry.enrollments"),
        "degrees": _behind(students, "education_registry.degrees"),
        "coverage": statement(__package__, "coverage.sql", reasons=reasons),
    }
    for table in SNAPSHOT:
        withheld = agreement.sent_empty(table)
        columns = ", ".join(
            f'CAST({"NULL" if name in withheld else identifier(name)} AS {kind}) AS "{name}"'
            for name, kind in table.schema.items()
        )
        order = ", ".join(f'"{name}"' for name in dict.fromkeys([*table.key, *table.column_names]))
        work.con.execute(
            f"""
            CREATE TABLE {SNAPSHOT.name}."{table.name}" AS
            SELECT {columns} FROM ({sources[table.name]}) ORDER BY {order}
            """
        )
    return rows


def _behind(students: Relation, facts: str) -> str:
    """What the registry knows of the students of an extract."""
    return f"SELECT DISTINCT row_id, f.* FROM {students} JOIN {facts} f USING (student_id)"
