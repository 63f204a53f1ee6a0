"""The strict shape of an agreement under which learners are named to a service that is asked about them.

Not here: the request itself (clearinghouse/education_registry) and what partners get back (return_agreements.py).
"""

from collections.abc import Mapping
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from credential_pipeline.foundation.registry.agreements import Terms
from credential_pipeline.foundation.registry.mistakes import refuse, repeated
from credential_pipeline.foundation.registry.programmes import check_opeid
from credential_pipeline.foundation.registry.strict import Name, Strict, Text, one_of

QUERIES: Final = ("CO", "SE", "DA", "PA")
"""Kinds of query of the StudentTracker service."""
REQUEST_COLUMNS: Final = ("first_name", "middle_initial", "last_name", "name_suffix", "birth_date", "return_field")
"""What a request can tell of a person."""
NEEDED: Final = ("first_name", "last_name", "birth_date", "return_field")
"""Without these nobody is found, or nobody can tell whom a report answers."""

Code = Annotated[str, AfterValidator(check_opeid)]
Query = Annotated[str, one_of(*QUERIES)]


class AskedColumns(Strict):
    """Columns of a request that are filled, and on which legal basis."""

    columns: Annotated[tuple[Annotated[str, one_of(*REQUEST_COLUMNS)], ...], Field(min_length=1)]
    legal_basis: Text


class RequestAgreement(Terms):
    """Under which an organization sends an industry's learners to the StudentTracker service as a request.

    ``codes`` are those under which it may ask: six digits of the school code, two of the branch. Columns that are not named are sent
    empty.
    """

    kind: Literal["request"] = "request"
    codes: Annotated[tuple[Code, ...], Field(min_length=1)]
    industries: Annotated[tuple[Name, ...], Field(min_length=1)]
    queries: Annotated[tuple[Query, ...], Field(min_length=1)]
    columns: Annotated[tuple[AskedColumns, ...], Field(min_length=1)]

    @property
    def filled(self) -> tuple[str, ...]:
        """The columns that are filled, in the order of the request."""
        named = {name for group in self.columns for name in group.columns}
        return tuple(name for name in REQUEST_COLUMNS if name in named)

    @property
    def basis(self) -> Mapping[str, list[str]]:
        """Legal basis to the columns that cross on it."""
        found: dict[str, list[str]] = {}
        for group in self.columns:
            found.setdefault(group.legal_basis, []).extend(group.columns)
        return found

    @model_validator(mode="after")
    def _names_each_once(self) -> Self:
        for key in ("codes", "industries", "queries"):
            refuse(*(((key, place), "something is named twice") for place in repeated(getattr(self, key))))
        named = [
            (group, inside, name) for group, one in enumerate(self.columns) for inside, name in enumerate(one.columns)
        ]
        twice = repeated(name for _, _, name in named)
        refuse(
            *((("columns", named[place][0], "columns", named[place][1]), "a column is named twice") for place in twice)
        )
        if missing := [name for name in NEEDED if name not in self.filled]:
            refuse(
                (("columns",), f"{', '.join(missing)}: nobody can be asked about without, so allow with a legal basis")
            )
        return self
