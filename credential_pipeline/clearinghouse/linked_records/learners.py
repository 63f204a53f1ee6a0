"""Profiles that are one person, within and across certifiers, become one learner.

First identical identities are taken together, then the sender's own person id and the model join what is left, and
clusters that contradict themselves are split. Not here: the registry of students.
"""

from collections.abc import Sequence

import numpy as np

from credential_pipeline.clearinghouse.linked_records import reviewed
from credential_pipeline.engines.linkage.blocking import RULES, make_pairs, usable
from credential_pipeline.engines.linkage.engine import DUCKDB, Engine
from credential_pipeline.engines.linkage.fields import RECORD_COLUMNS, make_records, shared_fields
from credential_pipeline.engines.linkage.forecast import MAX_PAIRS
from credential_pipeline.engines.linkage.model import Model
from credential_pipeline.engines.linkage.predict import score
from credential_pipeline.engines.linkage.resolve import Ints, cluster, contradiction
from credential_pipeline.foundation.storage.engine import Connection

IDENTITIES = "tmp_identities"
"""profile_id -> identity (smallest profile id of the same exact identity)."""
ENTITIES = "tmp_entities"
"""One row per identity, with what its profiles know together."""
RECORDS = "tmp_entity_records"
LEARNERS = "tmp_learners"
"""identity -> learner (smallest identity of the cluster), decided_by."""
SCORED = "tmp_entity_scored"

PERSON_REF_WEIGHT = 30.0
"""Weight (log2 odds) of a sender saying that two of its rows are one person."""
MAX_CLUSTER = 60
"""Clusters with more identities than this are not one person: only their strongest edges are kept."""


def find_identities(con: Connection) -> None:
    """Take profiles with the same full name and birth date together where nothing else speaks against it."""
    telling = ("name_suffix", "sex", "ssn_last4", "substr(middle_name, 1, 1)")
    agree = " AND ".join(f"coalesce(min({value}) = max({value}), true)" for value in telling)
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE {IDENTITIES} AS
        WITH same AS (
            SELECT first_name, last_name, birth_date, min(profile_id) AS identity
            FROM cleaned_learners.profiles
            WHERE first_name IS NOT NULL AND last_name IS NOT NULL AND birth_date IS NOT NULL
            GROUP BY ALL
            HAVING count(*) > 1 AND {agree})
        SELECT p.profile_id, coalesce(s.identity, p.profile_id) AS identity
        FROM cleaned_learners.profiles p
        LEFT JOIN (
            SELECT * FROM same ANTI JOIN ({reviewed.torn_identities()}) USING (first_name, last_name, birth_date)) s
            USING (first_name, last_name, birth_date)
        """
    )
    # The longest value knows most (a middle name rather than an initial); ties go to the alphabet.
    known = ",\n".join(
        f"max_by(p.{column}, (length({column}::VARCHAR), {column}::VARCHAR)) AS {column}" for column in RECORD_COLUMNS
    )
    columns = ", ".join(f"p.{column}" for column in RECORD_COLUMNS)
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE {ENTITIES} AS
        WITH several AS (SELECT identity FROM {IDENTITIES} GROUP BY identity HAVING count(*) > 1)
        SELECT i.identity, {columns} FROM {IDENTITIES} i ANTI JOIN several USING (identity)
        JOIN cleaned_learners.profiles p USING (profile_id)
        UNION ALL
        SELECT i.identity, {known} FROM {IDENTITIES} i SEMI JOIN several USING (identity)
        JOIN cleaned_learners.profiles p USING (profile_id) GROUP BY i.identity
        """
    )


