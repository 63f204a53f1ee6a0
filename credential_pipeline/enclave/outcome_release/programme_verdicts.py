"""What the verdict on a programme may still say where figures behind it are hidden: no more than they do.

That a programme passes tells that its hidden rates are above the line of the law, and a reason that one is below. Not here: how it is
judged (outcome_tables/questions/workforce_pell).
"""

from typing import Final

from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import relation, scratch
from credential_pipeline.foundation.storage.sql import statement

TABLE: Final = "outcome_release.published_outcomes"
RESTS_ON: Final = {
    "pell_completion_too_low": "completion_rate",
    "pell_placement_too_low": "placement_rate",
    "pell_tuition_too_high": "value_added_earnings",
}
"""Reason -> the figure that it tells of."""
_TOO_FEW: Final = "pell_too_few"
_PROGRAMME: Final = "certifier, credential, cohort, setting"


def follow_hidden_figures(con: Connection) -> None:
    """Let verdicts and reasons that tell of hidden figures say that the programme cannot be evaluated, for too few learners.

    Args:
        con: Connection with ``outcome_release.published_outcomes``; its reasons may become more or fewer rows.
    """
    with scratch(con) as work:
        rests_on = work.rows("rests_on", dict.fromkeys(("definition", "measure"), "VARCHAR"), [*RESTS_ON.items()])
        published = relation(con, TABLE)
        judged = work.table(
            "judged", statement(__package__, "programme_verdicts.sql", published=published, rests_on=rests_on)
        )
        con.execute(
            f"""
            DELETE FROM {TABLE} WHERE measure = 'pell_reason' AND cell_id IN (
                SELECT r.cell_id FROM {TABLE} AS r JOIN {rests_on} AS o USING (definition)
                JOIN {TABLE} AS h ON h.measure = o.measure AND h.status = 5
                    AND (h.certifier, h.credential, h.cohort, h.setting) = (r.certifier, r.credential, r.cohort, r.setting))
            """
        )
        con.execute(
            f"""
            INSERT INTO {TABLE} BY NAME
            SELECT v.* REPLACE ('pell_reason' AS measure, '{_TOO_FEW}' AS definition,
                replace(v.cell_id, 'pell_verdict/' || v.definition, 'pell_reason/{_TOO_FEW}') AS cell_id)
            FROM {TABLE} AS v SEMI JOIN {judged} AS j USING (cell_id)
            ANTI JOIN (FROM {TABLE} WHERE definition = '{_TOO_FEW}') AS r USING ({_PROGRAMME})
            WHERE v.measure = 'pell_verdict'
            """
        )
        con.execute(
            f"""
            UPDATE {TABLE} AS v SET definition = j.judged, cell_id = replace(v.cell_id, '/' || j.said || '/', '/' || j.judged || '/')
            FROM {judged} AS j WHERE j.cell_id = v.cell_id
            """
        )
