"""From the requests that partners left to what each is told, as the tables of the contract.

Scope comes before blocks: of somebody who is none of the partner's not even an opt-out is told. A blocked person has no row at all and
is only counted. Not here: writing the reports (deliver.py) and the rules of linkage (find.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from credential_pipeline.clearinghouse.return_files.answer.asking import TOLD, Left, requests_left
from credential_pipeline.clearinghouse.return_files.answer.own_people import find_own_people
from credential_pipeline.clearinghouse.return_files.answer.within_reach import find_within_reach
from credential_pipeline.clearinghouse.return_files.partners import Given, Wishes, partners_table
from credential_pipeline.engines.exchange.student_tracker.report import NAMES
from credential_pipeline.engines.linkage.model import Model, shipped
from credential_pipeline.foundation.contracts.return_files import SNAPSHOT
from credential_pipeline.foundation.layouts import LAYOUTS
from credential_pipeline.foundation.recipes.sql import literal
from credential_pipeline.foundation.registry.feeds import Certifier
from credential_pipeline.foundation.registry.return_agreements import ReturnAgreement
from credential_pipeline.foundation.storage.relation import Relation, Scratch, relation
from credential_pipeline.foundation.storage.sql import statement


@dataclass(frozen=True)
class Answers:
    """What requests came to, each with the columns of its table in the contract.

    Attributes:
        requests: One row a file that a partner left.
        answers: One row a person asked for.
        report_rows: One row a line of a report.
    """

    requests: Relation
    answers: Relation
    report_rows: Relation


def answer_requests(work: Scratch, given: Given, wishes: Wishes, model: Model | None = None) -> Answers:
    """Answer every request of the partners of an industry.

    Args:
        work: Makes the relations, in a connection with the views of ``education_registry``, ``cleaned_learners`` and
            ``linked_records``.
        given: The partners' agreements, their folders and the day.
        wishes: Of whom nothing may be told.
        model: The pinned model of the family ``registry``; the shipped one if None.
    """
    left = requests_left(work, given)
    shapes = {name: SNAPSHOT.table(name).schema for name in ("answers", "report_rows")}
    if not any(one.state == "answered" for one in left):
        nobody = {name: work.rows(name, shape, []) for name, shape in shapes.items()}
        return Answers(_requests(work, left, nobody["answers"]), nobody["answers"], nobody["report_rows"])
    index = relation(work.con, "education_registry.person_index")
    reached = find_within_reach(work, left, index, model or shipped("registry"))
    asked = reached.asked
    partners = partners_table(work, given.in_force)
    scoped = work.table(
        "scoped",
        statement(
            __package__,
            "scope.sql",
            found=reached.found,
            asked=asked,
            partners=partners,
            heard=wishes.heard,
            elsewhere=wishes.elsewhere,
            certified=find_own_people(work, asked, partners, wishes.elsewhere),
        ),
    )
    events = _events(work, given, asked, scoped)
    answers = work.table("answers", statement(__package__, "answers.sql", asked=asked, scoped=scoped, events=events))
    rows = work.table("told", statement(__package__, "rows.sql", answers=answers, asked=asked, events=events))
    told = work.table("report_rows", _withheld(rows, given.in_force))
    return Answers(_requests(work, reached.left, answers), answers, told)


def _events(work: Scratch, given: Given, asked: Relation, scoped: Relation) -> Relation:
    """What may be told of those found."""
    allowed = work.rows(
        "allowed",
        {"partner": "VARCHAR", "what": "VARCHAR"},
        [(one.partner, what) for one in given.in_force for what in TOLD if what in one.gets],
    )
    held = work.table(
        "held",
        statement(__package__, "held.sql", people=scoped, titles=_titles(work, given.certifiers)),
        {"today": given.today},
    )
    colleges = work.table("colleges", statement(__package__, "colleges.sql"))
    return work.table(
        "events",
        statement(__package__, "events.sql", scoped=scoped, asked=asked, allowed=allowed, held=held, colleges=colleges),
    )


def _titles(work: Scratch, certifiers: Sequence[Certifier]) -> Relation:
    """What the registry says of credentials."""
    return work.rows(
        "titles",
        dict.fromkeys(("certifier", "credential_code", "title", "ctid"), "VARCHAR"),
        [(one.certifier, made.code, made.title, made.ctid) for one in certifiers for made in one.credentials],
    )


def _withheld(rows: Relation, agreements: Sequence[ReturnAgreement]) -> str:
    """The rows with the columns empty that an agreement withholds."""
    columns = []
    for field in LAYOUTS["student_tracker_report"]:
        partners = [one.partner for one in agreements if field.name in one.withheld]
        listed = ", ".join(literal(partner) for partner in partners)
        kept = f"CASE WHEN partner NOT IN ({listed}) THEN {field.name} END" if partners else field.name
        columns.append(f"CAST({kept} AS VARCHAR) AS {field.name}")
    return f"SELECT * EXCLUDE ({', '.join(NAMES)}), {', '.join(columns)} FROM {rows}"


def _requests(work: Scratch, left: Sequence[Left], answers: Relation) -> Relation:
    """One row a file, with its answers counted; a repetition has the counts of what it repeats."""
    kinds = SNAPSHOT.table("requests").schema
    counted = ("found", "not_found", "blocked", "out_of_scope")
    files = work.rows(
        "left", {name: kind for name, kind in kinds.items() if name not in counted}, [_said(one) for one in left]
    )
    counts = ", ".join(f"count(*) FILTER (outcome = '{name}') AS {name}" for name in counted)
    return work.table(
        "requests",
        f"SELECT f.*, {', '.join(counted)} FROM {files} f LEFT JOIN"
        f" (SELECT partner, request_id, {counts} FROM {answers} GROUP BY ALL) c"
        " ON c.partner = f.partner AND c.request_id = f.request_id AND f.state <> 'refused'",
    )


def _said(left: Left) -> tuple[object, ...]:
    """What is known of a file, in the order of the contract's columns without the counts."""
    header = left.request.header if left.request else None
    refusal = left.refusal
    return (
        left.partner,
        left.file,
        left.id,
        header and header.query_type,
        header and header.school_code,
        header and header.branch,
        header and header.file_date,
        left.request.size if left.request else None,
        left.state,
        refusal and refusal.code,
        (refusal.line or None) if refusal else None,
    )
