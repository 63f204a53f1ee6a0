"""What to say of deliveries that wait for a person, refused or held: which file, why, in figures, and what to do.

Nothing that is said here names anybody: of a file whose name may be somebody's the id is told.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from credential_pipeline.clearinghouse.raw_feeds.reasons import REASONS, ROW_REASONS
from credential_pipeline.clearinghouse.raw_feeds.sights import read_sights
from credential_pipeline.foundation.contracts.raw_feeds import ACCEPTED, HELD, REFUSED
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.file_names import NO_BYTES, delivery_id, number_sql, shown_delivery
from credential_pipeline.foundation.storage.engine import Connection

_LISTED = f"""
SELECT certifier, delivery, sha256, {number_sql("d")}, state, reason_code, coalesce(detail, ''), rows_in, rows_accepted, rows_quarantined,
    rows_duplicate
FROM raw_feeds.deliveries AS d ORDER BY certifier, delivery
"""


@dataclass(frozen=True)
class Listed:
    """A delivery as people are told of it.

    Attributes:
        certifier: Who sent it.
        delivery: Its name as tables have it; for those only who may see confidential tables.
        sha256: Its bytes.
        state: What became of it.
        reason_code: Why none of its rows goes on; None if they do.
        detail: The same in words and figures.
        rows: Rows in, accepted, set aside, repeated.
        aside: Reasons of single rows that were set aside, with their number, the most frequent first, if they were asked for.
        number: Which one it is, by name, of its sender's files that are empty or were not read.
    """

    certifier: str
    delivery: str
    sha256: str
    state: str
    reason_code: str | None
    detail: str
    rows: tuple[int, ...]
    aside: tuple[tuple[str, int], ...] = ()
    number: int = 1

    @property
    def id(self) -> str:
        """What it is called in commands."""
        return delivery_id(self.certifier, self.sha256, self.number)

    @property
    def shown(self) -> str:
        """Its name if that is nobody's, else its id."""
        return shown_delivery(self.certifier, self.delivery, self.sha256, self.number)

    @property
    def unread(self) -> bool:
        """It has no bytes, so that nothing but its name tells it from others."""
        return self.sha256 == NO_BYTES

    @property
    def waits(self) -> bool:
        """A person is needed."""
        return self.state in {HELD, REFUSED}

    @property
    def why(self) -> str:
        """The reason and what to do about it, with its code and its figures; empty if there is none."""
        if self.reason_code is None:
            return self.detail
        return f"{REASONS.get(self.reason_code, '')} [{self.reason_code}]" + (
            f" ({self.detail})" if self.detail else ""
        )

    def wait(self, industry: str) -> str:
        """Where it lies and why it waits, with what lets it in where a decision does."""
        decision = f"; {self.way_out(industry)}" if self.state == HELD else ""
        return f"inbox/{industry}/{self.certifier}/{self.shown}: {self.why}{decision}"

    def way_out(self, industry: str) -> str:
        """The commands that end its wait."""
        if self.state == HELD:
            named = f"{industry} {self.id} --reason …"
            return f"`deliveries release {named}` lets it in, `deliveries withdraw {named}` ends the wait"
        return f"put a mended file there, or `deliveries withdraw {industry} {self.id} --reason …`"


def listed(con: Connection) -> list[Listed]:
    """Every delivery of an industry, by certifier and name.

    Args:
        con: Connection with ``raw_feeds.deliveries``.
    """
    return [
        Listed(certifier, delivery, sha256, state, code, detail, tuple(rows), number=number)
        for certifier, delivery, sha256, number, state, code, detail, *rows in con.execute(_LISTED).fetchall()
    ]


def with_reasons(con: Connection, deliveries: list[Listed]) -> list[Listed]:
    """The same deliveries, with the reasons for which single rows of them were set aside.

    Args:
        con: Connection with ``raw_feeds.quarantine``.
        deliveries: As ``listed`` gives them.
    """
    query = """
        SELECT certifier, delivery, reason_code, count(*) AS n FROM raw_feeds.quarantine
        GROUP BY ALL ORDER BY n DESC, reason_code
        """
    found: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for certifier, delivery, code, rows in con.execute(query).fetchall():
        if code in ROW_REASONS:
            found.setdefault((certifier, delivery), []).append((code, int(rows)))
    return [replace(one, aside=tuple(found.get((one.certifier, one.delivery), ()))) for one in deliveries]


def told(con: Connection, industry: str) -> list[str]:
    """A line for every delivery that waits.

    Args:
        con: Connection with ``raw_feeds.deliveries``.
        industry: The partition.
    """
    return [f"{one.state}: {one.wait(industry)}" for one in listed(con) if one.waits]


def told_of_receipts(con: Connection, receipts: Path, industry: str) -> list[str]:
    """A line if receipts.jsonl no longer knows deliveries whose rows are in force; nothing else would say so until something comes.

    Args:
        con: Connection with ``raw_feeds.deliveries``.
        receipts: receipts.jsonl.
        industry: The partition.
    """
    try:
        noted = {(one.certifier, one.sha256) for one in read_sights(receipts, industry).all}
    except SafeError as error:
        return [f"ledger: {error}"]
    accepted = con.execute("SELECT certifier, sha256 FROM raw_feeds.deliveries WHERE state = ?", [ACCEPTED]).fetchall()
    unknown = len(set(accepted) - noted)
    if not unknown:
        return []
    lost = f"it lacks {unknown:,} of {len(accepted):,} deliveries that count in {industry}"
    without = "all that lies in the inbox counts as first seen when the next delivery comes, and what is gone from it counts no longer"
    what = f"Restore it from a backup before anything new comes; without one, {without} [E_RECEIPTS]"
    return [f"ledger: {receipts.parent.name}/{receipts.name} is gone or cut off: {lost}. {what}"]


def explain_missing(con: Connection, industry: str) -> str:
    """What is said of certifiers of whom no row goes on, or fewer than are set aside; empty if there is no such certifier.

    Args:
        con: Connection with ``raw_feeds.deliveries`` and ``raw_feeds.quarantine``.
        industry: The partition.
    """
    rows = con.execute("SELECT certifier FROM raw_feeds.deliveries GROUP BY certifier HAVING sum(rows_accepted) < 1")
    without = {certifier for (certifier,) in rows.fetchall()}
    missing = [one.wait(industry) for one in listed(con) if one.waits and one.certifier in without]
    return " ".join([*missing, *_mostly_set_aside(con)])


def _mostly_set_aside(con: Connection) -> list[str]:
    """The most frequent reason of each certifier of whom more rows are set aside, one by one, than go on."""
    found = con.execute(
        """
        WITH reasons AS (
            SELECT certifier, reason_code, count(*) AS n FROM raw_feeds.quarantine WHERE list_contains($codes, reason_code)
            GROUP BY certifier, reason_code
        ), aside AS (
            SELECT certifier, sum(n) AS rows, arg_max(reason_code, (n, reason_code)) AS code, max(n) AS most FROM reasons GROUP BY certifier
        ), accepted AS (SELECT certifier, sum(rows_accepted) AS rows FROM raw_feeds.deliveries GROUP BY certifier)
        SELECT certifier, code, most FROM aside JOIN accepted USING (certifier) WHERE aside.rows > accepted.rows ORDER BY certifier
        """,
        {"codes": list(ROW_REASONS)},
    ).fetchall()
    return [f"{certifier}: {rows:,} rows are set aside: {REASONS[code]} [{code}]" for certifier, code, rows in found]
