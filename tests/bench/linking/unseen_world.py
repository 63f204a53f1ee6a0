"""A home, a registry folder and the truth of a world that the product has never seen, through the public interfaces only.

Belongs here: the variants, and the files of one world. Not here: running the product on it and scoring (unseen.py).
"""

import csv
import datetime
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tests.bench.linking.population import Country, Person, people
from tests.bench.linking.reports import Habits, Row, known_as, report

INDUSTRY = "trades"
_PERSONS = [
    "student_id",
    "first_name",
    "middle_name",
    "last_name",
    "name_suffix",
    "previous_last_name",
    "birth_date",
    "sex",
    "ssn_last4",
    "email",
    "street",
    "city",
    "state",
    "zip",
    "ferpa_block",
]
_ENROLLMENTS = [
    "student_id",
    "opeid",
    "institution",
    "institution_state",
    "sector",
    "credit",
    "degree_seeking",
    "begin_date",
    "end_date",
    "status",
    "cip",
]
_DEGREES = ["student_id", "opeid", "institution", "degree_date", "degree_title", "degree_level", "cip"]
_TRUTH = ["certifier", "record_id", "person_id", "student_id", "household", "notes"]
_PLACE = ("street", "city", "state", "zip")


@dataclass(frozen=True)
class Variant:
    """One kind of world.

    Attributes:
        feed: Habits of the certifiers.
        registry: Habits of the registry.
        seed: Of its country and of all chance.
        absent: Share of the people who have no row in the registry.
        changes: Share of those who change their name of whom the sides hold different surnames.
        heavy: Held to the floor for heavy noise.
    """

    feed: Habits
    registry: Habits
    seed: int
    absent: float = 0.3
    changes: float = 0.05
    heavy: bool = False


_CALM = Habits()
_REGISTRY = replace(_CALM, nickname=0.015, no_birth_date=0.01, middle=0.6, half_surname=0.05)
_PLACED = replace(_CALM, address=0.55, sex=0.7)
_PLACED_REGISTRY = replace(_REGISTRY, address=0.8, sex=0.8, no_birth_date=0.03)
_DIGITS = replace(_PLACED, digits=0.35, no_birth_date=0.07)
_DIGITS_REGISTRY = replace(_PLACED_REGISTRY, digits=0.6)
_HEAVY = replace(
    _DIGITS,
    nickname=0.2,
    typo=0.06,
    respelled=0.03,
    initial=0.02,
    middle_used=0.02,
    swapped=0.02,
    half_surname=0.4,
    no_birth_date=0.1,
    wrong_date=0.06,
    wrong_digits=0.03,
)
_MILD = replace(
    _DIGITS, nickname=0.02, typo=0.005, half_surname=0.05, no_birth_date=0.015, middle_used=0.001, wrong_date=0.005
)
_MILD_REGISTRY = replace(_DIGITS_REGISTRY, nickname=0.005, no_birth_date=0.005)

VARIANTS: dict[str, Variant] = {
    "mild": Variant(_MILD, _MILD_REGISTRY, seed=106, absent=0.2, changes=0.02),
    "names": Variant(_CALM, _REGISTRY, seed=101),
    "address": Variant(_PLACED, _PLACED_REGISTRY, seed=102),
    "digits": Variant(_DIGITS, _DIGITS_REGISTRY, seed=103, absent=0.4),
    "previous": Variant(
        replace(_PLACED, previous=0.7), replace(_PLACED_REGISTRY, previous=0.3), seed=104, absent=0.2, changes=0.4
    ),
    "heavy": Variant(_HEAVY, replace(_DIGITS_REGISTRY, typo=0.01, wrong_date=0.01), seed=105, changes=0.4, heavy=True),
}


@dataclass(frozen=True)
class Layout:
    """How a certifier writes its feed.

    Attributes:
        name: The certifier.
        columns: Canonical field -> its column.
        recipes: Canonical field -> its recipe in the YAML, where it needs one.
        date: How it writes dates.
        whole_name: First, middle and last name are one column.
    """

    name: str
    columns: Mapping[str, str]
    recipes: Mapping[str, str]
    date: str
    whole_name: bool = False


