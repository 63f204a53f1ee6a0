"""A release becomes public: its files are written for review, and once approved put where readers find them all at once."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from credential_pipeline.foundation.contracts.published_outcomes import ACTS
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.registry.feeds import Certifier
from credential_pipeline.foundation.registry.model import Industry
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.public.published_outcomes.files import read_table, write_csv
from credential_pipeline.public.published_outcomes.index import WITHDRAWAL, Act, list_release
from credential_pipeline.public.published_outcomes.methods import MethodNote
from credential_pipeline.public.published_outcomes.place import place, point, remove
from credential_pipeline.public.published_outcomes.write import write_public_files

_FILE = re.compile(r"\A[a-z][a-z0-9_-]{0,60}(\.[a-z0-9-]{1,20}){1,3}\Z")
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


def publish(con: Connection, home: Path, industry: str) -> Act:
    """Put the files of a release where readers find them, as they were approved; or take a withdrawn release away.

    Args:
        con: Connection with the tables of ``published_outcomes``.
        home: Folder of the public side.
        industry: The partition.

    Returns:
        The act that was carried out.

    Raises:
        SafeError: ``E_PUBLIC_FILES``: the files are not those of the figures beside them; nothing was published.
    """
    names = ", ".join(f'"{name}"' for name in ACTS.column_names)
    act = Act(*con.execute(f"SELECT {names} FROM published_outcomes.release_acts").fetchall()[0])
    folder = home / industry
    if act.kind == WITHDRAWAL:
        remove(folder, act.release)
    else:
        with place(folder, act.release) as out:
            _lay_out(con, out, industry)
    point(folder, list_release(folder, act))
    return act


def _lay_out(con: Connection, out: Path, industry: str) -> None:
    for name, content in con.execute(
        "SELECT path, content FROM published_outcomes.public_files ORDER BY path"
    ).fetchall():
        if not _FILE.match(name):
            raise _foreign("one has a name that no public file has")
        (out / name).write_bytes(content)
    again = out / ".again.csv"
    write_csv(read_table(con, industry), again)
    if not (out / "outcomes.csv").is_file() or again.read_bytes() != (out / "outcomes.csv").read_bytes():
        raise _foreign("outcomes.csv does not hold the figures of the table")
    again.unlink()


def _foreign(how: str) -> SafeError:
    message = f"The files of the package are not those of its figures ({how}): ask the enclave for a sound release."
    return SafeError("E_PUBLIC_FILES", message)


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
