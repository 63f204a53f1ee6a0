"""Each pair weighed against strangers and against relatives together, by what one person's two records show in these data.

Not here: the weight against strangers (predict), how often relatives look alike (family), and the estimate of what matches show
(calibration).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from credential_pipeline.engines.linkage.comparisons import comparison
from credential_pipeline.engines.linkage.family import JOINT, ONE_NAME, Families, shares
from credential_pipeline.engines.linkage.model import Model
from credential_pipeline.engines.linkage.resolve import MAX_ODDS_WEIGHT, Floats, Ints
from credential_pipeline.engines.linkage.sql import Sql
from credential_pipeline.foundation.storage.relation import Relation

HIDDEN = 0.2
"""Share of records alike to a relative whose own person is on the right but not found, where homes are compared, too.

With names and dates alone the errors tell it (:func:`_hidden`): a fifth to an eighth of that in labelled worlds, where as many links were
wrong then as expected. With homes more are wrong than expected even so, and more yet by what the errors tell.
"""
FOUND: dict[str, tuple[str, ...]] = {
    "name": (*ONE_NAME, "nickname_surname", "swapped_similar", "first"),
    "birth_date": ("exact", "swapped", "one_edit"),
}
"""Levels at which a match is found among the candidates, and is likelier than a relative."""
TINY = 1e-15
"""Odds below which a relative is no rival."""
_LOST = ("name", "address")
COMPATIBLE: dict[str, Mapping[str, float]] = {
    "last_only": dict.fromkeys(
        ("full", "nickname", "similar_first", "middle_as_first", "initial", "odd_first", "last"), 1.0
    ),
    "first_only": dict.fromkeys(("full", "similar_last", "surname", "first"), 1.0),
    "initial": {"full": 1.0, "nickname": 0.5, "similar_first": 0.9, "initial": 1.0, "last": 0.12},
}
"""Level of a name of which a part is missing -> the levels that it may be in truth, and with which share of them it goes."""

CROSSED_INITIALS = 0.005
"""Share of two people of one surname whose initials stand crosswise by chance: each fits in one of fourteen."""
MISSPELT = {"last": "like_last", "odd_first": "like_last", "similar_first": "similar"}
"""Level of a name whose surname agrees -> the level that it shows once the surname is misspelt."""


@dataclass(frozen=True)
class Fitted:
    """How one person's two records agree in the data at hand.

    Attributes:
        m: Comparison -> share of each level among matches.
        expected: Matches that a left record has on average.
        absent: Share of left records whose person is not on the right, or not among its candidates; 1 where a record may have
            several matches.
        measured: Whether the shares were estimated in these data.
    """

    m: Mapping[str, Floats]
    expected: float
    absent: float = 1.0
    measured: bool = True

    @classmethod
    def pinned(cls, model: Model, right_rows: int) -> "Fitted":
        """What the pinned model expects."""
        m = {name: shares(model, name, 0) for name in model.weights}
        return cls(m, model.prior_for(right_rows) * right_rows, measured=False)


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
    if "birth_date" in gain:
        gain["birth_date"] = gain["birth_date"] + families.date_gain(model)
    joins = [_join_jointly(sql, families, fitted, pinned, gain, right_rows)]
    for number, name in enumerate([name for name in families.given if name in fields], start=1):
        ratio = _factors(families, fitted, name)
        table = _table(sql, f"rivals_{name}", ("name", name), ratio, np.zeros(ratio.shape) + gain[name])
        joins.append(f"JOIN {table} f{number} ON f{number}.name = s.gamma_name AND f{number}.{name} = s.gamma_{name}")
    ratio_sql = " * ".join(f"f{number}.ratio" for number in range(len(joins)))
    against_strangers = " + ".join(["s.match_weight", *(f"f{number}.gain" for number in range(len(joins)))])
    odds = f"power(2.0, -greatest(least({against_strangers}, {MAX_ODDS_WEIGHT}), -{MAX_ODDS_WEIGHT}))"
    weight = f"round(-log2({odds} + {ratio_sql}), 6)"
    chosen = ", ".join(
        f"{weight} AS match_weight" if column == "match_weight" else f"s.{column}" for column in scored.columns
    )
    chosen += f", round(-log2(greatest({ratio_sql}, {TINY})), 6) AS family_weight"
    return sql.table("weighed", f"SELECT {chosen} FROM {scored} s {' '.join(joins)}")


def _join_jointly(
    sql: Sql, families: Families, fitted: Fitted, pinned: Fitted, gain: Mapping[str, Floats], right_rows: int
) -> str:
    """The join to what is known of name, birth date and address together, of which ``gain`` names those that are compared."""
    joint = [name for name in JOINT if name in gain]
    # Where few of a population are on the right, few relatives are.
    ratios = _ratios(families, fitted, joint) * min(right_rows / max(families.people, 1), 1.0)
    gains = np.zeros(ratios.shape) + np.log2(fitted.expected / pinned.expected / fitted.absent)
    for axis, name in enumerate(JOINT):
        if name in gain:
            gains = gains + np.reshape(gain[name], [-1 if k == axis else 1 for k in range(3)])
    for axis, name in reversed(list(enumerate(JOINT))):
        if name not in gain:
            ratios, gains = np.take(ratios, -1, axis=axis), np.take(gains, -1, axis=axis)
    table = _table(sql, "rivals", joint, ratios, gains)
    return f"JOIN {table} f0 ON " + " AND ".join(f"f0.{name} = s.gamma_{name}" for name in joint)


def chance_gain(families: Families, model: Model) -> Floats:
    """Bits by level of the name that strangers agree less often on it than the model thinks: where odd names are frequent, more."""
    levels = comparison("name").level_names
    gain = np.zeros(len(levels) + 1)
    u = dict(zip(levels, shares(model, "name", 1), strict=True))
    both = u["odd_first"] + u["last"]
    odd = 1.0 - (1.0 - families.odd) ** 2
    gain[levels.index("odd_first")] = np.log2(u["odd_first"] / (both * odd))
    gain[levels.index("last")] = np.log2(u["last"] / (both * (1.0 - odd)))
    return gain


def log_rivals(families: Families, fitted: Fitted, places: Mapping[str, Ints], fields: Sequence[str]) -> Floats:
    """Logarithm of the odds of a relative against a match, for pairs given by the positions of their levels."""
    joint = tuple(places.get(name, np.full(1, -1)) for name in JOINT)
    made = np.log(_ratios(families, fitted, fields)[joint] + TINY)
    for name in families.given:
        if name in fields:
            made = made + np.log(_factors(families, fitted, name)[places["name"], places[name]])
    return np.asarray(made)


def _factors(families: Families, fitted: Fitted, name: str) -> Floats:
    """How much more often relatives than matches show a level of a field, by level of the name; the last places are unknown."""
    given = families.given[name]
    full = np.ones((given.shape[0] + 1, given.shape[1] + 1))
    full[:-1, :-1] = given / fitted.m[name]
    full[-1, :-1] = given.mean(axis=0) / fitted.m[name]
    return full


def _ratios(families: Families, fitted: Fitted, fields: Sequence[str]) -> Floats:
    """Expected relatives over expected matches by joint level; the last place of each axis is for what is unknown."""
    m = [fitted.m[one] if one in fields else np.ones(families.rates.shape[axis]) for axis, one in enumerate(JOINT)]
    name = comparison("name").level_names
    matches = m[0].copy()
    for level, whole in COMPATIBLE.items():
        matches[name.index(level)] = [m[0][name.index(one)] for one in whole] @ np.array(list(whole.values()))
    lost = _lost_as_by_matches(_with_crossed_initials(families.rates), m, fields)
    if fitted.measured:
        alike = _with_unknown(_misspelt(lost, m[0]))
    else:
        # How often agreement is lost elsewhere is no reason to expect less of it among relatives here than was counted.
        alike = np.maximum(_with_unknown(lost), _with_unknown(families.rates))
    others = [np.append(values, 1.0) for values in (matches, *m[1:])]
    expected = others[0][:, None, None] * others[1][None, :, None] * others[2][None, None, :]
    hidden = fitted.absent + (1.0 - fitted.absent) * _hidden(fitted)
    return np.asarray(alike * hidden / (expected * fitted.expected))


def _hidden(fitted: Fitted) -> float:
    """Share of records whose own person is on the right but not found: without homes, those whose name or birth date is gravely wrong."""
    if not fitted.measured or "address" in fitted.m:
        return HIDDEN
    found = 1.0
    for field, good in FOUND.items():
        if field in fitted.m:
            shown = dict(zip(comparison(field).level_names, fitted.m[field], strict=True))
            found *= float(sum(shown[level] for level in good) / sum(shown.values()))
    return 1.0 - found


def _lost_as_by_matches(rates: Floats, m: Sequence[Floats], fields: Sequence[str]) -> Floats:
    """Rates of relatives once their whole agreement in name or address is lost as often as that of matches.

    They are counted in one population, where a family is on one form. Between two tables a street is spelled in two ways, a name
    mistyped, a household moved, of a relative as often as of the person: a difference that matches show, too, does not tell
    them apart. Dates are left as they were counted: birthdays of relatives differ by all sorts of amounts anyway.
    """
    for axis, name in enumerate(JOINT):
        if name in fields and name in _LOST:
            rest = rates.copy()
            rest[(slice(None),) * axis + (0,)] = 0.0
            shape = [-1 if k == axis else 1 for k in range(len(JOINT))]
            rates = rest + np.take(rates, [0], axis=axis) * np.reshape(m[axis] / m[axis].sum(), shape)
    return rates


def _with_crossed_initials(rates: Floats) -> Floats:
    """Rates of relatives, some of whom look as if one went by the middle name: too few to be counted day by day."""
    name = comparison("name").level_names
    made = rates.copy()
    made[name.index("middle_as_first")] += CROSSED_INITIALS * rates[[name.index("last"), name.index("odd_first")]].sum(
        axis=0
    )
    return made


def _misspelt(rates: Floats, m: Floats) -> Floats:
    """Rates of relatives of one surname once it is misspelt in one of two tables as often as that of matches."""
    name = comparison("name").level_names
    share = m[name.index("similar_last")] / (m[name.index("full")] + m[name.index("similar_last")])
    made = rates.copy()
    for level, misspelt in MISSPELT.items():
        made[name.index(misspelt)] += share * rates[name.index(level)]
        made[name.index(level)] -= share * rates[name.index(level)]
    return made


def _with_unknown(rates: Floats) -> Floats:
    """Rates with those of names of which a part is missing, and one more place on each axis for what is unknown."""
    name = comparison("name").level_names
    alike = rates.copy()
    for level, whole in COMPATIBLE.items():
        share = np.array(list(whole.values()))
        alike[name.index(level)] = np.tensordot(share, rates[[name.index(one) for one in whole]], 1)
    for axis in range(len(JOINT)):
        alike = np.concatenate([alike, alike.sum(axis=axis, keepdims=True)], axis=axis)
    return alike


def _table(sql: Sql, what: str, axes: Sequence[str], ratio: Floats, gain: Floats) -> Relation:
    """A table of ratio and gain by the codes of the levels of some comparisons, one an axis; the last places are unknown."""
    places = np.argwhere(np.ones(ratio.shape, dtype=bool))
    codes = [(size - 2 - places[:, axis]).tolist() for axis, size in enumerate(ratio.shape)]
    named = ", ".join(f"unnest(?::INTEGER[]) AS {name}" for name in axes)
    return sql.table(
        what,
        f"SELECT {named}, unnest(?::DOUBLE[]) AS ratio, unnest(?::DOUBLE[]) AS gain",
        [*codes, ratio.ravel().tolist(), gain.ravel().tolist()],
    )
