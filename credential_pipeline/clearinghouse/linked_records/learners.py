"""Identities that are one person, within and across certifiers, become one learner.

The sender's own person id and the model join them, and clusters that hold two who are hardly one person are split. Not here: identities
themselves (identities.py), and the registry of students.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from credential_pipeline.clearinghouse.linked_records import reviewed
from credential_pipeline.clearinghouse.linked_records.identities import Identities
from credential_pipeline.engines.linkage.blocking import RULES, Candidates, make_pairs, usable
from credential_pipeline.engines.linkage.engine import DUCKDB, Engine
from credential_pipeline.engines.linkage.evidence import weigh_within
from credential_pipeline.engines.linkage.family import Families
from credential_pipeline.engines.linkage.fields import make_records, shared_fields
from credential_pipeline.engines.linkage.model import Model
from credential_pipeline.engines.linkage.resolve import NOT_ONE, Floats, Ints, cluster
from credential_pipeline.engines.linkage.sql import count
from credential_pipeline.foundation.registry.model import Linkage
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import statement

SURE = 0.95
"""Least probability with which two identities are joined before they meet a student: what is joined wrongly stays together, and
two that meet the same student are joined in any case."""
PERSON_REF_WEIGHT = 30.0
"""Weight (log2 odds) of a sender saying that two of its rows are one person, against strangers."""
SHARED_REF_WEIGHT = 6.0
"""The same against relatives, of whom some share one account."""
MAX_CLUSTER = 60
"""Clusters with more identities than this are not one person: only their strongest edges are kept."""


@dataclass(frozen=True)
class Learners:
    """Who is one learner, and what that rests on.

    Attributes:
        records: Record table of the identities.
        members: record, identity, learner (smallest identity of the cluster).
        fields: Fields that the identities hold.
        candidates: Pairs that were compared; rule -1 for those that only the sender's person id suggests.
        scored: left_record, right_record, match_weight of the candidates, and of the pairs that a cluster holds only by
            way of others.
    """

    records: Relation
    members: Relation
    fields: tuple[str, ...]
    candidates: Candidates
    scored: Relation


def find_learners(
    work: Scratch,
    model: Model,
    limits: Linkage,
    identities: Identities,
    decided: reviewed.Decided,
    *,
    families: Families,
    profiles: Relation,
    engine: Engine = DUCKDB,
) -> Learners:
    """Cluster the identities into learners.

    Args:
        work: Makes the relations.
        model: The model of the family ``profiles``.
        limits: The probability from which two identities are joined, and the ceiling of candidate pairs.
        identities: The identities of the profiles.
        decided: What people decided.
        families: How often two people of one family look like one.
        profiles: Profiles, for the sender's person ids.
        engine: What compares them; clustering is done here.
    """
    records = make_records(work, identities.known, id_column="identity")
    size = count(work.con, records)
    fields = shared_fields(work.con, records)
    refs = work.table(
        "person_refs",
        statement(
            __package__, "person_refs.sql", profiles=profiles, identities=identities.of_profiles, records=records
        ),
    )
    candidates, scored = _compare(work, model, families, fields, records, refs, limits.max_candidate_pairs, engine)
    decisions = reviewed.of_records(work.con, decided, identities.of_profiles, records)
    edges = decisions.with_edges(*_edges(work.con, scored, refs, limits.link_threshold))
    forbidden = _unlike(work.con, scored)
    members = _members(work, records, cluster(size, *edges, decisions.forbidden(size, *edges[:2], forbidden)))
    inside = _score_inside(work, model, families, fields, records, members, scored, engine)
    if inside is not None:
        forbidden += _unlike(work.con, inside)
        members = _members(work, records, cluster(size, *edges, decisions.forbidden(size, *edges[:2], forbidden)))
        weights = "SELECT left_record, right_record, match_weight FROM"
        scored = work.view("scored", f"{weights} {scored} UNION ALL {weights} {inside}")
    return Learners(records, members, fields, candidates, scored)


def _compare(
    work: Scratch,
    model: Model,
    families: Families,
    fields: Sequence[str],
    records: Relation,
    refs: Relation,
    max_pairs: int,
    engine: Engine,
) -> tuple[Candidates, Relation]:
    """The pairs that a rule or the sender's person id suggests, and what the model says of them."""
    with engine.reach(work) as sql:
        found = make_pairs(sql, records, None, usable(RULES, fields), max_pairs)
        pairs = sql.table(
            "pairs",
            f"SELECT * FROM {found.pairs} UNION ALL SELECT left_record, right_record, -1 FROM {refs} "
            f"ANTI JOIN {found.pairs} USING (left_record, right_record)",
        )
        sql.drop(found.pairs)
        scored = weigh_within(sql, model, families, records, pairs, fields)
        return Candidates(sql.keep(pairs), found.forecast), sql.keep(scored)


