"""What agreements allow, as tables beside what is given, so that the gate can hold one against the other.

Written from the agreements and the registry's programs alone, by no step that makes the files. Not here: the rules (checks/suites).
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from credential_pipeline.clearinghouse.return_files.partners import Given
from credential_pipeline.engines.exchange.student_tracker.report import NAMES
from credential_pipeline.foundation.contracts.return_files import SNAPSHOT
from credential_pipeline.foundation.layouts import LAYOUTS
from credential_pipeline.foundation.registry.return_agreements import ReturnAgreement
from credential_pipeline.foundation.storage.relation import Relation, Scratch

_ALWAYS: Final = (
    *("your_unique_identifier", "first_name", "middle_initial", "last_name", "name_suffix", "requester_return_field"),
    *("record_found", "search_date", "graduated"),
)
"""What a row of a report holds of whatever it tells: what the request held, and whether it tells of a degree."""
_COLLEGE: Final = (
    *(
        "college_code_branch",
        "college_name",
        "college_state",
        "two_year_four_year",
        "public_private",
        "college_sequence",
    ),
)


def _begins(*beginnings: str) -> tuple[str, ...]:
    return tuple(name for name in NAMES if name.startswith(beginnings))


def _layout(*names: str) -> tuple[str, ...]:
    return tuple(field.name for name in names for field in LAYOUTS[name])


OPENS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = MappingProxyType(
    {
        "enrollments": {"report_rows": (*_ALWAYS, *_COLLEGE, *_begins("enrollment_", "class_level"))},
        "degrees": {"report_rows": (*_ALWAYS, *_COLLEGE, *_begins("degree_", "graduation_"))},
        "credentials": {"report_rows": (*_ALWAYS, *_begins("credential_"))},
        "cohort": {"pdp_cohort": _layout("pdp_cohort", "pdp_cohort_since_2025")},
        "course": {"pdp_course": _layout("pdp_course", "pdp_course_since_2025")},
        "completers": {"completers": _layout("completers")},
        "aggregates": {"partner_figures": ("value",), "programme_rates": ("value",)},
    }
)
"""What a partner can get, to the fields of each table that this lets it have."""


def what_is_agreed(work: Scratch, given: Given) -> Mapping[str, Relation]:
    """The agreements in force as rows of ``partners``, ``agreed_fields`` and ``partner_programmes``.

    Args:
        work: Makes the relations.
        given: The agreements, the industry's programs and the day.
    """
    shapes = {name: SNAPSHOT.table(name).schema for name in ("partners", "agreed_fields", "partner_programmes")}
    partners = [(one.partner, one.id, one.role, one.of, one.school_code, one.branch) for one in given.in_force]
    fields = [row for one in given.in_force for row in _fields(one)]
    programmes = [row for one in given.in_force if one.role == "state" for row in _programmes(given, one)]
    return {
        "partners": work.rows("agreed_partners", shapes["partners"], partners),
        "agreed_fields": work.rows("agreed_fields", shapes["agreed_fields"], fields),
        "partner_programmes": work.rows("partner_programmes", shapes["partner_programmes"], programmes),
    }


def _fields(agreement: ReturnAgreement) -> Iterator[tuple[str, str, str, str]]:
    """Partner, share, table and field of what an agreement lets the partner have."""
    for share in sorted(agreement.gets):
        for table, fields in OPENS[share].items():
            yield from ((agreement.partner, share, table, field) for field in fields if field not in agreement.withheld)


def _programmes(given: Given, state: ReturnAgreement) -> Iterator[tuple[str, str, str, str, str]]:
    """Partner, program, certifier, credential and provider of what is taught in a state, as the registry has it."""
    for one in given.industry.programmes:
        if one.state == state.of:
            yield from ((state.partner, one.id, one.certifier, code, one.provider_opeid) for code in one.credentials)
