"""The tables of hop 3: linked_records."""

from credential_pipeline.contracts.table import Column, Snapshot, Table
from credential_pipeline.names import Sensitivity, Side

_TABLES = (
    Table(
        name="learners",
        description="One learner of the industry.",
        key=("learner_id",),
        sensitivity=Sensitivity.PSEUDONYMOUS,
        columns=(
            Column("learner_id", "VARCHAR", "Learner's id in this system."),
            Column("certifiers", "VARCHAR", "Certifiers that reported the learner, sorted, separated by commas."),
            Column("credentials", "BIGINT", "Awards."),
            Column("first_award_date", "DATE", "Day of the first award; empty if there is none."),
            Column("student_id", "VARCHAR", "Student record, where one was linked.", identifier=True),
            Column("status", "VARCHAR", "linked, ambiguous, unlinked or blocked."),
            Column("blocked", "BOOLEAN", "Not to be shared: the certifier or the school says so."),
        ),
    ),
    Table(
        name="links",
        description="One feed row, the learner behind it and the student record.",
        key=("certifier", "record_id"),
        sensitivity=Sensitivity.PSEUDONYMOUS,
        columns=(
            Column("certifier", "VARCHAR", "Certifier's name in the registry."),
            Column("record_id", "VARCHAR", "Sender's id of the row, unique within a certifier."),
            Column("learner_id", "VARCHAR", "Learner's id in this system."),
            Column("student_id", "VARCHAR", "Student record, where one was linked.", identifier=True),
            Column("match_probability", "DOUBLE", "Probability of the link to the student record, six digits."),
            Column("status", "VARCHAR", "linked, ambiguous, unlinked or blocked."),
            Column("decided_by", "VARCHAR", "What decided: exact, model, person_ref, review and so on."),
        ),
    ),
    Table(
        name="profile_links",
        description="One profile, the learner behind it and the student record.",
        key=("profile_id",),
        sensitivity=Sensitivity.PSEUDONYMOUS,
        columns=(
            Column("profile_id", "VARCHAR", "Profile."),
            Column("learner_id", "VARCHAR", "Learner's id in this system."),
            Column("student_id", "VARCHAR", "Student record, where one was linked.", identifier=True),
            Column("match_probability", "DOUBLE", "Probability of the link to the student record, six digits."),
            Column("status", "VARCHAR", "linked, ambiguous, unlinked or blocked."),
            Column("decided_by", "VARCHAR", "What decided: exact, model, person_ref, review and so on."),
        ),
    ),
    Table(
        name="review_queue",
        description="One pair that a person should look at.",
        key=("pair_id",),
        sensitivity=Sensitivity.PSEUDONYMOUS,
        may_be_empty=True,
        columns=(
            Column("pair_id", "VARCHAR", "Hash of the two ids."),
            Column("left_id", "VARCHAR", "Profile."),
            Column("right_id", "VARCHAR", "Profile or student.", identifier=True),
            Column("hop", "VARCHAR", "learner or student."),
            Column("match_probability", "DOUBLE", "Probability of a match, six digits."),
            Column("match_weight", "DOUBLE", "Match weight, log2 of the Bayes factor with the prior."),
            Column("reason", "VARCHAR", "Why the pair is in the queue."),
        ),
    ),
    Table(
        name="diagnostics",
        description="One figure on the linkage: counts, rates and weights only.",
        key=("metric", "dimension", "level"),
        sensitivity=Sensitivity.CONFIDENTIAL_AGGREGATE,
        columns=(
            Column("metric", "VARCHAR", "What the figure measures."),
            Column("dimension", "VARCHAR", "Breakdown, or 'all'."),
            Column("level", "VARCHAR", "Category of the breakdown."),
            Column("value", "DOUBLE", "The figure."),
            Column("n", "BIGINT", "Rows behind the figure."),
        ),
    ),
)

SNAPSHOT = Snapshot(
    name="linked_records",
    side=Side.CLEARINGHOUSE,
    description="Learners, and the student record behind each.",
    tables=_TABLES,
)
