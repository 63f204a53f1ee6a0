"""A registry of any size and the learners to be linked to it, as the tables that the linking step reads, with the truth.

Made in SQL from hashes of the person's number, so that a hundred million students need minutes and little memory, and
so that the same sizes always give the same files. Not here: running the linkage (scale.py).

Folder: ``education_registry/persons.parquet``, ``cleaned_learners/{profiles,credentials}.parquet`` (columns of the contracts, sorted
by their keys) and ``truth.parquet`` (profile_id, student_id or NULL).
"""

import datetime
import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from credential_pipeline.foundation.contracts import SNAPSHOTS
from credential_pipeline.foundation.storage.engine import Connection, connect
from tests.bench.linking import noise
from tests.bench.linking.names import first_rank_sql, names, surname_rank_sql

LEARNERS = 119_000
IN_REGISTRY = 0.7
CHUNK = 1_000_000
PLACES = 30_000
STREETS = 3_000
_STATES = [
    "CA",
    "TX",
    "FL",
    "NY",
    "PA",
    "IL",
    "OH",
    "GA",
    "NC",
    "MI",
    "NJ",
    "VA",
    "WA",
    "AZ",
    "TN",
    "MA",
    "IN",
    "MO",
    "MD",
    "WI",
    "CO",
    "MN",
    "SC",
    "AL",
    "LA",
    "KY",
    "OR",
    "OK",
    "CT",
    "UT",
    "IA",
    "NV",
    "AR",
    "MS",
    "KS",
    "NM",
    "NE",
    "ID",
    "WV",
    "HI",
    "NH",
    "ME",
    "MT",
    "RI",
    "DE",
    "SD",
    "ND",
    "AK",
    "VT",
    "WY",
]
_TYPES = ["ST", "AVE", "RD", "DR", "LN", "CT", "BLVD", "WAY", "PL", "CIR"]


