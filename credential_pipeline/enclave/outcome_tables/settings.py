"""Where people trained: what the certifier says, and what the education registry says of the time before the award."""

from credential_pipeline.enclave.outcome_tables.categories import gives_certifiers, scopes_of, walk_parts
from credential_pipeline.enclave.outcome_tables.cells import Share, share_cells
from credential_pipeline.enclave.outcome_tables.counts import COUNTS, category_counts
from credential_pipeline.enclave.outcome_tables.earlier import Earlier
from credential_pipeline.enclave.outcome_tables.groups import Ladder
from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.enclave.outcome_tables.sizes import part_sizes
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import statement

#: Definition (also the quantity) to the column of :func:`nearest_training`.
VIEWS = {
    "setting_training": "training_setting",
    "setting_sector": "enrollment_sector",
    "setting_degree": "enrollment_degree",
    "setting_credit": "enrollment_credit",
}


def nearest_training(work: Scratch, units: Relation, people: Relation, enrollments: Relation, plan: Plan) -> Relation:
    """For every unit the certifier's training setting and the enrollment nearest to the award.

    Args:
        work: Where the rows live.
        units: What is counted, with its award.
        people: The keys of its persons.
        enrollments: ``person_keys.enrollments``.
        plan: The settings, for the training window.

    Returns:
        uid, pid, lead, certifier, horizon (NULL), training_setting, enrollment_sector, enrollment_degree, enrollment_credit. Who
        has no enrollment in the window is 'no_enrollment'.
    """
    return work.table(
        "training",
        statement(__package__, "training.sql", units=units, people=people, enrollments=enrollments),
        {"window_days": plan.training_window_days},
    )


def pool_settings(work: Scratch, training: Relation, plan: Plan, ladder: Ladder, earlier: Earlier) -> Relation:
    """The training with settings pooled that too few have; the ladder learns what was decided."""
    if plan.thresholds is None:
        return training
    scopes = scopes_of(ladder, labelled=True)
    for view, column in VIEWS.items():
        walk_parts(part_sizes(work, training, plan, column), scopes, plan, ladder, earlier, "setting", view)
    rungs = ladder.relation(work)
    joins = " ".join(
        f"LEFT JOIN {rungs} AS {view} ON {view}.dimension = 'setting' AND {view}.within = '{view}' "
        f"AND {view}.category = t.{column}"
        for view, column in VIEWS.items()
    )
    labels = ", ".join(f"nullif({view}.label, 'all') AS {column}" for view, column in VIEWS.items())
    return work.table("training", f"SELECT t.* REPLACE ({labels}) FROM {training} AS t {joins}")


def setting_counts(work: Scratch, training: Relation, plan: Plan, ladder: Ladder) -> Relation:
    """The cohort by each view of its training."""
    parts = [
        category_counts(
            work,
            training,
            plan,
            category=column,
            quantity=quantity,
            column="setting",
            by_certifier=gives_certifiers(ladder, quantity),
        )
        for quantity, column in VIEWS.items()
    ]
    return COUNTS.union(work, *parts)


def setting_cells(work: Scratch, counts: Relation) -> Relation:
    """``setting_share``, one definition per view: shares of the cohort, overall and by certifier."""
    return share_cells(
        work, counts, *(Share("settings", "setting_share", view, part=view, total="cohort") for view in VIEWS)
    )
