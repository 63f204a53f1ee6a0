"""Linkage against the truth of the simulation: precision, recall and F1, overall and by subgroup."""

from pathlib import Path

from credential_pipeline.foundation.contracts import SNAPSHOTS
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.snapshots import Store
from tests.bench.linking import pilot

# Pairs of records of one learner, of one person, and of both: who was joined, who should have been, who rightly was.
_LEARNERS = """
WITH both_ids AS (
    SELECT k.learner_id, r.person_id FROM linked_records.links k JOIN read_csv($records, all_varchar = true) r
      ON r.industry = $industry AND r.certifier = k.certifier AND r.record_id = k.record_id),
     pairs AS (SELECT learner_id, person_id, count(*) AS n FROM both_ids GROUP BY ALL),
     of_learner AS (SELECT sum(n * (n - 1) / 2) AS pairs, count(*) AS learners
                    FROM (SELECT sum(n) AS n FROM pairs GROUP BY learner_id)),
     of_person AS (SELECT sum(n * (n - 1) / 2) AS pairs FROM (SELECT sum(n) AS n FROM pairs GROUP BY person_id)),
     of_both AS (SELECT sum(n * (n - 1) / 2) AS pairs FROM pairs)
SELECT of_learner.learners, of_both.pairs / of_learner.pairs, of_both.pairs / of_person.pairs
FROM of_learner, of_person, of_both
"""


def table(home: Path, industry: str) -> str:
    """The tables of both hops as Markdown: profiles to learners by pairs, records to students by subgroup."""
    with connect() as con:
        Store(home / "clearinghouse" / "store").current(SNAPSHOTS["linked_records"], industry).attach(con)
        records = str(home / "truth" / "record_person.csv")
        learners, precision, recall = con.execute(_LEARNERS, {"records": records, "industry": industry}).fetchall()[0]
    pairs = f"Profiles to {learners:,} learners, by pairs of records: precision {precision or 0:.4f}, recall {recall or 0:.4f}"
    return f"{pairs}\n\n{pilot.table(home, industry)[0]}"
