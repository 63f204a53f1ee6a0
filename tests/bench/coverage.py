"""How often the bands of outcome cells hold the truth: ``python -m tests.bench.coverage --home HOME``.

Two truths are asked for. The *population's*: bands claim to hold what the learners' population would give, so small samples
of the people of a large simulated pilot are tabulated, and the truth is that of the whole pilot, which its linkage played
no part in, and for the comparison what awards were planted to do. The *people's*: what the very people of a small world would
give had every link been right, which the band must hold more often, since chance has no part in it. With ``--seeds`` small
worlds are simulated and run, linkage included.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from credential_pipeline.enclave.outcome_tables.plan import plan_for
from credential_pipeline.enclave.outcome_tables.tabulation import tabulate
from credential_pipeline.foundation.contracts import SNAPSHOTS
from credential_pipeline.foundation.names import SHARED
from credential_pipeline.foundation.registry.load import load_registry
from credential_pipeline.foundation.storage.engine import Connection, connect
from credential_pipeline.foundation.storage.snapshots import Store
from tests.bench.measure import run
from tests.bench.outcomes import TRUTH

_COUNTS = "cell_id, measure, definition, unit, horizon, n, value, low, high"
_FOUND = "against VARCHAR, measure VARCHAR, unit VARCHAR, n BIGINT, value DOUBLE, low DOUBLE, high DOUBLE, truth DOUBLE"


def main() -> int:
    """Print a table by measure; exit code 1 if a simulated world could not be run, with what was found before it."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.coverage")
    parser.add_argument("--home", type=Path, required=True, help="a pilot that was simulated and run to person_keys")
    parser.add_argument("--industry", default="manufacturing")
    parser.add_argument("--samples", type=int, default=20, help="samples of the pilot's people")
    parser.add_argument("--people", type=int, default=3_000, help="people of a sample, and learners of a small world")
    parser.add_argument("--seeds", type=int, default=0, help="small worlds to simulate and run")
    options = parser.parse_args()
    truth = _truth(options.home, options.industry)
    with connect(memory_limit="2GB") as con:
        con.execute(f"CREATE TABLE found ({_FOUND})")
        for sample in range(options.samples):
            with _sampled(options.home, options.industry, sample, options.people) as tabulated:
                _keep(con, tabulated, "population", truth)
        for seed in range(1, options.seeds + 1):
            with tempfile.TemporaryDirectory() as folder:
                if not _world(con, Path(folder) / "home", options.industry, seed, options.people, truth):
                    print(f"world {seed} could not be run; what was found before it:")
                    print(_table(con))
                    return 1
            print(f"world {seed} of {options.seeds}", file=sys.stderr)
        print(_table(con))
    return 0


@contextmanager
def _sampled(home: Path, industry: str, sample: int, people: int) -> Iterator[Connection]:
    """The outcome tables of a sample of the people, without those who have no key.

    The other holders are taken out of the population, too, or they would stand among the people who hold nothing.
    """
    store, registry = Store(home / "enclave" / "store"), load_registry()
    with connect(memory_limit="2GB") as con:
        keyed = store.current(SNAPSHOTS["person_keys"], industry)
        keyed.attach(con)
        store.current(SNAPSHOTS["reference_population"], SHARED).attach(con)
        con.execute(
            f"CREATE TABLE chosen AS SELECT person_key FROM person_keys.learners "
            f"ORDER BY md5(person_key || '{sample}') LIMIT {people}"
        )
        con.execute(
            "CREATE TABLE others AS SELECT person_key FROM person_keys.person_links ANTI JOIN chosen USING (person_key)"
        )
        for table in SNAPSHOTS["person_keys"]:
            own = f"SELECT * FROM person_keys.{table.name}"
            if "person_key" in table.schema:
                own += " SEMI JOIN chosen USING (person_key)"
            if table.name == "coverage":
                rows = "(SELECT count(*) FROM person_keys.person_links SEMI JOIN chosen USING (person_key))"
                own = f"SELECT unnest(['reported', 'keyed']) AS reason, {rows} AS learners"
            con.execute(f"CREATE TABLE kept_{table.name} AS {own}")
        for table in SNAPSHOTS["person_keys"]:
            con.execute(f"CREATE OR REPLACE VIEW person_keys.{table.name} AS SELECT * FROM main.kept_{table.name}")
        for table in SNAPSHOTS["reference_population"]:
            if "person_key" in table.schema:
                con.execute(
                    f"CREATE TABLE known_{table.name} AS FROM reference_population.{table.name} ANTI JOIN others USING (person_key)"
                )
                con.execute(f"CREATE OR REPLACE VIEW reference_population.{table.name} AS FROM main.known_{table.name}")
        con.execute("CREATE SCHEMA outcome_tables")
        tabulate(con, plan_for(registry.industry(industry), registry))
        yield con


