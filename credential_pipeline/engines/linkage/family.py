"""How often two different people of one population look like one: twins, siblings, parent and child of one name, spouses.

Fields of strangers agree by chance and one at a time; those of a family agree together. So a pair that is no match is of strangers
or of one family, and how often a person has such a relative is counted in the registry itself, pair by pair of levels of name, birth
date and address, without labels: people who share a surname and a birth date, a full name, a street. Where the registry is too small
to tell, what is typical decides. The mixture of three classes extends Fellegi and Sunter (1969), whose two classes let twins pass for
one person wherever surname, birth date and address agree. Not here: the weight against strangers (predict), which stays
Splink's, and how both come together (weighing).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from credential_pipeline.engines.linkage.blocking import FAMILY_RULES, make_pairs, usable
from credential_pipeline.engines.linkage.comparisons import comparison, comparisons
from credential_pipeline.engines.linkage.fields import BIRTH_SWAPPED, PLACE
from credential_pipeline.engines.linkage.frequencies import VALUES, make_frequencies, make_known_names
from credential_pipeline.engines.linkage.model import Model
from credential_pipeline.engines.linkage.predict import score
from credential_pipeline.engines.linkage.resolve import Floats, Ints
from credential_pipeline.engines.linkage.sql import Sql, count
from credential_pipeline.foundation.storage.relation import Relation

SAMPLE = 20_000
"""People whose relatives are looked up."""
PRIOR_PEOPLE = 1_000
"""What is typical weighs as much as so many people."""
PRIOR_PAIRS = 20.0
"""What agrees by chance weighs as much as so many pairs of relatives."""
DATES = 1_000
"""People whose birth dates are compared with one another's."""
PRIOR_DATES = 20_000.0
"""What the model knows of the dates of strangers weighs as much as so many pairs."""
ODD = 0.03
"""Usual share of people whose first name nobody else bears."""
LEAST_OF_RELATIVES = -30.0
"""Match weight below which no pair of relatives is counted. Relatives differ in digits and middle names, of which a feed may
hold none, or wrong ones, so that pairs count which no evidence of the registry would link."""

JOINT = ("name", "birth_date", "address")
"""Comparisons that agree together in families, counted jointly; the others are counted by how the names agree."""

ONE_NAME = (
    "full",
    "nickname",
    "similar_first",
    "similar_last",
    "surname",
    "swapped",
    "middle_as_first",
    "initial",
    "similar",
)

_SHARE: dict[str, Mapping[str, float]] = {
    "far": {"same_day": 0.002, "two_edits": 0.03, "same_year": 0.0, "one_edit": 0.003, "other": 0.965},
    "near": {"same_day": 0.01, "two_edits": 0.04, "same_year": 0.03, "one_edit": 0.005, "other": 0.915},
    "one": {"exact": 1.0},
    "home": {"exact": 0.7, "similar": 0.1, "zip": 0.05, "city": 0.05, "area": 0.02, "state": 0.05, "other": 0.03},
}
_KINDS: tuple[tuple[float, Mapping[str, float], str], ...] = (
    # Rate a person, how the names agree, how the birth dates agree.
    (0.012, {"last": 0.8, "similar_first": 0.08, "like_last": 0.06, "other": 0.05, "initial": 0.01}, "one"),
    (0.35, {"last": 0.85, "similar_first": 0.03, "like_last": 0.05, "other": 0.07}, "near"),
    (0.004, {"full": 0.9, "nickname": 0.05, "similar_first": 0.05}, "far"),
    (0.5, {"last": 0.85, "similar_first": 0.01, "like_last": 0.04, "other": 0.1}, "far"),
    (0.0005, {"last": 0.5, "other": 0.3, "first": 0.2}, "one"),
)
"""Twins; siblings; a parent of the same name; other parents, children and spouses; and others at home born on the same day."""


@dataclass(frozen=True)
class Families:
    """What is known of relatives in a population.

    Attributes:
        rates: Expected number of others whom a person has, by level of name, birth date and address (axes in the order of
            their levels), beyond those who agree so by chance.
        given: Comparison -> probability of its levels among relatives, by level of the name.
        people: Size of the population.
        odd: Share of those with a first name whose name nobody else bears, see ``make_known_names``.
        dates: Share of strangers at each level of the birth date, but for the exact one, which has frequencies; empty if the
            model's are as good.
    """

    rates: Floats
    given: Mapping[str, Floats]
    people: int
    odd: float
    dates: Floats = field(default_factory=lambda: np.empty(0))

    def date_gain(self, model: Model) -> Floats:
        """Bits by level of the birth date that strangers agree less often on it than a model thinks; the last place is unknown."""
        gain = np.zeros(len(comparison("birth_date").level_names) + 1)
        if len(self.dates) and "birth_date" in model.weights:
            gain[1:-1] = np.log2(shares(model, "birth_date", 1) / self.dates)[1:]
        return gain


