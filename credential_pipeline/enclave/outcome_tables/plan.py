"""What is tabulated for one industry: the few facts of the registry that the SQL needs, in one flat record."""

from dataclasses import dataclass, replace

from credential_pipeline.enclave.outcome_tables.thresholds import Thresholds, thresholds_of
from credential_pipeline.foundation.registry.feeds import Certifier
from credential_pipeline.foundation.registry.load import Registry
from credential_pipeline.foundation.registry.model import Cohorts, Industry
from credential_pipeline.foundation.registry.profiles import PROFILES, Profile
from credential_pipeline.foundation.registry.programmes import Programme

#: Horizons at which the ledger of who is seen is given; those outside the industry's horizons are left out.
LEDGER_HORIZONS = (1, 5, 10)


@dataclass(frozen=True)
class Plan:
    """The settings of one tabulation.

    Attributes:
        industry: Name in the registry.
        naics: Prefixes of the industry.
        certifiers: Names of the certifiers, sorted.
        first_year: First award year of the cohort.
        last_year: Last award year of the cohort.
        attribution: ``first``, ``highest`` or ``each``.
        first_horizon: First year relative to the award year.
        last_horizon: Last year relative to the award year.
        base_year: Year of the dollars.
        age_bands: Label, lowest age, highest age (both included).
        cohort_bands: Label, first and last award year (both included).
        levels: Certifier, credential code, level of the credential.
        reporting: Certifiers whose feed has a column that can tell failed sittings.
        training_window_days: How long before the award an enrollment counts as its training.
        replicates: How many replicates of people and links bands are made of.
        families: Certifier, credential code, family, for credentials that have one.
        ladders: Certifier, credential code, code of the credential that it stacks to, where the registry names one.
        programmes: Training programmes of the industry.
        profile: The disclosure profile, which decides how large a category must be.
    """

    industry: str
    naics: tuple[str, ...]
    certifiers: tuple[str, ...]
    first_year: int
    last_year: int
    attribution: str
    first_horizon: int
    last_horizon: int
    base_year: int
    age_bands: tuple[tuple[str, int, int], ...]
    cohort_bands: tuple[tuple[str, int, int], ...]
    levels: tuple[tuple[str, str, int], ...]
    reporting: tuple[str, ...]
    training_window_days: int
    replicates: int = 200
    families: tuple[tuple[str, str, str], ...] = ()
    ladders: tuple[tuple[str, str, str], ...] = ()
    programmes: tuple[Programme, ...] = ()
    profile: Profile = PROFILES["standard"]

    @property
    def thresholds(self) -> Thresholds | None:
        """How large a category must be; None if categories stay as they are."""
        return thresholds_of(self.profile)

    def with_profile(self, profile: Profile) -> "Plan":
        """The same tabulation under another disclosure profile."""
        return replace(self, profile=profile)

    def families_of(self, certifier: str) -> dict[str, str]:
        """Credential code to family, of one certifier."""
        return {code: family for own, code, family in self.families if own == certifier}

    @property
    def age_ranges(self) -> list[dict[str, str | int]]:
        """The age bands, for ``range_of`` in SQL."""
        return _ranges(self.age_bands)

    @property
    def cohort_ranges(self) -> list[dict[str, str | int]]:
        """The bands of award years, for ``range_of`` in SQL."""
        return _ranges(self.cohort_bands)

    @property
    def ledger_horizons(self) -> tuple[int, ...]:
        """Horizons of the coverage ledger."""
        return tuple(h for h in LEDGER_HORIZONS if self.first_horizon <= h <= self.last_horizon)

    @property
    def lead(self) -> str:
        """Prefix of the counts of learners: empty unless the other counts are of pairs (learner, credential)."""
        return "lead_" if self.attribution == "each" else ""


def plan_for(industry: Industry, registry: Registry) -> Plan:
    """Collect the settings of an industry.

    Args:
        industry: The industry to tabulate.
        registry: Where its certifiers are looked up.
    """
    certifiers = [registry.certifier(name) for name in sorted(industry.certifiers)]
    return Plan(
        industry=industry.industry,
        naics=industry.naics,
        certifiers=tuple(certifier.certifier for certifier in certifiers),
        first_year=industry.cohorts.first_award_year,
        last_year=industry.cohorts.last_award_year,
        attribution=industry.attribution,
        first_horizon=industry.horizons.first,
        last_horizon=industry.horizons.last,
        base_year=industry.base_year,
        age_bands=tuple(_age_band(label) for label in industry.age_bands),
        cohort_bands=_cohort_bands(industry.cohorts),
        levels=tuple(
            (c.certifier, credential.code, credential.level) for c in certifiers for credential in c.credentials
        ),
        reporting=tuple(c.certifier for c in certifiers if _tells_failures(c)),
        training_window_days=industry.training_window_days,
        replicates=industry.outcomes.replicates,
        families=tuple(
            (c.certifier, credential.code, credential.family)
            for c in certifiers
            for credential in c.credentials
            if credential.family
        ),
        ladders=tuple(
            (c.certifier, credential.code, credential.stacks_to)
            for c in certifiers
            for credential in c.credentials
            if credential.stacks_to
        ),
        programmes=industry.programmes,
        profile=industry.disclosure.rules(),
    )


def _ranges(bands: tuple[tuple[str, int, int], ...]) -> list[dict[str, str | int]]:
    return [dict(zip(("label", "low", "high"), band, strict=True)) for band in bands]


def _cohort_bands(cohorts: Cohorts) -> tuple[tuple[str, int, int], ...]:
    """Award years in bands of equal length; the last one ends with the cohort."""
    firsts = range(cohorts.first_award_year, cohorts.last_award_year + 1, cohorts.years_in_band)
    ends = ((first, min(first + cohorts.years_in_band - 1, cohorts.last_award_year)) for first in firsts)
    return tuple((f"{first}-{last}", first, last) for first, last in ends)


def _age_band(label: str) -> tuple[str, int, int]:
    """Split a band such as ``18-25`` into its label and its two ends."""
    low, high = label.split("-")
    return label, int(low), int(high)


def _tells_failures(certifier: Certifier) -> bool:
    """Whether the file says how a sitting ended: the event or the result is read from a column, not a constant."""
    columns = (certifier.columns.get("event"), certifier.columns.get("result"))
    return any(column is not None and column.source is not None for column in columns)
