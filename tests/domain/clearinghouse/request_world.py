"""An agreement under which a service is asked about learners, by hand."""

from datetime import date
from typing import Any

from credential_pipeline.foundation.registry.request_agreements import REQUEST_COLUMNS, RequestAgreement


def request_agreement(**changed: Any) -> RequestAgreement:
    """An agreement of one code, that lets everything be asked that a request can tell."""
    written = {
        "id": "request_demo", "codes": ["99999900"], "industries": ["manufacturing"], "queries": ["CO", "SE"],
        "sender": "Council", "recipient": "Service", "purpose": "Where people studied", "signed": date(2020, 1, 1),
        "expires": date(2031, 12, 31), "destroy_by": date(2032, 6, 30),
        "columns": [{"columns": list(REQUEST_COLUMNS), "legal_basis": "Own records"}],
    }  # fmt: skip
    return RequestAgreement.model_validate(written | changed)
