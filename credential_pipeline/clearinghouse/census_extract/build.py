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

from credential_pipeline.clearinghouse.census_extract.blocks import create_reasons, refuse_blocked
from credential_pipeline.clearinghouse.census_extract.tokens import TokenKey, create_row_ids
from credential_pipeline.clearinghouse.census_extract.whitelist import assert_columns, assert_contract, columns_in
from credential_pipeline.engines.handover.agreement import require_agreement
from credential_pipeline.foundation.contracts.census_extract import SNAPSHOT
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.registry.model import Industry
from credential_pipeline.foundation.storage.engine import Connection

_SCRATCH = ("tmp_extract_reasons", "tmp_extract_in", "tmp_extract_rows", "tmp_extract_students")
_FIELDS = ("first_name", "middle_name", "last_name", "name_suffix", "previous_last_name", "birth_date", "sex")
_ADDRESS = ("street", "city", "state", "zip")


def _filled(*columns: str) -> str:
    return " + ".join(f"({column} IS NOT NULL)::INTEGER" for column in columns)


_STUDENTS = """
CREATE OR REPLACE TEMP TABLE tmp_extract_students AS
SELECT learner_id, row_id, min(l.student_id) AS student_id
FROM tmp_extract_rows JOIN linked_records.learners l USING (learner_id)
WHERE l.status = 'linked' AND l.student_id IS NOT NULL
GROUP BY ALL
"""

_LEARNERS = f"""
WITH
profiles AS (
    SELECT l.learner_id, p.*, {_filled(*_FIELDS, *_ADDRESS)} AS filled, {_filled(*_ADDRESS)} AS filled_address
    FROM (SELECT DISTINCT learner_id, profile_id FROM linked_records.profile_links) l
    JOIN tmp_extract_rows USING (learner_id)
    JOIN cleaned_learners.profiles p USING (profile_id)
),
ranked AS (
    SELECT *,
           row_number() OVER (PARTITION BY learner_id ORDER BY filled DESC, records DESC, profile_id) AS place,
           row_number() OVER (
               PARTITION BY learner_id ORDER BY filled_address DESC, filled DESC, records DESC, profile_id
           ) AS address_place
    FROM profiles
),
certifier AS (
    -- arg_min skips missing values, so each field comes from the best profile that has it.
    SELECT learner_id,
           {", ".join(f"arg_min({field}, place) AS {field}" for field in _FIELDS)},
           first(street ORDER BY address_place) AS street,
           first(city ORDER BY address_place) AS city,
           first(state ORDER BY address_place) AS state,
           first(zip ORDER BY address_place) AS zip
    FROM ranked
    GROUP BY learner_id
),
chosen AS (
    SELECT r.learner_id, r.row_id,
           {", ".join(f"coalesce(s.{field}, c.{field}) AS {field}" for field in _FIELDS)},
           s.street IS NOT NULL OR s.zip IS NOT NULL AS registry_address,
           {", ".join(f"CASE WHEN registry_address THEN s.{part} ELSE c.{part} END AS {part}" for part in _ADDRESS)}
    FROM tmp_extract_rows r
    LEFT JOIN certifier c USING (learner_id)
    LEFT JOIN tmp_extract_students t USING (learner_id)
    LEFT JOIN education_registry.persons s ON s.student_id = t.student_id
),
other_names AS (
    SELECT r.learner_id, arg_min(r.last_name, r.place) AS last_name
    FROM ranked r JOIN chosen USING (learner_id)
    WHERE r.last_name <> chosen.last_name
    GROUP BY r.learner_id
)
SELECT c.* REPLACE (coalesce(nullif(c.previous_last_name, c.last_name), o.last_name) AS previous_last_name)
FROM chosen c LEFT JOIN other_names o USING (learner_id)
"""

# Rows that agree in every key column are one event, reported twice.
_CREDENTIALS = """
SELECT r.row_id, c.certifier, c.credential_code, c.event, c.result, c.event_date,
       min(c.training_setting) AS training_setting
FROM cleaned_learners.credentials c
LEFT JOIN linked_records.links l USING (certifier, record_id)
LEFT JOIN linked_records.profile_links p ON p.profile_id = c.profile_id
JOIN tmp_extract_rows r ON r.learner_id = coalesce(l.learner_id, p.learner_id)
WHERE NOT coalesce(c.blocked, FALSE)
GROUP BY ALL
"""

_ENROLLMENTS = """
SELECT DISTINCT row_id, e.*
FROM tmp_extract_students JOIN education_registry.enrollments e USING (student_id)
"""

_DEGREES = """
SELECT DISTINCT row_id, d.*
FROM tmp_extract_students JOIN education_registry.degrees d USING (student_id)
"""

_COVERAGE = """
SELECT 'reported' AS reason, count(*) AS learners FROM tmp_extract_reasons
UNION ALL
SELECT wanted.reason, count(found.reason)
FROM (VALUES ('opted_out'), ('ferpa_blocked'), ('extracted')) AS wanted(reason)
LEFT JOIN tmp_extract_reasons found USING (reason)
GROUP BY wanted.reason
"""

_SOURCES = {
    "learners": _LEARNERS,
    "credentials": _CREDENTIALS,
    "enrollments": _ENROLLMENTS,
    "degrees": _DEGREES,
    "coverage": _COVERAGE,
}


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
    agreement = require_agreement(industry, today)
    assert_contract()
    if key.recipient != agreement.recipient:
        message = f"The token key of {industry.industry} is another recipient's: load that of the agreement's."
        raise SafeError("E_WRONG_KEY", message)
    done = False
    try:
        _create(con, industry.industry, key)
        assert_columns(columns_in(con, SNAPSHOT.name))
        refuse_blocked(con, industry.industry, key)
        done = True
    except duckdb.Error:
        # The engine quotes values in its messages.
        message = (
            f"The extract of {industry.industry} can't be computed: run linked_records, cleaned_learners and "
            f"education_registry again and see that memory and disk suffice."
        )
        raise SafeError("E_EXTRACT", message) from None
    finally:
        outputs = [] if done else [f"{SNAPSHOT.name}.{contract.name}" for contract in SNAPSHOT]
        for table in [*_SCRATCH, *outputs]:
            # In a caller's failed transaction nothing can be dropped; the rollback removes it.
            with suppress(duckdb.Error):
                con.execute(f"DROP TABLE IF EXISTS {table}")


def _create(con: Connection, industry: str, key: TokenKey) -> None:
    create_reasons(con)
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE tmp_extract_in AS
        SELECT learner_id FROM tmp_extract_reasons WHERE reason = 'extracted'
        """
    )
    create_row_ids(con, "tmp_extract_in", "tmp_extract_rows", industry, key)
    con.execute(_STUDENTS)
    for table in SNAPSHOT:
        columns = ", ".join(f'CAST("{column.name}" AS {column.type}) AS "{column.name}"' for column in table.columns)
        order = ", ".join(f'"{name}"' for name in dict.fromkeys([*table.key, *table.column_names]))
        con.execute(
            f"""
            CREATE TABLE {SNAPSHOT.name}."{table.name}" AS
            SELECT {columns} FROM ({_SOURCES[table.name]}) ORDER BY {order}
            """
        )
