"""Tasks made of people that nobody here made up: the sample population of the package ``pseudopeople``, run on its own.

``python census_people.py FOLDER`` writes for each task ``feed.csv``, ``registry.csv`` and ``students.csv``. It runs in an
environment of its own (requirements-worlds.lock) and therefore imports nothing of this project. The package (BSD-3, University
of Washington) emulates census records of about ten thousand people with the noise that its authors measured or
assumed; what is added here are four digits of the social security number, which a census does not hold, and which part
of the people a registry knows. Feeds are about people of sixteen and over, because certifiers' holders are; registries
are about everybody. All seeds are fixed.
"""

import copy
import logging
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pseudopeople

FIELDS = ["first_name", "middle_name", "last_name", "birth_date", "sex", "ssn_last4", "street", "city", "state", "zip"]
_NAMES = ("first_name", "middle_name", "last_name")
_RENAMED = {"middle_initial": "middle_name", "date_of_birth": "birth_date", "zipcode": "zip"}
_TYPING = (
    "make_typos",
    "make_ocr_errors",
    "make_phonetic_errors",
    "swap_month_and_day",
    "write_wrong_digits",
)
_YOUNGEST_BORN = pd.Timestamp(2004, 4, 1)
"""Awards of these feeds are of April 2020."""
_DIGITS_MISSING = 0.3
_WRONG_DIGIT = 0.01
_NAMES_AND_DATE = ("first_name", "middle_name", "last_name", "birth_date")


@dataclass(frozen=True)
class Noise:
    """How much more often than usual mistakes happen.

    Attributes:
        times: Factor of the cells' error rates.
        only: Kinds of mistakes that it is about; all if empty.
        never: Kinds of mistakes that do not happen.
        digits: Factor of wrong digits in the last four of the number; 0: the number is not held.
    """

    times: float = 1.0
    only: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    digits: float = 1.0


@dataclass(frozen=True)
class Task:
    """One linkage task.

    Attributes:
        seed: Of the feed; the registry has the next one.
        feed: Noise of the feed.
        registry: Noise of the registry.
        years: Years of the feed and of the registry.
        surveys: The feed is two surveys of all years instead of a census.
        known: Share of the people whom the registry knows.
        fields: The only fields held; all if empty.
    """

    seed: int
    feed: Noise = field(default_factory=Noise)
    registry: Noise = field(default_factory=Noise)
    years: tuple[int, int] = (2020, 2020)
    surveys: bool = False
    known: float = 0.95
    fields: tuple[str, ...] = ()


_NO_DIGITS = Noise(digits=0)
_TYPED = Noise(times=3, only=_TYPING, never=("use_fake_name",), digits=3)
TASKS = {
    "usual": Task(11),
    "usual-2": Task(31),
    "usual-3": Task(51, Noise(times=1.7), Noise(times=1.7)),
    "heavy": Task(13, Noise(times=6, digits=5), Noise(digits=5)),
    "heavier": Task(113, Noise(times=11, digits=5), Noise(times=1.7, digits=5)),
    "names-date": Task(15, _NO_DIGITS, _NO_DIGITS, known=1.0, fields=_NAMES_AND_DATE),
    "names-date-2": Task(25, _NO_DIGITS, _NO_DIGITS, known=1.0, fields=("first_name", "last_name", "birth_date")),
    "ten-years": Task(17, _NO_DIGITS, _NO_DIGITS, years=(2030, 2020), known=1.0),
    "typing": Task(19, _TYPED, _TYPED, known=1.0),
    "survey": Task(21, _NO_DIGITS, _NO_DIGITS, surveys=True, known=1.0),
}


def _configuration(noise: Noise) -> dict[str, Any]:
    made = copy.deepcopy(pseudopeople.get_config())
    for dataset in made.values():
        for kinds in dataset.get("column_noise", {}).values():
            for kind, rates in kinds.items():
                rate = rates.get("cell_probability")
                if kind in noise.never and rate is not None:
                    rates["cell_probability"] = 0.0
                elif isinstance(rate, int | float) and (not noise.only or kind in noise.only):
                    rates["cell_probability"] = min(1.0, rate * noise.times)
    return made


