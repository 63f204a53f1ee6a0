"""A small world in which every rule of every suite holds: four learners, from their feed rows to published figures.

Tables come from the contracts, so a new column is empty here and a new table without rows shows at once. A line names only
the columns that a rule looks at.
"""

from checks.rule import NAMEABLE
from credential_pipeline.foundation.contracts import SNAPSHOTS
from credential_pipeline.foundation.storage.engine import Connection

_CREDENTIALS = """
SELECT unnest([{ids}]) AS {id}, 'mssc' AS certifier, 'CPT-SAF' AS credential_code, 'award' AS event, 'pass' AS result,
       DATE '2015-06-01' AS event_date
"""
_COVERAGE = """
SELECT unnest(['reported', 'opted_out', 'ferpa_blocked', '{last}'{more}]) AS reason, unnest([{counts}]) AS learners
"""
_EXTRACT = {
    "learners": "SELECT unnest(['r1', 'r2', 'r3']) AS row_id, 'Doe' AS last_name, '12 Elm St' AS street",
    "credentials": _CREDENTIALS.format(ids="'r1', 'r2', 'r3'", id="row_id"),
    "enrollments": "SELECT 'r1' AS row_id, '001' AS opeid, DATE '2014-01-01' AS begin_date",
    "degrees": "SELECT 'r1' AS row_id, '001' AS opeid, DATE '2015-01-01' AS degree_date",
    "coverage": _COVERAGE.format(last="extracted", more="", counts="4, 0, 1, 3"),
}
_FIGURES = """
SELECT 'manufacturing-2026-1' AS release, 'manufacturing' AS industry, * FROM (VALUES
    ('earnings', 'e25', 'earnings_p25', 30000.0, 'usd', 2023, 20, 1, 'd1'),
    ('earnings', 'e50', 'earnings_p50', 40000.0, 'usd', 2023, 20, 1, 'd1'),
    ('earnings', 'e75', 'earnings_p75', 50000.0, 'usd', 2023, 20, 1, 'd1'),
    ('employment', 's1', 'employed', 0.8, 'share', NULL, 20, 1, 'd1'),
    ('coverage', 'c1', 'share', 0.75, 'share', NULL, 20, 1, 'd1'),
    ('coverage', 'c2', 'share', 0.25, 'share', NULL, 20, 1, 'd1'){hidden}
) AS figures("table", cell_id, measure, value, unit, base_year, n, status, definition)
"""
_PUBLISHED = {
    "published_outcomes": _FIGURES.format(
        hidden=", ('earnings', 'x1', 'earnings_p50', NULL, 'usd', 2023, NULL, 5, 'd1')"
    ),
    "definitions": "SELECT 'd1' AS definition, 'earnings_p50' AS measure",
    "certificate": "SELECT 'print' AS attack, 'this release' AS against, 6 AS tried, 0 AS found, 'held' AS result",
    "public_files": "SELECT 'outcomes.csv' AS path, encode('figures') AS content",
}

_NOTICED = """
SELECT 'persons' AS "table", 'a.csv' AS delivery, 'birth_date' AS measure, 'unreadable' AS finding, 0 AS found, 20 AS rows
"""

