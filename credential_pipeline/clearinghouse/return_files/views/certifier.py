"""A certifier's view of its own people: earners, where and when they studied, released outcomes, and what became of its rows."""

from pathlib import Path
from typing import Final

from credential_pipeline.clearinghouse.return_files.partners import Wishes
from credential_pipeline.clearinghouse.return_files.protection import FEWEST
from credential_pipeline.clearinghouse.return_files.views import figures
from credential_pipeline.clearinghouse.return_files.views.protected import Share
from credential_pipeline.foundation.registry.return_agreements import ReturnAgreement
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import statement

VIEW: Final = "certifier"
MOST_INSTITUTIONS: Final = 20
"""So many institutions are named at most."""
_QUANTITIES: Final = ("with_postsecondary", "enrolled_before", "enrolled_after", "degree_before", "degree_after")
_SHARES: Final = tuple(Share(f"{name}_share", name, "earners") for name in _QUANTITIES)
_PARTED: Final = ("first_award",)


def certifier_counts(work: Scratch, certifier: str, wishes: Wishes) -> Relation:
    """Exact counts of a certifier's people who may be told of: subject, dimension, level, quantity, value.

    Args:
        work: Makes the relations; its connection has ``cleaned_learners``, ``linked_records`` and ``education_registry``.
        certifier: Name in the registry.
        wishes: Who may be told of.
    """
    asked = {"certifier": certifier}
    sql = statement(__package__, "certifier_people.sql", told_of=wishes.told_of)
    people = work.table("people", sql, asked)
    counts = work.table("counts", statement(__package__, "certifier_counts.sql", people=people), asked)
    top = work.table(
        "top",
        statement(__package__, "top_institutions.sql", people=people),
        {"fewest": FEWEST, "most": MOST_INSTITUTIONS},
    )
    return work.view("counts", f"FROM {counts} UNION ALL FROM {top}")


def certifier_view(work: Scratch, agreement: ReturnAgreement, wishes: Wishes, published: Path | None) -> Relation:
    """What a certifier is told of its people as a whole, as rows of ``partner_figures``.

    Args:
        work: Makes the relations; its connection has ``raw_feeds`` too.
        agreement: Of the certifier.
        wishes: Who may be told of.
        published: The newest released figures; None while there are none.
    """
    counts = certifier_counts(work, agreement.of, wishes)
    intake = work.table("intake", statement(__package__, "intake.sql"), {"certifier": agreement.of})
    parts = (
        figures.people(work, counts, _SHARES, _PARTED),
        figures.released(work, published, "certifier = $certifier", {"certifier": agreement.of}),
        figures.rows_sent(work, intake),
    )
    return figures.together(work, agreement.partner, VIEW, parts)
