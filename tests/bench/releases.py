"""``python -m tests.bench.releases --home HOME``: monthly releases of a finished pilot, rounded, attacked, mended, attacked again.

Learners are sampled in and out of the keyed persons and every month is tabulated anew; the rounding is that of the tests.
"""

import argparse
import resource
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from credential_pipeline.enclave.outcome_release.attack.attacker import Released
from credential_pipeline.enclave.outcome_tables.plan import plan_for
from credential_pipeline.enclave.outcome_tables.tabulation import tabulate
from credential_pipeline.foundation.contracts import SNAPSHOTS
from credential_pipeline.foundation.names import SHARED
from credential_pipeline.foundation.registry.load import load_registry
from credential_pipeline.foundation.storage.engine import Connection, connect
from credential_pipeline.foundation.storage.snapshots import Store
from tests.domain.enclave.release_world import STANDARD, Tables, settle

_KEYED = ("learners", "credentials", "enrollments")
_SPREAD = 10_000


def main() -> int:
    """Print one line a month, as Markdown."""
    parser = argparse.ArgumentParser(prog="tests.bench.releases")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--industry", default="manufacturing")
    parser.add_argument("--months", type=int, default=24)
    parser.add_argument("--added", type=int, default=60, help="learners of 10,000 that come in a month")
    options = parser.parse_args()
    print(
        "| month | cells | shown | kept | findings | tabulate | protect and attack, CPU | peak |\n|---|---|---|---|---|---|---|---|"
    )
    earlier: list[Released] = []
    before: set[str] = set()
    hidden: set[str] = set()
    with TemporaryDirectory() as folder, connect(memory_limit="4GB") as con:
        _attach(con, options.home, options.industry)
        for month in range(options.months):
            start = time.process_time()
            made = _tables(con, options.industry, _SPREAD - (options.months - month) * options.added // 12, month)
            ready = time.process_time()
            path = Path(folder) / f"{month:02}.csv"
            found, cells = settle(made, path, earlier, hidden)
            shown = set(cells.loc[cells["status"] == 1, "cell_id"])
            hidden = set(cells.loc[cells["status"] == 5, "cell_id"])
            kept = f"{len(shown & before) / len(before):.1%}" if before else ""
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
            print(
                f"| {month} | {len(cells)} | {len(shown)} | {kept} | {len(found.findings)} | {ready - start:.0f} s |"
                f" {time.process_time() - ready:.0f} s | {peak:.2f} GiB |",
                flush=True,
            )
            earlier.append(Released(path, f"month {month}", STANDARD, made.truth))
            before = shown
    return 0


def _attach(con: Connection, home: Path, industry: str) -> None:
    store = Store(home / "enclave" / "store")
    for name, partition in (("person_keys", industry), ("reference_population", SHARED)):
        store.current(SNAPSHOTS[name], partition).attach(con)
    for table in (*_KEYED, "coverage"):
        con.execute(f"CREATE TABLE all_{table} AS SELECT * FROM person_keys.{table}")


def _tables(con: Connection, industry: str, share: int, month: int) -> Tables:
    """The outcome tables of a sample: more each month, and always a few who have opted out since."""
    inside = f"hash(person_key) % {_SPREAD} < {share} AND hash(person_key || 'out') % {_SPREAD} >= {month}"
    for table in _KEYED:
        con.execute(f"CREATE OR REPLACE VIEW person_keys.{table} AS SELECT * FROM all_{table} WHERE {inside}")
    con.execute(
        """CREATE OR REPLACE VIEW person_keys.coverage AS SELECT * REPLACE (
               learners - CASE WHEN reason IN ('keyed', 'reported')
                               THEN (SELECT count(*) FROM all_learners) - (SELECT count(*) FROM person_keys.learners)
                               ELSE 0 END AS learners) FROM all_coverage"""
    )
    con.execute("DROP SCHEMA IF EXISTS outcome_tables CASCADE; CREATE SCHEMA outcome_tables")
    registry = load_registry()
    tabulate(con, plan_for(registry.industry(industry), registry))
    counts: pd.Series = (
        con.execute("SELECT count_id, value FROM outcome_tables.counts").df().set_index("count_id")["value"]
    )
    return Tables(con.execute("SELECT * FROM outcome_tables.outcomes ORDER BY cell_id").df(), counts.astype(float))


if __name__ == "__main__":
    raise SystemExit(main())
