"""The written agreement that lets data cross: does it hold today, for these columns, for this recipient?

Source: 34 CFR 99.31(a)(6)(iii) and 99.35(a)(3) (what an agreement must say). Not here: the agreements (registry).
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from credential_pipeline.foundation.contracts.census_extract import SNAPSHOT
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.registry.agreements import Agreement, ReleaseAgreement, Terms
from credential_pipeline.foundation.registry.model import Industry
from credential_pipeline.foundation.storage.engine import connect

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
    require_in_force(agreement, today, where)
    return agreement


def release_terms(agreement: Agreement, today: date | None = None) -> ReleaseAgreement:
    """Terms under which the recipient hands released aggregates on, if they hold today (in UTC if no day is given).

    Raises:
        SafeError: ``E_NO_AGREEMENT`` or ``E_AGREEMENT_EXPIRED``.
    """
    where = f"Agreement {agreement.id}"
    if agreement.release is None:
        message = f"{where} names no agreement for releases: nothing may be published until its key 'release' does."
        raise SafeError("E_NO_AGREEMENT", message)
    require_in_force(agreement.release, today or datetime.now(tz=UTC).date(), where)
    return agreement.release


def terms_for(industry: Industry, recipient: str, today: date) -> Terms:
    """The terms under which a party receives something of an industry today: the extract, or what is published.

    Raises:
        SafeError: ``E_NO_AGREEMENT`` or ``E_AGREEMENT_EXPIRED``.
    """
    if recipient == PUBLICATION and industry.agreement is not None:
        return release_terms(industry.agreement, today)
    return require_agreement(industry, today)


def require_in_force(terms: Terms, today: date, where: str) -> None:
    """Refuse an agreement that does not hold yet, or no longer.

    Raises:
        SafeError: ``E_NO_AGREEMENT`` or ``E_AGREEMENT_EXPIRED``.
    """
    if today < terms.signed:
        message = (
            f"{where}: agreement {terms.id} holds from {terms.signed} on, and today is {today}: "
            f"wait, or correct the date in the registry."
        )
        raise SafeError("E_NO_AGREEMENT", message)
    refuse_expired(terms.id, terms.expires, today, where)


def refuse_expired(agreement_id: str, expires: date, today: date, where: str) -> None:
    """Refuse what is sent or opened after the agreement's last day.

    Raises:
        SafeError: ``E_AGREEMENT_EXPIRED``.
    """
    if today > expires:
        message = f"{where}: agreement {agreement_id} expired on {expires}: renew it and enter the new date, or stop."
        raise SafeError("E_AGREEMENT_EXPIRED", message)


def refuse_other_key(terms: Terms, fingerprint: str, where: str) -> None:
    """Refuse a recipient's key that is not the one that was agreed, where one was.

    Raises:
        SafeError: ``E_WRONG_KEY``.
    """
    if terms.recipient_key not in {None, fingerprint}:
        message = (
            f"{where}: the recipient's key {fingerprint} is not the one that agreement {terms.id} names: put the right key "
            f"in its place, or have the agreement's recipient_key changed by both parties."
        )
        raise SafeError("E_WRONG_KEY", message)


def refuse_withheld(terms: Terms, files: Mapping[str, Path], where: str) -> None:
    """Refuse files with a value in a column that the agreement does not allow.

    Raises:
        SafeError: ``E_NOT_AGREED``; the message names tables and columns only.
        duckdb.Error: A file can't be read.
    """
    if not isinstance(terms, Agreement):
        return
    found = []
    with connect(threads=1) as con:
        for table in (one for one in SNAPSHOT if one.name in files):
            for column in terms.sent_empty(table):
                filled = con.execute(
                    f'SELECT count("{column}") FROM read_parquet(?)', [str(files[table.name])]
                ).fetchall()
                found += [f"{table.name}.{column}"] if filled[0][0] else []
    if found:
        message = (
            f"{where}: agreement {terms.id} withholds {', '.join(found)}, and there are values in it: run the hop that makes "
            f"it again under this agreement; nothing was handed over."
        )
        raise SafeError("E_NOT_AGREED", message)
