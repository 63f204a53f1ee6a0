"""The strict shape of a simulated world: world.yml for the country, worlds/<industry>.yml for one industry.

Every number of the simulation has its name here; the values are in the YAML files. What a file leaves out gets the defaults of this
module; an industry without a file, a world out of its own YAML (default_world.py). Not here: what the numbers do.
"""

from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field

Share = Annotated[float, Field(ge=0, le=1)]
Weights = dict[str, Annotated[float, Field(ge=0)]]
Points = dict[int, float]
Logs = dict[str, float]

FOLDER = Path(__file__).parent


class Part(BaseModel):
    """Unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Population(Part):
    """Who lives in the country: people who are neither students nor holders per student, and everybody's traits."""

    outsiders: float
    women: Share
    in_flats: Share
    origins: Weights
    races: dict[str, Weights]
    hispanic: dict[str, Share]
    birth_years: Points
    education: Weights
    yearly_death: Points


class Families(Part):
    """Who lives together: family sizes, how relatives relate to the first member, and double names."""

    sizes: dict[int, float]
    relations: Weights
    namesake_suffix: Share
    third: Share
    women_marry: Share
    keeps_both: Share
    double_names: dict[str, Share]
    no_middle_name: Share
    uses_nickname: Share
    moves: tuple[Share, Share]
    moves_near: Share


class Faults(Part):
    """Probabilities that a field of one written identity is wrong; an identity is what a sender stored of a person.

    ``groups`` multiplies all of them for a group of people, such as ``race=black``.
    """

    groups: Weights = {}

    typo_first: Share = 0.012
    typo_last: Share = 0.014
    nickname: Share = 0.045
    swapped_names: Share = 0.004
    previous_name: Share = 0.15
    initial_only: Share = 0.25
    middle_missing: Share = 0.2
    suffix_missing: Share = 0.35
    second_last_dropped: Share = 0.2
    accent: Share = 0.3
    day_month_swapped: Share = 0.004
    birth_digit: Share = 0.008
    birth_missing: Share = 0.02
    old_address: Share = 0.25
    short_address: Share = 0.4
    typo_street: Share = 0.02
    contact_missing: Share = 0.3
    ssn_missing: Share = 0.4
    ssn_wrong: Share = 0.004
    sex_wrong: Share = 0.002
    sex_missing: Share = 0.05


class Delivery(Part):
    """What goes wrong between a sender's database and its file, by row."""

    second_identity: Share = 0.05
    same_account: Share = 0.5
    row_typo: Share = 0.002
    repeated_row: Share = 0.003
    bad_row: Share = 0.001
    late_row: Share = 0.02


class EducationRegistry(Part):
    """The clearinghouse's own records: coverage, opt-outs, enrollment and its errors."""

    holders_in_it: Share
    ferpa_block: Share
    faults: Faults
    sectors: Weights
    institutions: int
    starts_at_eighteen: Share
    degree_seeking: Weights
    credit: Share
    enrollments: dict[int, float]
    degree: Share
    training_degree_credit: Share
    training_degree_noncredit: Share


class Reference(Part):
    """The statistical agency's reference population: coverage, alternate rows and errors."""

    present: Share
    earlier_name_row: Share
    earlier_address_row: Share
    nickname_row: Share
    race_missing: Share
    sex_missing: Share
    faults: Faults


class Sector(Part):
    """One NAICS sector: weight among new jobs, log premium, NAICS codes with weights, how schooling tilts entry."""

    weight: float
    premium: float
    schooling: float = 0.0
    young: float = 0.0
    codes: Weights


class Economy(Part):
    """Wages and work between two years, in dollars of the base year.

    ``quarterly``: wages are written by quarter too. ``wage_gaps``: first and last year in which a state's employers are missing.
    """

    quarterly: bool = False
    wage_gaps: dict[str, tuple[int, int]] = {}

    first_year: int
    last_year: int
    base_year: int
    others: int
    employers_per_thousand: float
    age_earnings: Points
    schooling: Logs
    working_at_first: Share
    working_ages: tuple[int, int]
    attached_finds: Share
    dips: dict[int, float]
    women: float
    groups: Logs
    state_spread: float
    real_growth: float
    person_spread: float
    year_spread: float
    persistence: Share
    transitory_spread: float
    leave_job: Points
    stay_in_sector: Share
    stop_working: Points
    start_working: Points
    second_job: Share
    never_covered: Share
    recession: dict[int, float]
    sectors: dict[str, Sector]


