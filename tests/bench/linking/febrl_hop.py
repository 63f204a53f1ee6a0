"""The public data through the product's own steps: ``credential-pipeline train`` on them, then the hop that links.

The left table stands as the profiles of one certifier, the right one as the education registry; thresholds are those of an
industry that sets none. Not here: the data (febrl.py), and ways of linking that no hop takes (engine.py).
"""

import pandas as pd

from credential_pipeline.clearinghouse.linked_records.link import link
from credential_pipeline.engines.linkage.fields import make_index, make_records
from credential_pipeline.engines.linkage.model import Model
from credential_pipeline.engines.linkage.train import train
from credential_pipeline.foundation.contracts import SNAPSHOTS
from credential_pipeline.foundation.storage.engine import Connection, connect
from credential_pipeline.foundation.storage.relation import relation, scratch
from tests.bench.linking.engine import FEBRL_COLUMNS, industry_of

_LINKS = {
    True: """
    SELECT profile_id, student_id FROM linked_records.profile_links WHERE student_id IS NOT NULL ORDER BY ALL
    """,
    False: """
    SELECT a.profile_id, b.profile_id FROM linked_records.profile_links a JOIN linked_records.profile_links b
      ON b.learner_id = a.learner_id AND b.profile_id > a.profile_id ORDER BY ALL
    """,
}
"""Two tables or one -> the links that the hop has made."""


def link_by_hop(left: pd.DataFrame, right: pd.DataFrame | None) -> list[tuple[str, str]]:
    """Train without labels and link two tables, or find the duplicates of one.

    Args:
        left: Records, the index is the id.
        right: Records of the other table, None to search the left one for duplicates.
    """
    with connect() as con:
        _fill(
            con, "cleaned_learners", "profiles", left, {"profile_id": "rec_id", "certifier": "'febrl'", "records": "1"}
        )
        _fill(con, "cleaned_learners", "credentials", left, {
            "profile_id": "rec_id", "record_id": "rec_id", "certifier": "'febrl'", "credential_code": "'C'",
            "event": "'award'", "event_date": "DATE '2010-01-01'", "blocked": "false",
        })  # fmt: skip
        _fill(con, "cleaned_learners", "blocks", left.iloc[:0], {})
        # A search for duplicates has no registry; one row is the least that the hop reads.
        others = left.iloc[:1] if right is None else right
        _fill(con, "education_registry", "persons", others, {"student_id": "rec_id", "ferpa_block": "false"})
        make_index(con, "education_registry.persons", "education_registry.person_index", id_column="student_id")
        con.execute("CREATE SCHEMA linked_records")
        if right is None:
            link(con, industry_of(), profiles_model=_train(con, "profiles"))
        else:
            # One table alone holds nobody twice, so there is nothing from which to train the model of profiles.
            link(con, industry_of(), registry_model=_train(con, "registry"))
        links: list[tuple[str, str]] = con.execute(_LINKS[right is not None]).fetchall()
        return links


def _train(con: Connection, family: str) -> Model:
    """Train without labels, as the command does for the family of this name."""
    with scratch(con) as work:
        left = make_records(work, relation(con, "cleaned_learners.profiles"), id_column="profile_id")
        right = (
            make_records(work, relation(con, "education_registry.persons"), id_column="student_id")
            if family == "registry"
            else None
        )
        return train(con, family, left, right)


def _fill(con: Connection, snapshot: str, table: str, rows: pd.DataFrame, given: dict[str, str]) -> None:
    """Create a table of a contract from FEBRL records; what neither of them has is NULL."""
    frame = rows.reset_index(names="rec_id").astype(object)
    known = {name: sql for name, (needed, sql) in FEBRL_COLUMNS.items() if needed in frame} | given
    columns = ", ".join(
        f'CAST({known.get(column.name, "NULL")} AS {column.type}) AS "{column.name}"'
        for column in SNAPSHOTS[snapshot].table(table).columns
    )
    text = ", ".join(f"CAST({name} AS VARCHAR) AS {name}" for name in frame)
    con.execute(f"CREATE SCHEMA IF NOT EXISTS {snapshot}")
    con.register("febrl", frame)
    con.execute(f"CREATE TABLE {snapshot}.{table} AS SELECT {columns} FROM (SELECT {text} FROM febrl)")
    con.unregister("febrl")
