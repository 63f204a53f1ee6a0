"""Decides for rows with one record id which of them stands.

Not here: rows whose record id is their own (judge.py).
"""

from credential_pipeline.foundation.recipes.sql import literal
from credential_pipeline.foundation.registry.feeds import Certifier
from credential_pipeline.foundation.storage.relation import Relation, Scratch

SIMILAR = 0.85
"""Jaro-Winkler similarity from which two names are spellings of one."""
_AT_ONCE = 2_000_000
"""Rows whose record ids are compared at once: more would not fit into little memory."""


def content_sql(certifier: Certifier) -> str:
    """A number that is alike for rows of one content.

    What was declared is compared, in the order of the YAML: a resent row differs in ignored columns such as a batch.
    """
    values = ", ".join(f"coalesce(source[{literal(column)}], '')" for column in certifier.source_columns)
    return f"hash({values})"


def contested_rows(work: Scratch, stage: Relation, usable: Relation, certifier: Certifier) -> Relation:
    """Rows that share their record id with another usable row: place, record_id, reason_code, is_duplicate, is_corrected.

    Args:
        work: Makes the relation.
        stage: The staged rows of a certifier.
        usable: What was found of those that can be used, with ``turn`` and ``turn_place`` of their deliveries.
        certifier: Whose rows they are.
    """
    repeated = work.table(
        "repeated", f"SELECT * FROM {usable} SEMI JOIN {_repeated_ids(work, usable)} USING (record_id)"
    )
    shared = work.table(
        "shared", f"SELECT u.*, {content_sql(certifier)} AS content_key FROM {repeated} AS u JOIN {stage} USING (place)"
    )
    told = ("first_name", "last_name", "previous_last_name", "credential_code")
    names = ", ".join(f"upper(coalesce({certifier.sql(name)}, '')) AS {name}" for name in told)
    different = work.table(
        "different",
        f"""
        SELECT u.*, {names}, {certifier.sql("birth_date")} AS birth_date, {certifier.sql("event_date")} AS event_date
        FROM {shared} AS u JOIN {stage} USING (place)
        SEMI JOIN (SELECT record_id FROM {shared} GROUP BY record_id HAVING count(DISTINCT content_key) > 1) USING (record_id)
        """,
    )
    return work.table(
        "contested",
        f"""
        FROM ({_standing_sql(different)})
        UNION ALL
        SELECT place, record_id, NULL AS reason_code,
            row_number() OVER (PARTITION BY record_id ORDER BY turn, place) > 1 AS is_duplicate, false AS is_corrected
        FROM {shared} ANTI JOIN {different} USING (record_id)
        """,
    )


def _repeated_ids(work: Scratch, usable: Relation) -> Relation:
    """Record ids that more than one usable row has."""
    rows = work.con.execute(f"SELECT count(*) FROM {usable}").fetchall()[0][0]
    found = work.rows("repeated", {"record_id": "VARCHAR"}, ())
    parts = rows // _AT_ONCE + 1
    for part in range(parts):
        work.con.execute(
            f"INSERT INTO {found} SELECT record_id FROM {usable} WHERE hash(record_id) % {parts} = {part}"
            " GROUP BY record_id HAVING count(*) > 1"
        )
    return found


def _standing_sql(different: Relation) -> str:
    """Which of the rows with one record id and different contents stands.

    Each delivery speaks with its first row of an id; a later row of the same file with other content says that the id is no
    id. What speaks of somebody or something else than the earliest row has taken the id of another.
    """
    return f"""
        WITH spoken AS (
            SELECT *, first_value(content_key) OVER same AS own_key, row_number() OVER same AS turn_of_file,
                first_value(place) OVER (PARTITION BY record_id ORDER BY turn, place) AS first_place
            FROM {different} WINDOW same AS (PARTITION BY record_id, number ORDER BY place)
        ), fitting AS (
            SELECT s.*, s.content_key = s.own_key AND ({_same_event("s", "f")}) AS fits
            FROM spoken AS s JOIN {different} AS f ON f.place = s.first_place
        ), grouped AS (
            SELECT *, CASE WHEN fits THEN min(content_key) OVER at_once <> max(content_key) OVER at_once END AS in_conflict
            FROM fitting WINDOW at_once AS (PARTITION BY record_id, turn_place, fits)
        ), standing AS (
            SELECT record_id, max(turn_place) AS last_place FROM grouped WHERE fits AND NOT in_conflict GROUP BY record_id
        ), kept AS (
            SELECT record_id, last_place, any_value(content_key) AS standing_key
            FROM grouped JOIN standing USING (record_id) WHERE fits AND turn_place = last_place GROUP BY ALL
        ), chosen AS (
            SELECT g.*, last_place, standing_key, row_number() OVER (PARTITION BY g.record_id, fits, g.content_key
                ORDER BY turn, place) AS turn_of_content
            FROM grouped AS g LEFT JOIN kept USING (record_id)
        )
        SELECT place, record_id,
            CASE WHEN NOT fits THEN 'RECORD_ID_REUSED'
                 WHEN in_conflict AND (last_place IS NULL OR turn_place > last_place) THEN 'RECORD_ID_CONFLICT' END AS reason_code,
            fits AND NOT (in_conflict AND (last_place IS NULL OR turn_place > last_place))
                AND (content_key <> standing_key OR turn_of_content > 1) AS is_duplicate,
            fits AND NOT (in_conflict AND (last_place IS NULL OR turn_place > last_place))
                AND content_key <> standing_key AS is_corrected
        FROM chosen
        """


def _same_event(one: str, first: str) -> str:
    """Condition that two rows tell of one person and one event: a birth date, a name or a day may have been put right."""
    last = _alike(one, first, "last_name")
    given = _alike(one, first, "first_name")
    swapped = f"{one}.first_name = {first}.last_name AND {one}.last_name = {first}.first_name AND {one}.last_name <> ''"
    renamed = f"{one}.previous_last_name <> '' AND {one}.previous_last_name IN ({first}.last_name, {first}.previous_last_name)"
    unknown = f"({one}.first_name = '' OR {first}.first_name = '')"
    person = f"""{one}.birth_date = {first}.birth_date OR (({last} OR {renamed}) AND ({given} OR {unknown})) OR ({swapped})
        OR (({one}.birth_date IS NULL OR {first}.birth_date IS NULL) AND ({last} OR {given}))"""
    event = f"{one}.credential_code = {first}.credential_code OR {one}.event_date = {first}.event_date"
    return f"coalesce({person}, false) AND ({event})"


def _alike(one: str, first: str, name: str) -> str:
    pair = f"{one}.{name}, {first}.{name}"
    return f"({one}.{name} <> '' AND {first}.{name} <> '' AND jaro_winkler_similarity({pair}) >= {SIMILAR})"
