"""What the registry says of an industry is put beside its figures: the public files of a proposal, as reviewers get them first.

Not here: laying approved files out (publish.py).
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from credential_pipeline.foundation.registry.feeds import Certifier
from credential_pipeline.foundation.registry.model import Industry
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.public.published_outcomes.methods import MethodNote
from credential_pipeline.public.published_outcomes.write import write_public_files

_WAGES = (
    "Annual wage records that employers file. They miss the self-employed, many federal and military jobs, and"
    " work in places that the wage agency does not cover."
)
_LINKAGE = (
    "People were linked by name, birth date and address, with a probabilistic model whose parameters are fixed"
    " before a run. Records that fit several persons equally well are left out and counted as not linked."
)


def write_files(
    con: Connection,
    out: Path,
    industry: Industry,
    certifiers: Sequence[Certifier],
    notice: str,
    release: str,
    written: str = "",
) -> None:
    """Write the public files of a proposed release, for its reviewers first and, once approved, for everybody.

    Args:
        con: Connection with the views of ``published_outcomes``.
        out: Folder to write into.
        industry: What the registry says of the industry.
        certifiers: Its certifiers.
        notice: A line that must stand out; empty for none.
        release: Id of the release.
        written: Day on which the files are written, ISO; empty if it is not to be said.

    Raises:
        SafeError: The release holds no figure of the industry.
    """
    note = replace(method_note(industry, certifiers, notice), written=written)
    write_public_files(con, out, industry.industry, release, note, labels(industry, certifiers))


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
        window=f"Awards of {first} to {last}; years {horizons.first} to {horizons.last} around them, as far as the wage files reach.",
        wage_source=_WAGES,
        linkage=_LINKAGE,
        profile=rules.name,
        rounding=rules.told,
        rounded=not rules.complementary,
        min_learners=rules.min_learners,
        min_money=rules.min_money,
        min_employers=0 if rules.epsilon else rules.min_employers,
        largest_employer=rules.largest_employer,
        round_earnings_to=rules.round_earnings_to,
        notice=notice,
        certifiers=tuple(certifier.name for certifier in certifiers),
    )


def labels(industry: Industry, certifiers: Sequence[Certifier]) -> dict[str, dict[str, str]]:
    """Readable names of certifiers, credentials and programmes."""
    return {
        "certifier": {certifier.certifier: certifier.name for certifier in certifiers},
        "credential": {entry.code: entry.title for certifier in certifiers for entry in certifier.credentials},
        "programme": {one.id: f"{one.title}, {one.provider}" for one in industry.programmes},
    }