#: Rows of every table, by snapshot and table.
ROWS: dict[str, dict[str, str]] = {
    "raw_feeds": {
        "records": """
            SELECT 'mssc' AS certifier, 'mssc.csv' AS delivery, CAST(unnest(range(2, 52)) AS INTEGER) AS line,
                   'T' || line AS record_id, MAP {'Last Name': 'Doe'} AS source""",
        "quarantine": "SELECT 'mssc' AS certifier, 'mssc.csv' AS delivery, 52 AS line, 'E_FIELDS' AS reason_code",
        "deliveries": """
            SELECT 'mssc' AS certifier, 'mssc.csv' AS delivery, 51 AS rows_in, 50 AS rows_accepted,
                   1 AS rows_quarantined, 0 AS rows_duplicate, 'accepted' AS state""",
        "blocked_rows": """
            SELECT 'mssc' AS certifier, 'mssc.csv' AS delivery, 52 AS line, 'E_FIELDS' AS reason_code,
                   MAP {'Last Name': 'Doe'} AS source""",
        "block_flags": "SELECT 'mssc' AS certifier, 'mssc.csv' AS delivery, 50 AS rows, 0 AS blank, 1 AS blocked",
        "notices": "SELECT 'mssc' AS certifier, 'mssc.csv' AS delivery, 'CORRECTED' AS code, '1 rows' AS detail",
        "field_shares": """
            SELECT 'mssc' AS certifier, 'mssc.csv' AS delivery, unnest(['birth_date', 'sex']) AS field, 50 AS rows,
                   unnest([49, 30]) AS filled, unnest([48, 30]) AS readable""",
    },
    "education_registry": {
        "persons": """
            SELECT 's' || i AS student_id, 'Doe' AS last_name, DATE '1980-01-01' + CAST(i AS INTEGER) AS birth_date,
                   false AS ferpa_block FROM range(1, 21) AS t(i)""",
        "person_index": "SELECT i AS record, 's' || i AS student_id, 'DOE' AS last_name FROM range(1, 21) AS t(i)",
        "enrollments": """
            SELECT unnest(['s1', 's2']) AS student_id, unnest(['001', '00120000']) AS opeid, DATE '2014-01-01' AS begin_date""",
        "degrees": """
            SELECT unnest(['s1', 's3']) AS student_id, unnest(['001', '00120002']) AS opeid, DATE '2015-01-01' AS degree_date""",
        "duplicate_students": """
            SELECT 's1b' AS student_id, 's1' AS kept_student_id, 'exact copy' AS why, false AS ferpa_block,
                   false AS kept_ferpa_block""",
        "student_tracker_answers": "SELECT 'P2' AS profile_id, true AS found, 1 AS records",
        "drop_findings": _NOTICED,
    },
    "cleaned_learners": {
        "profiles": """
            SELECT 'P' || i AS profile_id, 'mssc' AS certifier, 'Doe' AS last_name, 'F' AS sex, 1 AS records,
                   DATE '1980-01-01' + CAST(i AS INTEGER) AS birth_date FROM range(2, 52) AS t(i)""",
        "credentials": """
            SELECT 'mssc' AS certifier, 'T' || i AS record_id, 'P' || i AS profile_id, 'award' AS event, 'pass' AS result,
                   'CPT-SAF' AS credential_code, '001200' AS provider_opeid,
                   DATE '2015-06-01' AS event_date, false AS blocked FROM range(2, 52) AS t(i)""",
        "blocks": "SELECT 'mssc' AS certifier, 'mssc.csv' AS delivery, 52 AS line, 'T52' AS record_id, 'E_FIELDS' AS reason_code",
    },
    "linked_records": {
        "learners": """
            SELECT 'L' || i AS learner_id, CASE WHEN i <= 20 THEN 's' || i END AS student_id, false AS blocked,
                   CASE WHEN i <= 20 THEN 'linked' ELSE 'unlinked' END AS status FROM range(2, 52) AS t(i)""",
        "links": """
            SELECT 'mssc' AS certifier, 'T' || i AS record_id, 'L' || i AS learner_id, 0.9 AS match_probability,
                   CASE WHEN i <= 20 THEN 's' || i END AS student_id,
                   CASE WHEN i <= 20 THEN 'linked' ELSE 'unlinked' END AS status FROM range(2, 52) AS t(i)""",
        "profile_links": "SELECT 'P' || i AS profile_id, 'L' || i AS learner_id FROM range(2, 52) AS t(i)",
        "pairs": """
            SELECT 'q1' AS pair_id, 'student' AS hop, 'P30' AS left_id, 's1' AS right_id, 0.6 AS match_probability,
                   false AS linked
            UNION ALL SELECT 'q2', 'student', 'P2', 's2', 0.99, true""",
        "review_queue": "SELECT 'q1' AS pair_id, 'student' AS hop, 'P30' AS left_id, 's1' AS right_id",
        "learner_events": """
            SELECT 1 AS revision, 'L' || i AS learner_id, 'born' AS event, NULL AS other_learner_id, 1 AS records
            FROM range(1, 52) AS t(i)
            UNION ALL VALUES (2, 'L1', 'merged', 'L2', 1), (3, 'L2', 'left', NULL, 1)""",
        "learner_redirects": "SELECT 'L1' AS retired_id, 'L2' AS learner_id, 2 AS revision",
        "record_ids": """
            SELECT 'mssc' AS certifier, 'T' || i AS record_id, 'L' || greatest(i, 2) AS learner_id, i > 1 AS present
            FROM range(1, 52) AS t(i)""",
        "blocks": "SELECT 'B1' AS statement_id, 'certifier' AS source, true AS in_force",
        "block_statements": """
            SELECT 'B1' AS statement_id, 'mssc' AS certifier, 'T52' AS record_id, 'E_FIELDS' AS reason, true AS said_now
            UNION ALL SELECT 'B2', NULL, NULL, 'OPT_OUT', true""",
        "diagnostics": "SELECT 'match_rate' AS metric, 'all' AS dimension, 'all' AS level, 0.4 AS value, 50 AS n",
    },
    "census_extract": _EXTRACT,
    "accepted_extract": _EXTRACT,
    "return_files": {
        "partners": """
            SELECT * FROM (VALUES ('college', 'r1', 'institution', '00120000', '001200', '00'),
                ('certifier', 'r2', 'certifier', 'mssc', '', '00'), ('state', 'r3', 'state', 'OH', '', '00'))
            AS t(partner, agreement, role, of, school_code, branch)""",
        "agreed_fields": """
            SELECT * FROM (VALUES ('college', 'enrollments', 'report_rows', 'college_name'),
                ('college', 'credentials', 'report_rows', 'credential_code'), ('college', 'cohort', 'pdp_cohort', 'student_id'),
                ('college', 'cohort', 'pdp_cohort', 'institution_id'), ('college', 'course', 'pdp_course', 'student_id'),
                ('college', 'course', 'pdp_course', 'institution_id'), ('college', 'aggregates', 'partner_figures', 'value'),
                ('certifier', 'credentials', 'report_rows', 'credential_certifier'),
                ('state', 'aggregates', 'programme_rates', 'value'), ('state', 'completers', 'completers', 'credential'))
            AS t(partner, share, "table", field)""",
        "partner_programmes": """
            SELECT 'state' AS partner, 'p1' AS programme, 'mssc' AS certifier, 'CPT-SAF' AS credential_code, '00120000' AS opeid""",
        "own_files": "SELECT 'college' AS partner, 'course' AS kind",
        "requests": """
            SELECT * FROM (VALUES ('college', 'a.txt', 'q1', 4, 1, 1, 1, 1, 'answered', NULL),
                ('certifier', 'a.txt', 'q3', 1, 1, 0, 0, 0, 'answered', NULL),
                ('college', 'b.txt', 'q2', NULL, NULL, NULL, NULL, NULL, 'repeated', NULL))
            AS t(partner, file, request_id, rows, found, not_found, blocked, out_of_scope, state, reason_code)""",
        "answers": """
            SELECT * FROM (VALUES ('college', 'q1', 2, 's2', 'L2', 'found'), ('college', 'q1', 3, NULL, NULL, 'not_found'),
                ('college', 'q1', 4, 's3', 'L3', 'blocked'), ('college', 'q1', 5, 's4', 'L4', 'out_of_scope'),
                ('certifier', 'q3', 2, NULL, 'L5', 'found'))
            AS t(partner, request_id, row, student_id, learner_id, outcome)""",
        "report_rows": """
            SELECT * FROM (VALUES ('college', 'q1', 2, 1, 's2', 'L2', 'credential', NULL),
                ('college', 'q1', 3, 1, NULL, NULL, 'none', NULL), ('college', 'q1', 5, 1, NULL, NULL, 'none', NULL),
                ('certifier', 'q3', 2, 1, NULL, 'L5', 'credential', 'mssc'))
            AS t(partner, request_id, row, sequence, student_id, learner_id, told, credential_certifier)""",
        "pdp_cohort": "SELECT 'college' AS partner, '1200' AS institution_id, 's2' AS student_id, 'L2' AS learner_id",
        "pdp_course": """
            SELECT 'college' AS partner, '00120001' AS institution_id, unnest(['s2', 'x9']) AS student_id,
                   unnest(['L2', NULL]) AS learner_id""",
        "partner_figures": """
            SELECT 'college' AS partner, 'institution' AS "view", 'learners' AS subject, 'all' AS dimension,
                   'all' AS level, unnest(['earners', 'few']) AS measure, unnest([40.0, NULL]) AS value,
                   unnest([40, NULL]) AS n, unnest([1, 5]) AS status""",
        "completers": "SELECT 'state' AS partner, 'p1' AS programme, 's2' AS student_id, 'L2' AS learner_id",
        "programme_rates": """
            SELECT 'state' AS partner, 'p1' AS programme, unnest(['completion_rate', 'placement_rate']) AS measure,
                   unnest([0.8, NULL]) AS value, unnest([40, NULL]) AS n, unnest([1, -1]) AS status,
                   unnest([NULL, 'TOO_FEW']) AS reason""",
    },
    "reference_population": {
        "persons": """
            SELECT 'k' || i AS person_key, 'Doe' AS last_name, DATE '1980-01-01' AS birth_date FROM range(1, 11) AS t(i)""",
        "wages": "SELECT unnest(['k1', 'k2']) AS person_key, 2016 AS year, 'e1' AS employer_id, 40000.0 AS wages",
        "employers": "SELECT unnest(['e1', 'e2']) AS employer_id, '311' AS naics",
        "wage_states": "SELECT 'OH' AS state, 'a1' AS agreement, 2 AS employers",
        "wage_file_years": "SELECT 2016 AS year, 2 AS jobs, 80000.0 AS dollars",
        "drop_findings": _NOTICED,
    },
    "person_keys": {
        "person_links": """
            SELECT * FROM (VALUES ('r1', 'k1', 'linked', 'name', '1'), ('r2', 'k2', 'linked', 'name', '1'),
                ('r3', NULL, 'unlinked', NULL, NULL)) AS links(row_id, person_key, status, module, pass)""",
        "learners": "SELECT unnest(['k1', 'k2']) AS person_key",
        "credentials": _CREDENTIALS.format(ids="'k1', 'k2'", id="person_key"),
        "enrollments": "SELECT 'k1' AS person_key, DATE '2014-01-01' AS begin_date",
        "degrees": "SELECT 'k1' AS person_key, DATE '2015-01-01' AS degree_date, 'associate' AS degree_level",
        "unkeyed_credentials": "SELECT 1 AS row_number, 'mssc' AS certifier",
        "coverage": _COVERAGE.format(last="no_person_key", more=", 'keyed'", counts="4, 0, 1, 1, 2"),
    },
    "outcome_tables": {
        "counts": "SELECT unnest(['all', 'women', 'men']) AS count_id, unnest([20, 12, 8]) AS value",
        "equations": "SELECT 'sex' AS equation_id, 'all' AS total_count_id, unnest(['women', 'men']) AS part_count_id",
        "outcomes": f"SELECT *, value AS publishable, CASE WHEN status = 1 THEN 'all' END AS n_count_id FROM ({_PUBLISHED['published_outcomes']})",
        "trends_before": """
            SELECT 'all' AS dimension, 'all' AS level, unnest([-5, -4, -3, -2]) AS horizon, 300 AS n, 500.0 AS value,
                   300.0 AS low, 700.0 AS high, 30000.0 AS earnings""",
        "wage_years": "SELECT 'OH' AS state, 2016 AS year, 2 AS jobs, 2 AS usual_jobs, true AS covered",
        "definitions": "SELECT 'd1' AS definition, 'earnings_p50' AS measure",
    },
    "outcome_release": _PUBLISHED,
    "published_outcomes": _PUBLISHED
    | {
        "release_acts": "SELECT 'manufacturing-2026-1' AS release, 'regular' AS kind, '' AS corrects,"
        " 'k1, k2' AS approved_by, '2026-06-01' AS approved_on"
    },
}

