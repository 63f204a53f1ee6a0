"""Which rows have no student record, and why: what a steward asks first of a match rate. The hop does not use it, an export does."""

from typing import Final

from credential_pipeline.foundation.storage.sql import statement

REASONS: Final[dict[str, str]] = {
    "blocked": "The person is not to be shared.",
    "ambiguous": "Several students are about as likely; a person may decide (review export).",
    "not answered": "No report of the StudentTracker service tells of the person.",
    "unusable fields": "A name is missing, or neither birth date, address, e-mail nor last four digits stand beside it.",
    "below threshold": "Students were compared, and none is likely enough to be the person.",
    "no candidate": "No student of the registry is like the person in name, birth date or street.",
}
"""Reason -> a plain sentence."""


def unlinked_query() -> str:
    """Query of certifier, record_id, learner_id, reason; it reads linked_records and cleaned_learners.profiles."""
    return statement(__package__, "unlinked.sql")
