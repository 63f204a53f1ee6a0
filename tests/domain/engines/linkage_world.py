"""A small made-up world for the linkage tests: people, students, profiles and reference rows with typing errors.

Not the simulated pilot (credential_pipeline.simulation): only what the linkage tests need, in half a second.
"""

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pandas as pd

from credential_pipeline.engines.linkage.fields import make_index, nickname_rows
from credential_pipeline.foundation.contracts.education_registry import SNAPSHOT as REGISTRY
from credential_pipeline.foundation.registry.model import Linkage
from credential_pipeline.foundation.storage.engine import Connection

_ONSETS = ["B", "C", "D", "F", "G", "H", "K", "L", "M", "N", "P", "R", "S", "T", "V", "W", "BR", "CH", "ST", "TR", "GR"]
_VOWELS = ["A", "E", "I", "O", "U", "EA", "OO"]
_CODAS = ["N", "R", "L", "S", "T", "RT", "LL", "SON", "TON", "MAN", "EZ", "ER", "FORD", "LEY"]

INDUSTRY = SimpleNamespace(industry="manufacturing", linkage=Linkage(link_threshold=0.95, review_threshold=0.5))
"""As much of an industry as linking asks for, stricter than the default."""
HOME = {"street": "12 ELM ST", "city": "DAYTON", "state": "OH", "zip": "45402"}
"""Where the people made by hand live."""


@dataclass
class World:
    """Frames of one world: the people, and the tables made of them with their truth (person) column."""

    people: pd.DataFrame
    students: pd.DataFrame
    profiles: pd.DataFrame
    credentials: pd.DataFrame
    reference: pd.DataFrame


def _surnames(rng: np.random.Generator, count: int) -> np.ndarray:
    parts = [rng.choice(_ONSETS, count * 3), rng.choice(_VOWELS, count * 3), rng.choice(_CODAS, count * 3)]
    made = pd.unique(pd.Series(parts[0]) + parts[1] + rng.choice(["", "B", "D", "L", "M", "ND"], count * 3) + parts[2])
    return np.asarray(made[:count], dtype=object)


def _skewed(rng: np.random.Generator, values: np.ndarray, size: int, power: float) -> np.ndarray:
    weight = 1.0 / (np.arange(len(values)) + 3.0) ** power
    return np.asarray(rng.choice(values, size, p=weight / weight.sum()), dtype=object)


def _typo(rng: np.random.Generator, text: pd.Series, share: float) -> pd.Series:
    """Replace, drop or swap one character in a share of the values."""
    hit = (rng.random(len(text)) < share) & text.notna().to_numpy() & (text.fillna("").str.len() > 3).to_numpy()
    kinds, letters = rng.integers(0, 3, len(text)), rng.choice(list("AEIORSTLN"), len(text))
    places = rng.random(len(text))
    out = text.to_numpy(dtype=object).copy()
    for i in np.flatnonzero(hit):
        word = out[i]
        at = 1 + int(places[i] * (len(word) - 2))
        out[i] = (
            word[:at] + letters[i] + word[at + 1 :],
            word[:at] + word[at + 1 :],
            word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :],
        )[kinds[i]]
    return pd.Series(out, index=text.index)


