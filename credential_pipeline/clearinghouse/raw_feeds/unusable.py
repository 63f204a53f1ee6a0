"""Why a row cannot be used, each reason as a condition on the row alone.

Not here: rows that share a record id (contested.py), and what the codes mean (reasons.py).
"""

from credential_pipeline.clearinghouse.raw_feeds.written_dates import forms, layout_of
from credential_pipeline.foundation.recipes.name_marks import is_nobody
from credential_pipeline.foundation.recipes.sql import literal
from credential_pipeline.foundation.registry.feeds import Certifier


def unusable(certifier: Certifier) -> dict[str, str]:
    """Conditions under which a row cannot be used, by reason code, in the order in which they are looked for.

    Args:
        certifier: Whose columns and recipes are meant. The conditions are SQL over fields as recipes read them ('' for
            missing), over ``written_event``, ``written_result``, ``silent_result`` and ``written_date``, and over the parameter
            ``$today``, the day after which an event lies in the future.
    """
    layout = layout_of(certifier, "event_date")
    dates = forms(layout, "written_date") if layout is not None else {}
    known = ", ".join(literal(one) for one in sorted(certifier.codes))
    return {
        "MISSING_RECORD_ID": "record_id = ''",
        # Who has one name may have it in either column; an initial alone is none.
        "MISSING_LAST_NAME": f"last_name = '' AND length(first_name) < 2 OR {is_nobody('first_name', 'last_name')}",
        "MISSING_CREDENTIAL_CODE": "credential_code = ''",
        "UNKNOWN_CREDENTIAL": f"credential_code NOT IN ({known})" if known else "false",
        "MISSING_EVENT_DATE": "event_date IS NULL AND written_date = ''",
        **{f"EVENT_DATE_{form}": f"event_date IS NULL AND {condition}" for form, condition in dates.items()},
        "UNREADABLE_EVENT_DATE": "event_date IS NULL",
        "EVENT_DATE_IN_FUTURE": "event_date > $today",
        "UNKNOWN_EVENT": "event = '' AND written_event <> ''",
        # Renewals and revocations have no result, though they may stand in the column that holds the results of others.
        "UNKNOWN_RESULT": "result = '' AND written_result <> '' AND NOT silent_result AND event NOT IN ('renewal', 'revocation')",
    }