_ALL = [
    "record_id",
    "first_name",
    "middle_name",
    "last_name",
    "name_suffix",
    "previous_last_name",
    "birth_date",
    "sex",
    "ssn_last4",
    "street",
    "city",
    "state",
    "zip",
    "credential_code",
    "event_date",
]
LAYOUTS = (
    Layout("guild", {name: name for name in _ALL}, {}, "%Y-%m-%d"),
    Layout(
        "board",
        {
            name: name.replace("_", " ").title()
            for name in _ALL
            if name not in ("first_name", "middle_name", "last_name")
        },
        {"sex": "[{map: {M: M, F: F}}]"},
        "%m/%d/%Y",
        whole_name=True,
    ),
)


def make(folder: Path, variant: Variant, students: int, rows: int) -> None:
    """Write ``home/``, ``registry/`` and ``truth.csv`` of one world.

    Args:
        folder: Where.
        variant: What kind of world.
        students: About so many rows in the registry.
        rows: At least so many rows in the feeds.
    """
    country = Country(variant.seed)
    chance = random.Random(variant.seed * 7919)
    everybody = people(country, int(students / (1 - variant.absent)))
    inside = {person.number for person in everybody if chance.random() >= variant.absent}
    changed = {person.number for person in everybody if person.before and chance.random() < variant.changes}
    ids = dict(zip(sorted(inside), chance.sample(range(10_000_000, 99_999_999), len(inside)), strict=True))
    registry: list[Row] = []
    registry_notes: dict[int, frozenset[str]] = {}
    for person in everybody:
        if person.number in ids:
            # Before the marriage if the sides differ, after it otherwise.
            later = person.number not in changed
            seen = known_as(person, variant.registry, country.names, chance, later=later, changed=False)
            row, registry_notes[person.number] = report(person, seen, variant.registry, chance, later=False)
            registry.append({"student_id": str(ids[person.number]), "ferpa_block": "N", **row})
    feeds, truth = _feeds(country, variant, _sample(everybody, rows, chance), changed, ids, registry_notes, chance)
    chance.shuffle(registry)
    _write_home(folder / "home", registry, feeds)
    _write_registry(folder / "registry", variant)
    _write(folder / "truth.csv", _TRUTH, truth)


def _sample(everybody: list[Person], rows: int, chance: random.Random) -> list[tuple[Person, int]]:
    """People and how many rows each has in the feeds; the relatives of the chosen are chosen more often."""
    order = list(everybody)
    chance.shuffle(order)
    drawn: list[tuple[Person, int]] = []
    total = 0
    for person in order:
        if total >= rows:
            break
        times = chance.choice((1, 1, 1, 1, 1, 1, 2, 2, 2, 3))
        drawn.append((person, times))
        total += times
    return drawn


def _feeds(
    country: Country,
    variant: Variant,
    drawn: Iterable[tuple[Person, int]],
    changed: set[int],
    ids: Mapping[int, int],
    registry_notes: Mapping[int, frozenset[str]],
    chance: random.Random,
) -> tuple[dict[str, list[Row]], list[Row]]:
    feeds: dict[str, list[Row]] = {layout.name: [] for layout in LAYOUTS}
    truth: list[Row] = []
    for person, times in drawn:
        seen = known_as(person, variant.feed, country.names, chance, later=True, changed=person.number in changed)
        for _ in range(times):
            layout = chance.choice(LAYOUTS)
            row, notes = report(person, seen, variant.feed, chance, later=True)
            day = datetime.date(2012, 1, 1) + datetime.timedelta(days=chance.randrange(3000))
            record_id = f"{layout.name[0].upper()}{chance.getrandbits(40):011x}"
            row |= {"record_id": record_id, "credential_code": chance.choice("ABC"), "event_date": day.isoformat()}
            feeds[layout.name].append(_laid_out(row, layout))
            differs = notes | {f"registry_{note}" for note in registry_notes.get(person.number, ())} | person.kin
            truth.append(
                {
                    "certifier": layout.name,
                    "record_id": record_id,
                    "person_id": str(person.number),
                    "student_id": str(ids.get(person.number, "")),
                    "household": str(person.household),
                    "notes": " ".join(sorted(differs)),
                }
            )
    for rows in feeds.values():
        chance.shuffle(rows)
    return feeds, truth


