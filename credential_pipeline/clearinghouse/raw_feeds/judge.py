"""Decides for every staged row whether it can be used, and for rows with one record id which of them stands.

A row that was set aside does not claim its record id, so a corrected row can be sent again under the same id. Not here: which
deliveries count (decide.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from credential_pipeline.clearinghouse.raw_feeds.rows import LINES_PER_FILE
from credential_pipeline.clearinghouse.raw_feeds.unusable import unusable
from credential_pipeline.foundation.recipes.sql import literal
from credential_pipeline.foundation.registry.feeds import Certifier
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Relation, Scratch

SIMILAR = 0.85
"""Jaro-Winkler similarity from which two names are spellings of one."""


JUDGED = ("first_name", "last_name", "event", "result")
"""Fields that are read to judge a row; whether they hold something is kept, so that nobody reads them again."""


@dataclass(frozen=True)
class Turn:
    """What became of a delivery, as its rows need to know it.

    Attributes:
        place: The lower, the earlier; equally late deliveries have one place.
        turn: The same, with no two alike.
        withheld: Code for its rows if none of them goes on.
    """

    place: int
    turn: int
    withheld: str | None


def _fields_sql(certifier: Certifier, stage: Relation) -> str:
    """Select what the decision needs from the staged rows: fields as recipes read them, '' for missing, and a content key.

    What was declared is compared, in the order of the YAML: a resent row differs in ignored columns such as a batch.
    """
    fields = {
        name: certifier.sql(name)
        for name in ("record_id", "first_name", "last_name", "credential_code", "event", "result")
    }
    fields |= {f"written_{name}": certifier.written_sql(name, of_struct=True) for name in ("event", "result")}
    fields["written_date"] = certifier.written_sql("event_date", of_struct=True)
    columns = ", ".join(f"coalesce({expression}, '') AS {name}" for name, expression in fields.items())
    values = ", ".join(f"coalesce(source[{literal(column)}], '')" for column in certifier.source_columns)
    return f"""
    SELECT place, place // {LINES_PER_FILE} AS number, {columns}, {certifier.sql("event_date")} AS event_date,
        hash({values}) AS content_key
    FROM {stage} WHERE reason_code IS NULL
    """


def judge_rows(work: Scratch, stage: Relation, certifier: Certifier, today: date) -> Relation:
    """Look at every staged row by itself: place, number of its delivery, record_id, content_key, reason_code, has_<field>.

    Args:
        work: Makes the relation.
        stage: The staged rows of a certifier.
        certifier: Whose rows they are.
        today: Last day on which an event can have happened.
    """
    arms = "\n".join(f"WHEN {condition} THEN '{code}'" for code, condition in unusable(certifier).items())
    present = ", ".join(f"{name} <> '' AS has_{name}" for name in JUDGED)
    # A table of its own: DuckDB would compute an inlined expression again at every mention below CASE.
    fields = work.table("fields", _fields_sql(certifier, stage))
    judged = work.table(
        "judged",
        f"""
        SELECT place, number, record_id, content_key, CASE {arms} END AS reason_code, {present} FROM {fields}
        UNION ALL
        SELECT place, place // {LINES_PER_FILE}, NULL, hash(content), reason_code, {", ".join(["false"] * len(JUDGED))}
        FROM {stage} WHERE reason_code IS NOT NULL
        """,
        {"today": today},
    )
    work.drop(fields)
    return judged


def settle_rows(
    work: Scratch, stage: Relation, judged: Relation, turns: Mapping[int, Turn], certifier: Certifier
) -> Relation:
    """Decide for every staged row: place, record_id, reason_code, is_away, is_duplicate, is_corrected.

    Of rows with one record id the latest stands if it tells of the same person and event. A row that repeats the standing one,
    and one that it corrects, is a duplicate.

    Args:
        work: Makes the relation.
        stage: The staged rows of a certifier.
        judged: What was found of each row by itself.
        turns: Number of a delivery -> what became of it.
        certifier: Whose rows they are.
    """
    columns = {"number": "BIGINT", "turn_place": "BIGINT", "turn": "BIGINT", "withheld": "VARCHAR"}
    rows = [(number, one.place, one.turn, one.withheld) for number, one in turns.items()]
    order = work.rows("turns", columns, rows)
    usable = work.view(
        "usable",
        f"SELECT * FROM {judged} JOIN {order} USING (number) WHERE withheld IS NULL AND reason_code IS NULL",
    )
    contested = _contested(work, stage, usable, certifier)
    return work.table(
        "settled",
        f"""
        SELECT place, record_id, CASE WHEN c.place IS NULL THEN coalesce(j.reason_code, o.withheld) ELSE c.reason_code END
            AS reason_code, coalesce(withheld IN ('REPLACED', 'WITHDRAWN', 'REMOVED'), false) AS is_away,
            coalesce(c.is_duplicate, false) AS is_duplicate, coalesce(c.is_corrected, false) AS is_corrected
        FROM {judged} AS j JOIN {order} AS o USING (number) LEFT JOIN {contested} AS c USING (place)
        """,
    )


def _contested(work: Scratch, stage: Relation, usable: Relation, certifier: Certifier) -> Relation:
    """Rows that share their record id with another usable row, and what becomes of them."""
    shared = work.table(
        "shared",
        f"SELECT * FROM {usable} SEMI JOIN (SELECT record_id FROM {usable} GROUP BY record_id HAVING count(*) > 1)"
        " USING (record_id)",
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
        SELECT place, NULL AS reason_code, row_number() OVER (PARTITION BY record_id ORDER BY turn, place) > 1 AS is_duplicate,
            false AS is_corrected
        FROM {shared} ANTI JOIN {different} USING (record_id)
        """,
    )


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
        SELECT place,
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


def write_rows(con: Connection, stage: Relation, settled: Relation, certifier: str) -> None:
    """Move staged rows into quarantine, and complete the counts of deliveries.

    Args:
        con: Connection with the tables of raw_feeds.
        stage: The staged rows of a certifier.
        settled: What was decided for each.
        certifier: Whose rows they are.
    """
    con.execute(
        f"""
        INSERT INTO raw_feeds.quarantine
        SELECT $certifier, r.delivery, r.line, j.reason_code,
            -- What counts no longer is counted; its plaintext is kept nowhere but in the archive, as long as that is kept.
            CASE WHEN NOT j.is_away THEN r.content END, CASE WHEN NOT j.is_away THEN nullif(j.record_id, '') END
        FROM {stage} AS r JOIN {settled} AS j USING (place)
        WHERE j.reason_code IS NOT NULL ORDER BY r.place
        """,
        {"certifier": certifier},
    )
    con.execute(
        f"""
        UPDATE raw_feeds.deliveries AS d SET rows_accepted = c.accepted, rows_quarantined = c.set_aside,
            rows_duplicate = c.repeated
        FROM (
            SELECT r.delivery, count(*) FILTER (j.reason_code IS NULL AND NOT j.is_duplicate) AS accepted,
                count(*) FILTER (j.reason_code IS NOT NULL) AS set_aside,
                count(*) FILTER (j.reason_code IS NULL AND j.is_duplicate) AS repeated
            FROM {stage} AS r JOIN {settled} AS j USING (place) GROUP BY r.delivery
        ) AS c WHERE d.certifier = $certifier AND d.delivery = c.delivery
        """,
        {"certifier": certifier},
    )
