"""The product beside other methods on the same cleaned profiles and students: which student is each feed record's person.

Belongs here: running each method in a process of its own, and scoring its links. Not here: the methods (peers.py).
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from credential_pipeline.foundation.storage.engine import connect
from tests.bench.linking.contest_jobs import attach
from tests.bench.linking.methods import LABELS
from tests.bench.linking.scores import Score
from tests.bench.measure import run_job

METHODS = {"ours": "this product, shipped models", **LABELS, "tuned": "Splink, tuned by hand"}
"""Job of contest_jobs.py -> what tables call it."""
HEAD = "| data | method | records | precision | recall | F1 | CPU-s | peak MB |\n|---|---|---|---|---|---|---|---|"


def rows(
    label: str, home: Path, industry: str, truth: str, methods: Sequence[str] = tuple(METHODS), parts: int = 1
) -> list[str]:
    """One line of Markdown for each method.

    Args:
        label: What the data are called.
        home: Home that was run up to the links.
        industry: The industry.
        truth: Query of (certifier, record_id, student_id) with the right student, NULL if there is none.
        methods: Keys of :data:`METHODS`.
        parts: Link one in so many profiles only.
    """
    lines = []
    for method in methods:
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / "found.parquet"
            given = {"home": home, "industry": industry, "parts": parts, "target": target}
            _, done = run_job("tests.bench.linking.contest_jobs", method, **given)
            score, records = _score(home, industry, truth, parts, target)
        lines.append(
            f"| {label} | {METHODS[method]} | {records:,} | {score.precision:.4f} | {score.recall:.4f} | {score.f1:.4f} | "
            f"{done['cpu']:.1f} | {done['peak'] * 1024:.0f} |"
        )
    return lines


def _score(home: Path, industry: str, truth: str, parts: int, found: Path) -> tuple[Score, int]:
    with connect() as con:
        attach(con, home, industry, parts)
        counts = con.execute(
            f"""
            SELECT count(f.student_id), count(t.student_id), count(*) FILTER (f.student_id = t.student_id), count(*)
            FROM cleaned_learners.credentials c SEMI JOIN cleaned_learners.profiles p USING (profile_id)
            JOIN ({truth}) t USING (certifier, record_id) LEFT JOIN read_parquet('{found}') f USING (profile_id)
            """
        ).fetchall()[0]
    return Score(*counts[:3]), counts[3]
