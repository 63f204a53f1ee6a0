"""The strict shape of an agreement with a partner who gets something back: who, about whom, what, on which legal basis.

Not here: what the partner gets (clearinghouse/return_files) and the agreements on extracts, releases and wages (agreements.py).
"""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from credential_pipeline.foundation.layouts import LAYOUTS
from credential_pipeline.foundation.registry.agreements import STATES, UNKNOWN, Terms
from credential_pipeline.foundation.registry.mistakes import refuse, repeated
from credential_pipeline.foundation.registry.programmes import check_opeid
from credential_pipeline.foundation.registry.strict import Name, Strict, Text, one_of

#: What a partner can get, and in which roles it makes sense.
SHARES: Final[Mapping[str, tuple[str, ...]]] = {
    "enrollments": ("certifier", "institution"),
    "degrees": ("certifier", "institution"),
    "credentials": ("certifier", "institution"),
    "cohort": ("institution",),
    "course": ("institution",),
    "aggregates": ("certifier", "institution", "state"),
    "completers": ("state",),
}
_ROLES: Final = ("certifier", "institution", "state")
_FILES: Final = {"cohort": "pdp_cohort", "course": "pdp_course", "completers": "completers"}
"""What tells of people in a file of its own; everything else about people is in the report."""
_NEEDED: Final = (
    *("requester_return_field", "record_found", "institution_id", "student_id"),
    *("academic_year", "academic_term", "course_prefix", "course_number", "section_id"),
)
"""Columns without which a file tells nothing of anybody, or its rows cannot be told apart, so that they cannot be withheld."""
_COUNTED: Final = "aggregates"
_SHOWN: Final = 5
_MAIN_CAMPUS: Final = "00"


class Share(Strict):
    """One thing that the partner gets, and on which legal basis."""

    what: Annotated[str, one_of(*SHARES)]
    legal_basis: Text


class ReturnAgreement(Terms):
    """Under which a partner gets data back.

    ``partner`` names its folder. ``role`` and ``of`` say about whom: the people of a certifier (its name), the students of an
    institution (its OPEID, eight digits; branch 00 stands for all campuses), the programmes of a state (two capitals).
    ``industries`` are those whose credentials it gets. ``withheld`` columns of person-level files are sent empty.
    """

    kind: Literal["return"] = "return"
    partner: Name
    role: Annotated[str, one_of(*_ROLES)]
    of: Text
    industries: Annotated[tuple[Name, ...], Field(min_length=1)]
    shares: Annotated[tuple[Share, ...], Field(min_length=1)]
    withheld: tuple[Text, ...] = ()

    @property
    def gets(self) -> frozenset[str]:
        """What the partner gets."""
        return frozenset(share.what for share in self.shares)

    @property
    def school_code(self) -> str:
        """Six digits by which an institution signs its requests; a certifier or a state has none."""
        return self.of[:6] if self.role == "institution" else ""

    @property
    def branch(self) -> str:
        """Two digits of the campus; 00 for all of them."""
        return self.of[6:] if self.role == "institution" else _MAIN_CAMPUS

    @property
    def basis(self) -> Mapping[str, list[str]]:
        """Legal basis to what crosses on it."""
        found: dict[str, list[str]] = {}
        for share in self.shares:
            found.setdefault(share.legal_basis, []).append(share.what)
        return found

    def in_force(self, today: date) -> bool:
        """Whether anything may go under it on a day."""
        return self.signed <= today <= self.expires

    @model_validator(mode="after")
    def _withholds_what_is_there(self) -> Self:
        """Columns by their name here or by their header, whatever the case; kept by name."""
        columns = [
            field
            for what in sorted(self.gets - {_COUNTED})
            for field in LAYOUTS[_FILES.get(what, "student_tracker_report")]
        ]
        names = {word.casefold(): field.name for field in columns for word in (field.name, field.header)}
        some = ", ".join([field.header for field in columns if field.name not in _NEEDED][:_SHOWN])
        allowed = f"give headers of the partner's files on people, for example {some or 'none: it gets no such file'}"
        refuse(
            *(
                (("withheld", place), f"'{word[:40]}' is no column that can be withheld; {allowed}")
                for place, word in enumerate(self.withheld)
                if names.get(word.casefold(), _NEEDED[0]) in _NEEDED
            )
        )
        object.__setattr__(self, "withheld", tuple(dict.fromkeys(names[word.casefold()] for word in self.withheld)))
        return self

    @model_validator(mode="after")
    def _fits_the_role(self) -> Self:
        if self.role == "institution":
            try:
                check_opeid(self.of)
            except ValueError as error:
                refuse((("of",), str(error)))
        if self.role == "state" and (self.of not in STATES or self.of == UNKNOWN):
            refuse((("of",), "write the state as two capitals"))
        named = [share.what for share in self.shares]
        refuse(*((("shares", place), "something is named twice") for place in repeated(named)))
        allowed = ", ".join(what for what, roles in SHARES.items() if self.role in roles)
        refuse(
            *(
                (("shares", place, "what"), f"a partner of role {self.role} can't get {what}; allowed: {allowed}")
                for place, what in enumerate(named)
                if self.role not in SHARES[what]
            )
        )
        return self
