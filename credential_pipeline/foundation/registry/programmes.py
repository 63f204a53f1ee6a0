"""The strict shape of a training programme: what is taught where, for how long and for how much, and what completes it.

Not here: whether public money would pay for it (enclave/outcome_tables/questions/workforce_pell) and the reading of files
(load.py). What a provider has not told may be left out; what cannot be judged without it is then said.
"""

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from credential_pipeline.foundation.registry.agreements import STATES, UNKNOWN
from credential_pipeline.foundation.registry.mistakes import refuse, repeated
from credential_pipeline.foundation.registry.strict import Name, Strict, Text, one_of

Codes = Annotated[tuple[Text, ...], Field(min_length=1)]


class Tuition(Strict):
    """Published tuition and fees of the whole programme: dollars, and the calendar year whose dollars they are."""

    usd: Annotated[float, Field(ge=0, le=1_000_000)]
    year: Annotated[int, Field(ge=2000, le=2100)]


def check_opeid(value: str) -> str:
    """Refuse what is no OPEID of eight digits (ValueError)."""
    if not (len(value) == len("00123400") and value.isascii() and value.isdigit()):
        message = 'write the eight digits of the OPEID in quotes, as in "00123400"'
        raise ValueError(message)
    return value


def _check_cip(value: str) -> str:
    family, _, field = value.partition(".")
    if len(family) != len("15") or len(field) != len("0613") or not (family + field).isdigit():
        message = 'write a six-digit CIP code in quotes, as in "15.0613"'
        raise ValueError(message)
    return value


class Programme(Strict):
    """One programme of one provider.

    ``credentials`` are the certifier's codes of which any one, earned at the provider, completes the programme. ``state``
    is where it is taught. Of ``clock_hours``, ``weeks`` and ``tuition_and_fees`` any may be missing.
    """

    id: Name
    title: Text
    provider: Text
    provider_opeid: Annotated[str, AfterValidator(check_opeid)]
    certifier: Name
    credentials: Codes
    state: Annotated[str, one_of(*(state for state in STATES if state != UNKNOWN))]
    cip: Annotated[str, AfterValidator(_check_cip)] | None = None
    clock_hours: Annotated[float, Field(gt=0, le=10_000)] | None = None
    weeks: Annotated[float, Field(gt=0, le=520)] | None = None
    tuition_and_fees: Tuition | None = None

    @model_validator(mode="after")
    def _codes_once(self) -> Self:
        refuse(*((("credentials", place), "a credential is named twice") for place in repeated(self.credentials)))
        return self


class Programmes(Strict):
    """The programmes of one industry: one file ``programmes/<industry>.yml``."""

    industry: Name
    programmes: tuple[Programme, ...] = ()

    @model_validator(mode="after")
    def _ids_once(self) -> Self:
        twice = repeated(programme.id for programme in self.programmes)
        refuse(*((("programmes", place, "id"), "two programmes have the same id") for place in twice))
        return self
