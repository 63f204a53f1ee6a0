"""An institution's view: its students' industry credentials, how those whom it trained passed, released outcomes of its programs."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from credential_pipeline.clearinghouse.return_files.partners import Wishes, campus
from credential_pipeline.clearinghouse.return_files.protection import MISSING
from credential_pipeline.clearinghouse.return_files.views import figures
from credential_pipeline.clearinghouse.return_files.views.protected import Share
from credential_pipeline.foundation.registry.programmes import Programme
from credential_pipeline.foundation.registry.return_agreements import ReturnAgreement
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import statement

VIEW: Final = "institution"
_SHARES: Final = (
    Share("with_credential_share", "with_credential", "students"),
    Share("credential_before_share", "credential_before", "with_credential"),
    Share("credential_after_share", "credential_after", "with_credential"),
)
_RATES: Final = (
    Share("first_attempt_pass_rate", "passed_first", "sat"),
    Share("eventual_pass_rate", "passed", "sat"),
)


def institution_counts(work: Scratch, opeid: str, wishes: Wishes) -> Relation:
    """Exact counts of an institution's students who may be told of: subject, dimension, level, quantity, value.

    Args:
        work: Makes the relations; its connection has ``cleaned_learners``, ``linked_records`` and ``education_registry``.
        opeid: Beginning of the OPEID, see :func:`campus`.
        wishes: Of whom nothing may be told.
    """
    heard = {"heard": wishes.heard, "elsewhere": wishes.elsewhere}
    people = work.table("people", statement(__package__, "institution_people.sql", **heard), {"campus": opeid})
    return work.table("counts", statement(__package__, "institution_counts.sql", people=people))


def passing_counts(work: Scratch, opeid: str, wishes: Wishes) -> Relation:
    """How many trained at an institution sat and passed, and ``reported``: whether the certifier reports failures at all."""
    sql = statement(__package__, "passing.sql", told_of=wishes.told_of)
    return work.table("passing", sql, {"campus": opeid})


def institution_view(
    work: Scratch, agreement: ReturnAgreement, wishes: Wishes, programmes: Sequence[Programme], published: Path | None
) -> Relation:
    """What an institution is told of its students as a whole, as rows of ``partner_figures``.

    Args:
        work: Makes the relations.
        agreement: Of the institution.
        wishes: Of whom nothing may be told, and of whom something may.
        programmes: Of the industry; released figures on those that are the institution's are told.
        published: The newest released figures; None while there are none.
    """
    opeid = campus(agreement)
    passing = passing_counts(work, opeid, wishes)
    told = work.view("told", f"SELECT * FROM {passing} WHERE reported OR quantity = 'sat'")
    # Who reports no failure has no rate: a row says so, so that nobody takes it for a small group.
    silent = work.table(
        "silent",
        f"SELECT subject, dimension, level, unnest($rates) AS measure, CAST(NULL AS DOUBLE) AS value, 'share' AS unit,"
        f" CAST(NULL AS BIGINT) AS n, {MISSING} AS status FROM {passing} WHERE NOT reported AND quantity = 'sat'",
        {"rates": [one.measure for one in _RATES]},
    )
    own = [one.id for one in programmes if one.provider_opeid.startswith(opeid)]
    parts = (
        figures.people(work, institution_counts(work, opeid, wishes), _SHARES, ()),
        figures.people(work, told, _RATES, ()),
        silent,
        figures.released(
            work, published, "list_contains($own, setting) AND measure NOT LIKE 'pell\\_%' ESCAPE '\\'", {"own": own}
        ),
    )
    return figures.together(work, agreement.partner, VIEW, parts)