def count_families(sql: Sql, model: Model, records: Relation, fields: Sequence[str]) -> Families:
    """Count in a population how often people have relatives who look like them.

    Args:
        sql: What executes it.
        model: A pinned model, for what agrees by chance.
        records: Record table of the population.
        fields: Fields that it holds and that are compared.
    """
    people = count(sql, records)
    sample = sql.table("sampled", f"SELECT * FROM {records} WHERE {_drawn(people)}")
    fields = [name for name in fields if name in model.weights]
    found = make_pairs(sql, sample, records, usable(FAMILY_RULES, fields))
    pairs = sql.table("relatives", f"SELECT * FROM {found.pairs} WHERE left_record <> right_record")
    frequencies = make_frequencies(sql, sample, records, model.chance(fields))
    scored = score(
        sql,
        model,
        left=sample,
        right=records,
        pairs=pairs,
        fields=fields,
        right_rows=people,
        min_weight=LEAST_OF_RELATIVES,
        frequencies=frequencies,
    )
    seen = _read(sql, scored, fields)
    known = _known(sql, sample, fields)
    dates = _dates(sql, model, sample) if "birth_date" in fields else np.empty(0)
    strangers = _strangers(sql, model, sample, frequencies, fields)
    if len(dates):
        strangers["birth_date"][1:] = dates[1:]
    odd = _odd(sql, records, sample)
    sql.drop(found.pairs, pairs, scored, sample, *frequencies.values())
    rates, share = _rates(strangers, seen, known, people, fields)
    return Families(rates, _given(model, seen, share, fields), people, odd, dates)


def usual_families(model: Model, fields: Sequence[str]) -> Families:
    """What is typical, where no population can be counted.

    Args:
        model: A pinned model.
        fields: Fields that are compared.
    """
    fields = [name for name in fields if name in model.weights]
    nobody = np.empty((0, len(fields) + 1), dtype=np.int64)
    strangers = {name: shares(model, name, 1) for name in fields}
    rates, share = _rates(strangers, nobody, 0.0, 1, fields)
    return Families(rates, _given(model, nobody, share, fields), 1, ODD)


def _drawn(people: int) -> str:
    """A condition that draws about :data:`SAMPLE` records by their ids, the same in any order and engine."""
    if people <= SAMPLE:
        return "true"
    return f"md5(id) < '{int(2**32 * SAMPLE / people):08x}'"


def _read(sql: Sql, scored: Relation, fields: Sequence[str]) -> Ints:
    """How many pairs show which codes, those left out that may be one person listed twice; the last column counts."""
    codes = [f"gamma_{name}" for name in fields]
    one = ", ".join(str(comparison("name").code(level)) for level in ONE_NAME)
    day = ", ".join(str(comparison("birth_date").code(level)) for level in ("exact", "swapped", "one_edit"))
    differ = " OR ".join(f"gamma_{name} = 0" for name in fields if name not in JOINT) or "false"
    twice = f"gamma_name IN ({one}) AND NOT ({differ})"
    if "birth_date" in fields:
        twice = f"{twice} AND gamma_birth_date IN ({day})"
    listed = ", ".join(codes)
    rows = sql.execute(
        f"SELECT {listed}, count(*) AS n FROM {scored} WHERE NOT ({twice}) GROUP BY {listed} ORDER BY {listed}"
    ).fetchall()
    return np.array(rows, dtype=np.int64).reshape(-1, len(codes) + 1)


def _known(sql: Sql, sample: Relation, fields: Sequence[str]) -> float:
    """How many of the sampled people, times the share of those whom they meet, hold all that is counted jointly."""
    held = [column for name, column in (("birth_date", "birth_ymd"), ("address", PLACE)) if name in fields]
    present = " AND ".join(f"{column} IS NOT NULL" for column in held) or "true"
    some, all_of_them = sql.execute(f"SELECT count(CASE WHEN {present} THEN 1 END), count(*) FROM {sample}").fetchall()[
        0
    ]
    return float(some) * float(some) / max(float(all_of_them), 1.0)


def _odd(sql: Sql, records: Relation, sample: Relation) -> float:
    """Share of the sampled first names that nearly nobody bears, drawn to the usual one."""
    known = make_known_names(sql, records)
    named, borne = sql.execute(
        f"SELECT count(s.first_name), count(k.known) FROM {sample} s LEFT JOIN {known} k ON k.known = s.first_name"
    ).fetchall()[0]
    sql.drop(known)
    return float((named - borne + PRIOR_PEOPLE * ODD) / (named + PRIOR_PEOPLE))


def _dates(sql: Sql, model: Model, sample: Relation) -> Floats:
    """Share of strangers at each level of the birth date: students of a few years share more of a date than everybody does."""
    item = comparison("birth_date")
    columns = ", ".join(f"{{0}}.{column} AS {column}_{{0}}" for column in ("number", "birth_date", "birth_swapped"))
    counted = dict(
        sql.execute(
            f"""
            WITH dated AS (
                SELECT row_number() OVER (ORDER BY md5(id), id) AS number, birth_ymd::VARCHAR AS birth_date,
                       {BIRTH_SWAPPED} AS birth_swapped
                FROM {sample} r WHERE birth_ymd IS NOT NULL),
            few AS (SELECT * FROM dated WHERE number <= {DATES}),
            pairs AS (SELECT {columns.format("l")}, {columns.format("r")} FROM few l JOIN few r ON l.number < r.number)
            SELECT {item.place_sql} AS place, count(*) FROM pairs GROUP BY 1 ORDER BY 1
            """
        ).fetchall()
    )
    u = shares(model, "birth_date", 1)
    counts = np.array([float(counted.get(place, 0)) for place in range(len(u))])
    return np.asarray((counts + PRIOR_DATES * u / u.sum()) / (counts.sum() + PRIOR_DATES))


