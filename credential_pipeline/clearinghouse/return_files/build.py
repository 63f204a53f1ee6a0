"""Compose the return files of an industry: each part gives relations, which become the tables of the contract."""

from collections.abc import Mapping, Sequence

from credential_pipeline.clearinghouse.return_files.agreed import what_is_agreed
from credential_pipeline.clearinghouse.return_files.answer.answers import answer_requests
from credential_pipeline.clearinghouse.return_files.partners import Given, wishes_of
from credential_pipeline.clearinghouse.return_files.pdp.headers import HEADERS, keep_headers
from credential_pipeline.clearinghouse.return_files.pdp.institutions import pdp_of_institutions
from credential_pipeline.clearinghouse.return_files.views.compose import partner_views
from credential_pipeline.foundation.contracts.return_files import SNAPSHOT
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.keep import keep
from credential_pipeline.foundation.storage.relation import Relation, Scratch, scratch


def build(con: Connection, given: Given) -> None:
    """Create the tables of ``return_files``, and beside them the headers that the delivery needs.

    Args:
        con: Connection with the views of ``raw_feeds``, ``education_registry``, ``cleaned_learners`` and ``linked_records``.
        given: Partners, their folders and the released figures.
    """
    with scratch(con) as work:
        wishes = wishes_of(work)
        answers = answer_requests(work, given, wishes)
        reports: Mapping[str, Relation] = {
            "requests": answers.requests,
            "answers": answers.answers,
            "report_rows": answers.report_rows,
        }
        pdp = pdp_of_institutions(work, given, wishes)
        keep_headers(con, pdp[HEADERS])
        parts = (
            what_is_agreed(work, given),
            reports,
            pdp,
            partner_views(work, given, wishes),
        )
        for table in SNAPSHOT:
            made = [part[table.name] for part in parts if table.name in part]
            keep(con, SNAPSHOT, table.name, _together(work, table.name, made))


def _together(work: Scratch, name: str, parts: Sequence[Relation]) -> Relation:
    """The rows of several parts as one table of the contract."""
    shape = SNAPSHOT.table(name).schema
    if not parts:
        return work.rows(name, shape, [])
    columns = ", ".join(f'"{column}"' for column in shape)
    return work.view(name, " UNION ALL ".join(f"SELECT {columns} FROM {part}" for part in parts))
