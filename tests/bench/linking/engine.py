"""The one place where the benchmarks call the product's linkage.

Belongs here: thin calls of the engine's entry points on given tables. Not here: data, truth and scores.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from credential_pipeline.clearinghouse.linked_records.identities import find_identities
from credential_pipeline.clearinghouse.linked_records.inputs import inputs
from credential_pipeline.clearinghouse.linked_records.link import link
from credential_pipeline.clearinghouse.linked_records.reviewed import take_decisions
from credential_pipeline.clearinghouse.linked_records.students import find_students
from credential_pipeline.engines.linkage import resolve
from credential_pipeline.engines.linkage.blocking import RULES, make_pairs, usable
from credential_pipeline.engines.linkage.fields import make_index, make_records, shared_fields
from credential_pipeline.engines.linkage.model import Model, shipped
from credential_pipeline.engines.linkage.one_to_one import link_one_to_one
from credential_pipeline.engines.linkage.predict import score
from credential_pipeline.engines.linkage.sql import Here, count
from credential_pipeline.engines.linkage.train import train
from credential_pipeline.foundation import standard_form as form
from credential_pipeline.foundation.contracts import SNAPSHOTS
from credential_pipeline.foundation.registry.model import Industry, Linkage
from credential_pipeline.foundation.storage.engine import Connection, connect
from credential_pipeline.foundation.storage.relation import Relation, Scratch, scratch
from credential_pipeline.foundation.storage.snapshots import Store

_INDEX = "education_registry/person_index.parquet"
_SCALE_TABLES = {
    "education_registry": ("persons", "person_index"),
    "cleaned_learners": ("profiles", "credentials"),
}
LINK_THRESHOLD = 0.8
REVIEW_THRESHOLD = 0.5


def industry_of(link_threshold: float = LINK_THRESHOLD) -> Industry:
    """An industry with these thresholds, and room for any number of pairs."""
    limits = Linkage(
        link_threshold=link_threshold,
        review_threshold=min(REVIEW_THRESHOLD, link_threshold),
        max_candidate_pairs=10**9,
    )
    return Industry(industry="bench", name="Benchmark", naics=("33",), certifiers=("bench",), linkage=limits)


def link_home(con: Connection, home: Path, industry: str, target: Path, link_threshold: float) -> None:
    """Do the hop on the published inputs of a home, without the orchestration around it; publishes nothing.

    Args:
        con: A fresh connection.
        home: Home that was run up to the links before.
        industry: The industry.
        target: CSV file to write: the table of links.
        link_threshold: Probability from which a pair is linked.
    """
    store = Store(home / "clearinghouse" / "store")
    store.current(SNAPSHOTS["cleaned_learners"], industry).attach(con)
    store.current(SNAPSHOTS["education_registry"]).attach(con)
    con.execute("CREATE SCHEMA IF NOT EXISTS linked_records")
    link(con, industry_of(link_threshold))
    con.execute(
        f"COPY (SELECT * FROM linked_records.links ORDER BY certifier, record_id) TO '{target}' (FORMAT csv, HEADER)"
    )


def make_person_index(folder: Path, memory_limit: str) -> None:
    """Write what the registry's own step publishes beside its persons: the index that linking reads."""
    persons = f"read_parquet('{folder}/education_registry/persons.parquet')"
    with connect(memory_limit) as con:
        con.execute(f"CREATE VIEW bench_persons AS SELECT * FROM {persons}")
        make_index(con, "bench_persons", "bench_index", id_column="student_id")
        con.execute(
            f"COPY (SELECT * FROM bench_index ORDER BY record) TO '{folder}/{_INDEX}' "
            "(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)"
        )


