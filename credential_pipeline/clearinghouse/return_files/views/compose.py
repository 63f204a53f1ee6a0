"""The rows of all partners' views, as ``build`` puts them into the tables. Not here: PDP's figures and the answers."""

from collections.abc import Mapping

from credential_pipeline.clearinghouse.return_files.partners import Given, Wishes
from credential_pipeline.clearinghouse.return_files.states.lists import completers, programme_rates, programmes_of
from credential_pipeline.clearinghouse.return_files.views.certifier import certifier_view
from credential_pipeline.clearinghouse.return_files.views.institution import institution_view
from credential_pipeline.foundation.contracts.return_files import SNAPSHOT
from credential_pipeline.foundation.storage.relation import Relation, Scratch


def partner_views(work: Scratch, given: Given, wishes: Wishes) -> Mapping[str, Relation]:
    """What partners whose agreement is in force are told beside files on single people, and what states are.

    Args:
        work: Makes the relations; its connection has what ``build`` has.
        given: Partners, programs and the released figures.
        wishes: Of whom nothing may be told, and of whom something may.

    Returns:
        Rows of ``partner_figures`` (without PDP's), ``completers`` and ``programme_rates``.
    """
    made: dict[str, list[Relation]] = {"partner_figures": [], "completers": [], "programme_rates": []}
    for agreement in given.in_force:
        if agreement.role == "state":
            programmes = programmes_of(work, given.industry.programmes, agreement.of)
            made["completers"].append(completers(work, agreement, programmes, wishes))
            made["programme_rates"].append(programme_rates(work, agreement, programmes, given.published))
        elif "aggregates" in agreement.gets and agreement.role == "certifier":
            made["partner_figures"].append(certifier_view(work, agreement, wishes, given.published))
        elif "aggregates" in agreement.gets:
            view = institution_view(work, agreement, wishes, given.industry.programmes, given.published)
            made["partner_figures"].append(view)
    return {name: _union(work, name, parts) for name, parts in made.items()}


def _union(work: Scratch, name: str, parts: list[Relation]) -> Relation:
    if not parts:
        return work.rows(name, SNAPSHOT.table(name).schema, [])
    return work.table(name, " UNION ALL ".join(f"SELECT * FROM {part}" for part in parts))