def find_learners(
    con: Connection, model: Model, threshold: float, *, max_pairs: int = MAX_PAIRS, engine: Engine = DUCKDB
) -> None:
    """Cluster the identities into learners; keeps the scored pairs for the review queue.

    Args:
        con: The connection.
        model: The model of the family ``profiles``.
        threshold: Probability from which two identities are joined.
        max_pairs: Ceiling of candidate pairs.
        engine: What compares them; clustering, with its contradictions, is done here.
    """
    count = make_records(con, ENTITIES, RECORDS, id_column="identity")
    fields = shared_fields(con, RECORDS)
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE tmp_refs AS
        SELECT DISTINCT least(a.record, b.record) AS left_record, greatest(a.record, b.record) AS right_record
        FROM (
            SELECT r.record, p.certifier, p.person_ref,
                   first(r.record) OVER (PARTITION BY p.certifier, p.person_ref ORDER BY r.id) AS anchor
            FROM cleaned_learners.profiles p JOIN {IDENTITIES} i USING (profile_id) JOIN {RECORDS} r ON r.id = i.identity
            WHERE p.person_ref IS NOT NULL) a
        JOIN {RECORDS} b ON b.record = a.anchor
        WHERE a.record <> b.record
        """
    )
    with engine.reach(con, gives=("tmp_entity_pairs", SCORED)) as sql:
        make_pairs(sql, "tmp_entity_pairs", RECORDS, None, usable(RULES, fields), max_pairs)
        sql.execute(
            "INSERT INTO tmp_entity_pairs SELECT left_record, right_record, -1 FROM tmp_refs "
            "ANTI JOIN tmp_entity_pairs USING (left_record, right_record)"
        )
        score(
            sql,
            model,
            SCORED,
            left=RECORDS,
            right=None,
            pairs="tmp_entity_pairs",
            fields=fields,
            right_rows=count,
            min_weight=-1e6,
        )
    against = contradiction(fields)
    weight = float(np.log2(threshold / (1 - threshold)))
    edges = con.execute(
        f"""
        SELECT s.left_record - 1 AS l, s.right_record - 1 AS r,
               s.match_weight + CASE WHEN p.left_record IS NULL THEN 0 ELSE {PERSON_REF_WEIGHT} END AS w
        FROM {SCORED} s LEFT JOIN tmp_refs p USING (left_record, right_record)
        WHERE w >= {weight} AND NOT {against}
        ORDER BY l, r
        """
    ).fetchnumpy()
    decided = reviewed.of_records(con, IDENTITIES, RECORDS)
    left, right, weights = decided.with_edges(np.asarray(edges["l"]), np.asarray(edges["r"]), np.asarray(edges["w"]))
    forbidden = _contradicting(con, SCORED, against)
    labels = cluster(count, left, right, weights, decided.forbidden(count, left, right, forbidden))
    _put_labels(con, labels)
    inside = _score_inside(con, model, fields, count, engine)
    if inside:
        forbidden += _contradicting(con, inside, against)
        labels = cluster(count, left, right, weights, decided.forbidden(count, left, right, forbidden))
        _put_labels(con, labels)


def _contradicting(con: Connection, scored: str, against: str) -> list[tuple[int, int]]:
    rows = con.execute(f"SELECT left_record - 1, right_record - 1 FROM {scored} WHERE {against}").fetchall()
    return [(int(one), int(two)) for one, two in rows]


def _put_labels(con: Connection, labels: Ints) -> None:
    """Write the clusters: the learner is named after its smallest identity."""
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE {LEARNERS} AS
        WITH label AS (SELECT unnest(range(1, len(v) + 1)) AS record, unnest(v) + 1 AS smallest FROM (SELECT ? AS v))
        SELECT r.record, r.id AS identity, o.id AS learner
        FROM label f JOIN {RECORDS} r USING (record) JOIN {RECORDS} o ON o.record = f.smallest
        """,
        [labels.tolist()],
    )


def _score_inside(con: Connection, model: Model, fields: Sequence[str], count: int, engine: Engine) -> str | None:
    """Score the pairs that are in one cluster only by way of others; None if there is none."""
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE tmp_inside_pairs AS
        WITH small AS (SELECT learner FROM {LEARNERS} GROUP BY learner HAVING count(*) BETWEEN 3 AND {MAX_CLUSTER})
        SELECT a.record AS left_record, b.record AS right_record
        FROM {LEARNERS} a JOIN {LEARNERS} b ON a.learner = b.learner AND a.record < b.record
        SEMI JOIN small s ON s.learner = a.learner
        ANTI JOIN {SCORED} d ON d.left_record = a.record AND d.right_record = b.record
        """
    )
    target = "tmp_inside_scored"
    found = con.execute("SELECT count(*) FROM tmp_inside_pairs").fetchall()[0][0]
    if not found:
        return None
    with engine.reach(con, gives=(target,)) as sql:
        score(
            sql,
            model,
            target,
            left=RECORDS,
            right=None,
            pairs="tmp_inside_pairs",
            fields=fields,
            right_rows=count,
            min_weight=-1e6,
        )
    return target
