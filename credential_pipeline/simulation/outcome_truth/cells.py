"""Computes the true outcome cells of one industry in the long form of outcome tables. Not here: what is asked (asks.py)."""

from pathlib import Path

import numpy as np
import pyarrow as pa

from credential_pipeline.foundation.registry.model import Industry
from credential_pipeline.foundation.storage.engine import Connection, connect
from credential_pipeline.foundation.storage.relation import Scratch, scratch
from credential_pipeline.foundation.storage.sql import statement
from credential_pipeline.simulation.arrays import Bools, Ints, texts, years
from credential_pipeline.simulation.credentials import EVENTS
from credential_pipeline.simulation.education import Students
from credential_pipeline.simulation.enclave import Keys
from credential_pipeline.simulation.feeds import reports_failures
from credential_pipeline.simulation.industries import SimulatedIndustry
from credential_pipeline.simulation.living import poverty_lines, read_parities
from credential_pipeline.simulation.outcome_truth import asks
from credential_pipeline.simulation.outcome_truth.figures import EVERY, FEW, add_figures, make_figures
from credential_pipeline.simulation.people import People
from credential_pipeline.simulation.places import places
from credential_pipeline.simulation.tables import Coded, arrow

#: A year of full-time work at the federal minimum wage: dollars an hour, hours, weeks (29 U.S.C. 206, since 2009).
ATTACHED = 7.25 * 40 * 52
_YEARS_IN_BAND = 5
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
    "wages": "enclave/reference/wages_annual",
    "employers": "enclave/reference/employers",
    "enrollments": "clearinghouse/education/enrollments",
    "degrees": "clearinghouse/education/degrees",
}
_QUARTERLY = "enclave/reference/wages_quarterly"


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


def _settings(con: Connection, model: Industry, industry: SimulatedIndustry, prices: dict[int, float]) -> None:
    """Variables for what the registry says of the industry, and for what a year's earnings are held against."""
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
        "attached": ATTACHED,
        "poverty": poverty_lines(model.base_year, prices),
    }
    for name, value in names.items():
        con.execute(f"SET VARIABLE {name} = ?", [value])


def cohort_bands(model: Industry) -> list[tuple[str, int, int]]:
    """Award years in bands of five, the last one cut at the end: label, first and last year."""
    first, last = model.cohorts.first_award_year, model.cohorts.last_award_year
    ends = ((year, min(year + _YEARS_IN_BAND - 1, last)) for year in range(first, last + 1, _YEARS_IN_BAND))
    return [(f"{low}-{high}", low, high) for low, high in ends]


def _read(con: Connection, home: Path) -> bool:
    """Views over the files on disk, and the quarters with wages by person and year; whether there are quarterly files."""
    for view, folder in _FILES.items():
        con.register(view, con.read_parquet(str(home / folder / "*.parquet")))
    quarterly = sorted((home / _QUARTERLY).glob("*.parquet"))
    source = "SELECT '' AS person_key, 0 AS year, 0 AS quarter WHERE false"
    if quarterly:
        con.register("quarterly", con.read_parquet([str(path) for path in quarterly]))
        source = "SELECT person_key, year, quarter FROM quarterly SEMI JOIN persons USING (person_key)"
    con.execute(
        f"CREATE TEMP TABLE quarters AS SELECT person_key, year, count(DISTINCT quarter) AS quarters FROM ({source}) GROUP BY ALL"
    )
    return bool(quarterly)


def _tabulate(work: Scratch, model: Industry, prices: dict[int, float], *, quarterly: bool) -> None:
    """Create the table ``cells`` from the registered views."""
    con = work.con
    shape = {"band": "VARCHAR", "low": "INTEGER", "high": "INTEGER"}
    bands = work.rows("bands", shape, [[band, *map(int, band.split("-"))] for band in model.age_bands])
    cohorts = work.rows("cohort_bands", shape, [list(band) for band in cohort_bands(model)])
    yearly = work.rows("prices", {"year": "INTEGER", "index": "DOUBLE"}, sorted(prices.items()))
    parities = work.rows("parities", {"state": "VARCHAR", "parity": "DOUBLE"}, sorted(read_parities().items()))
    con.execute(statement(__package__, "people.sql", bands=bands, cohort_bands=cohorts))
    con.execute(statement(__package__, "years.sql", prices=yearly, parities=parities))
    make_figures(con)
    for file in ("frame.sql", "schooling.sql", "sittings.sql", "stacking.sql"):
        con.execute(statement(__package__, file))
    add_figures(con, "frame", (*asks.EARNINGS, *asks.QUARTERLY) if quarterly else asks.EARNINGS, EVERY)
    add_figures(con, "frame", asks.WORK)
    add_figures(con, "lives", asks.LIVES)
    add_figures(con, "first_sittings", asks.FIRST_SITTINGS, FEW)
    add_figures(con, "after_sitting", asks.AFTER_SITTING, FEW)
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
        _settings(con, model, industry, prices)
        con.register("events", _events(industry, people, wanted))
        con.register("persons", _persons(people, keys, industry, wanted))
        con.register("students", arrow({"student_id": students.student_id, "person": students.person}))
        con.register("uncovered", arrow({"person": uncovered[0], "year": uncovered[1]}))
        _tabulate(work, model, prices, quarterly=_read(con, home))
        rows = con.execute("SELECT * FROM cells ORDER BY cell_id").fetchall()
    return {name: [row[place] for row in rows] for place, name in enumerate(_COLUMNS)}