def _records(task: Task, side: int, chance: np.random.Generator, last_four: pd.Series) -> pd.DataFrame:
    noise = (task.feed, task.registry)[side]
    given = {"config": _configuration(noise), "seed": task.seed + side}
    if task.surveys and side == 0:
        # A survey of one year asks few of so few people.
        surveys = (pseudopeople.generate_american_community_survey, pseudopeople.generate_current_population_survey)
        rows = pd.concat([survey(year=None, **given) for survey in surveys], ignore_index=True)
    else:
        rows = pseudopeople.generate_decennial_census(year=task.years[side], **given)
    rows = rows.drop_duplicates("simulant_id").rename(columns=_RENAMED)
    parts = [rows[part].astype("string").fillna("") for part in ("street_number", "street_name", "unit_number")]
    rows["street"] = (parts[0] + " " + parts[1] + " " + parts[2]).str.strip()
    born = pd.to_datetime(rows["birth_date"], format="%m/%d/%Y", errors="coerce")
    rows["birth_date"] = born.dt.strftime("%Y-%m-%d")
    for column in (*_NAMES, "street", "city"):
        rows[column] = rows[column].astype("string").str.upper()
    rows["sex"] = rows["sex"].astype("string").map({"Female": "F", "Male": "M"})
    rows["ssn_last4"] = _digits(rows["simulant_id"], noise.digits, chance, last_four)
    lacking = set(FIELDS) - set(task.fields) if task.fields else set()
    rows[sorted(lacking)] = None
    return rows


def _digits(people: pd.Series, times: float, chance: np.random.Generator, last_four: pd.Series) -> list[str | None]:
    made: list[str | None] = []
    for digits in people.map(last_four):
        missing, wrong, at, new = chance.random(), chance.random(), chance.integers(4), chance.integers(10)
        if not times or missing < _DIGITS_MISSING or not isinstance(digits, str):
            made.append(None)
        elif wrong < _WRONG_DIGIT * times:
            made.append(f"{digits[:at]}{new}{digits[at + 1 :]}")
        else:
            made.append(digits)
    return made


def _truths(years: tuple[int, int]) -> pd.DataFrame:
    """What the people are in truth: race, sex, age, and whether their surname is another than when the registry was written."""
    without_noise = {
        year: pseudopeople.generate_decennial_census(year=year, config=pseudopeople.NO_NOISE, seed=1)
        .drop_duplicates("simulant_id")
        .set_index("simulant_id")
        for year in sorted(set(years))
    }
    now, before = (without_noise[year] for year in years)
    earlier = before["last_name"].astype("string").reindex(now.index)
    changed = (now["last_name"].astype("string") != earlier).fillna(value=False)
    made = pd.DataFrame(index=now.index)
    made["race"] = now["race_ethnicity"].astype("string")
    made["true_sex"] = now["sex"].astype("string").map({"Female": "F", "Male": "M"})
    bins, names = [-1, 17, 25, 45, 64, 200], ["under 18", "18-25", "26-45", "46-64", "65 and over"]
    made["age_group"] = pd.cut(pd.to_numeric(now["age"], errors="coerce"), bins, labels=names).astype("string")
    if years[0] != years[1]:
        made["surname"] = changed.map({True: "changed", False: "same"}).where(earlier.notna())
    else:
        made["surname"] = None
    made["household"] = now["household_id"].astype("string")
    made["born"] = pd.to_datetime(now["date_of_birth"], format="%m/%d/%Y")
    return made


def main(folder: Path) -> None:
    """Write all tasks."""
    logging.disable(logging.CRITICAL)
    numbers = pseudopeople.generate_social_security(year=2030, config=pseudopeople.NO_NOISE, seed=1)
    numbers = numbers[numbers["event_type"] == "creation"].drop_duplicates("simulant_id").set_index("simulant_id")
    last_four = numbers["ssn"].astype("string").str[-4:]
    truths = {years: _truths(years) for years in {task.years for task in TASKS.values()}}
    for name, task in TASKS.items():
        chance = np.random.default_rng(task.seed)
        feed, registry = (_records(task, side, chance, last_four) for side in (0, 1))
        truth = truths[task.years]
        feed = feed.sample(frac=1, random_state=task.seed).drop(columns=["household_id", "age"], errors="ignore")
        feed["record_id"] = [f"F{number:07d}" for number in range(len(feed))]
        feed = feed.join(truth, on="simulant_id")
        feed = feed[feed["born"] < _YOUNGEST_BORN]
        registry = registry.sample(frac=task.known, random_state=task.seed + 1).drop(
            columns=["household_id"], errors="ignore"
        )
        registry["student_id"] = [f"S{number:07d}" for number in range(len(registry))]
        registry = registry.join(truth[["household"]], on="simulant_id")
        (folder / name).mkdir(parents=True, exist_ok=True)
        known = ["simulant_id", "household"]
        groups = ["race", "true_sex", "age_group", "surname"]
        feed[["record_id", *known, *groups, *FIELDS]].to_csv(folder / name / "feed.csv", index=False)
        registry[["student_id", *known, *FIELDS]].to_csv(folder / name / "registry.csv", index=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
