"""Decides for every staged row: accepted, quarantined with a reason, or a duplicate.

A row that was quarantined does not claim its record id, so a corrected row can be sent again under the same id.
"""

from datetime import date

from credential_pipeline.foundation.recipes.name_marks import is_nobody
from credential_pipeline.foundation.recipes.sql import literal
from credential_pipeline.foundation.registry.feeds import Certifier
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Relation, Scratch


def unreadable(certifier: Certifier) -> dict[str, str]:
    """Conditions under which a row cannot be used, by reason code, in the order in which they are looked for.

    Args:
        certifier: Whose columns and recipes are meant. The conditions are SQL over the columns of ``_fields_sql``; the
            parameter ``$today`` is the day after which an event lies in the future.
    """
    known = ", ".join(literal(one) for one in sorted(certifier.codes))
    return {
        "MISSING_RECORD_ID": "record_id = ''",
        # Who has one name may have it in either column; an initial alone is none.
        "MISSING_LAST_NAME": f"last_name = '' AND length(first_name) < 2 OR {is_nobody('first_name', 'last_name')}",
        "MISSING_CREDENTIAL_CODE": "credential_code = ''",
        "UNKNOWN_CREDENTIAL": f"credential_code NOT IN ({known})" if known else "false",
        "MISSING_EVENT_DATE": "event_date IS NULL AND written_date = ''",
        "UNREADABLE_EVENT_DATE": "event_date IS NULL",
        "EVENT_DATE_IN_FUTURE": "event_date > $today",
        "UNKNOWN_EVENT": "event = '' AND written_event <> ''",
        # Renewals and revocations have no result, though they may stand in the column that holds the results of others.
        "UNKNOWN_RESULT": "result = '' AND written_result <> '' AND event NOT IN ('renewal', 'revocation')",
    }


def _fields_sql(certifier: Certifier, stage: Relation) -> str:
    """Select what the decision needs from the staged rows: fields as recipes read them, '' for missing, and a content key.

    What was declared is compared, in the order of the YAML: a resent row differs in ignored columns such as a batch.
    """
    fields = {
        name: certifier.sql(name)
        for name in ("record_id", "first_name", "last_name", "credential_code", "event", "result")
    }
    fields |= {f"written_{name}": certifier.written_sql(name) for name in ("event", "result")}
    fields["written_date"] = certifier.written_sql("event_date")
    columns = ", ".join(f"coalesce({expression}, '') AS {name}" for name, expression in fields.items())
    values = ", ".join(f"coalesce(source[{literal(column)}], '')" for column in certifier.source_columns)
    return f"""
    SELECT place, delivery, {columns}, {certifier.sql("event_date")} AS event_date,
        md5(concat_ws(chr(31), {values})) AS content_key
    FROM {stage} WHERE reason_code IS NULL
    """


def judge_rows(work: Scratch, stage: Relation, certifier: Certifier, today: date) -> Relation:
    """Decide for every staged row: place, record_id, reason_code, is_duplicate.

    Args:
        work: Makes the relation.
        stage: The staged rows of a certifier.
        certifier: Whose rows they are.
        today: Last day on which an event can have happened.
    """
    arms = "\n".join(f"WHEN {condition} THEN '{code}'" for code, condition in unreadable(certifier).items())
    # A table of its own: DuckDB would compute an inlined expression again at every mention below CASE.
    fields = work.table("fields", _fields_sql(certifier, stage))
    judged = work.table(
        "judged",
        f"""
        WITH read AS (
            SELECT place, record_id, content_key, CASE {arms} END AS reason_code FROM {fields}
        ), ordered AS (
            SELECT *, first_value(content_key) OVER same AS first_key, row_number() OVER same AS turn
            FROM read WHERE reason_code IS NULL
            WINDOW same AS (PARTITION BY record_id ORDER BY place)
        )
        SELECT place, record_id, reason_code, false AS is_duplicate FROM read WHERE reason_code IS NOT NULL
        UNION ALL
        SELECT place, record_id, CASE WHEN content_key <> first_key THEN 'RECORD_ID_REUSED' END,
            turn > 1 AND content_key = first_key
        FROM ordered
        UNION ALL
        SELECT place, NULL, reason_code, false FROM {stage} WHERE reason_code IS NOT NULL
        """,
        {"today": today},
    )
    work.drop(fields)
    return judged


def write_rows(con: Connection, stage: Relation, judged: Relation, certifier: str) -> None:
    """Move the staged rows into records and quarantine, and complete the counts of deliveries.

    Args:
        con: Connection with the tables of raw_feeds.
        stage: The staged rows of a certifier.
        judged: What was decided for each.
        certifier: Whose rows they are.
    """
    con.execute(
        f"""
        INSERT INTO raw_feeds.records
        SELECT $certifier, r.delivery, r.line, j.record_id, CAST(r.source AS MAP(VARCHAR, VARCHAR))
        FROM {stage} AS r JOIN {judged} AS j USING (place)
        WHERE j.reason_code IS NULL AND NOT j.is_duplicate
        """,
        {"certifier": certifier},
    )
    con.execute(
        f"""
        INSERT INTO raw_feeds.quarantine
        SELECT $certifier, r.delivery, r.line, j.reason_code, r.content
        FROM {stage} AS r JOIN {judged} AS j USING (place)
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
            FROM {stage} AS r JOIN {judged} AS j USING (place) GROUP BY r.delivery
        ) AS c WHERE d.certifier = $certifier AND d.delivery = c.delivery
        """,
        {"certifier": certifier},
    )
