"""How two records are compared: the levels of each field, from the strongest agreement to none.

One source for every SQL dialect; the names of the levels are what the rest of the product speaks of. Not here: the
weights of the levels (they are trained, see :mod:`credential_pipeline.engines.linkage.train`).

The joint name comparison follows the practice of probabilistic linkage with a term-frequency adjustment for full,
last and first names (Fellegi and Sunter 1969; Winkler 1990); birth dates have levels of their own for the swaps and
typing errors that forms show.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Dialect = Literal["duckdb", "spark"]

SIMILAR = 0.88
"""Jaro-Winkler similarity from which two names count as spellings of one another."""
ADDRESS_SIMILAR = 0.92
"""Jaro-Winkler similarity from which two street lines count as the same."""


@dataclass(frozen=True)
class Level:
    """One step of agreement.

    Attributes:
        name: Its name within the comparison.
        condition: SQL over ``<column>_l`` and ``<column>_r``.
        frequency: The column whose term frequency adjusts the weight, if any.
    """

    name: str
    condition: str
    frequency: str | None = None

    @property
    def is_exact(self) -> bool:
        """Whether it is plain equality of the column whose frequency adjusts it."""
        return self.condition == f"{self.frequency}_l = {self.frequency}_r"


TYPICAL: dict[str, dict[str, tuple[float, float]]] = {
    "name": {
        "full": (0.84, 5e-6),
        "nickname": (0.03, 1e-5),
        "similar_first": (0.015, 5e-6),
        "similar_last": (0.015, 5e-6),
        "surname": (0.01, 1e-6),
        "swapped": (0.004, 2e-7),
        "middle_as_first": (0.004, 2e-6),
        "initial": (0.004, 5e-6),
        "similar": (0.004, 5e-6),
        "nickname_surname": (0.002, 5e-7),
        "swapped_similar": (0.001, 1e-7),
        "last_only": (0.002, 1e-6),
        "first_only": (0.001, 1e-6),
        "odd_first": (0.007, 3e-5),
        "last": (0.003, 1e-3),
        "first": (0.04, 5e-3),
        "crossed": (0.001, 3e-5),
        "like_last": (0.002, 2e-3),
        "like_first": (0.004, 4e-3),
        "other": (0.015, 0.99),
    },
    "birth_date": {
        "exact": (0.93, 6e-5),
        "swapped": (0.005, 2e-5),
        "one_edit": (0.03, 1.5e-3),
        "same_day": (0.01, 2e-3),
        "two_edits": (0.005, 2e-2),
        "same_year": (0.005, 1.5e-2),
        "other": (0.015, 0.96),
    },
    "address": {
        "exact": (0.25, 1e-6),
        "similar": (0.05, 1e-6),
        "street": (0.01, 1e-6),
        "zip": (0.12, 3e-4),
        "city": (0.08, 3e-3),
        "area": (0.09, 4e-3),
        "state": (0.15, 0.04),
        "other": (0.25, 0.95),
    },
    "ssn_last4": {"exact": (0.95, 1e-4), "one_edit": (0.02, 4e-3), "other": (0.03, 0.996)},
    "middle_name": {"full": (0.45, 5e-3), "initial": (0.5, 7e-2), "other": (0.05, 0.92)},
    "sex": {"exact": (0.98, 0.5), "other": (0.02, 0.5)},
    "name_suffix": {"exact": (0.9, 0.5), "other": (0.1, 0.5)},
    "email": {"exact": (0.7, 1e-6), "other": (0.3, 1.0)},
    "phone": {"exact": (0.6, 1e-6), "other": (0.4, 1.0)},
}
"""(m, u) of every level in feeds of this kind: what training falls back on where it observes little or nothing."""


@dataclass(frozen=True)
class Comparison:
    """How one field is compared: unknown, then the levels in order, then everything else."""

    name: str
    unknown: str
    levels: tuple[Level, ...]

    @property
    def exact_column(self) -> str | None:
        """The column whose plain equality is the first level, if it is that."""
        left, _, right = self.levels[0].condition.partition(" = ")
        return left[:-2] if right and left[:-2] == right[:-2] and right.endswith("_r") else None

    @property
    def level_names(self) -> list[str]:
        """The levels, from the strongest to ``other``."""
        return [*(level.name for level in self.levels), "other"]

    @property
    def place_sql(self) -> str:
        """The place of the level that a pair shows: 0 for the strongest, -1 where the field is unknown."""
        cases = " ".join(f"WHEN {level.condition} THEN {place}" for place, level in enumerate(self.levels))
        return f"CASE WHEN {self.unknown} THEN -1 {cases} ELSE {len(self.levels)} END"

    def code(self, level: str) -> int:
        """The number that Splink gives a level: 0 for ``other``, -1 for ``unknown``."""
        if level == "unknown":
            return -1
        return len(self.levels) - self.level_names.index(level)


_FUNCTIONS: dict[Dialect, dict[str, str]] = {
    "duckdb": {
        "jw": "jaro_winkler_similarity",
        "edit": "damerau_levenshtein",
        "overlap": "list_has_any",
        "part": "contains",
    },
    "spark": {"jw": "jaro_winkler", "edit": "damerau_levenshtein", "overlap": "arrays_overlap", "part": "contains"},
}
_PLAIN_EDIT = "levenshtein"
"""Edits without transpositions, in both dialects; a tenth of the time of the other."""


def _missing(*columns: str) -> str:
    return " OR ".join(f"{column}_{side} IS NULL" for column in columns for side in "lr")


def _same(column: str) -> str:
    return f"{column}_l = {column}_r"


def _few_edits(column: str) -> str:
    """One typing error, or two in a long name, wherever in the name they are: Jaro-Winkler favours the beginning.

    Transposed letters count as two here; in a short name they are similar by Jaro-Winkler.
    """
    edit = f"{_PLAIN_EDIT}({column}_l, {column}_r)"
    shorter = f"least(length({column}_l), length({column}_r))"
    return f"{edit} <= CASE WHEN {shorter} > 5 THEN 2 WHEN {shorter} > 2 THEN 1 ELSE 0 END"


def _one_edit(call: dict[str, str], column: str) -> str:
    """One wrong, missing or added character, or two transposed."""
    plain = f"{_PLAIN_EDIT}({column}_l, {column}_r)"
    # Transposed characters are two plain edits, so the slow function is asked of few pairs.
    return f"({plain} <= 1 OR CASE WHEN {plain} = 2 THEN {call['edit']}({column}_l, {column}_r) = 1 ELSE false END)"


def _short_form(call: dict[str, str]) -> str:
    """A form such as BETH, part of ELIZABETH; one of two letters, such as JO or the YU of YU MIN, is the beginning of the whole."""
    return " OR ".join(
        f"(length(first_name_{short}) > 2 AND {call['part']}(first_name_{whole}, first_name_{short})) "
        f"OR (length(first_name_{short}) = 2 AND first_name_{short} = substr(first_name_{whole}, 1, 2))"
        for whole, short in ("lr", "rl")
    )


def _in_one_column(surname: str) -> str:
    """A whole name in the column of the last name, which is both parts in another place, too."""
    return " OR ".join(
        f"(first_name_{one} IS NULL AND array_contains(surnames_{one}, first_name_{other}) AND {surname})"
        for one, other in ("lr", "rl")
    )


def _name(call: dict[str, str]) -> Comparison:
    jw, overlap = call["jw"], call["overlap"]
    similar_first = (
        f"({jw}(first_name_l, first_name_r) >= {SIMILAR} OR {_short_form(call)} OR {_few_edits('first_name')})"
    )
    similar_last = f"({jw}(last_name_l, last_name_r) >= {SIMILAR} OR {_few_edits('last_name')})"
    nickname = f"{overlap}(nicknames_l, nicknames_r)"
    surname = f"{overlap}(surnames_l, surnames_r)"
    # Who goes by the middle name is told by it, or by two initials that stand crosswise: ANN B. and BETH A.
    middle_used = (
        "(first_name_l = middle_name_r OR first_name_r = middle_name_l "
        "OR (substr(first_name_l, 1, 1) = middle_name_r AND substr(first_name_r, 1, 1) = middle_name_l))"
    )
    initial = (
        "(length(first_name_l) = 1 OR length(first_name_r) = 1) "
        "AND substr(first_name_l, 1, 1) = substr(first_name_r, 1, 1)"
    )
    swapped = f"(first_name_l = last_name_r AND last_name_l = first_name_r) OR {_in_one_column(surname)}"
    swapped_similar = f"{jw}(first_name_l, last_name_r) >= {SIMILAR} AND {jw}(last_name_l, first_name_r) >= {SIMILAR}"
    first_missing, last_missing = f"({_missing('first_name')})", f"({_missing('last_name')})"
    return Comparison(
        "name",
        f"{first_missing} AND {last_missing}",
        (
            Level("full", _same("full_name"), "full_name"),
            Level("nickname", f"{_same('last_name')} AND {nickname}", "last_name"),
            Level("similar_first", f"{_same('last_name')} AND {similar_first}", "last_name"),
            Level("similar_last", f"{_same('first_name')} AND {similar_last}", "first_name"),
            Level("surname", f"{_same('first_name')} AND {surname}", "first_name"),
            Level("swapped", swapped),
            Level("middle_as_first", f"{_same('last_name')} AND {middle_used}", "last_name"),
            Level("initial", f"{_same('last_name')} AND {initial}", "last_name"),
            Level("similar", f"{similar_last} AND ({similar_first} OR {nickname})"),
            Level("nickname_surname", f"{surname} AND ({similar_first} OR {nickname} OR {initial})"),
            Level("swapped_similar", swapped_similar),
            Level("last_only", f"{_same('last_name')} AND {first_missing}", "last_name"),
            Level("first_only", f"{_same('first_name')} AND {last_missing}", "first_name"),
            Level("odd_first", f"{_same('last_name')} AND (odd_first_l OR odd_first_r)", "last_name"),
            Level("last", _same("last_name"), "last_name"),
            Level("first", _same("first_name"), "first_name"),
            Level("crossed", "first_name_l = last_name_r OR last_name_l = first_name_r"),
            Level("like_last", similar_last),
            Level("like_first", f"{similar_first} OR {nickname}"),
        ),
    )


def _birth_date(call: dict[str, str]) -> Comparison:
    return Comparison(
        "birth_date",
        _missing("birth_date"),
        (
            Level("exact", _same("birth_date"), "birth_date"),
            Level("swapped", "birth_swapped_l = birth_date_r"),
            Level("one_edit", _one_edit(call, "birth_date")),
            Level("same_day", "substr(birth_date_l, 5, 4) = substr(birth_date_r, 5, 4)"),
            Level("two_edits", f"{_PLAIN_EDIT}(birth_date_l, birth_date_r) <= 2"),
            Level("same_year", "substr(birth_date_l, 1, 4) = substr(birth_date_r, 1, 4)"),
        ),
    )


def _address(call: dict[str, str]) -> Comparison:
    street = f"{call['jw']}(street_l, street_r) >= {ADDRESS_SIMILAR}"
    return Comparison(
        "address",
        _missing("place"),
        (
            Level("exact", _same("home"), "home"),
            Level("similar", f"{street} AND ({_same('zip')} OR {_same('city')})"),
            Level("street", f"{_same('street')} AND {_same('state')}", "street"),
            Level("zip", _same("zip"), "zip"),
            Level("city", f"{_same('city')} AND {_same('state')}", "city"),
            Level(
                "area", f"(substr(zip_l, 1, 3) = substr(zip_r, 1, 3) OR {_one_edit(call, 'zip')}) AND {_same('state')}"
            ),
            Level("state", _same("state"), "state"),
        ),
    )


def _last4(call: dict[str, str]) -> Comparison:
    return Comparison(
        "ssn_last4",
        _missing("ssn_last4"),
        (
            Level("exact", _same("ssn_last4")),
            Level("one_edit", _one_edit(call, "ssn_last4")),
        ),
    )


def _middle(call: dict[str, str]) -> Comparison:
    full = f"length(middle_name_l) > 1 AND {call['jw']}(middle_name_l, middle_name_r) >= {SIMILAR}"
    return Comparison(
        "middle_name",
        _missing("middle_name"),
        (Level("full", full), Level("initial", "substr(middle_name_l, 1, 1) = substr(middle_name_r, 1, 1)")),
    )


def _plain(column: str) -> Comparison:
    return Comparison(column, _missing(column), (Level("exact", _same(column)),))


def comparisons(fields: Sequence[str], dialect: Dialect = "duckdb") -> tuple[Comparison, ...]:
    """The comparisons of the fields that both sides hold, in a fixed order.

    Args:
        fields: Names out of :data:`credential_pipeline.engines.linkage.fields.FIELDS`.
        dialect: The SQL dialect of the engine.
    """
    call = _FUNCTIONS[dialect]
    made = {
        "name": _name(call),
        "birth_date": _birth_date(call),
        "address": _address(call),
        "ssn_last4": _last4(call),
        "middle_name": _middle(call),
        "sex": _plain("sex"),
        "name_suffix": _plain("name_suffix"),
        "email": _plain("email"),
        "phone": _plain("phone"),
    }
    return tuple(made[name] for name in made if name in fields)


def comparison(name: str) -> Comparison:
    """One comparison by name, for those who need the codes of its levels."""
    return comparisons([name])[0]
