"""The one place where a benchmark calls the product's linkage itself: growth with the registry, on tables written by hand.

Belongs here: thin calls of the hop's entry points on given tables. Not here: data, truth and scores.
"""

from pathlib import Path

from credential_pipeline.clearinghouse.linked_records.link import link
from credential_pipeline.engines.linkage.fields import make_index
from credential_pipeline.foundation.contracts import SNAPSHOTS
from credential_pipeline.foundation.registry.model import Industry, Linkage
from credential_pipeline.foundation.storage.engine import Connection, connect

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
    # Nobody of these worlds opts out by a row that is set aside, nobody is listed twice, and there is a registry.
    absent = ("duplicate_students", "student_tracker_answers")
    for snapshot, name in (("cleaned_learners", "blocks"), *(("education_registry", name) for name in absent)):
        columns = ", ".join(f'"{column}" {kind}' for column, kind in SNAPSHOTS[snapshot].table(name).schema.items())
        con.execute(f"CREATE TABLE {snapshot}.{name} ({columns})")
    con.execute("CREATE SCHEMA IF NOT EXISTS linked_records")


def has_person_index(folder: Path) -> bool:
    """Whether the index was written before."""
    return (folder / _INDEX).exists()


def link_profiles(con: Connection, target: Path) -> int:
    """Do what the hop does, without the orchestration around it: profiles to learners, learners to students, shipped models.

    Args:
        con: Connection with the views of :func:`attach_scale_world`.
        target: Parquet file to write: profile_id, student_id, match_probability.

    Returns:
        The number of pairs that were kept.
    """
    link(con, industry_of())
    con.execute(
        "COPY (SELECT profile_id, student_id, match_probability FROM linked_records.profile_links "
        f"WHERE student_id IS NOT NULL ORDER BY 1) TO '{target}' (FORMAT parquet)"
    )
    pairs: int = con.execute("SELECT count(*) FROM linked_records.pairs").fetchall()[0][0]
    return pairs
