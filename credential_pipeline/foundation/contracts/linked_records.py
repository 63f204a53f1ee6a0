"""The tables of linked_records."""

from credential_pipeline.foundation.contracts.table import Column, Snapshot, Table
from credential_pipeline.foundation.names import Sensitivity, Side

WEIGHT_BIN = 2
"""Bits of match weight in a bin of the figure ``best_student`` of diagnostics; its level is the lower end."""

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
            Column(
                "decided_by",
                "VARCHAR",
                "What decided: exact, model, review, block, none and so on; where the StudentTracker service was asked,"
                " student_tracker (its answer, also that it found nobody) or unanswered.",
            ),
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
            Column(
                "decided_by",
                "VARCHAR",
                "What decided: exact, model, review, block, none and so on; where the StudentTracker service was asked,"
                " student_tracker (its answer, also that it found nobody) or unanswered.",
            ),
        ),
    ),
    Table(
        name="pairs",
        description="One pair that was looked at and kept, linked or not: what review samples are drawn from.",
        key=("pair_id",),
        sensitivity=Sensitivity.PSEUDONYMOUS,
        may_be_empty=True,
        columns=(
            Column("pair_id", "VARCHAR", "Hash of the two ids."),
            Column("hop", "VARCHAR", "learner (two profiles) or student (a profile and a student)."),
            Column("left_id", "VARCHAR", "Profile."),
            Column("right_id", "VARCHAR", "Profile or student.", identifier=True),
            Column(
                "match_weight",
                "DOUBLE",
                "Match weight, log2 odds; empty where profiles of one name and birth date were taken together unscored.",
            ),
            Column("match_probability", "DOUBLE", "Probability of a match, six digits; empty as the weight is."),
            Column("linked", "BOOLEAN", "The two are one learner, or the learner is linked to the student."),
            Column(
                "reviewed", "VARCHAR", "What people decided on the pair: match, no_match, unsure; empty if nothing."
            ),
        ),
    ),
    Table(
        name="review_queue",
        description="One pair of ``pairs`` that a person should look at: near the threshold and not yet decided.",
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
        name="learner_events",
        description="One thing that happened to a learner's id; a revision is a change of the hop, not a time.",
        key=("revision", "learner_id", "event"),
        sensitivity=Sensitivity.PSEUDONYMOUS,
        unique=False,  # A learner may take rows of several others at once.
        columns=(
            Column("revision", "INTEGER", "Number of the change, counted from 1; only a change of ids takes one."),
            Column("learner_id", "VARCHAR", "Learner's id in this system."),
            Column(
                "event",
                "VARCHAR",
                "born (a new id for new rows), joined (new rows), returned (rows are delivered again), left (rows are no"
                " longer delivered), retired (none is), split (took rows of another who lives on), merged (gave its rows"
                " to another and ceased).",
            ),
            Column("other_learner_id", "VARCHAR", "The learner whose rows were taken, or who took them; else empty."),
            Column("records", "BIGINT", "Feed rows that the event is about."),
        ),
    ),
    Table(
        name="learner_redirects",
        description="One learner's id that is no longer in use.",
        key=("retired_id",),
        sensitivity=Sensitivity.PSEUDONYMOUS,
        may_be_empty=True,
        columns=(
            Column("retired_id", "VARCHAR", "The id that ceased."),
            Column("learner_id", "VARCHAR", "The living id that has its rows; empty if none is delivered any more."),
            Column("revision", "INTEGER", "Number of the change in which it ceased."),
        ),
    ),
    Table(
        name="record_ids",
        description="One feed row ever seen and the learner it belongs to: the memory from which ids are inherited.",
        key=("certifier", "record_id"),
        sensitivity=Sensitivity.PSEUDONYMOUS,
        columns=(
            Column("certifier", "VARCHAR", "Certifier's name in the registry."),
            Column("record_id", "VARCHAR", "Sender's id of the row, unique within a certifier."),
            Column("learner_id", "VARCHAR", "Learner's id in this system; may have retired if the row is gone."),
            Column("present", "BOOLEAN", "Whether the row is delivered now."),
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
    Table(
        name="blocks",
        description="One wish to share nothing, and a learner whom it concerns.",
        key=("statement_id", "learner_id"),
        sensitivity=Sensitivity.PSEUDONYMOUS,
        unique=False,  # A wish of somebody unknown has no learner yet.
        may_be_empty=True,
        columns=(
            Column("statement_id", "VARCHAR", "The wish, as in block_statements."),
            Column("learner_id", "VARCHAR", "Learner's id in this system; empty while the wish concerns nobody known."),
            Column("source", "VARCHAR", "Who said it: certifier, school or individual."),
            Column("scope", "VARCHAR", "What it is about: all, certifier or industry."),
            Column("certifier", "VARCHAR", "Certifier that said it, or that it is about."),
            Column("since", "DATE", "Day on which it was first known."),
            Column(
                "reason", "VARCHAR", "How it was said: FLAG, FERPA_BLOCK, OPT_OUT or the reason of a row set aside."
            ),
            Column("rescinded", "DATE", "Day on which it was taken back, by an entry of the steward's list."),
            Column("in_force", "BOOLEAN", "It was not taken back and is about this industry and this learner."),
        ),
    ),
    Table(
        name="block_statements",
        description="One wish to share nothing, ever heard, and by what the person can be told: the memory of opt-outs.",
        key=("statement_id",),
        sensitivity=Sensitivity.IDENTIFIED,
        may_be_empty=True,
        columns=(
            Column("statement_id", "VARCHAR", "Hash of what was said and of whom."),
            Column("source", "VARCHAR", "Who said it: certifier, school or individual."),
            Column("certifier", "VARCHAR", "Certifier that said it, or that it is about."),
            Column("record_id", "VARCHAR", "Sender's id of the row."),
            Column("person_ref", "VARCHAR", "Certifier's own id of the person.", identifier=True),
            Column("student_id", "VARCHAR", "Student's id in the registry.", identifier=True),
            Column("first_name", "VARCHAR", "Given name, letters only.", identifier=True),
            Column("last_name", "VARCHAR", "Family name, letters only.", identifier=True),
            Column("birth_date", "DATE", "Date of birth.", identifier=True),
            Column("scope", "VARCHAR", "What it is about: all, certifier or industry."),
            Column("industry", "VARCHAR", "Industry that it is about, where the scope is one."),
            Column(
                "reason", "VARCHAR", "How it was said: FLAG, FERPA_BLOCK, OPT_OUT or the reason of a row set aside."
            ),
            Column("since", "DATE", "Day on which it was first known."),
            Column("last_said", "DATE", "Day on which it was said anew, or else first."),
            Column("said_now", "BOOLEAN", "What is delivered now says it; otherwise it is remembered."),
        ),
    ),
)

SNAPSHOT = Snapshot(
    name="linked_records",
    side=Side.CLEARINGHOUSE,
    description="Learners, and the student record behind each.",
    tables=_TABLES,
    inherits=("block_statements", "learner_events", "record_ids"),
)
