"""The truth of a simulated world: who is who, who opted out, which rows are broken, what the awards did.

Tests and benchmarks read it, the pipeline never does. Not here: the true outcome cells (outcome_truth.py).
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from credential_pipeline.foundation.registry.load import Registry
from credential_pipeline.simulation.arrays import Bools, Ints, Texts, decimals, join, years
from credential_pipeline.simulation.broken import Broken
from credential_pipeline.simulation.education import Students
from credential_pipeline.simulation.effects import effect_rows
from credential_pipeline.simulation.enclave import Keys
from credential_pipeline.simulation.folders import TRUTH
from credential_pipeline.simulation.industries import SimulatedIndustry
from credential_pipeline.simulation.outcome_truth.cells import outcome_cells
from credential_pipeline.simulation.people import People
from credential_pipeline.simulation.programmes import Learned, programme_rows
from credential_pipeline.simulation.schools import Schools
from credential_pipeline.simulation.tables import write_csv, write_ids
from credential_pipeline.simulation.wages import Effects


def person_id(person: Ints) -> Texts:
    """The id of persons in the truth files."""
    return join("P", decimals(person, 8))


def _records(industries: Sequence[SimulatedIndustry]) -> dict[str, Texts]:
    parts: dict[str, list[Texts]] = {"industry": [], "certifier": [], "record_id": [], "person_id": []}
    for industry in industries:
        for feed in industry.feeds:
            rows = feed.delivered
            parts["industry"].append(np.full(rows.rows, industry.name, dtype=object))
            parts["certifier"].append(np.full(rows.rows, feed.certifier.certifier, dtype=object))
            parts["record_id"].append(rows.record_id)
            parts["person_id"].append(person_id(industry.holders.person[rows.learner]))
    return {name: np.concatenate(values) for name, values in parts.items()}


def opted_out(industry: SimulatedIndustry) -> Ints:
    """Person numbers of those who asked a certifier of the industry not to share their record, sorted."""
    found = [feed.accounts.identity.person[feed.accounts.blocked] for feed in industry.feeds]
    return np.unique(np.concatenate(found))


def _blocked(industries: Sequence[SimulatedIndustry], students: Students) -> dict[str, object]:
    school = np.sort(students.person[students.blocked])
    certifier = np.unique(np.concatenate([opted_out(industry) for industry in industries]))
    return {
        "person_id": np.concatenate([person_id(certifier), person_id(school)]),
        "why": ["certifier_opt_out"] * len(certifier) + ["ferpa_block"] * len(school),
    }


def _broken(industries: Sequence[SimulatedIndustry]) -> dict[str, object]:
    rows: list[tuple[str, str, Broken]] = [
        (industry.name, feed.certifier.certifier, fault)
        for industry in industries
        for feed in industry.feeds
        for fault in feed.delivered.broken
    ]
    return {
        "industry": [row[0] for row in rows],
        "certifier": [row[1] for row in rows],
        "delivery": [row[2].delivery for row in rows],
        "line": [row[2].line for row in rows],
        "planted_fault": [row[2].fault for row in rows],
    }


def _gaps(gaps: dict[str, tuple[int, int]]) -> dict[str, object]:
    known = sorted(gaps.items())
    return {
        "state": [state for state, _ in known],
        "first_year": [span[0] for _, span in known],
        "last_year": [span[1] for _, span in known],
    }


def _shared(industry: SimulatedIndustry, students: Students) -> Bools:
    """Learners of an industry who opted out nowhere."""
    shut = np.concatenate([opted_out(industry), students.person[students.blocked]])
    return np.asarray(~np.isin(industry.holders.person, shut), dtype=np.bool_)


def followed(industry: SimulatedIndustry, students: Students, keys: Keys) -> Bools:
    """Learners of an industry whom a perfect linkage can follow: with a key, and nowhere opted out."""
    return np.asarray((keys.key[industry.holders.person] != "") & _shared(industry, students), dtype=np.bool_)


def _write_identities(folder: Path, industries: Sequence[SimulatedIndustry], students: Students, keys: Keys) -> None:
    """Who is who, who opted out, and which rows are broken."""
    write_ids(folder / "record_person.csv", _records(industries))
    write_ids(
        folder / "student_person.csv", {"student_id": students.student_id, "person_id": person_id(students.person)}
    )
    keyed = np.flatnonzero(keys.key != "")
    keyed = keyed[np.argsort(keys.key[keyed].astype("U11"), kind="stable")]
    write_ids(folder / "key_person.csv", {"person_key": keys.key[keyed], "person_id": person_id(keyed)})
    write_csv(folder / "blocked.csv", _blocked(industries, students))
    write_csv(folder / "bad_rows.csv", _broken(industries))


def write_truth(
    home: Path,
    registry: Registry,
    people: People,
    students: Students,
    keys: Keys,
    industries: Sequence[SimulatedIndustry],
    effects: Effects,
    prices: dict[int, float],
    schools: Schools,
    gaps: dict[str, tuple[int, int]],
) -> None:
    """Write all files of ``home/truth``.

    Args:
        home: Folder of the product's data, whose wage and enrollment files the outcome cells are computed from.
        registry: Horizons, age bands and base year of the industries.
        people: Everybody.
        students: Who is in the education registry.
        keys: Who is in the reference population.
        industries: The simulated industries.
        effects: Earnings with and without the awards.
        prices: CPI-U by year.
        schools: Institutions, which are the providers of programmes.
        gaps: State to the first and last year in which its wages are missing.
    """
    folder = home / TRUTH
    _write_identities(folder, industries, students, keys)
    models = [registry.industry(own.name) for own in industries]
    counted = [followed(own, students, keys) for own in industries]
    write_csv(folder / "effects.csv", effect_rows(industries, models, people, effects, counted))
    dies = years(people.death[effects.treated.person])
    shared = [_shared(own, students) for own in industries]
    learned = Learned(home, schools, students, effects, dies, shared, counted)
    write_csv(folder / "programmes.csv", programme_rows(industries, models, learned, prices))
    if gaps:
        write_csv(folder / "wage_gaps.csv", _gaps(gaps))
    row, at = np.nonzero(effects.missing)
    uncovered = (effects.treated.person[row], at + effects.first_year)
    parts = [
        outcome_cells(home, model, own, people, students, keys, wanted, prices, uncovered)
        for model, own, wanted in zip(models, industries, counted, strict=True)
    ]
    columns = {name: [value for part in parts for value in part[name]] for name in parts[0]} if parts else {}
    write_csv(folder / "outcome_cells.csv", columns)
