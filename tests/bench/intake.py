"""Intake at the size of the largest certifiers: a million clean rows of one feed, beside what other readers of CSV take for the same files.

DuckDB's and pandas' readers split the text and keep it, and judge nothing: what intake takes beyond them is what it is for.
"""

from pathlib import Path
from typing import Any

import pandas as pd

from credential_pipeline.clearinghouse.cleaned_learners.clean import clean
from credential_pipeline.clearinghouse.raw_feeds.read import read_feeds
from credential_pipeline.foundation.registry.load import Registry, load_registry
from credential_pipeline.foundation.storage.engine import connect
from tests.bench.intake_rows import write_feed
from tests.bench.measure import Cost, answer, run_job

ROWS, FILES = 1_000_000, 10
_MEMORY, _THREADS = "3GB", 2
_JOBS = {
    "DuckDB's read_csv": "read_with_duckdb",
    "pandas' read_csv": "read_with_pandas",
    "raw_feeds": "raw_feeds",
    "cleaned_learners": "cleaned_learners",
}
_BOUNDS = {"raw_feeds": "≤ 12 CPU-s, ≤ 1 GiB", "cleaned_learners": "≤ 15 CPU-s"}


def table(home: Path) -> str:
    """What each reader and both hops cost, as Markdown.

    Args:
        home: Folder for the feed and what becomes of it.
    """
    write_feed(home / "inbox" / "manufacturing" / "mssc", ROWS, FILES)
    costs = {name: run_job("tests.bench.intake", job, home=home) for name, job in _JOBS.items()}
    floor = costs["DuckDB's read_csv"][1]["cpu"]
    lines = [
        "| intake of a million clean rows | wall | CPU | peak memory | bound | times DuckDB's CPU |\n|---|---|---|---|---|---|"
    ]
    for name, (cost, answered) in costs.items():
        own = Cost(answered["wall"], answered["cpu"], answered["peak"], cost.code)
        lines.append(own.line(name, _BOUNDS.get(name, ""), answered["cpu"] / floor))
    return "\n".join(lines)


def read_with_duckdb(home: str) -> dict[str, Any]:
    """The rows of all files as texts in one table."""
    with connect(_MEMORY, _THREADS) as con:
        con.execute(f"CREATE TABLE rows AS FROM read_csv('{home}/inbox/*/*/*.csv', all_varchar = true)")
    return {}


def read_with_pandas(home: str) -> dict[str, Any]:
    """The rows of all files as texts in one frame."""
    files = sorted(Path(home, "inbox").glob("*/*/*.csv"))
    return {"rows": len(pd.concat([pd.read_csv(file, dtype=str, keep_default_na=False) for file in files]))}


def raw_feeds(home: str) -> dict[str, Any]:
    """The hop's own work, with its tables written and not published."""
    with connect(_MEMORY, _THREADS) as con:
        con.execute("CREATE SCHEMA raw_feeds")
        read_feeds(con, Path(home, "inbox"), "manufacturing", _registry(), records=Path(home, "records.parquet"))
        con.execute(f"COPY raw_feeds.blocked_rows TO '{home}/blocked_rows.parquet' (FORMAT parquet)")
        return {"rows": con.execute("SELECT sum(rows_accepted)::BIGINT FROM raw_feeds.deliveries").fetchall()[0][0]}


def cleaned_learners(home: str) -> dict[str, Any]:
    """The next hop's own work, from what :func:`raw_feeds` wrote."""
    with connect(_MEMORY, _THREADS) as con:
        con.execute("CREATE SCHEMA raw_feeds; CREATE SCHEMA cleaned_learners")
        for name in ("records", "blocked_rows"):
            con.execute(f"CREATE VIEW raw_feeds.{name} AS FROM read_parquet('{home}/{name}.parquet')")
        clean(con, "manufacturing", _registry())
    return {}


def _registry() -> Registry:
    """The registry with one certifier in the industry."""
    known = load_registry()
    industry = known.industries["manufacturing"].model_copy(update={"certifiers": ("mssc",)})
    return Registry({"manufacturing": industry}, {"mssc": known.certifiers["mssc"]})


if __name__ == "__main__":
    answer(
        {
            "read_with_duckdb": read_with_duckdb,
            "read_with_pandas": read_with_pandas,
            "raw_feeds": raw_feeds,
            "cleaned_learners": cleaned_learners,
        }
    )
