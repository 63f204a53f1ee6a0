"""Linkage against the truth of the simulation: precision, recall and F1, overall and by subgroup."""

from pathlib import Path

from credential_pipeline.contracts import SNAPSHOTS
from credential_pipeline.storage.engine import connect
from credential_pipeline.storage.snapshots import Store

_HEAD = "| hop | group | n | precision | recall | F1 |\n|---|---|---|---|---|---|"

# One row per feed record: the student that was linked, and the student that is right.
_STUDENTS = """
CREATE TEMP TABLE judged AS
SELECT k.certifier, coalesce(p.sex, 'unknown') AS sex,
       CASE WHEN p.birth_date IS NULL THEN 'no birth date' ELSE 'birth date' END AS fields,
       coalesce(s.race, 'unknown') AS race,
       k.student_id AS found, t.student_id AS right_one
FROM linked_records.links k
JOIN cleaned_learners.credentials c USING (certifier, record_id)
JOIN cleaned_learners.profiles p USING (profile_id)
JOIN read_csv($records, all_varchar = true) r
  ON r.industry = $industry AND r.certifier = k.certifier AND r.record_id = k.record_id
LEFT JOIN read_csv($students, all_varchar = true) t USING (person_id)
LEFT JOIN (SELECT person_id, any_value(race) AS race FROM read_csv($keys, all_varchar = true)
           JOIN reference USING (person_key) GROUP BY 1) s USING (person_id)
WHERE k.status <> 'blocked'
"""
# Pairs of records of one learner, of one person, and of both: who was joined, who should have been, who rightly was.
_LEARNERS = """
WITH pairs AS (SELECT learner_id, person_id, count(*) AS n FROM both_ids GROUP BY ALL),
     of_learner AS (SELECT sum(n * (n - 1) / 2) AS pairs, count(*) AS learners
                    FROM (SELECT sum(n) AS n FROM pairs GROUP BY learner_id)),
     of_person AS (SELECT sum(n * (n - 1) / 2) AS pairs FROM (SELECT sum(n) AS n FROM pairs GROUP BY person_id)),
     of_both AS (SELECT sum(n * (n - 1) / 2) AS pairs FROM pairs)
SELECT of_learner.learners, of_both.pairs / of_learner.pairs, of_both.pairs / of_person.pairs
FROM of_learner, of_person, of_both
"""


def table(home: Path, industry: str) -> str:
    """The table of both hops as Markdown."""
    clearinghouse, enclave = Store(home / "clearinghouse" / "store"), Store(home / "enclave" / "store")
    truth = home / "truth"
    lines = [_HEAD]
    with connect() as con:
        for name in ("cleaned_learners", "linked_records"):
            clearinghouse.current(SNAPSHOTS[name], industry).attach(con)
        reference = enclave.current(SNAPSHOTS["reference_population"])
        reference.attach(con)
        enclave.current(SNAPSHOTS["person_keys"], industry).attach(con)
        con.execute(
            "CREATE TEMP TABLE reference AS"
            " SELECT person_key, any_value(race) AS race FROM reference_population.persons GROUP BY 1"
        )
        files = {"records": str(truth / "record_person.csv"), "students": str(truth / "student_person.csv")}
        keys = str(truth / "key_person.csv")
        con.execute(_STUDENTS, {**files, "keys": keys, "industry": industry})
        con.execute(
            "CREATE TEMP TABLE both_ids AS SELECT k.learner_id, r.person_id FROM linked_records.links k"
            " JOIN read_csv($records, all_varchar = true) r ON r.industry = $industry"
            " AND r.certifier = k.certifier AND r.record_id = k.record_id",
            {"records": files["records"], "industry": industry},
        )
        n, precision, recall = con.execute(_LEARNERS).fetchall()[0]
        lines.append(_row("profiles → learners (pairs)", "all", n, precision, recall))
        lines.append(_students(con, "'all'", "all"))
        for dimension in ("certifier", "sex", "race", "fields"):
            groups = con.execute(f"SELECT DISTINCT {dimension} FROM judged ORDER BY 1").fetchall()
            lines += [_students(con, dimension, group) for (group,) in groups]
    return "\n".join(lines)


def _students(con, dimension: str, group: str) -> str:
    n, precision, recall = con.execute(
        f"SELECT count(*), count(*) FILTER (found = right_one) / count(found), count(*) FILTER (found = right_one) /"
        f" count(right_one) FROM judged WHERE {dimension} = ?",
        [group],
    ).fetchall()[0]
    return _row("records → students", group, n, precision, recall)


def _row(hop: str, group: str, n: int, precision: float, recall: float) -> str:
    f1 = 2 * precision * recall / (precision + recall) if precision and recall else 0.0
    return f"| {hop} | {group} | {n:,} | {precision or 0:.4f} | {recall or 0:.4f} | {f1:.4f} |"
