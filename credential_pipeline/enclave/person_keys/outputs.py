"""The published tables of person_keys: keys in place of identifiers. Not here: any decision on a row."""

from credential_pipeline.foundation.storage.engine import Connection


def write_outputs(con: Connection, links: str) -> None:
    """Create the tables of person_keys out of the decided links.

    Two rows with one key are one person: one learner, all credentials.

    Args:
        con: The connection.
        links: Table of row_id, person_key, match_weight, match_probability, status, module, pass.
    """
    con.execute(
        f"""
        CREATE OR REPLACE TABLE person_keys.person_links AS
        SELECT l.row_id, CASE WHEN k.status = 'linked' THEN k.person_key END AS person_key,
               coalesce(k.match_probability, 0.0) AS match_probability,
               coalesce(k.status, 'unlinked') AS status, k.module, k.pass
        FROM accepted_extract.learners l LEFT JOIN {links} k USING (row_id)
        ORDER BY l.row_id
        """
    )
    _write_learners(con)
    con.execute(
        """
        CREATE OR REPLACE TABLE person_keys.credentials AS
        SELECT p.person_key, c.certifier, c.credential_code, c.event, c.result, c.event_date, c.training_setting
        FROM accepted_extract.credentials c JOIN person_keys.person_links p USING (row_id)
        WHERE p.person_key IS NOT NULL
        ORDER BY ALL
        """
    )
    con.execute(
        """
        CREATE OR REPLACE TABLE person_keys.enrollments AS
        SELECT p.person_key, e.sector, e.credit, e.degree_seeking, e.begin_date, e.end_date
        FROM accepted_extract.enrollments e JOIN person_keys.person_links p USING (row_id)
        WHERE p.person_key IS NOT NULL
        ORDER BY ALL
        """
    )
    con.execute(
        """
        CREATE OR REPLACE TABLE person_keys.unkeyed_credentials AS
        SELECT *, row_number() OVER (
                   ORDER BY certifier, credential_code, event, result, event_date, training_setting) AS row_number
        FROM (
            SELECT c.certifier, c.credential_code, c.event, c.result, c.event_date, c.training_setting
            FROM accepted_extract.credentials c LEFT JOIN person_keys.person_links p USING (row_id)
            WHERE p.person_key IS NULL)
        ORDER BY row_number
        """
    )
    con.execute(
        """
        CREATE OR REPLACE TABLE person_keys.coverage AS
        SELECT reason, learners FROM accepted_extract.coverage WHERE reason <> 'extracted'
        UNION ALL SELECT 'no_person_key', count(*) FROM person_keys.person_links WHERE person_key IS NULL
        UNION ALL SELECT 'keyed', count(*) FROM person_keys.person_links WHERE person_key IS NOT NULL
        ORDER BY reason
        """
    )


def _write_learners(con: Connection) -> None:
    """One row a key: what the reference population holds most often, ties going to the alphabet."""
    columns = {"birth_year": "year(birth_date)", "sex": "sex", "race": "race", "ethnicity": "ethnicity"}
    counted = ", ".join(
        f"{sql} AS {name}, count({sql}) OVER (PARTITION BY person_key, {sql}) AS times_{name}"
        for name, sql in columns.items()
    )
    modes = ", ".join(f"max_by({name}, (times_{name}, {name}::VARCHAR)) AS {name}" for name in columns)
    con.execute(
        f"""
        CREATE OR REPLACE TABLE person_keys.learners AS
        WITH held AS (
            SELECT k.person_key, max_by(l.state, (k.match_probability, k.row_id)) AS state
            FROM person_keys.person_links k JOIN accepted_extract.learners l USING (row_id)
            WHERE k.person_key IS NOT NULL GROUP BY k.person_key),
        counted AS (
            SELECT person_key, {counted}, year(death_date) AS death_year
            FROM reference_population.persons SEMI JOIN held USING (person_key)),
        known AS (SELECT person_key, {modes}, min(death_year) AS death_year FROM counted GROUP BY person_key)
        SELECT h.person_key, n.birth_year::INTEGER AS birth_year, n.sex, n.race, n.ethnicity, h.state,
               n.death_year::INTEGER AS death_year
        FROM held h JOIN known n USING (person_key)
        ORDER BY h.person_key
        """
    )
