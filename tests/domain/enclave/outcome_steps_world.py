"""Relations written by hand for the steps of outcome_tables: units with and without wages, and their counts."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from credential_pipeline.enclave.outcome_tables.counts import COUNTS, identify
from credential_pipeline.enclave.outcome_tables.macros import macros
from credential_pipeline.enclave.outcome_tables.plan import Plan, plan_for
from credential_pipeline.foundation.registry.profiles import PROFILES
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.relation import Relation, Scratch, scratch
from tests.domain.enclave.outcome_tables_world import registry

FOLLOW_UPS = {
    "pid": "INTEGER",
    "lead": "BOOLEAN",
    "certifier": "VARCHAR",
    "credential": "VARCHAR",
    "cohort": "VARCHAR",
    "age_band": "VARCHAR",
    "sex": "VARCHAR",
    "race": "VARCHAR",
    "ethnicity": "VARCHAR",
    "state": "VARCHAR",
    "horizon": "INTEGER",
    "presence": "VARCHAR",
    "seen": "BOOLEAN",
    "in_industry": "BOOLEAN",
    "sector": "VARCHAR",
    "real": "DOUBLE",
}
Values = dict[str, int | None]


def plan(**industry: object) -> Plan:
    known = registry(**industry)
    return plan_for(known.industry("manufacturing"), known).with_profile(PROFILES["one-off"])


@contextmanager
def workplace() -> Iterator[Scratch]:
    """Where relations are made, with the macros of the hop."""
    with connect(threads=1) as con, macros(con), scratch(con) as made:
        yield made


def rows(work: Scratch, source: Relation, *columns: str, where: str = "true") -> list[Any]:
    """The columns of a relation, sorted; bare values if there is one column."""
    found = work.con.execute(f"SELECT {', '.join(columns)} FROM {source} WHERE {where} ORDER BY ALL").fetchall()
    return [row[0] for row in found] if len(columns) == 1 else found


def seen(
    pid: int, horizon: int, real: float, *, industry: bool, sector: str = "72", body: str = "mssc", lead: bool = True
) -> tuple[Any, ...]:
    """A unit with wages."""
    return (
        pid,
        lead,
        body,
        "CPT",
        "all",
        "18-25",
        "F",
        "white",
        "all",
        "all",
        horizon,
        "wage_matched",
        True,
        industry,
        sector,
        real,
    )


def unseen(pid: int, horizon: int, presence: str, *, body: str = "mssc", lead: bool = True) -> tuple[Any, ...]:
    """A unit without wages."""
    return (
        pid,
        lead,
        body,
        "CPT",
        "all",
        "18-25",
        "F",
        "white",
        "all",
        "all",
        horizon,
        presence,
        False,
        False,
        None,
        None,
    )


def counted(work: Scratch, values: dict[str, int], **columns: str) -> Relation:
    """Counts with the same learners as value; ``quantity`` or ``quantity@horizon`` to the value."""
    made = []
    for name, value in values.items():
        quantity, _, horizon = name.partition("@")
        at = int(horizon) if horizon else None
        fixed = ", ".join(f"'{category}' AS {column}" for column, category in columns.items())
        made.append(
            COUNTS.rows(
                work,
                f"SELECT ? AS quantity, CAST(? AS INTEGER) AS horizon, ? AS value, ? AS learners{', ' * bool(fixed)}{fixed}",
                [quantity, at, value, value],
            )
        )
    return COUNTS.union(work, *made)


def five_followed(work: Scratch) -> Relation:
    """One: in the industry. Two: outside. Three: not seen. Four: dead. Five: in the industry, of another certifier."""
    return work.rows(
        "follow_ups",
        FOLLOW_UPS,
        [
            seen(1, 1, 50_000.0, industry=True, sector="31-33"),
            seen(2, 1, 30_000.0, industry=False),
            unseen(3, 1, "not_matched"),
            unseen(4, 1, "died_before"),
            seen(5, 1, 70_000.0, industry=True, sector="31-33", body="nims"),
        ],
    )


def values(work: Scratch, counts: Relation, where: str = "true") -> Values:
    """Count id to value; value and learners must agree."""
    made = identify(work, counts)
    assert rows(work, made, "count_id", where=f"({where}) AND value <> learners") == []
    return dict(rows(work, made, "count_id", "value", where=where))
