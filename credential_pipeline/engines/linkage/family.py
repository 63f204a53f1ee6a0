"""How often two different people of one population look like one: twins, siblings, parent and child of one name, spouses.

Fields of strangers agree by chance and one at a time; those of a family agree together. So a pair that is no match is of strangers
or of one family, and how often a person has such a relative is counted in the registry itself, pair by pair of levels of name, birth
date and address, without labels: people who share a surname and a birth date, a full name, a street. Where the registry is too small
to tell, what is typical decides. The mixture of three classes extends Fellegi and Sunter (1969), whose two classes let twins pass for
one person wherever surname, birth date and address agree. Not here: the weight against strangers (predict), which stays Splink's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from credential_pipeline.engines.linkage.blocking import FAMILY_RULES, make_pairs, usable
from credential_pipeline.engines.linkage.comparisons import comparison, comparisons
from credential_pipeline.engines.linkage.estimation import names_of
from credential_pipeline.engines.linkage.fields import VALUES, make_frequencies, make_known_names
from credential_pipeline.engines.linkage.model import Model
from credential_pipeline.engines.linkage.predict import score
from credential_pipeline.engines.linkage.resolve import MAX_ODDS_WEIGHT
from credential_pipeline.engines.linkage.sql import Sql, count
from credential_pipeline.foundation.storage.relation import Relation

SAMPLE = 20_000
"""People whose relatives are looked up."""
PRIOR_PEOPLE = 1_000
"""What is typical weighs as much as so many people."""
PRIOR_PAIRS = 20.0
"""What agrees by chance weighs as much as so many pairs of relatives."""
ODD = 0.03
"""Usual share of people whose first name nobody else bears."""
HIDDEN = 0.2
"""Share of records alike to a relative whose own person is on the right but not found, by the error that makes them alike."""
TINY = 1e-15
LEAST_WEIGHT = -14.0
"""Match weight below which no pair is counted: no evidence would link it."""

Floats = NDArray[np.float64]

JOINT = ("name", "birth_date", "address")
"""Comparisons that agree together in families, counted jointly; the others are counted by how the names agree."""

COMPATIBLE: dict[str, Mapping[str, float]] = {
    "last_only": dict.fromkeys(
        ("full", "nickname", "similar_first", "middle_as_first", "initial", "odd_first", "last"), 1.0
    ),
    "first_only": dict.fromkeys(("full", "similar_last", "surname", "first"), 1.0),
    "initial": {"full": 1.0, "nickname": 0.5, "similar_first": 0.9, "initial": 1.0, "last": 0.12},
}
"""Level of a name of which a part is missing -> the levels that it may be in truth, and with which share of them it goes."""
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
    """

    rates: Floats
    given: Mapping[str, Floats]
    people: int
    odd: float


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
        min_weight=LEAST_WEIGHT,
        frequencies=frequencies,
    )
    seen = _read(sql, scored, fields)
    known = _known(sql, sample, fields)
    strangers = _strangers(sql, model, sample, frequencies, fields)
    odd = _odd(sql, records, sample)
    sql.drop(found.pairs, pairs, scored, sample, *frequencies.values())
    rates, share = _rates(strangers, seen, known, people, fields)
    return Families(rates, _given(model, seen, share, fields), people, odd)


def usual_families(model: Model, fields: Sequence[str]) -> Families:
    """What is typical, where no population can be counted.

    Args:
        model: A pinned model.
        fields: Fields that are compared.
    """
    fields = [name for name in fields if name in model.weights]
    nobody = np.empty((0, len(fields) + 1), dtype=np.int64)
    strangers = {name: _weights(model, name, 1) for name in fields}
    rates, share = _rates(strangers, nobody, 0.0, 1, fields)
    return Families(rates, _given(model, nobody, share, fields), 1, ODD)


def _drawn(people: int) -> str:
    """A condition that draws about :data:`SAMPLE` records by their ids, the same in any order and engine."""
    if people <= SAMPLE:
        return "true"
    return f"md5(id) < '{int(2**32 * SAMPLE / people):08x}'"


def _read(sql: Sql, scored: Relation, fields: Sequence[str]) -> NDArray[np.int64]:
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
    held = [column for name, column in (("birth_date", "birth_ymd"), ("address", "zip")) if name in fields]
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


def _strangers(
    sql: Sql, model: Model, sample: Relation, frequencies: Mapping[str, Relation], fields: Sequence[str]
) -> dict[str, Floats]:
    """Share of strangers at each level: the model's, where names, places and dates are as frequent as they are here."""
    made = {}
    for item in comparisons([name for name in JOINT if name in fields]):
        u = _weights(model, item.name, 1)
        exact = {level.frequency: place for place, level in enumerate(item.levels) if level.is_exact}
        for place, level in enumerate(item.levels):
            if level.frequency:
                mean = sql.execute(
                    f"SELECT avg(t.frequency) FROM {sample} s JOIN {frequencies[level.frequency]} t "
                    f"ON t.value = {VALUES[level.frequency]}"
                ).fetchall()[0][0]
                usual = model.weights[item.name]
                if mean is not None:
                    u[place] *= mean / list(usual.values())[exact[level.frequency]][1]
        made[item.name] = u
    return made