def _people(rng: np.random.Generator, count: int) -> pd.DataFrame:
    firsts = np.asarray(sorted({formal for _, formal in nickname_rows()}), dtype=object)
    rng.shuffle(firsts)
    days = rng.integers(0, 365 * 45, count)
    frame = pd.DataFrame({"person": np.arange(count)})
    frame["first_name"] = _skewed(rng, firsts, count, 0.7)
    frame["middle_name"] = _skewed(rng, firsts, count, 0.7)
    frame["last_name"] = _skewed(rng, _surnames(rng, 4000), count, 0.6)
    frame["maiden"] = _skewed(rng, _surnames(rng, 4000), count, 0.6)
    frame["birth_date"] = pd.Timestamp("1958-01-01") + pd.to_timedelta(days, unit="D")
    frame["sex"] = rng.choice(["F", "M"], count)
    frame["ssn_last4"] = [f"{n:04d}" for n in rng.integers(0, 10000, count)]
    frame["zip"] = [f"{n:05d}" for n in 10000 + rng.integers(0, max(count // 40, 10), count)]
    frame["street"] = [
        f"{n} {s} ST"
        for n, s in zip(rng.integers(1, 2000, count), _surnames(rng, 4000)[rng.integers(0, 3000, count)], strict=True)
    ]
    frame["city"] = "CITY " + frame["zip"].str[:4]
    frame["state"] = np.where(frame["person"] % 2 == 0, "OH", "PA")
    frame["email"] = "p" + frame["person"].astype(str) + "@example.org"
    # Twins and parents of the same name, next to one another in the frame.
    twin = np.arange(0, count - 1, 61)
    for column in ("last_name", "birth_date", "zip", "street", "city", "state"):
        frame.loc[twin + 1, column] = frame.loc[twin, column].to_numpy()
    junior = np.arange(30, count - 1, 83)
    for column in ("first_name", "last_name", "sex", "zip", "street", "city", "state"):
        frame.loc[junior + 1, column] = frame.loc[junior, column].to_numpy()
    frame.loc[junior + 1, "birth_date"] = frame.loc[junior, "birth_date"].to_numpy() + pd.Timedelta(days=9500)
    return frame


def _noise(rng: np.random.Generator, base: pd.DataFrame, level: float) -> pd.DataFrame:
    """Errors as feeds show them, scaled by ``level``."""
    out = base.copy()
    count = len(out)
    nicknames = pd.DataFrame(nickname_rows(), columns=["name", "formal"]).query("name != formal")
    one = nicknames.groupby("formal")["name"].first()
    use = rng.random(count) < 0.05 * level
    out["first_name"] = np.where(use, out["first_name"].map(one).fillna(out["first_name"]), out["first_name"])
    out["first_name"] = _typo(rng, out["first_name"], 0.02 * level)
    married = (rng.random(count) < 0.03 * level) & (out["sex"] == "F").to_numpy()
    out["previous_last_name"] = np.where(married & (rng.random(count) < 0.5), out["last_name"], None)
    out["last_name"] = np.where(married, out["maiden"], out["last_name"])
    out["last_name"] = _typo(rng, out["last_name"], 0.02 * level)
    swap = rng.random(count) < 0.005 * level
    out.loc[swap, ["first_name", "last_name"]] = out.loc[swap, ["last_name", "first_name"]].to_numpy()
    date = out["birth_date"]
    kind = rng.random(count)
    flipped = pd.to_datetime(date.dt.strftime("%Y-%d-%m"), format="%Y-%m-%d", errors="coerce")
    date = date.where(kind > 0.005 * level, flipped.fillna(date))
    date = date.where((kind < 0.005 * level) | (kind > 0.015 * level), date + pd.DateOffset(days=10))
    out["birth_date"] = date.where(rng.random(count) > 0.06 * level)
    out["middle_name"] = np.where(rng.random(count) < 0.5, out["middle_name"].str[:1], out["middle_name"])
    for column, missing in (("middle_name", 0.4), ("ssn_last4", 0.5), ("sex", 0.2), ("email", 0.6)):
        out[column] = out[column].where(rng.random(count) > missing)
    gone = rng.random(count) < 0.4
    out.loc[gone, ["street", "zip", "city", "state"]] = None
    out["name_suffix"] = None
    return out.drop(columns=["maiden"])


def make_world(people: int = 6000, learners: int = 1200, seed: int = 7, level: float = 1.0) -> World:
    """Draw a world: nine tenths of the people are students, all of them reference persons, some of them learners."""
    rng = np.random.default_rng(seed)
    everybody = _people(rng, people)
    clean = _noise(rng, everybody, 0.2)
    students = clean[rng.random(people) < 0.9].copy()
    students["student_id"] = [f"S{n:07d}" for n in rng.permutation(len(students))]
    students["ferpa_block"] = rng.random(len(students)) < 0.01
    chosen = np.sort(rng.choice(people, learners, replace=False))
    several = np.repeat(chosen, rng.choice([1, 2, 3], learners, p=[0.6, 0.3, 0.1]))
    profiles = _noise(rng, everybody.loc[several].reset_index(drop=True), level)
    profiles["profile_id"] = [f"P{n:016x}" for n in rng.permutation(len(profiles))]
    profiles["certifier"] = rng.choice(["mssc", "nims", "acme"], len(profiles))
    profiles["person_ref"] = np.where(profiles["certifier"] == "nims", "N" + profiles["person"].astype(str), None)
    profiles["phone"] = None
    profiles["records"] = 1
    credentials = profiles[["certifier", "profile_id", "person"]].copy()
    credentials["record_id"] = [f"R{n:06d}" for n in range(len(credentials))]
    credentials["event"] = "award"
    credentials["event_date"] = pd.Timestamp("2012-05-01")
    credentials["blocked"] = rng.random(len(credentials)) < 0.01
    again = _noise(rng, everybody, 0.3)
    reference = pd.concat([everybody.drop(columns=["maiden"]), again[rng.random(people) < 0.3]], ignore_index=True)
    reference["person_key"] = [f"K{n:07d}" for n in reference["person"]]
    reference["alternate_last_name"] = reference["previous_last_name"]
    reference["death_date"] = pd.Series(pd.NaT, index=reference.index)
    reference["race"], reference["ethnicity"] = "unknown", "unknown"
    return World(everybody, students, profiles, credentials, reference)


def put(con: Connection, table: str, frame: pd.DataFrame, columns: dict[str, str], shuffle: int | None = None) -> None:
    """Create a table out of the frame with typed columns, in another row order if ``shuffle`` is given."""
    order = frame.sample(frac=1.0, random_state=shuffle) if shuffle is not None else frame
    made = pd.DataFrame({name: order.get(name) for name in columns}, index=order.index)
    con.register("frame_to_put", made)
    cast = ", ".join(f"CAST({name} AS {kind}) AS {name}" for name, kind in columns.items())
    con.execute(f"CREATE SCHEMA IF NOT EXISTS {table.split('.')[0]}")
    con.execute(f"CREATE OR REPLACE TABLE {table} AS SELECT {cast} FROM frame_to_put")
    con.unregister("frame_to_put")


_PERSON = dict.fromkeys(("first_name", "middle_name", "last_name", "name_suffix", "previous_last_name"), "VARCHAR") | {
    "birth_date": "DATE"
}
_PLACE = dict.fromkeys(("street", "city", "state", "zip"), "VARCHAR")
STUDENTS = {"student_id": "VARCHAR", **_PERSON, "sex": "VARCHAR", "ssn_last4": "VARCHAR", "email": "VARCHAR", **_PLACE}
STUDENTS |= {"ferpa_block": "BOOLEAN"}
PROFILES = {"profile_id": "VARCHAR", "certifier": "VARCHAR", "person_ref": "VARCHAR", **_PERSON, "sex": "VARCHAR"}
PROFILES |= {"ssn_last4": "VARCHAR", "email": "VARCHAR", "phone": "VARCHAR", **_PLACE, "records": "BIGINT"}
CREDENTIALS = dict.fromkeys(
    ("certifier", "record_id", "delivery", "profile_id", "credential_code", "credential_title", "event", "result"),
    "VARCHAR",
) | {"event_date": "DATE", "expiration_date": "DATE"}
CREDENTIALS |= dict.fromkeys(("training_provider", "provider_opeid", "training_setting"), "VARCHAR")
CREDENTIALS |= {"blocked": "BOOLEAN"}
BLOCKS = {
    "certifier": "VARCHAR",
    "delivery": "VARCHAR",
    "line": "INTEGER",
    "record_id": "VARCHAR",
    "person_ref": "VARCHAR",
}
BLOCKS |= {
    "first_name": "VARCHAR",
    "last_name": "VARCHAR",
    "birth_date": "DATE",
    "reason_code": "VARCHAR",
    "since": "DATE",
}
DUPLICATES = REGISTRY.table("duplicate_students").schema
ANSWERS = REGISTRY.table("student_tracker_answers").schema
REFERENCE = dict.fromkeys(("person_key", "first_name", "middle_name", "last_name", "alternate_last_name"), "VARCHAR")
REFERENCE |= {"birth_date": "DATE", "death_date": "DATE", "sex": "VARCHAR", "race": "VARCHAR", "ethnicity": "VARCHAR"}
REFERENCE |= _PLACE


def put_feeds(con: Connection, world: World, shuffle: int | None = None) -> None:
    """Make the input tables of linked_records."""
    put(con, "education_registry.persons", world.students, STUDENTS, shuffle)
    make_index(con, "education_registry.persons", "education_registry.person_index", id_column="student_id")
    put(con, "education_registry.duplicate_students", world.students.iloc[:0], DUPLICATES)
    put(con, "education_registry.student_tracker_answers", world.students.iloc[:0], ANSWERS)
    put(con, "cleaned_learners.profiles", world.profiles, PROFILES, shuffle)
    put(con, "cleaned_learners.credentials", world.credentials, CREDENTIALS, shuffle)
    blocked = world.credentials[world.credentials["blocked"].astype(bool)]
    named = blocked.merge(
        world.profiles[["profile_id", *BLOCKS.keys() & set(world.profiles) - {"certifier"}]], on="profile_id"
    )
    put(con, "cleaned_learners.blocks", named, BLOCKS, shuffle)


def put_extract(con: Connection, world: World, shuffle: int | None = None) -> None:
    """Make the input tables of person_keys: one extract row per profile's person."""
    learners = world.profiles.drop_duplicates("person").copy()
    learners["row_id"] = "T" + learners["profile_id"].str[1:]
    credentials = world.credentials.merge(learners[["person", "row_id"]], on="person")
    learners["link_probability"] = None
    columns = {"row_id": "VARCHAR", **_PERSON, "sex": "VARCHAR", **_PLACE, "link_probability": "DOUBLE"}
    put(con, "accepted_extract.learners", learners, columns, shuffle)
    columns = {"row_id": "VARCHAR", **dict.fromkeys(("certifier", "credential_code", "event", "result"), "VARCHAR")}
    columns |= {"event_date": "DATE", "training_setting": "VARCHAR", "provider_opeid": "VARCHAR"}
    put(con, "accepted_extract.credentials", credentials, columns, shuffle)
    con.execute(
        "CREATE OR REPLACE TABLE accepted_extract.enrollments AS SELECT row_id, '' AS opeid, 'public_2yr' AS sector, true AS credit, "
        "true AS degree_seeking, DATE '2011-09-01' AS begin_date, DATE '2011-12-20' AS end_date "
        "FROM accepted_extract.learners"
    )
    con.execute(
        "CREATE OR REPLACE TABLE accepted_extract.degrees (row_id VARCHAR, opeid VARCHAR, degree_date DATE, degree_level VARCHAR, "
        "cip VARCHAR)"
    )
    con.execute(
        "CREATE OR REPLACE TABLE accepted_extract.coverage AS SELECT 'reported' AS reason, count(*) + 3 AS learners "
        "FROM accepted_extract.learners UNION ALL SELECT 'opted_out', 2 UNION ALL SELECT 'ferpa_blocked', 1 "
        "UNION ALL SELECT 'extracted', count(*) FROM accepted_extract.learners"
    )
    put(con, "reference_population.persons", world.reference, REFERENCE, shuffle)