def _edges(con: Connection, scored: Relation, refs: Relation, threshold: float) -> tuple[Ints, Ints, Floats]:
    """The pairs that are joined, with their weights: the model's and the sender's together."""
    # The odds against strangers and against relatives are told apart again, because the sender's word weighs against each.
    strangers = "greatest(power(2.0, -s.match_weight) - power(2.0, -s.family_weight), 0.0)"
    said = (
        f"-log2(greatest({strangers} * power(2.0, -{PERSON_REF_WEIGHT}) "
        f"+ power(2.0, -s.family_weight - {SHARED_REF_WEIGHT}), 1e-15))"
    )
    sure = max(threshold, SURE)
    weight = float(np.log2(sure / (1 - sure)))
    found = con.execute(
        f"""
        SELECT s.left_record - 1 AS l, s.right_record - 1 AS r,
               CASE WHEN p.left_record IS NULL THEN s.match_weight ELSE {said} END AS w
        FROM {scored} s LEFT JOIN {refs} p USING (left_record, right_record)
        WHERE w >= {weight}
        ORDER BY l, r
        """
    ).fetchnumpy()
    return np.asarray(found["l"]), np.asarray(found["r"]), np.asarray(found["w"])


def _unlike(con: Connection, scored: Relation) -> list[tuple[int, int]]:
    rows = con.execute(
        f"SELECT left_record - 1, right_record - 1 FROM {scored} WHERE match_weight < {NOT_ONE}"
    ).fetchall()
    return [(int(one), int(two)) for one, two in rows]


def _members(work: Scratch, records: Relation, labels: Ints) -> Relation:
    """The clusters as record, identity, learner: the learner is named after its smallest identity."""
    return work.table(
        "learners",
        f"""
        WITH label AS (SELECT unnest(range(1, len(v) + 1)) AS record, unnest(v) + 1 AS smallest FROM (SELECT ? AS v))
        SELECT r.record, r.id AS identity, o.id AS learner
        FROM label f JOIN {records} r USING (record) JOIN {records} o ON o.record = f.smallest
        """,
        [labels.tolist()],
    )


def _score_inside(
    work: Scratch,
    model: Model,
    families: Families,
    fields: Sequence[str],
    records: Relation,
    members: Relation,
    scored: Relation,
    engine: Engine,
) -> Relation | None:
    """Score the pairs that are in one cluster only by way of others; None if there is none."""
    pairs = work.table(
        "inside",
        f"""
        WITH small AS (SELECT learner FROM {members} GROUP BY learner HAVING count(*) BETWEEN 3 AND {MAX_CLUSTER})
        SELECT a.record AS left_record, b.record AS right_record
        FROM {members} a JOIN {members} b ON a.learner = b.learner AND a.record < b.record
        SEMI JOIN small s ON s.learner = a.learner
        ANTI JOIN {scored} d ON d.left_record = a.record AND d.right_record = b.record
        """,
    )
    if not count(work.con, pairs):
        return None
    with engine.reach(work) as sql:
        return sql.keep(weigh_within(sql, model, families, records, pairs, fields))
