"""Does a programme pass: every test of the law answered with yes, no or not known, and what follows of them.

Everything is compared as it would be published, so that a verdict tells nothing that the figures beside it do not. Not here:
how the figures come about (careers.py).
"""

from dataclasses import dataclass, replace
from typing import Final

from credential_pipeline.enclave.outcome_tables.questions.workforce_pell.law import Law
from credential_pipeline.foundation.registry.programmes import Programme

PASSES: Final = "passes"
FAILS: Final = "fails"
UNKNOWN: Final = "cannot_be_evaluated"


@dataclass(frozen=True)
class Evidence:
    """What is known of a programme's record, rounded as for publication; None where it is not known.

    Attributes:
        completion: Completion rate.
        placement: Placement rate.
        value_added: Value-added earnings.
        tuition: Tuition and fees.
        gaps: Why something is not known.
    """

    completion: float | None = None
    placement: float | None = None
    value_added: float | None = None
    tuition: float | None = None
    gaps: tuple[str, ...] = ()

    def lacking(self, *gaps: str) -> "Evidence":
        """The same with more reasons why something is not known, each once."""
        return replace(self, gaps=tuple(dict.fromkeys((*self.gaps, *gaps))))


@dataclass(frozen=True)
class Verdict:
    """What the law says of a programme.

    Attributes:
        full: By the full test.
        transition: By the test of the first award years, which leaves tuition and earnings out.
        reasons: Why it fails, or why it cannot be evaluated; none if it passes.
    """

    full: str
    transition: str
    reasons: tuple[str, ...]


def judge(programme: Programme, known: Evidence, law: Law) -> Verdict:
    """Judge a programme by what is known of it.

    One failed test decides, whatever is not known; without one, whatever is not known leaves the verdict open.
    """
    hours, weeks = programme.clock_hours, programme.weeks
    tests: dict[str, bool | None] = {
        "hours_out_of_range": None if hours is None else law.clock_hours_from <= hours < law.clock_hours_below,
        "weeks_out_of_range": None if weeks is None else law.weeks_from <= weeks < law.weeks_below,
        "completion_too_low": None if known.completion is None else known.completion >= law.completion_rate_from,
        "placement_too_low": None if known.placement is None else known.placement >= law.placement_rate_from,
    }
    money = {"tuition_too_high": _affordable(known)}
    failed = [reason for reason, held in (tests | money).items() if held is False]
    missing = [
        *(["no_hours"] if hours is None else []),
        *(["no_weeks"] if weeks is None else []),
        *(["no_tuition"] if programme.tuition_and_fees is None else []),
    ]
    full = _together(tests | money)
    reasons = {PASSES: [], FAILS: failed, UNKNOWN: list(dict.fromkeys((*missing, *known.gaps)))}[full]
    return Verdict(full, _together(tests), tuple(reasons))


def _affordable(known: Evidence) -> bool | None:
    """Whether tuition is not above value-added earnings; earnings that add nothing are too low for any tuition."""
    if known.value_added is None:
        return None
    if known.value_added <= 0:
        return False
    return None if known.tuition is None else known.tuition <= known.value_added


def _together(tests: dict[str, bool | None]) -> str:
    answers = set(tests.values())
    if False in answers:
        return FAILS
    return UNKNOWN if None in answers else PASSES
