"""The text that goes with PDP's files: where their rows come from, what stays blank, how credentials stand there. Not here: the files."""

from collections.abc import Mapping
from typing import Final

from credential_pipeline.clearinghouse.return_files.pdp.cohort import FROM_REGISTRY
from credential_pipeline.clearinghouse.return_files.pdp.files import reads_credentials
from credential_pipeline.engines.exchange.pdp.columns import COHORT, COLUMNS, COURSE, Header
from credential_pipeline.foundation.registry.return_agreements import ReturnAgreement

ABOUT: Final = "pdp_readme.txt"
_OWN: Final = "The {0} file has the rows of the {0} file that you left, as you wrote them, under your headers."
_REGISTRY: Final = (
    "The cohort file is made from enrollments and degrees that the clearinghouse knows. A student's first enrollment with you makes"
    " the cohort; academic years begin in August, and the year of entry is year 1. Fall runs from August to November, winter is"
    " December, spring runs from January to May, summer is June and July. Retention is 1 if the student was enrolled with you in the"
    " year after, persistence if anywhere; both are UK until the clearinghouse knows of enrollments with you from January of"
    " that academic year or later. A year of 0 says that there is none, or that it came after the eighth. Students with a"
    " degree and no enrollment with you have no row. These columns can't be known here and stay blank: {blank}."
)
_NO_COURSES: Final = "The clearinghouse knows of no courses: leave your own course file and the next one has them."
_CREDENTIALS: Final = (
    "Each industry credential of a student of the cohort file is a row of the course file: course type NC, the certifier as course"
    " prefix, its code as course number, the day of the award as section and as last day, grade P, no credits, and the CTID of the"
    " Credential Registry as Credential Engine Identifier, where the certifier has one. Revoked credentials are left out."
)
_LEFT_OUT: Final = (
    "Students who opted out, with you, with a certifier or in person, have no row, also where your own file has one. A student of"
    " your file whom the clearinghouse does not know as yours gets no credential."
)
_FIGURES: Final = (
    "Momentum and dashboards in figures.csv are on the students whom the clearinghouse knows as yours, and never on the cohort file that"
    " you left, since your agreement gives you nobody's credentials."
)
_WITHHELD: Final = "Under the agreement these columns are sent blank: {0}."


def about_pdp(own: Mapping[str, Header], agreement: ReturnAgreement) -> str:
    """The text for an institution.

    Args:
        own: Kind of file to the header of the institution's own file, where one was accepted.
        agreement: Of the institution.
    """
    blank = [column.field.header for column in COLUMNS[COHORT] if not column.later and column.name not in FROM_REGISTRY]
    told = [_OWN.format(COHORT) if COHORT in own else _REGISTRY.format(blank=", ".join(blank))]
    told += [_OWN.format(COURSE) if COURSE in own else _NO_COURSES, _CREDENTIALS, _LEFT_OUT]
    told += [_FIGURES] if "aggregates" in agreement.gets and not reads_credentials(agreement) else []
    told += [_WITHHELD.format(", ".join(agreement.withheld))] if agreement.withheld else []
    return "\n\n".join(told) + "\n"
