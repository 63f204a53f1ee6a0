"""The tables of return_files: what goes back to certifiers, institutions and states, before it is written as their files."""

from credential_pipeline.foundation.contracts.table import Column, Snapshot, Table
from credential_pipeline.foundation.layouts import LAYOUTS
from credential_pipeline.foundation.names import Sensitivity, Side

_PARTNER = Column("partner", "VARCHAR", "Partner, as its agreement names it.")
_WHO = (
    Column("student_id", "VARCHAR", "Student's id in the registry, where there is one.", identifier=True),
    Column("learner_id", "VARCHAR", "Learner's id in this system, where there is one."),
)


def _laid_out(layout: str) -> tuple[Column, ...]:
    """The columns of a partner's file, as text, in its order."""
    return tuple(Column(field.name, "VARCHAR", field.meaning, identifier=field.identifier) for field in LAYOUTS[layout])


_TABLES = (
    Table(
        name="partners",
        description="One partner whose agreement is in force, and about whom it may be told.",
        key=("partner",),
        sensitivity=Sensitivity.CONFIDENTIAL_AGGREGATE,
        may_be_empty=True,
        columns=(
            _PARTNER,
            Column("agreement", "VARCHAR", "Id of the agreement."),
            Column("role", "VARCHAR", "certifier, institution or state."),
            Column("of", "VARCHAR", "The certifier's name, the institution's OPEID or the state."),
            Column("school_code", "VARCHAR", "Six digits of an institution; empty for others."),
            Column("branch", "VARCHAR", "Two digits of the campus; 00 for all of them."),
        ),
    ),
    Table(
        name="agreed_fields",
        description="One field that an agreement lets a partner have; what is not here may not be filled.",
        key=("partner", "share", "table", "field"),
        sensitivity=Sensitivity.CONFIDENTIAL_AGGREGATE,
        may_be_empty=True,
        columns=(
            _PARTNER,
            Column("share", "VARCHAR", "What the partner gets, as its agreement says: enrollments, degrees and so on."),
            Column("table", "VARCHAR", "Table of this hop."),
            Column("field", "VARCHAR", "Column of the table."),
        ),
    ),
    Table(
        name="partner_programmes",
        description="One credential that completes a program which is taught in a partner's state.",
        key=("partner", "programme", "credential_code"),
        sensitivity=Sensitivity.CONFIDENTIAL_AGGREGATE,
        may_be_empty=True,
        columns=(
            _PARTNER,
            Column("programme", "VARCHAR", "Program, as programmes/<industry>.yml names it."),
            Column("certifier", "VARCHAR", "Certifier of the credential."),
            Column("credential_code", "VARCHAR", "Certifier's code of the credential."),
            Column("opeid", "VARCHAR", "OPEID of the provider, eight digits."),
        ),
    ),
    Table(
        name="own_files",
        description="One PDP file that an institution left and that was accepted, so that its rows go back to it.",
        key=("partner", "kind"),
        sensitivity=Sensitivity.CONFIDENTIAL_AGGREGATE,
        may_be_empty=True,
        columns=(_PARTNER, Column("kind", "VARCHAR", "cohort or course.")),
    ),
    Table(
        name="requests",
        description="One request that a partner left, and how its rows were answered.",
        key=("partner", "file"),
        sensitivity=Sensitivity.CONFIDENTIAL_AGGREGATE,
        may_be_empty=True,
        columns=(
            _PARTNER,
            Column("file", "VARCHAR", "File name of the request; its id where the name might be a person's."),
            Column("request_id", "VARCHAR", "First 16 digits of the hash of the file; unread if it cannot be read."),
            Column("query_type", "VARCHAR", "SE, CO, DA or PA; empty if the file was refused."),
            Column("school_code", "VARCHAR", "Six digits by which the sender signs, as written."),
            Column("branch", "VARCHAR", "Two digits of the branch that the sender signs for, as written."),
            Column("file_date", "DATE", "Day of the request, as written."),
            Column("rows", "BIGINT", "People asked for."),
            Column("found", "BIGINT", "People of whom something is told."),
            Column("not_found", "BIGINT", "People of whom nothing is known."),
            Column("blocked", "BIGINT", "People who may not be told of; listed nowhere."),
            Column("out_of_scope", "BIGINT", "People who are none of the partner's; answered like not found."),
            Column("state", "VARCHAR", "answered, repeated or refused."),
            Column("reason_code", "VARCHAR", "Why the file was refused; empty if it was not."),
            Column("line", "BIGINT", "Line of the file that the reason is about; empty for the whole file."),
        ),
    ),
    Table(
        name="answers",
        description="One person asked for, and whether anything may be told.",
        key=("partner", "request_id", "row"),
        sensitivity=Sensitivity.IDENTIFIED,
        may_be_empty=True,
        columns=(
            _PARTNER,
            Column("request_id", "VARCHAR", "The request."),
            Column("row", "BIGINT", "Line of the request; its header is line 1."),
            Column("return_field", "VARCHAR", "The partner's own mark of the row, verbatim.", identifier=True),
            *_WHO,
            Column("outcome", "VARCHAR", "found, not_found, blocked or out_of_scope."),
            Column("match_probability", "DOUBLE", "Probability that it is this student, six digits."),
        ),
    ),
    Table(
        name="report_rows",
        description="One row of a detail report: an enrollment, a degree, an industry credential, or nobody found.",
        key=("partner", "request_id", "row", "sequence"),
        sensitivity=Sensitivity.IDENTIFIED,
        may_be_empty=True,
        columns=(
            _PARTNER,
            Column("request_id", "VARCHAR", "The request."),
            Column("row", "BIGINT", "Line of the request that the row answers."),
            Column("sequence", "BIGINT", "1, 2, 3 … of the rows of one person."),
            *_WHO,
            Column("told", "VARCHAR", "enrollment, degree, credential or none."),
            *_laid_out("student_tracker_report"),
        ),
    ),
    Table(
        name="pdp_cohort",
        description="One student of an institution, as the analysis-ready cohort file of PDP has it.",
        key=("partner", "institution_id", "student_id"),
        sensitivity=Sensitivity.IDENTIFIED,
        may_be_empty=True,
        columns=(
            _PARTNER,
            Column("learner_id", "VARCHAR", "Learner's id in this system, where there is one."),
            *_laid_out("pdp_cohort"),
            *_laid_out("pdp_cohort_since_2025"),
        ),
    ),
    Table(
        name="pdp_course",
        description="One course, or one industry credential as a course without credit, as PDP's course file has it.",
        key=(
            "partner",
            "institution_id",
            "student_id",
            "academic_year",
            "academic_term",
            "course_prefix",
            "course_number",
        ),
        sensitivity=Sensitivity.IDENTIFIED,
        unique=False,
        may_be_empty=True,
        columns=(
            _PARTNER,
            Column("learner_id", "VARCHAR", "Learner's id in this system, where there is one."),
            *_laid_out("pdp_course"),
            *_laid_out("pdp_course_since_2025"),
        ),
    ),
    Table(
        name="partner_figures",
        description="One figure for a partner on its own people, after disclosure control.",
        key=("partner", "view", "subject", "dimension", "level", "measure"),
        sensitivity=Sensitivity.CONFIDENTIAL_AGGREGATE,
        may_be_empty=True,
        columns=(
            _PARTNER,
            Column("view", "VARCHAR", "certifier, institution, momentum, dashboard or state."),
            Column("subject", "VARCHAR", "Part of the view that the figure belongs to."),
            Column("dimension", "VARCHAR", "Breakdown, or 'all'."),
            Column("level", "VARCHAR", "Category of the breakdown, or 'all'."),
            Column("measure", "VARCHAR", "What the figure measures."),
            Column("value", "DOUBLE", "The figure; empty unless status is 1."),
            Column("unit", "VARCHAR", "count, share, mean or usd."),
            Column("n", "BIGINT", "People behind the figure, rounded; empty unless status is 1."),
            Column("status", "INTEGER", "1 shown, -1 not available, 5 too few people."),
        ),
    ),
    Table(
        name="completers",
        description="One person who completed a program, for the state that judges it.",
        key=("partner", "programme", "learner_id"),
        sensitivity=Sensitivity.IDENTIFIED,
        may_be_empty=True,
        columns=(
            _PARTNER,
            Column("programme", "VARCHAR", "Program, as programmes/<industry>.yml names it."),
            *_WHO,
            *_laid_out("completers"),
        ),
    ),
    Table(
        name="programme_rates",
        description="One rate of a program, for the state that judges it, or why there is none.",
        key=("partner", "programme", "measure"),
        sensitivity=Sensitivity.CONFIDENTIAL_AGGREGATE,
        may_be_empty=True,
        columns=(
            _PARTNER,
            Column("programme", "VARCHAR", "Program, as programmes/<industry>.yml names it."),
            Column("measure", "VARCHAR", "completion_rate, placement_rate or value_added_earnings."),
            Column("value", "DOUBLE", "The figure; empty unless status is 1."),
            Column("n", "BIGINT", "People behind the figure, rounded; empty unless status is 1."),
            Column("status", "INTEGER", "1 shown, -1 cannot be evaluated, 5 too few people."),
            Column("reason", "VARCHAR", "Why it cannot be evaluated; empty if it can."),
        ),
    ),
)

SNAPSHOT = Snapshot(
    name="return_files",
    side=Side.CLEARINGHOUSE,
    description="What goes back to certifiers, institutions and states under their agreements.",
    tables=_TABLES,
)
