"""PDP's files and figures of every institution that gets any: the rows of the hop's tables. Not here: one institution (files.py)."""

from collections.abc import Mapping
from typing import Final

from credential_pipeline.clearinghouse.return_files.partners import Given
from credential_pipeline.clearinghouse.return_files.pdp.figures import pdp_figures
from credential_pipeline.clearinghouse.return_files.pdp.files import pdp_files
from credential_pipeline.clearinghouse.return_files.pdp.own import as_requests
from credential_pipeline.foundation.contracts.return_files import SNAPSHOT
from credential_pipeline.foundation.registry.return_agreements import ReturnAgreement
from credential_pipeline.foundation.storage.relation import Relation, Scratch

_TABLES: Final = ("pdp_cohort", "pdp_course", "partner_figures", "requests")


def pdp_of_institutions(work: Scratch, given: Given) -> dict[str, Relation]:
    """Make what institutions get in PDP's files.

    Args:
        work: Makes the relations; its connection has the views that the hop reads.
        given: Partners, their folders, certifiers and the day.

    Returns:
        Table to its rows: ``pdp_cohort``, ``pdp_course``, ``partner_figures`` (views momentum and dashboard) and ``requests``
        (files of the institutions that were refused).

    Raises:
        SafeError: ``E_PDP_…`` if what we made broke a rule of the files.
    """
    institutions = [one for one in given.in_force if one.role == "institution"]
    made = [_of(work, given, agreement) for agreement in institutions]
    return {name: _together(work, name, [one[name] for one in made]) for name in _TABLES}


def _of(work: Scratch, given: Given, agreement: ReturnAgreement) -> Mapping[str, Relation]:
    files = pdp_files(work, given, agreement)
    return {
        "pdp_cohort": files.cohort,
        "pdp_course": files.course,
        "partner_figures": pdp_figures(work, files, agreement, given.today),
        "requests": as_requests(work, agreement, files.refused),
    }


def _together(work: Scratch, table: str, parts: list[Relation]) -> Relation:
    shape = SNAPSHOT.table(table).schema
    columns = ", ".join(f'"{name}"' for name in shape)
    if not parts:
        return work.rows(table, shape, [])
    return work.table(table, " UNION ALL ".join(f"SELECT {columns} FROM {part}" for part in parts))
