"""Which files a partner gets, from which rows, under which headers. Not here: writing them (deliver.py)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from credential_pipeline.clearinghouse.return_files.partners import Given
from credential_pipeline.clearinghouse.return_files.pdp.about import ABOUT, about_pdp
from credential_pipeline.clearinghouse.return_files.pdp.headers import kept_headers, written_as
from credential_pipeline.clearinghouse.return_files.views.page import partner_page
from credential_pipeline.engines.exchange.student_tracker.report import NAMES, REPORT, report_name
from credential_pipeline.engines.exchange.student_tracker.request import Header
from credential_pipeline.foundation.contracts.return_files import SNAPSHOT
from credential_pipeline.foundation.file_names import is_plain
from credential_pipeline.foundation.layouts import LAYOUTS
from credential_pipeline.foundation.registry.return_agreements import ReturnAgreement
from credential_pipeline.foundation.storage.relation import Relation, Scratch, relation

_LOOKS = re.compile(r"<style>.*?</style>", re.DOTALL)


@dataclass(frozen=True)
class ReturnFile:
    """One file of a delivery.

    Attributes:
        name: File name.
        rows: What it holds; None for a text.
        columns: Columns of the rows, in order.
        headers: What the first line calls them.
        order: The order of the rows, as SQL.
        text: The whole content, where there are no rows.
        personal: Whether a row is about a person.
    """

    name: str
    rows: Relation | None
    columns: Sequence[str] = ()
    headers: Sequence[str] = ()
    order: str = "ALL"
    text: str = ""
    personal: bool = False

    @property
    def said(self) -> str:
        """The text without the style sheet of a page: what a partner is told, however it looks."""
        return _LOOKS.sub("", self.text)


def files_of(work: Scratch, given: Given, agreement: ReturnAgreement) -> tuple[ReturnFile, ...]:
    """The files that a partner gets under its agreement; a table without a row gives none."""
    found = [
        *_reports(work, agreement),
        *_laid_out(work, agreement),
        *_plain(work, agreement),
        *_pages(work, given, agreement),
    ]
    return tuple(sorted(found, key=lambda file: file.name))


def _reports(work: Scratch, agreement: ReturnAgreement) -> Iterator[ReturnFile]:
    """A detail report for each request that was answered."""
    requests = relation(work.con, "return_files.requests")
    answered = work.con.execute(
        f"SELECT request_id, file, school_code, branch, file_date, query_type FROM {requests}"
        " WHERE partner = ? AND state = 'answered' ORDER BY ALL",
        [agreement.partner],
    ).fetchall()
    headers = tuple(field.header for field in REPORT)
    for request_id, file, school_code, branch, file_date, query_type in answered:
        rows = work.table(
            "report",
            "SELECT * FROM return_files.report_rows WHERE partner = ? AND request_id = ?",
            [agreement.partner, request_id],
        )
        header = Header(school_code, branch, agreement.recipient, file_date, query_type)
        original = file if is_plain(file) else "request.txt"
        name = report_name(header, request_id, original)
        yield ReturnFile(name, rows, NAMES, headers, order="row, sequence", personal=True)


_KEPT = ("partner", "out_of_scope")
"""Columns that are for the clearinghouse alone."""
_LAID_OUT = {"pdp_cohort": "cohort", "pdp_course": "course"}


def _laid_out(work: Scratch, agreement: ReturnAgreement) -> Sequence[ReturnFile]:
    """Files in a layout of others."""
    made = []
    own = kept_headers(work.con, agreement)
    for table, what in _LAID_OUT.items():
        rows = _of(work, table, agreement)
        if what in agreement.gets and rows:
            columns, headers = zip(*written_as(own, table), strict=True)
            made.append(ReturnFile(f"{table}.csv", rows, columns, headers, personal=True))
    if made:
        made.append(ReturnFile(ABOUT, None, text=about_pdp(own, agreement)))
    return made


def _plain(work: Scratch, agreement: ReturnAgreement) -> Sequence[ReturnFile]:
    """Files of figures, under our own names."""
    made = []
    for table, name in (
        ("requests", "requests.csv"),
        ("partner_figures", "figures.csv"),
        ("programme_rates", "programme_rates.csv"),
    ):
        rows = _of(work, table, agreement)
        if rows and (table == "requests" or "aggregates" in agreement.gets):
            columns = [column for column in SNAPSHOT.table(table).column_names if column not in _KEPT]
            made.append(ReturnFile(name, _undivided(work, rows) if table == "requests" else rows, columns, columns))
    return made


def _undivided(work: Scratch, requests: Relation) -> Relation:
    """The requests as the partner may know them: nobody can tell who is none of its people from who is unknown."""
    return work.view("requests", f"SELECT * REPLACE (not_found + out_of_scope AS not_found) FROM {requests}")


def _pages(work: Scratch, given: Given, agreement: ReturnAgreement) -> Iterator[ReturnFile]:
    """The figures as people would rather look at them; and the list of completers, which is a file of its own."""
    figures = relation(work.con, "return_files.partner_figures")
    page = partner_page(work, figures, agreement, given.industry.name) if "aggregates" in agreement.gets else ""
    if page:
        yield ReturnFile("view.html", None, text=page)
    rows = _of(work, "completers", agreement) if "completers" in agreement.gets else None
    if rows:
        fields = LAYOUTS["completers"]
        columns = ("programme", *(field.name for field in fields))
        headers = ("Program", *(field.header for field in fields))
        yield ReturnFile("completers.csv", rows, columns, headers, personal=True)


def _of(work: Scratch, table: str, agreement: ReturnAgreement) -> Relation | None:
    """The partner's rows of a table; None if there is none."""
    rows = work.table(
        table, f"SELECT * FROM {relation(work.con, f'return_files.{table}')} WHERE partner = ?", [agreement.partner]
    )
    return rows if work.con.execute(f"SELECT count(*) FROM {rows}").fetchall()[0][0] else None