#: What a suite reads besides the tables of the contracts.
_OTHERS = """
CREATE SCHEMA previous_linked_records;
CREATE TABLE previous_linked_records.learner_events AS FROM linked_records.learner_events WHERE revision = 1;
CREATE TABLE previous_linked_records.record_ids AS
    SELECT certifier, record_id, 'L' || substr(record_id, 2) AS learner_id, true AS present FROM linked_records.record_ids;
CREATE SCHEMA last_linked_records;
CREATE TABLE last_linked_records.not_compared (measure VARCHAR);
CREATE SCHEMA previous_opt_outs;
CREATE TABLE previous_opt_outs.block_statements AS FROM linked_records.block_statements;
CREATE SCHEMA previous_education_registry;
CREATE TABLE previous_education_registry.blocks AS SELECT 20 AS persons, 0 AS blocked, 0 AS rescinded;
CREATE TABLE previous_education_registry.row_counts AS
    SELECT unnest(['persons', 'enrollments', 'degrees']) AS "table", unnest([25, 19, 2]) AS rows;
CREATE TABLE previous_education_registry.not_compared (measure VARCHAR);
CREATE SCHEMA previous_raw_feeds;
CREATE TABLE previous_raw_feeds.not_compared (measure VARCHAR);
CREATE TABLE previous_raw_feeds.blocks AS SELECT 'mssc' AS certifier, 50 AS rows, 1 AS blocked, 0 AS rescinded;
CREATE TABLE outcome_release.audit_findings (kind VARCHAR, cell_id VARCHAR, role VARCHAR);
"""


