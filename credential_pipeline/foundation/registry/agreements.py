"""The strict shape of an agreement: who gives what to whom, on which legal basis, for what, until when.

Three kinds: ``extract`` (clearinghouse to enclave), ``release`` (enclave to the public) and ``wages`` (a state's wage records in
the enclave). Not here: whether one holds today (engines/handover/agreement.py) and the reading of files (load.py).
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from credential_pipeline.foundation.contracts.census_extract import SNAPSHOT
from credential_pipeline.foundation.contracts.table import Table
from credential_pipeline.foundation.registry.mistakes import Mistake, refuse, repeated
from credential_pipeline.foundation.registry.strict import Strict, Text

UNKNOWN: Final = "unknown"
"""Stands for the state of an employer that has none."""
_STATES: Final = Path(__file__).parents[1] / "reference" / "states.csv"
_TERRITORIES: Final = ("AS", "GU", "MP", "VI")


def _states() -> tuple[str, ...]:
    with _STATES.open(encoding="utf-8", newline="") as file:
        return (*sorted([row["state"] for row in csv.DictReader(file)] + list(_TERRITORIES)), UNKNOWN)


STATES: Final = _states()
_UNSAID: Final = frozenset({"learners.link_probability"})
"""Columns that an agreement may pass over in silence: they are then sent empty, and the recipient's figures stay the same."""


class Terms(Strict):
    """What every agreement says: parties, purpose and three dates; the recipient's key, if it was agreed.

    ``recipient_key`` is the fingerprint that ``keys show`` prints for the recipient's end.
    """

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,60}\z")]
    sender: Text
    recipient: Text
    purpose: Text
    signed: date
    expires: date
    destroy_by: date
    recipient_key: Annotated[str, Field(pattern=r"^[0-9a-f]{32}\z")] | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.signed <= self.expires <= self.destroy_by:
            key = "expires" if self.signed > self.expires else "destroy_by"
            refuse(((key,), "dates must be in the order signed, expires, destroy_by"))
        return self

    @property
    def basis(self) -> Mapping[str, list[str]]:
        """Legal basis to the columns, as ``table.column``, that cross on it."""
        return {}


class ReleaseAgreement(Terms):
    """Under which released aggregates leave the enclave: one basis for all columns, since none describes a person."""

    kind: Literal["release"] = "release"
    legal_basis: Text

    @property
    def basis(self) -> Mapping[str, list[str]]:
        """One basis for everything."""
        return {self.legal_basis: ["all"]}


class Columns(Strict):
    """Columns of one table of the extract that may cross, and on which legal basis."""

    table: Text
    columns: Annotated[tuple[str, ...], Field(min_length=1)]
    legal_basis: Text


class Agreement(Terms):
    """Under which an extract leaves the clearinghouse; every column of it is allowed, on a basis, or withheld.

    A withheld column is sent empty, and so is ``link_probability`` where nothing is said of it. ``population`` says whose rows may
    cross; ``release`` names the agreement under which the recipient may hand on what it computes.
    """

    kind: Literal["extract"] = "extract"
    population: Text
    columns: Annotated[tuple[Columns, ...], Field(min_length=1)]
    withheld: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    release: ReleaseAgreement | None = None

    @property
    def basis(self) -> Mapping[str, list[str]]:
        """Legal basis to the columns that cross on it; without those that are withheld."""
        found: dict[str, list[str]] = {}
        for group in self.columns:
            found.setdefault(group.legal_basis, []).extend(f"{group.table}.{name}" for name in group.columns)
        return found

    def sent_empty(self, table: Table) -> tuple[str, ...]:
        """Columns of a table of the extract that no legal basis allows."""
        allowed = {name for group in self.columns if group.table == table.name for name in group.columns}
        return tuple(name for name in table.column_names if name not in allowed)

    @model_validator(mode="after")
    def _covers_the_contract(self) -> Self:
        named = list(self._named())
        known = {f"{table.name}.{name}" for table in SNAPSHOT for name in table.column_names}
        needed = {f"{table.name}.{name}" for table in SNAPSHOT for name in _needed(table)}
        columns = [column for _, column in named]
        mistakes: list[Mistake] = [
            (path, f"{column[:80]}: no such column is in the extract") for path, column in named if column not in known
        ]
        mistakes += [
            (named[place][0], f"{columns[place][:80]}: a column is named twice") for place in repeated(columns)
        ]
        mistakes += [
            (path, f"{column}: nothing can be sent without it, so it can't be withheld")
            for path, column in named
            if path[0] == "withheld" and column in needed
        ]
        if missing := sorted(known - _UNSAID - set(columns)):
            mistakes.append((("columns",), f"{', '.join(missing)}: allow with a legal basis, or withhold"))
        refuse(*mistakes)
        return self

    def _named(self) -> Iterator[Mistake]:
        """Every column that is named, with the path of its name."""
        for place, group in enumerate(self.columns):
            for inside, name in enumerate(group.columns):
                yield ("columns", place, "columns", inside), f"{group.table}.{name}"
        for table, names in self.withheld.items():
            for inside, name in enumerate(names):
                yield ("withheld", table, inside), f"{table}.{name}"


def _needed(table: Table) -> tuple[str, ...]:
    """Columns of a key without which rows mean nothing."""
    return table.key if table.unique else table.key[:1]


def _check_states(values: tuple[str, ...]) -> tuple[str, ...]:
    if not values or not {*values} <= {*STATES, "all"} or len({*values}) < len(values):
        message = f"name each state once, as two capitals, {UNKNOWN} for employers without a state, or all"
        raise ValueError(message)
    return values


class WageAgreement(Terms):
    """Under which the enclave uses the wage records of some states (20 CFR 603): for what, and how they are kept safe."""

    kind: Literal["wages"] = "wages"
    legal_basis: Text
    states: Annotated[tuple[str, ...], AfterValidator(_check_states)]
    safeguards: Annotated[tuple[Text, ...], Field(min_length=1)]

    def covers(self, today: date) -> tuple[str, ...]:
        """The states whose wages may be used on a day."""
        in_force = self.signed <= today <= self.expires
        return (STATES if "all" in self.states else self.states) if in_force else ()


def covered_states(agreements: Iterable[WageAgreement], today: date) -> dict[str, str]:
    """State to the id of the agreement under which its wages may be used on a day; of several, the first by id."""
    ordered = sorted(agreements, key=lambda one: one.id, reverse=True)
    return {state: one.id for one in ordered for state in one.covers(today)}