def attach_scale_world(con: Connection, folder: Path) -> None:
    """Make a world of scale_world.py, with its index, visible as the views that the hop reads."""
    for snapshot, names in _SCALE_TABLES.items():
        con.execute(f"CREATE SCHEMA IF NOT EXISTS {snapshot}")
        for name in names:
            con.execute(
                f"CREATE VIEW {snapshot}.{name} AS SELECT * FROM read_parquet('{folder}/{snapshot}/{name}.parquet')"
            )
    # Nobody of these worlds opts out by a row that is set aside.
    blocks = ", ".join(
        f'"{name}" {kind}' for name, kind in SNAPSHOTS["cleaned_learners"].table("blocks").schema.items()
    )
    con.execute(f"CREATE TABLE cleaned_learners.blocks ({blocks})")
    con.execute("CREATE SCHEMA IF NOT EXISTS linked_records")


def has_person_index(folder: Path) -> bool:
    """Whether the index was written before."""
    return (folder / _INDEX).exists()


def link_students(con: Connection, target: Path) -> int:
    """Link learners to students, every identity a learner of its own; the model is pinned, nothing is trained.

    Args:
        con: Connection with the views of :func:`attach_scale_world`.
        target: Parquet file to write: profile_id, student_id, match_probability.

    Returns:
        The number of candidate pairs.
    """
    with scratch(con) as work:
        read = inputs(con)
        decided = take_decisions(work, [])
        identities = find_identities(work, read.profiles, decided)
        members = work.table(
            "learners",
            "SELECT row_number() OVER (ORDER BY identity) AS record, identity, identity AS learner "
            f"FROM {identities.known}",
        )
        found = find_students(
            work,
            shipped("registry"),
            industry_of().linkage,
            identities,
            decided,
            members=members,
            index=read.index,
        )
        con.execute(
            f"COPY (SELECT i.profile_id, b.student_id, b.match_probability FROM {found.best} b "
            f"JOIN {identities.of_profiles} i ON i.identity = b.learner ORDER BY 1) TO '{target}' (FORMAT parquet)"
        )
        return count(con, found.pairs.pairs)


def link_profiles(con: Connection, target: str) -> None:
    """Do the hop on the profiles that are visible, with the shipped models.

    Args:
        con: Connection with the views that the hop reads.
        target: Table to create: profile_id, student_id.
    """
    con.execute("CREATE SCHEMA IF NOT EXISTS linked_records")
    link(con, industry_of())
    con.execute(
        f"CREATE TABLE {target} AS SELECT DISTINCT profile_id, k.student_id "
        "FROM cleaned_learners.credentials c JOIN linked_records.links k USING (certifier, record_id) "
        "WHERE k.student_id IS NOT NULL"
    )


FEBRL_COLUMNS = {
    "first_name": ("given_name", form.name("given_name")),
    "last_name": ("surname", form.name("surname")),
    "birth_date": ("date_of_birth", "try_strptime(date_of_birth, '%Y%m%d')::DATE"),
    "ssn_last4": ("soc_sec_id", "soc_sec_id"),
    "street": ("address_1", form.address("concat_ws(' ', street_number, address_1)")),
    "city": ("suburb", form.address("suburb")),
    "state": ("state", "upper(state)"),
    "zip": ("postcode", "postcode"),
}
"""Column of the engine -> the FEBRL column that it needs, and its standard form (Australian states and codes as they are)."""