def create(con: Connection) -> None:
    """Make every table of every snapshot, with good rows."""
    for snapshot in SNAPSHOTS.values():
        con.execute(f"CREATE SCHEMA IF NOT EXISTS {snapshot.name}")
        for table in snapshot:
            name = f'{snapshot.name}."{table.name}"'
            columns = ", ".join(f'"{column}" {kind}' for column, kind in table.schema.items())
            con.execute(f"CREATE TABLE {name} ({columns})")
            con.execute(f"INSERT INTO {name} BY NAME {ROWS[snapshot.name][table.name]}")
    con.execute(_OTHERS)


def fill_texts(con: Connection, text: str) -> None:
    """Put a text into every text column of every row of every table, but for those whose values gates may show."""
    for snapshot in SNAPSHOTS.values():
        for table in snapshot:
            texts = [c.name for c in table.columns if c.type == "VARCHAR" and c.name not in NAMEABLE]
            values = ", ".join(f"\"{column}\" = '{text}'" for column in texts)
            if texts:
                con.execute(f'UPDATE {snapshot.name}."{table.name}" SET {values}')
    con.execute(f"UPDATE raw_feeds.records SET source = MAP {{'{text}': '{text}'}}")
    con.execute(f"UPDATE raw_feeds.blocked_rows SET source = MAP {{'{text}': '{text}'}}")
    con.execute(f"INSERT INTO outcome_release.audit_findings VALUES ('{text}', '{text}', '{text}')")
