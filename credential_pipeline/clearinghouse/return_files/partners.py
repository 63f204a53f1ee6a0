"""Who gets something back of an industry today, and what the steps are given. Not here: what anybody gets."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from credential_pipeline.clearinghouse.opted_out_elsewhere import statements_elsewhere, students_elsewhere
from credential_pipeline.foundation.registry.feeds import Certifier
from credential_pipeline.foundation.registry.model import Industry
from credential_pipeline.foundation.registry.return_agreements import ReturnAgreement
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import statement

FOLDER = "partners"
"""Below the clearinghouse's home: a folder per partner, with ``requests`` and ``pdp`` for what it leaves."""
REQUESTS, OWN_PDP, RETURNS = "requests", "pdp", "returns"
ALL_CAMPUSES = "00"
"""The branch of an agreement that stands for all campuses."""


@dataclass(frozen=True)
class Given:
    """What the return files of an industry are made from, beside the tables.

    Attributes:
        industry: Its name, its programmes and the agreements of its partners.
        certifiers: Its certifiers.
        partners: Folder with a folder per partner.
        published: The newest released figures of the industry (``outcomes.csv``); None while nothing is released.
        today: The day, to compare with the agreements' dates.
    """

    industry: Industry
    certifiers: Sequence[Certifier]
    partners: Path
    published: Path | None
    today: date

    @property
    def in_force(self) -> tuple[ReturnAgreement, ...]:
        """The agreements under which something may go today, by partner."""
        return tuple(one for one in self.industry.returns if one.in_force(self.today))

    def who_gets(self, what: str) -> tuple[ReturnAgreement, ...]:
        """The agreements in force under which a partner gets one thing."""
        return tuple(one for one in self.in_force if what in one.gets)

    def files(self, agreement: ReturnAgreement, folder: str) -> Iterator[Path]:
        """Whatever a partner left in one of its folders, by name; hidden files are still on their way.

        Folders, links and pipes are among it, so that whoever reads it refuses them in so many words.

        Args:
            agreement: Of the partner.
            folder: Which of its folders.

        Raises:
            OSError: The folder cannot be listed, or is a link, which may lead to another partner's, or no folder.
        """
        place = self.partners / agreement.partner / folder
        if is_odd(place):
            raise NotADirectoryError
        for path in sorted(place.iterdir()) if place.is_dir() else ():
            if not path.name.startswith("."):
                yield path


def is_odd(place: Path) -> bool:
    """Whether something else than a folder lies in the place of one."""
    return place.is_symlink() or (place.exists() and not place.is_dir())


@dataclass(frozen=True)
class Wishes:
    """Of whom nothing may be told, and of whom something may: the same for every partner, and made once.

    Attributes:
        heard: Students whom a wish to share nothing may be about, for those who are no learners: student_id.
        elsewhere: Students whom a wish may be about that was heard in another industry, learners or not: student_id.
        told_of: Learners who may be told of, with the student where there is one: learner_id, student_id.
    """

    heard: Relation
    elsewhere: Relation
    told_of: Relation


def wishes_of(work: Scratch) -> Wishes:
    """Find out who wishes to share nothing.

    Args:
        work: Makes the relations; its connection has ``education_registry``, ``linked_records`` and the wishes of other industries.
    """
    others = {"statements": statements_elsewhere(work), "students": students_elsewhere(work)}
    elsewhere = work.table("elsewhere", statement(__package__, "elsewhere.sql", **others))
    return Wishes(
        heard=work.table("heard", statement(__package__, "heard.sql")),
        elsewhere=elsewhere,
        told_of=work.table("told_of", statement(__package__, "told_of.sql", elsewhere=elsewhere)),
    )


def campus(agreement: ReturnAgreement) -> str:
    """With what an OPEID of eight digits begins if it is the institution's: six digits for all campuses, eight for one.

    The one rule for what is an institution's own: SQL says ``starts_with(opeid, $campus)``.
    """
    return agreement.school_code if agreement.branch == ALL_CAMPUSES else agreement.of


def partners_table(work: Scratch, agreements: Sequence[ReturnAgreement]) -> Relation:
    """The partners as rows: partner, role, of, campus (see :func:`campus`; empty unless an institution)."""
    return work.rows(
        "partners",
        dict.fromkeys(("partner", "role", "of", "campus"), "VARCHAR"),
        [(one.partner, one.role, one.of, campus(one) if one.role == "institution" else None) for one in agreements],
    )