def _strangers(
    sql: Sql, model: Model, sample: Relation, frequencies: Mapping[str, Relation], fields: Sequence[str]
) -> dict[str, Floats]:
    """Share of strangers at each level: the model's, where names, places and dates are as frequent as they are here."""
    made = {}
    for item in comparisons([name for name in JOINT if name in fields]):
        u = shares(model, item.name, 1)
        exact = {level.frequency: place for place, level in enumerate(item.levels) if level.is_exact}
        for place, level in enumerate(item.levels):
            if level.frequency:
                mean = sql.execute(
                    f"SELECT avg(t.frequency) FROM {sample} s JOIN {frequencies[level.frequency]} t "
                    f"ON t.value = {VALUES[level.frequency]}"
                ).fetchall()[0][0]
                usual = model.weights[item.name]
                if mean is not None:
                    # The order of a parallel sum shows in its last digits.
                    u[place] *= float(f"{mean:.9g}") / list(usual.values())[exact.get(level.frequency, place)][1]
        made[item.name] = u
    return made


def _rates(
    strangers: Mapping[str, Floats], seen: Ints, known: float, people: int, fields: Sequence[str]
) -> tuple[Floats, Floats]:
    """Rates of relatives by joint level, and which share of the pairs seen there are of relatives."""
    shape = tuple(len(comparison(name).level_names) for name in JOINT)
    counts = np.zeros(shape)
    places = [_places(seen, name, fields) for name in JOINT]
    whole = np.logical_and.reduce([place >= 0 for place in places])
    np.add.at(counts, tuple(place[whole] for place in places), seen[whole, -1])
    chance = np.ones(shape) * people
    for axis, name in enumerate(JOINT):
        if name in fields:
            chance = chance * np.reshape(strangers[name], [-1 if k == axis else 1 for k in range(3)])
    usual = _typical(shape)
    for axis, name in enumerate(JOINT):
        if name not in fields:
            usual = np.concatenate(
                [usual.sum(axis=axis, keepdims=True), np.zeros_like(usual).take(range(1, shape[axis]), axis=axis)], axis
            )
    beyond = np.maximum(counts - chance * known, 0.0)
    rates = (beyond + PRIOR_PEOPLE * usual) / (known + PRIOR_PEOPLE)
    return rates, beyond / np.maximum(counts, 1.0)


def _places(seen: Ints, name: str, fields: Sequence[str]) -> Ints:
    """Positions of the levels of a comparison; -1 where unknown, 0 where the field is not compared."""
    if name not in fields:
        return np.zeros(len(seen), dtype=np.int64)
    return positions(name, seen[:, list(fields).index(name)])


def positions(name: str, codes: Ints) -> Ints:
    """Positions of the levels of a comparison, from the strongest; -1 where unknown."""
    return np.where(codes < 0, -1, len(comparison(name).level_names) - 1 - codes)


def shares(model: Model, name: str, side: int) -> Floats:
    """The m (side 0) or u (side 1) of the levels of a comparison, from the strongest."""
    return np.array([pair[side] for pair in model.weights[name].values()])


def _typical(shape: tuple[int, ...]) -> Floats:
    """What families look like where nothing was counted."""
    made = np.zeros(shape)
    for rate, named, born in _KINDS:
        axes = [
            np.array([chosen.get(level, 0.0) for level in comparison(name).level_names])
            for name, chosen in zip(JOINT, (named, _SHARE[born], _SHARE["home"]), strict=True)
        ]
        made += rate * axes[0][:, None, None] * axes[1][None, :, None] * axes[2][None, None, :]
    return made


def _given(model: Model, seen: Ints, share: Floats, fields: Sequence[str]) -> dict[str, Floats]:
    """Probability of the levels of the other comparisons among relatives, by level of the name."""
    places = [_places(seen, name, fields) for name in JOINT]
    whole = np.logical_and.reduce([place >= 0 for place in places])
    weight = np.where(whole, seen[:, -1] * share[tuple(np.maximum(place, 0) for place in places)], 0.0)
    made = {}
    for name in fields:
        if name in JOINT:
            continue
        u = shares(model, name, 1)
        u = u / u.sum()
        counts = np.zeros((share.shape[0], len(u)))
        place = _places(seen, name, fields)
        use = whole & (place >= 0)
        np.add.at(counts, (places[0][use], place[use]), weight[use])
        # Few relatives show most levels of the name: what all of them show comes before what strangers do.
        usual = (counts.sum(axis=0) + PRIOR_PAIRS * u) / (counts.sum() + PRIOR_PAIRS)
        made[name] = (counts + PRIOR_PAIRS * usual) / (counts.sum(axis=1, keepdims=True) + PRIOR_PAIRS)
    return made
