"""The agreement under which an extract is built and leaves. Not here: whether it holds today (engines/handover/agreement.py)."""

from datetime import date

from credential_pipeline.clearinghouse.census_extract.tokens import TokenKey
from credential_pipeline.engines.handover.agreement import require_agreement
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.registry.agreements import Agreement
from credential_pipeline.foundation.registry.model import Industry


def agreement_of(industry: Industry, key: TokenKey, today: date) -> Agreement:
    """The agreement of an industry, if it holds today and the row ids are made for its recipient.

    Raises:
        SafeError: ``E_NO_AGREEMENT``, ``E_AGREEMENT_EXPIRED``, or ``E_WRONG_KEY``: the token key is another recipient's.
    """
    agreement = require_agreement(industry, today)
    if key.recipient != agreement.recipient:
        message = f"The token key of {industry.industry} is another recipient's: load that of the agreement's."
        raise SafeError("E_WRONG_KEY", message)
    return agreement
