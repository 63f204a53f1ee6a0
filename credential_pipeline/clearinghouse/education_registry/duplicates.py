"""Finds the students who stand in the registry more than once, under different ids; creates education_registry.duplicate_students.

Two rows are one person if nothing in them contradicts and if what agrees is improbable by chance, measured by how often the
registry itself holds those names, dates and addresses, against how common copies are in it. A registry without copies so
joins nobody by name and birth date alone. Not here: what becomes of the copies (fold.py).
"""

from typing import Final

import numpy as np
import pandas as pd

from credential_pipeline.engines.linkage.resolve import components
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Relation, Scratch, relation, scratch
from credential_pipeline.foundation.storage.sql import statement

MOST: Final = 16
"""Students up to which all of a block are compared with one another; a larger one holds a name that tells nobody."""
ODDS: Final = 100
"""How much more often a pair must be a copy than two people who agree by chance."""
FEWEST: Final = 1e-4
"""Share of copies that any registry is believed to have."""
_FLOOR: Final = 2e-5
"""Chance below which a pair says no more about how common copies are: the registry may hold what nobody thought of."""
_STEPS: Final = 60


def find_duplicates(con: Connection) -> bool:
    """Create education_registry.duplicate_students; say whether there are any.

    Args:
        con: Connection with education_registry.persons and .person_index, the latter in its order.
    """
    index = relation(con, "education_registry.person_index")
    with scratch(con) as work:
        suspects = work.table("suspects", statement(__package__, "suspects.sql", index=index), {"most": MOST})
        pairs = work.table("pairs", statement(__package__, "pairs.sql", suspects=suspects), {"most": MOST})
        work.drop(suspects)
        facts = work.table("suspect_facts", statement(__package__, "suspect_facts.sql", index=index, pairs=pairs))
        students = con.execute(f"SELECT greatest(count(*), 1)::DOUBLE FROM {index}").fetchall()[0][0]
        evidence = work.table(
            "evidence", statement(__package__, "evidence.sql", pairs=pairs, facts=facts), {"students": students}
        )
        limit = max(FEWEST, share_of_copies(work, evidence, students)) / ODDS
        links, groups = _group(
            work, work.table("links", f"FROM {evidence} WHERE chance <= $limit", {"limit": limit}), facts
        )
        query = statement(
            __package__,
            "duplicate_students.sql",
            links=links,
            groups=groups,
            facts=facts,
            persons=relation(con, "education_registry.persons"),
        )
        con.execute(f"CREATE OR REPLACE TABLE education_registry.duplicate_students AS {query}")
    return bool(con.execute("SELECT count(*) FROM education_registry.duplicate_students").fetchall()[0][0])


def share_of_copies(work: Scratch, evidence: Relation, students: float) -> float:
    """How many copies a student has on average: the share under which the pairs seen are most probable.

    A pair that agrees with a chance c is a copy with odds share : c, and the share is the mean of these probabilities.
    Pairs that chance alone explains give zero.

    Args:
        work: Runs the query.
        evidence: The pairs, with their chance.
        students: Rows of the registry.
    """
    bins = work.con.execute(
        f"SELECT floor(log10(greatest(chance, {_FLOOR})) * 10)::INTEGER AS tenth, count(*) FROM {evidence} GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    low, high = 0.0, float(MOST)
    for _ in range(_STEPS):
        share = (low + high) / 2
        if sum(pairs / (share + 10 ** (tenth / 10)) for tenth, pairs in bins) > students:
            low = share
        else:
            high = share
    return low


def _group(work: Scratch, links: Relation, facts: Relation) -> tuple[Relation, Relation]:
    """Who is one person by the links that hold, and these links.

    Where a student who says little could be either of two people who contradict one another, only what tells more than a name
    and a birth date counts; and where that leaves them together, none of them is joined.
    """
    groups = _components(work, links)
    for kept in ("telling", "false"):
        odd = work.table("groups_at_odds", statement(__package__, "groups_at_odds.sql", groups=groups, facts=facts))
        if not work.con.execute(f"SELECT count(*) FROM {odd}").fetchall()[0][0]:
            break
        links = work.table(
            "links",
            f"SELECT l.* FROM {links} l JOIN {groups} g ON g.record = l.left_record"
            f" WHERE {kept} OR g.person NOT IN (SELECT person FROM {odd})",
        )
        groups = _components(work, links)
    return links, groups


def _components(work: Scratch, links: Relation) -> Relation:
    """Whoever is linked, directly or by way of others: record, person (the smallest record of the group)."""
    found = work.con.execute(f"SELECT left_record AS l, right_record AS r FROM {links}").fetchnumpy()
    records, places = np.unique(np.concatenate([np.asarray(found[side]) for side in "lr"]), return_inverse=True)
    left, right = np.split(places, 2)
    # Records stand in their order, so that the smallest place of a group is its smallest record.
    people = records[components(len(records), left, right)]
    return work.frame("groups", pd.DataFrame({"record": records, "person": people}))
