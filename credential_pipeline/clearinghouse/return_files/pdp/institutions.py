"""PDP's files and figures of every institution that gets any: the rows of the hop's tables. Not here: one institution (files.py)."""

from collections.abc import Mapping
from typing import Final

from credential_pipeline.clearinghouse.return_files.partners import Given, Wishes
from credential_pipeline.clearinghouse.return_files.pdp.figures import pdp_figures
from credential_pipeline.clearinghouse.return_files.pdp.files import pdp_files
from credential_pipeline.clearinghouse.return_files.pdp.headers import HEADERS, SHAPE, header_rows
from credential_pipeline.clearinghouse.return_files.pdp.own import (
    as_requests,
    own_files,
    whatever_is_left,
    whole_folder,
)
from credential_pipeline.foundation.contracts.return_files import SNAPSHOT
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.registry.return_agreements import ReturnAgreement
from credential_pipeline.foundation.storage.relation import Relation, Scratch

_TABLES: Final = {
    **{
        name: SNAPSHOT.table(name).schema
        for name in ("pdp_cohort", "pdp_course", "partner_figures", "requests", "own_files")
    },
    HEADERS: SHAPE,
}
"""Table to its columns."""


def pdp_of_institutions(work: Scratch, given: Given, wishes: Wishes) -> dict[str, Relation]:
    """Make what institutions get in PDP's files.

    Args:
        work: Makes the relations; its connection has the views that the hop reads.
        given: Partners, their folders, certifiers and the day.
        wishes: Of whom nothing may be told.

    Returns:
        Table to its rows: ``pdp_cohort``, ``pdp_course``, ``partner_figures`` (views momentum and dashboard), ``own_files`` (files
        of the institutions that were accepted) and ``requests`` (files of the institutions that were refused; ``pdp/`` for all of them if what we made of them broke a rule of PDP's files,
        in which case the institution gets nothing else of these tables); and, for the delivery alone, ``own_headers``.
    """
    institutions = [one for one in given.in_force if one.role == "institution"]
    made = [_of(work, given, agreement, wishes) for agreement in institutions]
    return {name: _together(work, name, [one[name] for one in made]) for name in _TABLES}


def _of(work: Scratch, given: Given, agreement: ReturnAgreement, wishes: Wishes) -> Mapping[str, Relation]:
    try:
        files = pdp_files(work, given, agreement, wishes)
        figures = pdp_figures(work, files, agreement, given.today)
    except SafeError as error:
        return _set_aside(work, given, agreement, error)
    return {
        "pdp_cohort": files.cohort,
        "pdp_course": files.course,
        "partner_figures": figures,
        "requests": as_requests(work, agreement, files.refused),
        "own_files": work.rows(
            "own_files", _TABLES["own_files"], [(agreement.partner, kind) for kind in files.headers]
        ),
        HEADERS: work.rows(HEADERS, SHAPE, header_rows(agreement, files.headers)),
    }


def _set_aside(work: Scratch, given: Given, agreement: ReturnAgreement, error: SafeError) -> Mapping[str, Relation]:
    """An institution whose files can't be made is told so, and the other partners get theirs."""
    refused = [*own_files(work, given, agreement).refused, whole_folder(whatever_is_left(given, agreement), error.code)]
    nothing = {name: work.rows(name, shape, []) for name, shape in _TABLES.items()}
    return nothing | {"requests": as_requests(work, agreement, refused)}


def _together(work: Scratch, table: str, parts: list[Relation]) -> Relation:
    shape = _TABLES[table]
    columns = ", ".join(f'"{name}"' for name in shape)
    if not parts:
        return work.rows(table, shape, [])
    return work.table(table, " UNION ALL ".join(f"SELECT {columns} FROM {part}" for part in parts))
