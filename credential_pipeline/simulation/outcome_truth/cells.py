"""Computes the true outcome cells of one industry in the long form of outcome tables. Not here: what is asked (asks.py)."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from credential_pipeline.foundation.registry.model import Industry
from credential_pipeline.foundation.storage.engine import Connection, connect
from credential_pipeline.foundation.storage.relation import Scratch, scratch
from credential_pipeline.foundation.storage.sql import statement
from credential_pipeline.simulation.arrays import Bools, Ints, texts, years
from credential_pipeline.simulation.bands import age_bands, cohort_bands
from credential_pipeline.simulation.credentials import EVENTS
from credential_pipeline.simulation.education import Students
from credential_pipeline.simulation.enclave import Keys
from credential_pipeline.simulation.feeds import reports_failures
from credential_pipeline.simulation.folders import EDUCATION, REFERENCE
from credential_pipeline.simulation.industries import SimulatedIndustry
from credential_pipeline.simulation.living import OWN_GUIDELINES, poverty_lines, read_parities
from credential_pipeline.simulation.outcome_truth import asks
from credential_pipeline.simulation.outcome_truth.figures import EVERY, FEW, NOBODY, add_figures
from credential_pipeline.simulation.people import People
from credential_pipeline.simulation.places import places
from credential_pipeline.simulation.tables import Coded, arrow

#: A year of full-time work at the federal minimum wage: dollars an hour, hours, weeks (29 U.S.C. 206, since 2009).
ATTACHED = 7.25 * 40 * 52
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
_FILES = {
    "wages": f"{REFERENCE}/wages_annual",
    "employers": f"{REFERENCE}/employers",
    "enrollments": f"{EDUCATION}/enrollments",
    "degrees": f"{EDUCATION}/degrees",
}
_QUARTERLY = f"{REFERENCE}/wages_quarterly"
_NO_QUARTERS = pa.table(
    {"person_key": pa.array([], pa.string()), "year": pa.array([], pa.int32()), "quarter": pa.array([], pa.int32())}
)


def _events(industry: SimulatedIndustry, people: People, wanted: Bools) -> pa.Table:
    events, shelf = industry.events, industry.shelf
    rows = np.flatnonzero(wanted[events.learner])
    certifier = texts(it.certifier for it in shelf.certifiers)[shelf.certifier]
    level = {(it.certifier, one.code): one.level for it in shelf.certifiers for one in it.credentials}
    levels = np.array([level.get((name, code), 0) for name, code in zip(certifier, shelf.code, strict=True)])
    credential, learner = events.credential[rows], events.learner[rows]
    person, day = industry.holders.person[learner], events.day[rows]
    training = industry.training
    return arrow(
        {
            "person": person,
            "certifier": Coded(certifier, credential),
            "credential": Coded(shelf.code, credential),
            "level": levels[credential],
            "event": Coded(texts(EVENTS), events.event[rows]),
            "passed": events.passed[rows],
            "day": day,
            "training": Coded(texts(training.setting_names), training.setting[learner]),
            "state": Coded(texts(places().state_names), people.addresses.state(people.home_on(person, day))),
        }
    )


def _persons(people: People, keys: Keys, industry: SimulatedIndustry, wanted: Bools) -> pa.Table:
    who = np.unique(industry.holders.person[wanted])
    unknown = {"sex": keys.sex[who], "race": keys.race[who]}
    return arrow(
        {
            "person": who,
            "person_key": keys.key[who],
            "birth": people.birth[who],
            "death_year": years(people.death[who]),
            **{name: np.where(values == "", "unknown", values).astype(object) for name, values in unknown.items()},
            "ethnicity": np.where(people.hispanic[who], "hispanic", "not_hispanic").astype(object),
        }
    )


def set_variables(con: Connection, model: Industry, reporting: Sequence[str], prices: dict[int, float]) -> None:
    """Set what the registry says of the industry, and what a year's earnings are held against.

    Args:
        con: Where the cells are computed.
        model: The industry in the registry.
        reporting: Certifiers that tell failed sittings.
        prices: CPI-U by year.
    """
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
        "reporting": list(reporting),
        "attached": ATTACHED,
        "poverty": poverty_lines(model.base_year, prices),
    }
    for name, value in names.items():
        con.execute(f"SET VARIABLE {name} = ?", [value])


def _read(con: Connection, home: Path) -> bool:
    """Make views over the files on disk; tell whether there are quarterly wages."""
    for view, folder in _FILES.items():
        con.register(view, con.read_parquet(str(home / folder / "*.parquet")))
    quarterly = [str(path) for path in sorted((home / _QUARTERLY).glob("*.parquet"))]
    con.register("quarterly", con.read_parquet(quarterly) if quarterly else _NO_QUARTERS)
    return bool(quarterly)


def tabulate(work: Scratch, model: Industry, prices: dict[int, float], *, quarterly: bool) -> None:
    """Create the table ``cells`` from the registered views.

    Args:
        work: Where ``events``, ``persons``, ``students``, ``uncovered`` and the files are views.
        model: The industry in the registry.
        prices: CPI-U by year.
        quarterly: Whether there are quarterly wages.
    """
    con = work.con
    shape = {"band": "VARCHAR", "low": "INTEGER", "high": "INTEGER"}
    bands = work.rows("bands", shape, age_bands(model))
    cohorts = work.rows("cohort_bands", shape, cohort_bands(model))
    yearly = work.rows("prices", {"year": "INTEGER", "index": "DOUBLE"}, sorted(prices.items()))
    parity_rows = sorted((state, level) for state, level in read_parities().items() if state not in OWN_GUIDELINES)
    parities = work.rows("parities", {"state": "VARCHAR", "parity": "DOUBLE"}, parity_rows)
    con.execute(statement(__package__, "people.sql", bands=bands, cohort_bands=cohorts))
    con.execute(statement(__package__, "years.sql", prices=yearly, parities=parities))
    for file in ("frame.sql", "schooling.sql", "sittings.sql"):
        con.execute(statement(__package__, file))
    more = asks.QUARTERLY if quarterly else ()
    add_figures(con, "frame", asks.UNITS, EVERY)
    add_figures(con, "frame", (*asks.PEOPLE, *asks.WORK, *more))
    add_figures(con, "frame", asks.OVERALL, NOBODY)
    add_figures(con, "reached", asks.REACHED)
    add_figures(con, "lives", asks.LIVES)
    add_figures(con, "first_sittings", asks.FIRST_SITTINGS, FEW)
    add_figures(con, "after_sitting", asks.AFTER_SITTING, FEW)
    con.execute(statement(__package__, "stacking.sql"))
    con.execute(statement(__package__, "cells.sql"))


def outcome_cells(
    home: Path,
    model: Industry,
    industry: SimulatedIndustry,
    people: People,
    students: Students,
    keys: Keys,
    wanted: Bools,
    prices: dict[int, float],
    uncovered: tuple[Ints, Ints],
) -> dict[str, list[object]]:
    """Compute the cells of one industry, in the long form of outcome tables, sorted by ``cell_id``.

    Args:
        home: Folder of the product's data: its wage, employer, enrollment and degree files are read.
        model: The industry in the registry.
        industry: The simulated industry.
        people: Everybody.
        students: Who is in the education registry.
        keys: Who is in the reference population, with sex and race as recorded there.
        wanted: Learners that are counted.
        prices: CPI-U by year.
        uncovered: Persons and years in which they live in a state whose wages are missing.
    """
    with connect() as con, scratch(con) as work:
        reporting = [it.certifier for it in industry.shelf.certifiers if reports_failures(it)]
        set_variables(con, model, reporting, prices)
        con.register("events", _events(industry, people, wanted))
        con.register("persons", _persons(people, keys, industry, wanted))
        known = np.flatnonzero(np.isin(students.person, industry.holders.person[wanted]))
        con.register("students", arrow({"student_id": students.student_id[known], "person": students.person[known]}))
        con.register("uncovered", arrow({"person": uncovered[0], "year": uncovered[1]}))
        tabulate(work, model, prices, quarterly=_read(con, home))
        rows = con.execute("SELECT * FROM cells ORDER BY cell_id").fetchall()
    return {name: [row[place] for row in rows] for place, name in enumerate(_COLUMNS)}
