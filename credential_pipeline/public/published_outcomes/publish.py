"""A release becomes public: its words come from the registry, its files are put where readers find them all at once."""

from collections.abc import Sequence
from pathlib import Path

from credential_pipeline.foundation.registry.feeds import Certifier
from credential_pipeline.foundation.registry.model import Industry
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.public.published_outcomes.methods import MethodNote
from credential_pipeline.public.published_outcomes.place import place
from credential_pipeline.public.published_outcomes.write import write_public_files

_WAGES = (
    "Annual wage records that employers file. They miss the self-employed, many federal and military jobs, and"
    " work in places that the wage agency does not cover."
)
_LINKAGE = (
    "People were linked by name, birth date and address, with a probabilistic model whose parameters are fixed"
    " before a run. Records that fit several persons equally well are left out and counted as not linked."
)


def publish(con: Connection, home: Path, industry: Industry, certifiers: Sequence[Certifier], notice: str) -> str:
    """Write the public files of the release that was received, and make it the latest.

    Args:
        con: Connection with the tables of ``published_outcomes``.
        home: Folder of the public side.
        industry: What the registry says of the industry.
        certifiers: Its certifiers.
        notice: A line that must stand out; empty for none.

    Returns:
        Id of the release.

    Raises:
        SafeError: The release holds no figure of the industry.
    """
    query = "SELECT any_value(release) FROM published_outcomes.published_outcomes"
    release = str(con.execute(query).fetchall()[0][0])
    note = method_note(industry, certifiers, notice)
    with place(home / industry.industry, release) as out:
        write_public_files(con, out, industry.industry, release, note, labels(certifiers))
    return release


def method_note(industry: Industry, certifiers: Sequence[Certifier], notice: str) -> MethodNote:
    """What the registry says about the method, and the notice of this installation, for the report's readers."""
    awards, horizons = industry.cohorts, industry.horizons
    first, last = awards.first_award_year, awards.last_award_year
    rules = industry.disclosure.rules()
    return MethodNote(
        industry_name=industry.name,
        naics=industry.naics,
        attribution=industry.attribution,
        base_year=industry.base_year,
        window=f"Awards of {first} to {last}; wages from {first + horizons.first} to {last + horizons.last}.",
        wage_source=_WAGES,
        linkage=_LINKAGE,
        profile=rules.name,
        rounding=rules.told,
        rounded=not rules.complementary,
        min_learners=rules.min_learners,
        min_money=rules.min_money,
        round_earnings_to=rules.round_earnings_to,
        notice=notice,
        certifiers=tuple(certifier.name for certifier in certifiers),
    )


def labels(certifiers: Sequence[Certifier]) -> dict[str, dict[str, str]]:
    """Readable names of certifiers and credentials."""
    return {
        "certifier": {certifier.certifier: certifier.name for certifier in certifiers},
        "credential": {entry.code: entry.title for certifier in certifiers for entry in certifier.credentials},
    }
