"""Links of the simulated pilot against its truth, overall and by subgroup, beside an exact join of the same profiles.

Reads published versions and ``home/truth/``. Not here: running the pipeline, and the enclave's hop (``tests.bench.linkage``).
"""

from pathlib import Path

from credential_pipeline.foundation.contracts import SNAPSHOTS
from credential_pipeline.foundation.storage.engine import Connection, connect
from credential_pipeline.foundation.storage.snapshots import Store
from tests.bench.linking.scores import Score

DIMENSIONS = ("certifier", "sex", "race", "age", "birth_date")
_AGES = ((17, "under 18"), (25, "18-25"), (35, "26-35"), (45, "36-45"), (55, "46-55"), (200, "56 and over"))

# The student whose first name, last name and birth date are the profile's, if there is only one.
_EXACT = """
CREATE OR REPLACE TEMP TABLE bench_exact AS
SELECT profile_id, any_value(student_id) AS student_id
FROM cleaned_learners.profiles JOIN education_registry.persons USING (first_name, last_name, birth_date)
GROUP BY profile_id HAVING count(*) = 1
"""
# One row per feed record: the student that was linked, the one that an exact join finds, and the one that is right.
_JUDGED = """
CREATE OR REPLACE TEMP TABLE judged AS
WITH people AS (
    SELECT k.person_id, any_value(p.race) AS race, any_value(p.birth_date)::DATE AS born
    FROM read_csv($keys, all_varchar = true) k JOIN ({reference}) p USING (person_key) GROUP BY 1)
SELECT k.certifier, coalesce(p.sex, 'unknown') AS sex, coalesce(w.race, 'unknown') AS race,
       CASE {ages} ELSE 'unknown' END AS age,
       CASE WHEN p.birth_date IS NULL THEN 'without' ELSE 'with' END AS birth_date,
       k.student_id AS found, e.student_id AS exact, t.student_id AS right_one
FROM linked_records.links k
JOIN cleaned_learners.credentials c USING (certifier, record_id)
JOIN cleaned_learners.profiles p USING (profile_id)
LEFT JOIN bench_exact e USING (profile_id)
JOIN read_csv($records, all_varchar = true) r
  ON r.industry = $industry AND r.certifier = k.certifier AND r.record_id = k.record_id
LEFT JOIN read_csv($students, all_varchar = true) t USING (person_id)
LEFT JOIN people w USING (person_id)
WHERE k.status <> 'blocked'
"""


def table(home: Path, industry: str) -> tuple[str, Score]:
    """The table as Markdown, and the score over everybody."""
    with connect() as con:
        judge(con, home, industry)
        lines = [
            "| group | rows | precision | recall | F1 | exact join: precision | recall | F1 |",
            "|---|---|---|---|---|---|---|---|",
        ]
        ours = score(con, "found", "true")
        lines.append(_line("everybody", "true", con))
        for dimension in DIMENSIONS:
            groups = [
                group for (group,) in con.execute(f"SELECT DISTINCT {dimension} FROM judged ORDER BY 1").fetchall()
            ]
            lines += [_line(f"{dimension}: {group}", f"{dimension} = '{group}'", con) for group in groups]
    return "\n".join(lines), ours


def judge(con: Connection, home: Path, industry: str) -> None:
    """Create the table ``judged``: one row per feed record that is not blocked."""
    store, truth = Store(home / "clearinghouse" / "store"), home / "truth"
    for name in ("cleaned_learners", "linked_records"):
        store.current(SNAPSHOTS[name], industry).attach(con)
    store.current(SNAPSHOTS["education_registry"]).attach(con)
    files = {"records": "record_person", "students": "student_person", "keys": "key_person"}
    years = "date_diff('year', w.born, c.event_date)"
    ages = " ".join(f"WHEN {years} <= {oldest} THEN '{label}'" for oldest, label in _AGES)
    con.execute(_EXACT)
    con.execute(
        _JUDGED.format(ages=ages, reference=_dropped(home / "enclave" / "reference" / "persons")),
        {"industry": industry, **{name: str(truth / f"{file}.csv") for name, file in files.items()}},
    )


def score(con: Connection, column: str, condition: str) -> Score:
    """The score of a column of links among the records of a group."""
    counts = con.execute(
        f"SELECT count({column}), count(right_one), count(*) FILTER ({column} = right_one) FROM judged WHERE {condition}"
    ).fetchall()[0]
    return Score(*counts)


def _line(label: str, condition: str, con: Connection) -> str:
    ours, exact = (score(con, column, condition) for column in ("found", "exact"))
    rows = con.execute(f"SELECT count(*) FROM judged WHERE {condition}").fetchall()[0][0]
    shown = " | ".join(f"{s.precision:.4f} | {s.recall:.4f} | {s.f1:.4f}" for s in (ours, exact))
    return f"| {label} | {rows:,} | {shown} |"


def _dropped(folder: Path) -> str:
    """The reference file as the simulation dropped it, so that the enclave need not have run."""
    if any(folder.glob("*.parquet")):
        return f"SELECT person_key, race, birth_date FROM read_parquet('{folder}/*.parquet')"
    return f"SELECT person_key, race, birth_date FROM read_csv('{folder}/*.csv', all_varchar = true)"


def reliability(home: Path, industry: str) -> str:
    """How often links of each probability are right, as Markdown: a calibrated model is right as often as it says."""
    with connect() as con:
        Store(home / "clearinghouse" / "store").current(SNAPSHOTS["linked_records"], industry).attach(con)
        rows = con.execute(
            """
            WITH judged AS (
                SELECT k.match_probability AS p, s.person_id IS NOT DISTINCT FROM r.person_id AS hit
                FROM linked_records.links k
                JOIN read_csv($records, all_varchar = true) r
                  ON r.industry = $industry AND r.certifier = k.certifier AND r.record_id = k.record_id
                JOIN read_csv($students, all_varchar = true) s USING (student_id))
            SELECT floor(CASE WHEN p < 0.9 THEN p * 10 WHEN p < 0.99 THEN 9 WHEN p < 0.999 THEN 10 ELSE 11 END) AS bin,
                   count(*), avg(p), avg(hit::INTEGER)
            FROM judged GROUP BY bin ORDER BY bin
            """,
            {
                "records": str(home / "truth" / "record_person.csv"),
                "students": str(home / "truth" / "student_person.csv"),
                "industry": industry,
            },
        ).fetchall()
    lines = ["| links | mean probability | observed share right |", "|---|---|---|"]
    return "\n".join([*lines, *(f"| {n:,} | {mean:.4f} | {hit:.4f} |" for _, n, mean, hit in rows)])