def _laid_out(row: Row, layout: Layout) -> Row:
    dated = {
        name: datetime.date.fromisoformat(row[name]).strftime(layout.date) if row[name] else ""
        for name in ("birth_date", "event_date")
    }
    made = {column: (row | dated)[name] for name, column in layout.columns.items()}
    if layout.whole_name:
        made["Name"] = f"{row['last_name']}, {row['first_name']} {row['middle_name']}".strip()
    return made


def _write_home(home: Path, registry: list[Row], feeds: Mapping[str, list[Row]]) -> None:
    for certifier, rows in feeds.items():
        _write(home / "clearinghouse" / "inbox" / INDUSTRY / certifier / "all.csv", list(rows[0]), rows)
    education = home / "clearinghouse" / "education"
    _write(education / "persons" / "persons.csv", _PERSONS, registry)
    school = {
        "opeid": "00100200",
        "institution": "Example College",
        "institution_state": "OH",
        "sector": "public_2yr",
        "credit": "Y",
        "degree_seeking": "Y",
        "begin_date": "2010-09-01",
        "end_date": "2011-05-31",
        "status": "F",
        "cip": "480501",
        "degree_date": "2011-06-01",
        "degree_title": "Certificate",
        "degree_level": "certificate",
    }
    some = [school | {"student_id": row["student_id"]} for row in registry[::10]]
    _write(education / "enrollments" / "enrollments.csv", _ENROLLMENTS, some)
    _write(education / "degrees" / "degrees.csv", _DEGREES, some[::2])


def _write_registry(folder: Path, variant: Variant) -> None:
    """One YAML for the industry and one for each certifier, with the fields that the variant's feeds hold."""
    lacking = {
        *(_PLACE if not variant.feed.address else ()),
        *(("ssn_last4",) if not variant.feed.digits else ()),
        *(("previous_last_name",) if not variant.feed.previous else ()),
        *(("sex",) if not variant.feed.sex else ()),
    }
    (folder / "industries").mkdir(parents=True, exist_ok=True)
    (folder / "certifiers").mkdir(parents=True, exist_ok=True)
    names = ", ".join(layout.name for layout in LAYOUTS)
    industry = f'industry: {INDUSTRY}\nname: Trades\nnaics: ["23"]\ncertifiers: [{names}]\n'
    (folder / "industries" / f"{INDUSTRY}.yml").write_text(industry)
    for layout in LAYOUTS:
        lines = [f"certifier: {layout.name}", f"name: The {layout.name}", "columns:"]
        ignored = [column for name, column in layout.columns.items() if name in lacking]
        for name, column in layout.columns.items():
            if name not in lacking:
                recipe = layout.recipes.get(name)
                if name.endswith("_date"):
                    recipe = f'[{{parse_date: "{layout.date}"}}]'
                lines.append(f"  {name}: {{from: {column}{f', recipe: {recipe}' if recipe else ''}}}")
        if layout.whole_name:
            for name in ("first", "middle", "last"):
                part = f'{{layout: "Last, First Middle", part: {name}}}'
                lines.append(f"  {name}_name: {{from: Name, recipe: [{{name_part: {part}}}]}}")
        lines += [f"absent: [{', '.join(sorted(lacking))}]", f"ignored: [{', '.join(ignored)}]"]
        (folder / "certifiers" / f"{layout.name}.yml").write_text("\n".join(lines) + "\n")


def _write(path: Path, columns: list[str], rows: Iterable[Row]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, restval="", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
