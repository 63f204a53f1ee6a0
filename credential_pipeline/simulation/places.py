"""Homes: a number and street in a real city, state and ZIP code, weighted by who lives there (see data/SOURCES.md)."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from credential_pipeline.simulation.arrays import Bools, Floats, Ints, Texts, decimals, grouped_pick, join, pick, texts
from credential_pipeline.simulation.names import ORIGINS, read, tables

_STREETS = [
    "Main",
    "Church",
    "Oak",
    "Park",
    "Pine",
    "Maple",
    "Cedar",
    "Elm",
    "View",
    "Washington",
    "Lake",
    "Hill",
    "Walnut",
    "Spring",
    "North",
    "Ridge",
    "Lincoln",
    "Sunset",
    "Jackson",
    "Cherry",
    "Franklin",
    "Highland",
    "River",
    "Meadow",
    "Forest",
    "Chestnut",
    "Mill",
    "Center",
    "Jefferson",
    "Adams",
    "Willow",
    "Railroad",
    "Madison",
    "School",
    "Dogwood",
    "Hickory",
    "Poplar",
    "Locust",
    "College",
    "Valley",
    "Prospect",
    "Spruce",
    "Birch",
    "Union",
    "Broad",
    "Water",
    "Grove",
    "Market",
    "Front",
    "Academy",
    "Harrison",
    "Monroe",
    "Clinton",
    "Summit",
    "Grant",
    "Pearl",
    "Mulberry",
    "Liberty",
    "Delaware",
    "Vine",
    "Sycamore",
    "Magnolia",
    "Laurel",
    "Holly",
    "Orchard",
    "Bridge",
    "Canal",
    "Factory",
    "Industrial",
    "Commerce",
    "Pleasant",
    "Fairview",
    "Woodland",
    "Riverside",
    "Greenwood",
    "Lakeview",
    "Eastern",
    "Western",
    "Southern",
    "Northern",
    "Hillcrest",
    "Brookside",
    "Colonial",
    "Heritage",
    "Charles",
    "William",
    "George",
    "Henry",
    "Edward",
    "James",
    "John",
]
_ENDINGS = {1: "st", 2: "nd", 3: "rd"}
_TYPES = ("Street", "Avenue", "Road", "Drive", "Lane", "Court", "Boulevard", "Circle", "Place", "Way")
_TYPE_WEIGHTS = (30.0, 20.0, 16.0, 14.0, 8.0, 5.0, 3.0, 2.0, 1.0, 1.0)
#: Street type in full to its postal abbreviation.
ABBREVIATIONS = dict(zip(_TYPES, ("St", "Ave", "Rd", "Dr", "Ln", "Ct", "Blvd", "Cir", "Pl", "Way"), strict=True))
_STREETS_PER_PLACE = 60


@dataclass(frozen=True)
class PlaceTable:
    """ZIP areas sorted by state: text columns [n], weights [origin, n], state codes and index ranges by state."""

    zips: Texts
    cities: Texts
    states: Texts
    weights: Floats
    state_names: tuple[str, ...]
    state_of: Ints
    bounds: Ints


@cache
def places() -> PlaceTable:
    """Read the shipped table once."""
    rows = sorted(read("places.csv"), key=lambda row: (row["state"], row["zip"]))
    names = tuple(sorted({row["state"] for row in rows}))
    state_of = np.array([names.index(row["state"]) for row in rows], dtype=np.int64)
    return PlaceTable(
        zips=texts(row["zip"] for row in rows),
        cities=texts(row["city"] for row in rows),
        states=texts(row["state"] for row in rows),
        weights=np.array([[float(row[origin]) + 0.5 for row in rows] for origin in ORIGINS]),
        state_names=names,
        state_of=state_of,
        bounds=np.searchsorted(state_of, np.arange(len(names) + 1)).astype(np.int64),
    )


@cache
def _street_names() -> Texts:
    known = [name.title() for name in tables().surnames[:300]]
    ordinals = [f"{number}{_ENDINGS.get(number % 10, 'th')}" for number in range(20, 100)]
    return texts(_STREETS + ordinals + known)


@cache
def _spaced_names() -> Texts:
    return join(" ", _street_names())


@dataclass(frozen=True)
class Homes:
    """Addresses by number: house number, street name, street type, flat (0 = none) and ZIP area, each [n]."""

    number: Ints
    street: Ints
    kind: Ints
    flat: Ints
    place: Ints

    def state(self, index: Ints) -> Ints:
        """Code of the state of each address."""
        return places().state_of[self.place[index]]

    def text(self, index: Ints, short: Bools) -> dict[str, Texts]:
        """Columns street, city, state and zip of the addresses; ``short``: with the street type abbreviated."""
        place = self.place[index]
        kinds = texts([f" {kind}" for kind in (*ABBREVIATIONS, *ABBREVIATIONS.values())])
        street = join(decimals(self.number[index]), _spaced_names()[self.street[index]])
        street = street + kinds[self.kind[index] + len(ABBREVIATIONS) * short]
        flats = np.flatnonzero(self.flat[index] > 0)
        street[flats] = join(street[flats], " Apt ", decimals(self.flat[index][flats]))
        table = places()
        return {
            "street": street,
            "city": table.cities[place],
            "state": table.states[place],
            "zip": table.zips[place],
        }


def build_homes(rng: np.random.Generator, place: Ints, in_flats: float) -> Homes:
    """One address in each of the ZIP areas; every ZIP area has its own few dozen streets."""
    size = len(place)
    street = (place * 7919 + rng.integers(0, _STREETS_PER_PLACE, size) ** 2 * 31) % len(_street_names())
    return Homes(
        number=rng.geometric(1 / 900, size).astype(np.int64) + 1,
        street=street.astype(np.int64),
        kind=pick(rng, _TYPE_WEIGHTS, size),
        flat=np.where(rng.random(size) < in_flats, rng.integers(1, 60, size), 0).astype(np.int64),
        place=place,
    )


def draw_places(rng: np.random.Generator, origin: Ints) -> Ints:
    """A ZIP area for each origin code."""
    table = places()
    drawn = np.zeros(len(origin), dtype=np.int64)
    for code in range(len(ORIGINS)):
        who = np.flatnonzero(origin == code)
        drawn[who] = pick(rng, table.weights[code], len(who))
    return drawn


def move(rng: np.random.Generator, place: Ints, near: float) -> Ints:
    """A new ZIP area for each: within the state with probability ``near``, anywhere otherwise."""
    table = places()
    cumulative = np.cumsum(table.weights.sum(axis=0))
    state = table.state_of[place]
    state = np.where(
        rng.random(len(place)) < near, state, table.state_of[pick(rng, table.weights.sum(axis=0), len(place))]
    )
    return grouped_pick(rng.random(len(place)), cumulative, table.bounds[state], table.bounds[state + 1])
