"""Other methods on the same raw tables: the feeds' rows in canonical fields, and the education registry's persons.

Belongs here: an exact join and the package recordlinkage, and the preparation that any user would do (capitals, no accents).
Splink is in splink_methods.py. All are unsupervised. Not here: the product (product.py), truth and scores (judging.py).
"""

import logging
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from credential_pipeline.foundation.storage.engine import connect
from tests.bench.linking.world import FIELDS, persons_of

MIN_PRESENT = 0.002
"""A column is used if at least this share of the rows of both tables has a value."""
_SIMILAR = 0.85
_NAMES = ("first_name", "middle_name", "last_name", "previous_last_name", "name_suffix")
_PLACES = ("street", "city", "state")


@dataclass(frozen=True)
class Tables:
    """What a method may read.

    Attributes:
        left: Feed rows with a text column ``id``; strings, None where missing.
        right: Persons of the registry, likewise; None if the feed is searched for duplicates.
        columns: Fields that both tables hold.
    """

    left: pd.DataFrame
    right: pd.DataFrame | None
    columns: frozenset[str]

    @property
    def both(self) -> list[pd.DataFrame]:
        """The tables that there are."""
        return [self.left] if self.right is None else [self.left, self.right]


def read(folder: Path, *, duplicates: bool) -> Tables:
    """Read a world's raw tables.

    Args:
        folder: The world.
        duplicates: Search the feed for duplicates instead of linking it to the registry.
    """
    left = _prepared(folder / "feed.csv", "certifier || ' ' || record_id")
    right = None if duplicates else _prepared(persons_of(folder), "student_id")
    held = set(FIELDS)
    for table in [left] if right is None else [left, right]:
        held &= {field for field in FIELDS if table[field].notna().mean() >= MIN_PRESENT}
    return Tables(left, right, frozenset(held))


def _prepared(path: Path, key: str) -> pd.DataFrame:
    letters = "nullif(trim(regexp_replace(strip_accents(upper({0})), '{1}', ' ', 'g')), '') AS {0}"
    chosen = ", ".join(
        letters.format(field, "[^A-Z]+" if field in _NAMES else "[^A-Z0-9]+") if field in (*_NAMES, *_PLACES) else field
        for field in FIELDS
    )
    with connect() as con:
        frame = con.execute(f"SELECT {key} AS id, {chosen} FROM read_csv('{path}', all_varchar = true) ORDER BY 1").df()
    frame = frame.astype(object)
    return frame.where(frame.notna(), None)


def exact(tables: Tables) -> pd.DataFrame:
    """The person whose first name, last name and birth date are the row's; of a registry only if there is one."""
    columns = ["first_name", "last_name", "birth_date"]
    left = tables.left[["id", *columns]].dropna()
    if tables.right is None:
        pairs = left.merge(left, on=columns)
        pairs = pairs[pairs["id_x"] < pairs["id_y"]]
    else:
        pairs = left.merge(tables.right[["id", *columns]].dropna().drop_duplicates(columns, keep=False), on=columns)
    return scored(pairs["id_x"], pairs["id_y"], pd.Series(1.0, index=pairs.index))


def record_linkage(tables: Tables) -> pd.DataFrame:
    """The package recordlinkage: blocks, similarities cut to agreement, the ECM classifier."""
    import recordlinkage
    from recordlinkage.index import Block

    logging.getLogger("recordlinkage").setLevel(logging.ERROR)
    both = [table.set_index("id") for table in tables.both]
    indexer, compare = recordlinkage.Index(), recordlinkage.Compare()
    # Blocks on one common name alone would make more pairs than memory holds.
    for block in (("birth_date",), ("first_name", "last_name"), ("zip", "last_name"), ("ssn_last4", "last_name")):
        if tables.columns.issuperset(block):
            indexer.add(Block(list(block)))
    for column in sorted(tables.columns - {"name_suffix", "previous_last_name"}):
        if column in ("first_name", "last_name", "street", "city"):
            compare.string(column, column, method="jarowinkler", threshold=_SIMILAR, label=column)
        else:
            compare.exact(column, column, label=column)
    features = compare.compute(indexer.index(*both), *both)
    classifier = recordlinkage.ECMClassifier()
    classifier.fit_predict(features)
    found = classifier.prob(features)
    return scored(found.index.get_level_values(0), found.index.get_level_values(1), found)


def scored(left: pd.Series | pd.Index, right: pd.Series | pd.Index, probability: pd.Series) -> pd.DataFrame:
    """Scored pairs in the form that all methods answer in."""
    return pd.DataFrame({"left_id": list(left), "right_id": list(right), "probability": list(probability)})