def _truth(home: Path, industry: str) -> dict[str, str]:
    """Where the truth of a simulated home lies, and of which industry it is asked."""
    files = {
        name: str(home / "truth" / file) for name, file in (("cells", "outcome_cells.csv"), ("effects", "effects.csv"))
    }
    return {**files, "industry": industry}


def _world(con: Connection, home: Path, industry: str, seed: int, learners: int, population: dict[str, str]) -> bool:
    """Simulate a small world, run it, and compare it with the truth of its own people and with the population's."""
    sizes = ("--learners", str(learners), "--registry-size", str(8 * learners))
    simulated = run(home, "simulate", *sizes, "--seed", str(seed), "--industry", industry)
    if simulated.code or run(home, "run", industry, "--until", "outcome_tables").code:
        return False
    with connect(memory_limit="2GB") as tabulated:
        Store(home / "enclave" / "store").current(SNAPSHOTS["outcome_tables"], industry).attach(tabulated)
        _keep(con, tabulated, "own people", _truth(home, industry))
        _keep(con, tabulated, "population, worlds", population)
    return True


def _keep(con: Connection, tabulated: Connection, against: str, truth: dict[str, str]) -> None:
    """Add the cells that have a band and a truth to those that were found before."""
    cells = tabulated.sql(
        f"SELECT {_COUNTS} FROM outcome_tables.outcomes WHERE low IS NOT NULL AND value IS NOT NULL"
    ).to_arrow_table()
    con.register("cells", cells)
    con.execute(
        f"""
        INSERT INTO found
        SELECT $against, CASE WHEN c.definition = c.measure THEN c.measure ELSE c.measure || ' ' || c.definition END,
               c.unit, c.n, c.value, c.low, c.high, t.value
        FROM cells AS c JOIN ({TRUTH}) AS t USING (cell_id)
        WHERE t.value IS NOT NULL AND c.n >= CASE c.unit WHEN 'share' THEN 15 ELSE 30 END
              -- Up to the award's year holders and others differ by the dip and by what was left of the matching: no effects.
              AND (c.measure <> 'comparison_effect' OR c.horizon > 0)
        """,
        {"against": against, **truth},
    )
    con.unregister("cells")


def _table(con: Connection) -> str:
    rows = con.execute(
        """
        WITH marked AS (
            SELECT *, truth BETWEEN low - 1e-6 AND high + 1e-6 AS held, CASE WHEN n < 100 THEN 1 ELSE 0 END AS small FROM found
        )
        SELECT against, measure, count(*), avg(held::INT), avg(held::INT) FILTER (n < 100),
               avg((truth < low - 1e-6)::INT), avg((truth > high + 1e-6)::INT)
        FROM marked GROUP BY ALL ORDER BY ALL
        """
    ).fetchall()
    lines = [
        "| truth | figure | cells | held | held, n < 100 | truth below | truth above |",
        "|---|---|---|---|---|---|---|",
    ]
    for against, measure, cells, *shares in rows:
        told = " | ".join("" if share is None else f"{share:.1%}" for share in shares)
        lines.append(f"| {against} | {measure} | {cells:,} | {told} |")
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main())