def make(folder: Path, students: int, learners: int = LEARNERS) -> None:
    """Write the world of one size.

    Args:
        folder: Where; made if missing.
        students: Rows of the registry.
        learners: Learners, of whom :data:`IN_REGISTRY` have a row in the registry.
    """
    for name in ("education_registry", "cleaned_learners"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    with connect() as con:
        _dimensions(con)
        _write_persons(con, folder / "education_registry" / "persons.parquet", students)
        _write_learners(con, folder, students, learners)


def _write_persons(con: Connection, path: Path, students: int) -> None:
    """Write the registry stretch by stretch, each in the order of its ids: little memory, and always the same bytes."""
    columns = ", ".join(SNAPSHOTS["education_registry"].table("persons").column_names)
    writer: pq.ParquetWriter | None = None
    for first in range(0, students, CHUNK):
        stretch = f"range({first}, {min(first + CHUNK, students)})"
        rows = con.sql(f"SELECT {columns} FROM ({_people(stretch)}) ORDER BY student_id").to_arrow_table()
        writer = writer or pq.ParquetWriter(path, rows.schema, compression="zstd")
        writer.write_table(rows, row_group_size=122_880)
    if writer:
        writer.close()


def _share(what: str, of: str = "i") -> str:
    """A number in [0, 1) that depends on the person (or household) and on what it is for."""
    return f"({_hash(what, of)} >> 11)::DOUBLE / 9007199254740992.0"


def _hash(what: str, of: str = "i") -> str:
    # A hash of two values is a weak mixture of their hashes; the second hash makes different purposes independent.
    return f"hash(hash({of}, '{what}'))"


def _dimensions(con: Connection) -> None:
    """Names, streets and places as tables from rank to value."""
    known = names()
    chance = random.Random(11)
    common = known.surnames[:20_000]
    tables = {
        "surname": [name.upper() for name in known.surnames],
        "female": [name.upper() for name in known.female],
        "male": [name.upper() for name in known.male],
        "road": [f"{chance.choice(common).upper()} {chance.choice(_TYPES)}" for _ in range(STREETS)],
    }
    for name, values in tables.items():
        _dimension(con, name, {"value": values})
    rare = known.surnames[300:]
    towns = [
        chance.choice(rare).upper() + chance.choice(("VILLE", "TON", " CITY", " FALLS")) for _ in range(PLACES // 4)
    ]
    # Populous states come first in the list and have more places.
    states = [_STATES[int(len(_STATES) * chance.random() ** 2)] for _ in range(PLACES // 4)]
    _dimension(
        con,
        "place",
        {
            "city": [towns[i // 4] for i in range(PLACES)],
            "state": [states[i // 4] for i in range(PLACES)],
            "zip": [f"{1001 + 3 * i:05d}" for i in range(PLACES)],
        },
    )


def _dimension(con: Connection, name: str, columns: dict[str, list[str]]) -> None:
    """A table from rank to value."""
    rows = len(next(iter(columns.values())))
    frame = pa.table({"rank": pa.array(range(rows), pa.int32()), **columns})
    con.register("tmp_frame", frame)
    con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM tmp_frame")
    con.unregister("tmp_frame")


def _people(numbers: str) -> str:
    """SQL: the students of these numbers, in that order; three neighbours in number live in one household."""
    known = names()
    home = "i // 3"
    family = f"CASE WHEN {_share('kin')} < 0.6 THEN {_share('family', home)} ELSE {_share('last')} END"
    first_of = {sex: first_rank_sql(_share("first"), len(getattr(known, sex))) for sex in ("female", "male")}
    middle_of = {sex: first_rank_sql(_share("middle"), len(getattr(known, sex))) for sex in ("female", "male")}
    return f"""
        WITH drawn AS (
            SELECT 'S' || lpad(i::VARCHAR, 9, '0') AS student_id, {_share("sex")} < 0.5 AS woman,
                   CASE WHEN woman THEN {first_of["female"]} ELSE {first_of["male"]} END AS first,
                   CASE WHEN woman THEN {middle_of["female"]} ELSE {middle_of["male"]} END AS middle,
                   {_share("has_middle")} AS has_middle,
                   {surname_rank_sql(family, len(known.surnames))} AS last,
                   {surname_rank_sql(_share("before"), len(known.surnames))} AS before,
                   {_share("has_before")} AS has_before,
                   -- One household in a hundred has twins: its members share the day.
                   CASE WHEN {_share("twins", home)} < 0.01 THEN {_share("born", home)} ELSE {_share("born")} END AS born,
                   {_share("has_born")} AS has_born, {_share("has_sex")} AS has_sex, {_share("suffix")} AS suffix,
                   ({_hash("digits")} % 9998 + 1)::INTEGER AS digits, {_share("has_digits")} AS has_digits,
                   ({_hash("house", home)} % 9899 + 100)::INTEGER AS house,
                   ({_hash("road", home)} % {STREETS})::INTEGER AS road,
                   least(floor({PLACES} * pow({_share("place", home)}, 2))::INTEGER, {PLACES - 1}) AS place,
                   {_share("has_address")} AS has_address,
                   {_share("ferpa")} AS ferpa
            FROM {numbers} t(i))
        SELECT d.student_id, CASE WHEN woman THEN f.value ELSE m.value END AS first_name,
               CASE WHEN has_middle < 0.35 THEN CASE WHEN woman THEN fm.value ELSE mm.value END
                    WHEN has_middle < 0.65 THEN substr(CASE WHEN woman THEN fm.value ELSE mm.value END, 1, 1) END AS middle_name,
               s.value AS last_name,
               CASE WHEN NOT woman AND suffix < 0.015 THEN 'JR' WHEN NOT woman AND suffix < 0.02 THEN 'III' END AS name_suffix,
               CASE WHEN woman AND has_before < 0.06 THEN b.value END AS previous_last_name,
               CASE WHEN has_born < 0.97 THEN DATE '1936-01-01' + floor(born * 25567)::INTEGER END AS birth_date,
               CASE WHEN has_sex < 0.8 THEN CASE WHEN woman THEN 'F' ELSE 'M' END END AS sex,
               CASE WHEN has_digits < 0.5 THEN lpad(digits::VARCHAR, 4, '0') END AS ssn_last4,
               NULL::VARCHAR AS email,
               CASE WHEN has_address < 0.8 THEN house || ' ' || road.value END AS street,
               CASE WHEN has_address < 0.85 THEN place.city END AS city,
               CASE WHEN has_address < 0.9 THEN place.state END AS state,
               CASE WHEN has_address < 0.85 THEN place.zip END AS zip,
               ferpa < 0.01 AS ferpa_block
        FROM drawn d
        JOIN female f ON f.rank = d.first JOIN male m ON m.rank = d.first
        JOIN female fm ON fm.rank = d.middle JOIN male mm ON mm.rank = d.middle
        JOIN surname s ON s.rank = d.last JOIN surname b ON b.rank = d.before
        JOIN road ON road.rank = d.road JOIN place ON place.rank = d.place
    """


def _write_learners(con: Connection, folder: Path, students: int, learners: int) -> None:
    """Draw the learners, in the registry and not, and write them as a certifier would report them."""
    known = int(learners * IN_REGISTRY)
    step = students // known
    # One student out of each stretch of the registry, so that nobody is drawn twice.
    drawn = (
        f"(SELECT CASE WHEN n < {known} THEN n * {step} + ({_hash('pick', 'n')} % {step})::BIGINT ELSE {students} + n END "
        f"FROM range({learners}) r(n))"
    )
    rows = con.sql(f"SELECT * FROM ({_people(drawn)}) ORDER BY student_id").to_arrow_table().to_pylist()
    chance = random.Random(students)
    profiles, credentials, truth = [], [], []
    for number, row in enumerate(rows):
        profile = _reported(row, chance)
        profile_id = f"P{chance.getrandbits(64):016X}"
        count = chance.choice((1, 1, 2, 3))
        profile |= {
            "profile_id": profile_id,
            "certifier": chance.choice(("alpha", "beta")),
            "person_ref": f"L{number:07d}",
            "records": count,
        }
        profiles.append(profile)
        inside = int(row["student_id"][1:]) < students
        truth.append({"profile_id": profile_id, "student_id": row["student_id"] if inside else None})
        credentials += [_award(profile, number * 3 + i, chance) for i in range(count)]
    tables = SNAPSHOTS["cleaned_learners"]
    for name, made in (("profiles", profiles), ("credentials", credentials)):
        schema = tables.table(name).schema
        _write(con, made, schema, tables.table(name).key, folder / "cleaned_learners" / f"{name}.parquet")
    _write(con, truth, {"profile_id": "VARCHAR", "student_id": "VARCHAR"}, ("profile_id",), folder / "truth.parquet")


def _reported(student: dict, chance: random.Random) -> dict:
    """What a certifier holds of the person: lightly mistaken, partly missing."""
    seen = {key: value for key, value in student.items() if key not in ("student_id", "ferpa_block")}
    _spoil_names(seen, chance)
    if seen["birth_date"] and chance.random() < 0.015:
        seen["birth_date"] = noise.wrong_date(seen["birth_date"], chance)
    if chance.random() < 0.05:
        seen["birth_date"] = None
    if seen["ssn_last4"] and chance.random() < 0.6:
        seen["ssn_last4"] = None
    if seen["ssn_last4"] and chance.random() < 0.01:
        seen["ssn_last4"] = noise.wrong_digit(seen["ssn_last4"], chance)
    if chance.random() < 0.4 or not seen["zip"]:
        seen["street"] = seen["city"] = seen["zip"] = None
    elif chance.random() < 0.3:
        road = f"{chance.choice(names().surnames[:2_000]).upper()} {chance.choice(_TYPES)}"
        seen["street"] = f"{chance.randrange(100, 9999)} {road}"
        seen["zip"] = f"{1001 + 3 * chance.randrange(PLACES):05d}"
    return seen | {"phone": None}


def _spoil_names(seen: dict, chance: random.Random) -> None:
    """Nicknames, typing errors, marriages, swaps and missing middle names, each rare."""
    short = names().nicknames.get(seen["first_name"].capitalize())
    if short and chance.random() < 0.06:
        seen["first_name"] = chance.choice(short).upper()
    for column in ("first_name", "last_name"):
        if chance.random() < 0.02:
            seen[column] = noise.typo(seen[column], chance).upper()
    if seen["sex"] == "F" and chance.random() < 0.03:
        married = chance.choice(names().surnames[:5_000]).upper()
        seen["previous_last_name"] = seen["last_name"] if chance.random() < 0.5 else None
        seen["last_name"] = f"{seen['last_name']}-{married}" if chance.random() < 0.3 else married
    if chance.random() < 0.003:
        seen["first_name"], seen["last_name"] = seen["last_name"], seen["first_name"]
    if seen["middle_name"]:
        kept = chance.random()
        seen["middle_name"] = None if kept < 0.5 else seen["middle_name"][0] if kept < 0.8 else seen["middle_name"]


def _award(profile: dict, number: int, chance: random.Random) -> dict:
    day = datetime.date(2005, 1, 1) + datetime.timedelta(days=chance.randrange(5000))
    nothing = dict.fromkeys(SNAPSHOTS["cleaned_learners"].table("credentials").column_names)
    return nothing | {
        "certifier": profile["certifier"],
        "record_id": f"R{number:08d}",
        "delivery": "all.csv",
        "profile_id": profile["profile_id"],
        "credential_code": chance.choice(("A-1", "A-2", "B-1")),
        "event": "award",
        "event_date": day,
        "blocked": False,
    }


def _write(con: Connection, rows: list[dict], schema: dict[str, str], key: tuple[str, ...], path: Path) -> None:
    """Write rows with the columns and types of a contract, sorted by the key."""
    frame = pa.Table.from_pylist([{name: row[name] for name in schema} for row in rows])
    con.register("tmp_rows", frame)
    columns = ", ".join(f"{name}::{kind} AS {name}" for name, kind in schema.items())
    ordered = con.sql(f"SELECT {columns} FROM tmp_rows ORDER BY {', '.join(key)}").to_arrow_table()
    con.unregister("tmp_rows")
    pq.write_table(ordered, path, compression="zstd")