def link_tables(left: pd.DataFrame, right: pd.DataFrame | None) -> dict[str, list[tuple[str, str]]]:
    """Train without labels and take links from the engine's scores in ways that no hop takes (febrl_hop.py has the hop's).

    Args:
        left: Records, the index is the id.
        right: Records of the other table, None to search the left one for duplicates.

    Returns:
        The way in which links are taken from scored pairs -> the links.
    """
    with connect() as con, scratch(con) as work:
        one, other = _febrl_records(work, left), None if right is None else _febrl_records(work, right)
        fields = shared_fields(con, one, other)
        model = train(con, "registry" if other else "profiles", one, other)
        pairs = make_pairs(Here(work), one, other, usable(RULES, fields)).pairs
        scored = score(
            Here(work),
            model,
            left=one,
            right=other,
            pairs=pairs,
            fields=fields,
            right_rows=count(con, other or one),
        )
        candidates = work.table(
            "candidates",
            "SELECT l.id AS left_id, r.id AS right_id, s.left_record, s.right_record, "
            f"s.match_weight, {resolve.contradiction(fields)} AS against FROM {scored} s "
            f"JOIN {one} l ON l.record = s.left_record JOIN {other or one} r ON r.record = s.right_record",
        )
        made = {
            "pairs ≥ .5": _rows(con, f"{candidates} WHERE match_weight >= 0 AND NOT against"),
            # These data hold no families, from which contradictions protect.
            "pairs ≥ .5, scores alone": _rows(con, f"{candidates} WHERE match_weight >= 0"),
        }
        if other is None:
            return made | _clustered(work, one, candidates)
        return made | _best(work, candidates) | _one_to_one(work, model, one, other, fields)


def _febrl_records(work: Scratch, table: pd.DataFrame) -> Relation:
    frame = work.frame("febrl", table.reset_index(names="rec_id").astype(object))
    columns = ", ".join(f"{sql} AS {name}" for name, (needed, sql) in FEBRL_COLUMNS.items() if needed in frame.columns)
    source = work.table("febrl_source", f"SELECT rec_id, {columns} FROM {frame}")
    return make_records(work, source, id_column="rec_id")


def _best(work: Scratch, candidates: Relation) -> dict[str, list[tuple[str, str]]]:
    best = resolve.best_right(
        Here(work),
        work.table("open", f"SELECT * FROM {candidates} WHERE NOT against"),
        left="left_id",
        right="right_id",
        link_threshold=REVIEW_THRESHOLD,
        review_threshold=REVIEW_THRESHOLD,
    )
    return {"best right": _rows(work.con, f"{best} WHERE status = 'linked'")}


def _one_to_one(
    work: Scratch, model: Model, left: Relation, right: Relation, fields: Sequence[str]
) -> dict[str, list[tuple[str, str]]]:
    found = link_one_to_one(work.con, model, left=left, right=right, fields=fields, threshold=REVIEW_THRESHOLD)
    links = work.table(
        "links",
        "SELECT unnest(?::BIGINT[]) AS l, unnest(?::BIGINT[]) AS r",
        [found.left.tolist(), found.right.tolist()],
    )
    named = (
        f"(SELECT a.id AS left_id, b.id AS right_id FROM {links} k JOIN {left} a ON a.record = k.l "
        f"JOIN {right} b ON b.record = k.r)"
    )
    return {"one to one": _rows(work.con, named)}


def _clustered(work: Scratch, records: Relation, candidates: Relation) -> dict[str, list[tuple[str, str]]]:
    con = work.con
    edges = con.execute(
        f"SELECT left_record - 1 AS l, right_record - 1 AS r, match_weight AS w FROM {candidates} "
        "WHERE match_weight >= 0 AND NOT against ORDER BY l, r"
    ).fetchnumpy()
    forbidden = con.execute(f"SELECT left_record - 1, right_record - 1 FROM {candidates} WHERE against").fetchall()
    nodes = count(con, records)
    labels = resolve.cluster(nodes, np.asarray(edges["l"]), np.asarray(edges["r"]), np.asarray(edges["w"]), forbidden)
    labelled = work.table(
        "labels",
        "SELECT unnest(range(1, len(v) + 1)) AS record, unnest(v) AS label FROM (SELECT ? AS v)",
        [labels.tolist()],
    )
    pairs = (
        f"(SELECT a.id AS left_id, b.id AS right_id FROM {records} a JOIN {labelled} x USING (record) "
        f"JOIN {labelled} y ON y.label = x.label AND y.record > x.record JOIN {records} b ON b.record = y.record)"
    )
    return {"clusters": _rows(con, pairs)}


def _rows(con: Connection, source: str) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = con.execute(f"SELECT left_id, right_id FROM {source} ORDER BY ALL").fetchall()
    return rows
