"""The strict shape of an industry: what is computed for it, under which agreement, with which thresholds.

The shape of a certifier is in feeds.py, of an agreement in agreements.py, the reading of files in load.py. Every threshold has its default here.
"""

import re
from itertools import pairwise
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from credential_pipeline.foundation.registry.agreements import Agreement
from credential_pipeline.foundation.registry.mistakes import refuse, repeated
from credential_pipeline.foundation.registry.profiles import PROFILES, Profile
from credential_pipeline.foundation.registry.programmes import Programme
from credential_pipeline.foundation.registry.return_agreements import ReturnAgreement
from credential_pipeline.foundation.registry.strict import Name, Strict, Text, one_of
from credential_pipeline.foundation.registry.vocabulary import ATTRIBUTIONS, CALENDARS, ENGINES

_AGE_BAND = re.compile(r"\A(\d{1,2})-(\d{1,3})\Z")
_NAICS = re.compile(r"\A\d{2,6}\Z")
_OWNER = re.compile(r"\A(team:[a-z0-9][a-z0-9_-]{0,60}|[^@\s]+@[^@\s]+)\Z")


class Cohorts(Strict):
    """Calendar years of the award that are reported, both included, and how many of them make one line of the tables."""

    first_award_year: Annotated[int, Field(ge=1950, le=2100)] = 2005
    last_award_year: Annotated[int, Field(ge=1950, le=2100)] = 2018
    years_in_band: Annotated[int, Field(ge=1, le=50)] = 5

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.first_award_year > self.last_award_year:
            refuse((("last_award_year",), "first_award_year must not be after last_award_year"))
        return self


class Horizons(Strict):
    """Years relative to the award year that are reported, both included."""

    first: Annotated[int, Field(ge=-10, le=0)] = -3
    last: Annotated[int, Field(ge=0, le=20)] = 5


ModelName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,80}\z")]


class LinkageModels(Strict):
    """Names of pinned models, one per family; the shipped model serves where none is named."""

    profiles: ModelName | None = None
    registry: ModelName | None = None
    reference: ModelName | None = None


class Linkage(Strict):
    """Engine, probability thresholds (link at or above the first, ask a person at or above the second), cost ceiling.

    Links are made from the most probable down as long as no larger share of them is expected to be wrong than ``max_wrong_share``.
    """

    engine: Annotated[str, one_of(*ENGINES)] = "duckdb"
    link_threshold: Annotated[float, Field(gt=0, lt=1)] = 0.5
    review_threshold: Annotated[float, Field(gt=0, lt=1)] = 0.2
    max_wrong_share: Annotated[float, Field(gt=0, lt=1)] = 0.004
    max_candidate_pairs: Annotated[int, Field(ge=1_000)] = 50_000_000
    models: LinkageModels = LinkageModels()

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.review_threshold > self.link_threshold:
            refuse((("review_threshold",), "review_threshold must not be above link_threshold"))
        return self


class Disclosure(Strict):
    """How figures are made safe: a profile, and the industry's own thresholds where those are stricter.

    ``min_learners`` is the fewest learners behind a figure, ``min_money`` the fewest behind an amount or a mean,
    ``round_earnings_to`` the dollars to which amounts are rounded at least. ``calendar`` says how often there is a release;
    between its days only corrections and withdrawals are possible.
    """

    profile: Annotated[str, one_of(*PROFILES)] = "standard"
    calendar: Annotated[str, one_of(*CALENDARS)] = "half-yearly"
    min_learners: Annotated[int, Field(ge=10, le=1000)] | None = None
    min_money: Annotated[int, Field(ge=10, le=1000)] | None = None
    round_earnings_to: Annotated[int, Field(ge=1, le=10000)] | None = None

    def rules(self, profile: str | None = None) -> Profile:
        """The thresholds that hold: those of the profile (or of another one), or the industry's own where stricter."""
        chosen = PROFILES[profile or self.profile]
        return chosen.stricter(self.min_learners, self.min_money, self.round_earnings_to)


class Outcomes(Strict):
    """How the outcome tables are made: ``replicates`` is how often people and links are drawn anew for the bands.

    Fewer are faster; the width of a band is then off by about one part in ``sqrt(2 * replicates)``.
    """

    replicates: Annotated[int, Field(ge=20, le=2000)] = 200


def _check_naics(values: tuple[str, ...]) -> tuple[str, ...]:
    if not values or not all(_NAICS.match(value) for value in values):
        message = "give at least one NAICS prefix of 2 to 6 digits"
        raise ValueError(message)
    return values


def _check_age_bands(values: tuple[str, ...]) -> tuple[str, ...]:
    matches = [_AGE_BAND.match(value) for value in values]
    bounds = [(int(match[1]), int(match[2])) for match in matches if match]
    ordered = all(low <= high for low, high in bounds)
    apart = all(before[1] < after[0] for before, after in pairwise(bounds))
    if not values or len(bounds) < len(values) or not ordered or not apart:
        message = "write bands as 18-25, in ascending order and without overlap"
        raise ValueError(message)
    return values


class Industry(Strict):
    """One industry: one partition of every table, one file ``industries/<industry>.yml``.

    ``agreement`` is the name of a file of ``agreements/``; ``programmes`` stand in a file of ``programmes/``;
    ``returns`` are the agreements of partners that name the industry.
    """

    industry: Name
    name: Text
    naics: Annotated[tuple[str, ...], AfterValidator(_check_naics)]
    certifiers: Annotated[tuple[Name, ...], Field(min_length=1)]
    cohorts: Cohorts = Cohorts()
    attribution: Annotated[str, one_of(*ATTRIBUTIONS)] = "first"
    horizons: Horizons = Horizons()
    base_year: Annotated[int, Field(ge=2000, le=2100)] = 2023
    age_bands: Annotated[tuple[str, ...], AfterValidator(_check_age_bands)] = (
        "14-17",
        "18-25",
        "26-35",
        "36-45",
        "46-55",
        "56-99",
    )
    training_window_days: Annotated[int, Field(ge=1, le=3650)] = 365
    linkage: Linkage = Linkage()
    disclosure: Disclosure = Disclosure()
    outcomes: Outcomes = Outcomes()
    agreement: Agreement | None = None
    programmes: tuple[Programme, ...] = ()
    returns: tuple[ReturnAgreement, ...] = ()
    owner: Annotated[str, Field(pattern=_OWNER)] = "team:data-engineering"

    @model_validator(mode="after")
    def _certifiers_once(self) -> Self:
        refuse(*((("certifiers", place), "a certifier is named twice") for place in repeated(self.certifiers)))
        return self