class World(Part):
    """The country that all industries share."""

    calibrated_to: str
    population: Population
    families: Families
    registry: EducationRegistry
    reference: Reference
    economy: Economy


class CertifierWorld(Part):
    """How one certifier's learners behave and how its files err; ``weight`` is its share of first awards."""

    weight: float = 1.0
    popularity: Weights = {}
    completes_stack: Weights = {}
    stack_default: Share = 0.7
    without_exam: tuple[str, ...] = ()
    pass_rate: Share = 0.78
    retries: Share = 0.75
    renewal_years: int = 0
    renews: Share = 0.3
    blocked: Share = 0.007
    faults: Faults = Faults()
    delivery: Delivery = Delivery()


class Effect(Part):
    """Log points that an award adds to earnings, by credential and group, and its pull into the industry.

    The first award adds ``credentials`` or ``default``; every later one adds ``further`` of its credential or ``further_award``.
    """

    default: float = 0.05
    credentials: Logs = {}
    groups: Logs = {}
    further: Logs = {}
    further_award: float = 0.01
    years_to_full: int = 2
    pull: Share = 0.2


class Programme(Part):
    """A programme that leads to a credential, whose learners are chosen so that it passes or fails a test.

    ``credential`` is ``certifier/code``, ``completion`` the share of its learners who get it, ``ages`` theirs at the award,
    ``unseen`` the share who work where no wage file looks.
    """

    name: str
    credential: str
    completers: int
    completion: Annotated[float, Field(gt=0, le=1)] = 1.0
    ages: tuple[int, int] = (14, 99)
    unseen: Share = 0.0
    clock_hours: int = 300
    weeks: int = 12
    tuition: int


class IndustryWorld(Part):
    """Who earns the credentials of an industry, when, and what follows."""

    calibrated_to: str = "nothing"
    learner_share: float = 0.1
    awards_per_learner: float = 2.0
    award_years: Points = {2005: 1.0, 2018: 2.0}
    ages: Points = {14: 0.0, 18: 10.0, 21: 8.0, 30: 5.0, 45: 3.0, 60: 0.5, 75: 0.0}
    women: Share = 0.5
    origins: Weights = {}
    education: Weights = {}
    months_between_awards: float = 7.0
    never_passed: Share = 0.08
    second_certifier: Share = 0.06
    further_failures: Share = 0.07
    two_year_college: Share = 0.96
    settings: Weights = {"noncredit": 0.6, "credit": 0.25, "high_school": 0.08, "employer": 0.05, "other": 0.02}
    selection: float = -0.08
    dip: float = 0.12
    attached_before: Share = 0.12
    stays_in_industry: Share = 0.0
    premium: float = 0.0
    group_premium: Logs = {}
    effect: Effect = Effect()
    certifiers: dict[str, CertifierWorld] = {}
    fault_groups: Weights = {}
    programmes: tuple[Programme, ...] = ()

    def of(self, certifier: str) -> CertifierWorld:
        """What is said of the certifier, or the defaults."""
        found = self.certifiers.get(certifier, CertifierWorld())
        if not self.fault_groups:
            return found
        return found.model_copy(update={"faults": found.faults.model_copy(update={"groups": self.fault_groups})})


def load_world() -> World:
    """Read world.yml."""
    return World.model_validate(yaml.safe_load((FOLDER / "world.yml").read_text(encoding="utf-8")))


def _file(industry: str) -> Path:
    return FOLDER / "worlds" / f"{industry}.yml"


def has_world(industry: str) -> bool:
    """Whether an industry has a file of its own in worlds/."""
    return _file(industry).is_file()


def load_industry_world(industry: str) -> IndustryWorld:
    """Read worlds/<industry>.yml of an industry that has one."""
    return IndustryWorld.model_validate(yaml.safe_load(_file(industry).read_text(encoding="utf-8")))
