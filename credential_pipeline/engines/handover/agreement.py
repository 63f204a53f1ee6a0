"""The written agreement that lets data cross: does it hold today?

Source: 34 CFR 99.31(a)(6)(iii) and 99.35(a)(3) (what an agreement must say). Not here: the agreements (registry).
"""

from datetime import date

from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.registry.model import Agreement, Industry

#: How a release package names its recipient.
PUBLICATION = "publication"


def require_agreement(industry: Industry, today: date) -> Agreement:
    """Give the agreement of an industry, if it holds today.

    Raises:
        SafeError: ``E_NO_AGREEMENT`` if there is none or it holds from a later day on, ``E_AGREEMENT_EXPIRED``.
    """
    agreement = industry.agreement
    where = f"Industry {industry.industry}"
    if agreement is None:
        message = f"{where} has no data sharing agreement in the registry: nothing may be sent until one is entered."
        raise SafeError("E_NO_AGREEMENT", message)
    if today < agreement.signed:
        message = (
            f"{where}: agreement {agreement.id} holds from {agreement.signed} on, and today is {today}: "
            f"wait, or correct the date in the registry."
        )
        raise SafeError("E_NO_AGREEMENT", message)
    refuse_expired(agreement.id, agreement.expires, today, where)
    return agreement


def refuse_expired(agreement_id: str, expires: date, today: date, where: str) -> None:
    """Refuse what is sent or opened after the agreement's last day.

    Raises:
        SafeError: ``E_AGREEMENT_EXPIRED``.
    """
    if today > expires:
        message = f"{where}: agreement {agreement_id} expired on {expires}: renew it and enter the new date, or stop."
        raise SafeError("E_AGREEMENT_EXPIRED", message)


def release_terms(agreement: Agreement) -> Agreement:
    """Terms under which the enclave hands released aggregates on: the same agreement, one party further."""
    return agreement.model_copy(
        update={
            "sender": agreement.recipient,
            "recipient": PUBLICATION,
            "purpose": "Publication of aggregate outcomes after disclosure control; no row describes a person.",
        }
    )