def _rates(
    strangers: Mapping[str, Floats], seen: NDArray[np.int64], known: float, people: int, fields: Sequence[str]
) -> tuple[Floats, Floats]:
    """Rates of relatives by joint level, and which share of the pairs seen there are of relatives."""
    shape = tuple(len(names_of(comparison(name))) for name in JOINT)
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


def _places(seen: NDArray[np.int64], name: str, fields: Sequence[str]) -> NDArray[np.int64]:
    """Positions of the levels of a comparison; -1 where unknown, 0 where the field is not compared."""
    if name not in fields:
        return np.zeros(len(seen), dtype=np.int64)
    return positions(name, seen[:, list(fields).index(name)])


def _weights(model: Model, name: str, side: int) -> Floats:
    return np.array([pair[side] for pair in model.weights[name].values()])


def _typical(shape: tuple[int, ...]) -> Floats:
    """What families look like where nothing was counted."""
    made = np.zeros(shape)
    for rate, named, born in _KINDS:
        axes = [
            np.array([chosen.get(level, 0.0) for level in names_of(comparison(name))])
            for name, chosen in zip(JOINT, (named, _SHARE[born], _SHARE["home"]), strict=True)
        ]
        made += rate * axes[0][:, None, None] * axes[1][None, :, None] * axes[2][None, None, :]
    return made


def _given(model: Model, seen: NDArray[np.int64], share: Floats, fields: Sequence[str]) -> dict[str, Floats]:
    """Probability of the levels of the other comparisons among relatives, by level of the name."""
    places = [_places(seen, name, fields) for name in JOINT]
    whole = np.logical_and.reduce([place >= 0 for place in places])
    weight = np.where(whole, seen[:, -1] * share[tuple(np.maximum(place, 0) for place in places)], 0.0)
    made = {}
    for name in fields:
        if name in JOINT:
            continue
        u = _weights(model, name, 1)
        u = u / u.sum()
        counts = np.zeros((share.shape[0], len(u)))
        place = _places(seen, name, fields)
        use = whole & (place >= 0)
        np.add.at(counts, (places[0][use], place[use]), weight[use])
        made[name] = (counts + PRIOR_PAIRS * u) / (counts.sum(axis=1, keepdims=True) + PRIOR_PAIRS)
    return made


@dataclass(frozen=True)
class Fitted:
    """How one person's two records agree in the data at hand.

    Attributes:
        m: Comparison -> share of each level among matches.
        expected: Matches that a left record has on average.
        absent: Share of left records whose person is not on the right, or not among its candidates; 1 where a record may have
            several matches.
    """

    m: Mapping[str, Floats]
    expected: float
    absent: float = 1.0

    @classmethod
    def pinned(cls, model: Model, right_rows: int) -> "Fitted":
        """What the pinned model expects."""
        return cls({name: _weights(model, name, 0) for name in model.weights}, model.prior_for(right_rows) * right_rows)


def weigh(
    sql: Sql,
    families: Families,
    model: Model,
    fitted: Fitted,
    scored: Relation,
    fields: Sequence[str],
    right_rows: int,
) -> Relation:
    """The scored pairs, each weighed against strangers and against relatives of the right record.

    The odds of a match are those against strangers and those against a relative together: one over the sum of their inverses.

    Args:
        sql: What executes it.
        families: Relatives in the population.
        model: The model that scored the pairs.
        fitted: How matches agree in these data.
        scored: Of :func:`credential_pipeline.engines.linkage.predict.score`.
        fields: Fields of the score.
        right_rows: Size of the right table.

    Returns:
        The columns of ``scored`` with the new match_weight, and family_weight: log2 odds of a match against a relative alone.
    """
    fields = [name for name in fields if name in model.weights]
    pinned = Fitted.pinned(model, right_rows)
    gain = {name: np.append(np.log2(fitted.m[name] / pinned.m[name]), 0.0) for name in fields}
    gain["name"] = gain["name"] + chance_gain(families, model)
    joint = [name for name in JOINT if name in fields]
    ratios = _ratios(families, fitted, fields) * min(right_rows / max(families.people, 1), 1.0)
    gains = np.zeros(ratios.shape) + np.log2(fitted.expected / pinned.expected / fitted.absent)
    for axis, name in enumerate(JOINT):
        if name in fields:
            gains = gains + np.reshape(gain[name], [-1 if k == axis else 1 for k in range(3)])
    for axis in (axis for axis, name in enumerate(JOINT) if name not in fields):
        ratios, gains = np.take(ratios, [-1], axis=axis), np.take(gains, [-1], axis=axis)
    codes = np.argwhere(np.ones(ratios.shape, dtype=bool))
    columns = {name: [ratios.shape[axis] - 2 - int(code) for code in codes[:, axis]] for axis, name in enumerate(JOINT)}
    table = _table(sql, "rivals", {name: columns[name] for name in joint}, ratios, gains)
    joins = [f"JOIN {table} f0 ON " + " AND ".join(f"f0.{name} = s.gamma_{name}" for name in joint)]
    for number, name in enumerate([name for name in families.given if name in fields], start=1):
        full = _factors(families, fitted, name)
        codes = np.argwhere(np.ones(full.shape, dtype=bool))
        columns = {
            "name": [full.shape[0] - 2 - int(code) for code in codes[:, 0]],
            name: [full.shape[1] - 2 - int(code) for code in codes[:, 1]],
        }
        table = _table(sql, f"rivals_{name}", columns, full, np.zeros(full.shape) + gain[name])
        joins.append(f"JOIN {table} f{number} ON f{number}.name = s.gamma_name AND f{number}.{name} = s.gamma_{name}")
    ratio = " * ".join(f"f{number}.ratio" for number in range(len(joins)))
    weight = " + ".join(["s.match_weight", *(f"f{number}.gain" for number in range(len(joins)))])
    odds = f"power(2.0, -greatest(least({weight}, {MAX_ODDS_WEIGHT}), -{MAX_ODDS_WEIGHT}))"
    weight = f"round(-log2({odds} + {ratio}), 6)"
    chosen = ", ".join(
        f"{weight} AS match_weight" if column == "match_weight" else f"s.{column}" for column in scored.columns
    )
    chosen += f", round(-log2(greatest({ratio}, {TINY})), 6) AS family_weight"
    return sql.table("weighed", f"SELECT {chosen} FROM {scored} s {' '.join(joins)}")


