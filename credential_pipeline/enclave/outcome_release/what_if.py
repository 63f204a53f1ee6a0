"""How much each profile would leave of the current tables; nothing is released, and no noise is drawn.

Not here: attacks, which can hide a little more, and earlier releases.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from credential_pipeline.enclave.outcome_release.propose import publish
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.registry.model import Disclosure
from credential_pipeline.foundation.registry.profiles import Profile
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import relation
from credential_pipeline.foundation.storage.sql import statement

Tabulate = Callable[[Connection, Profile], None]
"""Makes the views of ``outcome_tables`` fit a profile, whose categories can be coarser or finer than they are."""


@dataclass(frozen=True)
class Kept:
    """What a profile leaves of one table.

    Attributes:
        profile: Name of the profile.
        table: Name of the outcome table; ``all`` for all of them.
        figures: Its figures.
        shown: Figures that readers would see.
        hidden: Figures that they would not.
        not_available: Figures that cannot be computed.
        coarsened: Shown figures of a category that others were put into.
        learners_shown: Share of the learners behind its figures that are behind the shown ones.
    """

    profile: str
    table: str
    figures: int
    shown: int
    hidden: int
    not_available: int
    coarsened: int
    learners_shown: float


def as_they_are(con: Connection, profile: Profile) -> None:
    """Take the current tables for every profile."""
    del con, profile


def what_if(
    con: Connection, rules: Disclosure, profiles: Sequence[str], tabulate: Tabulate = as_they_are
) -> Iterable[Kept]:
    """Mark the figures by each profile and count: first all tables together, then each.

    Args:
        con: Connection with the views of ``outcome_tables`` and a schema ``outcome_release`` that nobody needs.
        rules: The industry's own thresholds.
        profiles: Names of profiles.
        tabulate: Prepares the tables for a profile.

    Raises:
        SafeError: The counts do not add up. Where a count cannot be protected, nothing would be shown.
    """
    for name in profiles:
        profile = rules.rules(name)
        tabulate(con, profile)
        if not _marked(con, profile):
            figures = con.execute("SELECT count(*) FROM outcome_tables.outcomes").fetchall()[0][0]
            yield Kept(name, "all", figures, 0, figures, 0, 0, 0.0)
            continue
        rows = con.execute(
            statement(
                __package__,
                "what_if.sql",
                published=relation(con, "outcome_release.published_outcomes"),
                outcomes=relation(con, "outcome_tables.outcomes"),
            )
        ).fetchall()
        yield from (Kept(name, *row) for row in rows)


def _marked(con: Connection, profile: Profile) -> bool:
    """Whether the figures can be made safe by the profile at all."""
    try:
        publish(con, profile, [])
    except SafeError as error:
        if error.code != "E_CANNOT_PROTECT":
            raise
        return False
    return True
