"""What people decided on deliveries: held ones let through, others withdrawn; who, when and why, in a ledger that only grows.

Not here: which deliveries there are (sights.py), and what follows from a decision (decide.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from credential_pipeline.foundation.storage.chain import Chain

RELEASED: Final = "released"
WITHDRAWN: Final = "withdrawn"


@dataclass(frozen=True)
class Decision:
    """The last word on a delivery.

    Attributes:
        kind: ``released`` or ``withdrawn``.
        reason: Why, in the words of who decided.
        account: Who.
        when: ISO time.
    """

    kind: str
    reason: str
    account: str
    when: str


Decisions = Mapping[tuple[str, str], Decision]
"""Certifier and hash of a delivery -> the last word on it."""


def chain(home: Path) -> Chain:
    """The ledger, in the clearinghouse's home."""
    return Chain(home, home / "deliveries.jsonl", "deliveries")


def read_decisions(home: Path, industry: str) -> Decisions:
    """The last word on each delivery of an industry on which there is one.

    Raises:
        SafeError: E_LEDGER_BROKEN: the ledger is not whole.
    """
    if not (home / "deliveries.jsonl").exists() and not (home / "anchors" / "deliveries.head").exists():
        return {}
    return {
        (line.facts["certifier"], line.facts["sha256"]): Decision(
            line.kind, line.facts["reason"], line.facts["account"], line.when
        )
        for line in chain(home).lines()
        if line.facts["industry"] == industry
    }


def decide(
    home: Path, kind: str, *, industry: str, certifier: str, sha256: str, reason: str, account: str, when: datetime
) -> None:
    """Write a decision down.

    Args:
        home: The clearinghouse's home.
        kind: ``released`` or ``withdrawn``.
        industry: The partition.
        certifier: Whose delivery.
        sha256: Its bytes.
        reason: Why.
        account: Who decides.
        when: Time, with its zone.

    Raises:
        SafeError: E_LEDGER_BROKEN: the ledger is not whole, so nothing is added.
    """
    facts = {"industry": industry, "certifier": certifier, "sha256": sha256, "reason": reason, "account": account}
    chain(home).append(kind, facts, when)