def chance_gain(families: Families, model: Model) -> Floats:
    """Bits by level of the name that strangers agree less often on it than the model thinks: where odd names are frequent, more."""
    levels = names_of(comparison("name"))
    gain = np.zeros(len(levels) + 1)
    u = dict(zip(levels, _weights(model, "name", 1), strict=True))
    both = u["odd_first"] + u["last"]
    odd = 1.0 - (1.0 - families.odd) ** 2
    gain[levels.index("odd_first")] = np.log2(u["odd_first"] / (both * odd))
    gain[levels.index("last")] = np.log2(u["last"] / (both * (1.0 - odd)))
    return gain


def log_rivals(
    families: Families, fitted: Fitted, places: Mapping[str, NDArray[np.int64]], fields: Sequence[str]
) -> Floats:
    """Logarithm of the odds of a relative against a match, for pairs given by the positions of their levels."""
    joint = tuple(places.get(name, np.full(1, -1)) for name in JOINT)
    made = np.log(_ratios(families, fitted, fields)[joint] + TINY)
    for name in families.given:
        if name in fields:
            made = made + np.log(_factors(families, fitted, name)[places["name"], places[name]])
    return np.asarray(made)


def positions(name: str, codes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Positions of the levels of a comparison, from the strongest; -1 where unknown."""
    return np.where(codes < 0, -1, len(names_of(comparison(name))) - 1 - codes)


def _factors(families: Families, fitted: Fitted, name: str) -> Floats:
    """How much more often relatives than matches show a level of a field, by level of the name; the last places are unknown."""
    given = families.given[name]
    full = np.ones((given.shape[0] + 1, given.shape[1] + 1))
    full[:-1, :-1] = given / fitted.m[name]
    full[-1, :-1] = given.mean(axis=0) / fitted.m[name]
    return full


def _ratios(families: Families, fitted: Fitted, fields: Sequence[str]) -> Floats:
    """Expected relatives over expected matches by joint level; the last place of each axis is for what is unknown."""
    rates = families.rates
    name = names_of(comparison("name"))
    m = [fitted.m[one] if one in fields else np.ones(rates.shape[axis]) for axis, one in enumerate(JOINT)]
    matches, alike = m[0].copy(), rates.copy()
    for level, whole in COMPATIBLE.items():
        places, place = [name.index(one) for one in whole], name.index(level)
        share = np.array(list(whole.values()))
        alike[place] = np.tensordot(share, rates[places], 1)
        matches[place] = share @ m[0][places]
    matches = np.append(matches, 1.0)
    for axis in range(3):
        alike = np.concatenate([alike, alike.sum(axis=axis, keepdims=True)], axis=axis)
    other = [np.append(values, 1.0) for values in m[1:]]
    expected = matches[:, None, None] * other[0][None, :, None] * other[1][None, None, :]
    hidden = fitted.absent + (1.0 - fitted.absent) * HIDDEN
    return np.asarray(alike * hidden / (expected * fitted.expected))


def _table(sql: Sql, what: str, columns: Mapping[str, Sequence[int]], ratio: Floats, gain: Floats) -> Relation:
    """A table of ratio and gain by the codes of levels."""
    named = ", ".join(f"unnest(?::INTEGER[]) AS {name}" for name in columns)
    values = [list(one) for one in columns.values()]
    return sql.table(
        what,
        f"SELECT {named}, unnest(?::DOUBLE[]) AS ratio, unnest(?::DOUBLE[]) AS gain",
        [*values, ratio.ravel().tolist(), gain.ravel().tolist()],
    )
