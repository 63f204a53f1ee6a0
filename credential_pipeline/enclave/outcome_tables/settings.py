"""Where people trained: what the certifier says, and what the education registry says of the time before the award."""

from credential_pipeline.enclave.outcome_tables.cells import Share, add_share_cells
from credential_pipeline.enclave.outcome_tables.counts import add_category_counts
from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.foundation.storage.engine import Connection

#: Definition (also the quantity) to the column of ``tmp_training``.
VIEWS = {
    "setting_training": "training_setting",
    "setting_sector": "enrollment_sector",
    "setting_degree": "enrollment_degree",
    "setting_credit": "enrollment_credit",
}


def create_training(con: Connection, plan: Plan) -> None:
    """Create ``tmp_training``: for every unit the certifier's training setting and the enrollment nearest to the award.

    An enrollment is that of the award if it began by the award day and ended no more than ``training_window_days``
    before it (without an end date, its first day counts). Of several the one that ended last before or ran on the award
    day is taken, then the one that began last; codes break ties. Who has none is 'no_enrollment'.
    """
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE tmp_training AS
        WITH near AS (
            SELECT u.uid, e.sector, e.degree_seeking, e.credit, row_number() OVER (
                PARTITION BY u.uid
                ORDER BY greatest(u.award_date - coalesce(e.end_date, e.begin_date), 0), e.begin_date DESC,
                    e.sector NULLS LAST, e.degree_seeking DESC NULLS LAST, e.credit DESC NULLS LAST
            ) AS nth
            FROM tmp_units AS u
            JOIN tmp_people AS p USING (pid)
            JOIN person_keys.enrollments AS e USING (person_key)
            WHERE e.begin_date <= u.award_date AND coalesce(e.end_date, e.begin_date) >= u.award_date - CAST(? AS INTEGER)
        )
        SELECT
            u.uid, u.pid, u.certifier, CAST(NULL AS INTEGER) AS horizon, u.training_setting,
            CASE WHEN n.uid IS NULL THEN 'no_enrollment' ELSE coalesce(nullif(trim(n.sector), ''), 'unknown') END
                AS enrollment_sector,
            CASE WHEN n.uid IS NULL THEN 'no_enrollment' WHEN n.degree_seeking IS NULL THEN 'unknown'
                 WHEN n.degree_seeking THEN 'degree_seeking' ELSE 'not_degree_seeking' END AS enrollment_degree,
            CASE WHEN n.uid IS NULL THEN 'no_enrollment' WHEN n.credit IS NULL THEN 'unknown'
                 WHEN n.credit THEN 'credit' ELSE 'noncredit' END AS enrollment_credit
        FROM tmp_units AS u LEFT JOIN near AS n ON n.uid = u.uid AND n.nth = 1
        """,
        [plan.training_window_days],
    )


def add_setting_counts(con: Connection, plan: Plan) -> None:
    """Count the cohort by each view of its training."""
    for quantity, column in VIEWS.items():
        add_category_counts(con, plan, "tmp_training", column, quantity, "setting")


def add_settings(con: Connection) -> None:
    """Add ``setting_share``, one definition per view: shares of the cohort, overall and by certifier."""
    add_share_cells(con, *(Share("settings", "setting_share", view, part=view, total="cohort") for view in VIEWS))
