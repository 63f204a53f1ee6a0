"""The true outcome cells: what a perfect linkage would give, from the true identities and the wage files.

An implementation of its own in SQL, which shares no code with the pipeline. Who is counted: persons with an award who
have a protected key and opted out nowhere. Not here: identities and faults (truth.py).
"""

from pathlib import Path

import numpy as np
import pyarrow as pa

from credential_pipeline.foundation.registry.model import Industry
from credential_pipeline.foundation.storage.engine import Connection, connect
from credential_pipeline.foundation.storage.relation import scratch
from credential_pipeline.foundation.storage.sql import statement
from credential_pipeline.simulation.arrays import Bools, texts, years
from credential_pipeline.simulation.credentials import EVENTS
from credential_pipeline.simulation.education import Students
from credential_pipeline.simulation.enclave import Keys
from credential_pipeline.simulation.feeds import reports_failures
from credential_pipeline.simulation.industries import SimulatedIndustry
from credential_pipeline.simulation.people import People
from credential_pipeline.simulation.tables import arrow

_COLUMNS = [
    "release",
    "industry",
    "table",
    "cell_id",
    "certifier",
    "credential",
    "cohort",
    "age_band",
    "sex",
    "race",
    "ethnicity",
    "state",
    "sector",
    "horizon",
    "measure",
    "value",
    "unit",
    "base_year",
    "n",
    "low",
    "high",
    "status",
    "rollup_level",
    "setting",
    "definition",
]


def _events(industry: SimulatedIndustry, wanted: Bools) -> pa.Table:
    events, shelf = industry.events, industry.shelf
    rows = np.flatnonzero(wanted[events.learner])
    certifier = texts(it.certifier for it in shelf.certifiers)[shelf.certifier]
    level = {(it.certifier, one.code): one.level for it in shelf.certifiers for one in it.credentials}
    levels = np.array([level.get((name, code), 0) for name, code in zip(certifier, shelf.code, strict=True)])
    credential, learner = events.credential[rows], events.learner[rows]
    training = industry.training
    return arrow(
        {
            "person": industry.holders.person[learner],
            "certifier": certifier[credential],
            "credential": shelf.code[credential],
            "level": levels[credential],
            "event": texts(EVENTS)[events.event[rows]],
            "passed": events.passed[rows],
            "day": events.day[rows],
            "training": texts(training.setting_names)[training.setting[learner]],
        }
    )


def _persons(people: People, keys: Keys, industry: SimulatedIndustry, wanted: Bools) -> pa.Table:
    who = np.unique(industry.holders.person[wanted])
    unknown = {"sex": keys.sex[who], "race": keys.race[who]}
    return arrow(
        {
            "person": who,
            "person_key": keys.key[who],
            "birth_year": years(people.birth[who]),
            "death_year": years(people.death[who]),
            **{name: np.where(values == "", "unknown", values).astype(object) for name, values in unknown.items()},
        }
    )


def _settings(con: Connection, model: Industry, industry: SimulatedIndustry) -> None:
    """Variables for what the registry says of the industry."""
    reporting = [it.certifier for it in industry.shelf.certifiers if reports_failures(it)]
    names = {
        "industry": model.industry,
        "attribution": model.attribution,
        "first_year": model.cohorts.first_award_year,
        "last_year": model.cohorts.last_award_year,
        "first_horizon": model.horizons.first,
        "last_horizon": model.horizons.last,
        "base_year": model.base_year,
        "window_days": model.training_window_days,
        "naics": list(model.naics),
        "reporting": reporting,
    }
    for name, value in names.items():
        con.execute(f"SET VARIABLE {name} = ?", [value])


def outcome_cells(
    home: Path,
    model: Industry,
    industry: SimulatedIndustry,
    people: People,
    students: Students,
    keys: Keys,
    wanted: Bools,
    prices: dict[int, float],
) -> dict[str, list[object]]:
    """Compute the cells of one industry, in the long form of outcome tables, sorted by ``cell_id``.

    Args:
        home: Folder of the product's data: its wage, employer and enrollment files are read.
        model: The industry in the registry.
        industry: The simulated industry.
        people: Everybody.
        students: Who is in the education registry.
        keys: Who is in the reference population, with sex and race as recorded there.
        wanted: Learners that are counted.
        prices: CPI-U by year.
    """
    with connect() as con, scratch(con) as work:
        _settings(con, model, industry)
        bounds = [[band, *map(int, band.split("-"))] for band in model.age_bands]
        bands = work.rows("bands", {"band": "VARCHAR", "low": "INTEGER", "high": "INTEGER"}, bounds)
        yearly = work.rows("prices", {"year": "INTEGER", "index": "DOUBLE"}, sorted(prices.items()))
        con.register("events", _events(industry, wanted))
        con.register("persons", _persons(people, keys, industry, wanted))
        con.register("students", arrow({"student_id": students.student_id, "person": students.person}))
        for view, folder in (
            ("wages", "enclave/reference/wages_annual"),
            ("employers", "enclave/reference/employers"),
            ("enrollments", "clearinghouse/education/enrollments"),
        ):
            con.register(view, con.read_parquet(str(home / folder / "*.parquet")))
        con.execute(statement(__package__, "outcome_truth.sql", bands=bands, prices=yearly))
        rows = con.execute("SELECT * FROM cells ORDER BY cell_id").fetchall()
    return {name: [row[place] for row in rows] for place, name in enumerate(_COLUMNS)}
