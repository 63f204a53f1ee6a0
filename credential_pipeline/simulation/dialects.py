"""A certifier's own layout: the inverse of its YAML, from canonical fields to the columns of its file.

Not here: which rows a file has and what is broken in it (feeds.py).
"""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from credential_pipeline.foundation.registry.feeds import Certifier, Column
from credential_pipeline.simulation.arrays import Dates, Ints, Texts, blank, join, texts

_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_PLACEHOLDERS = ("N/A", "UNKNOWN")
_PLACEHOLDER_DATE = np.datetime64("1900-01-01")
_PLACEHOLDER_SHARE = 0.05
_PLUS_FOUR_SHARE = 0.1
_LOST_ZERO_SHARE = 0.3
_SYNONYM_SHARE = 0.15


def _argument(column: Column, step: str) -> Any:  # as the registry types it
    return next((entry.argument for entry in column.recipe if entry.name == step), None)


def _has(columns: Iterable[Column], step: str) -> bool:
    return any(entry.name == step for column in columns for entry in column.recipe)


def _mapping(column: Column) -> dict[str, str]:
    found = _argument(column, "map")
    return {word: to or "" for word, to in found.items()} if isinstance(found, Mapping) else {}


def by_source(certifier: Certifier) -> dict[str, dict[str, Column]]:
    """Columns of the file in order, each with the canonical fields that are read from it."""
    grouped: dict[str, dict[str, Column]] = {}
    for field, column in certifier.columns.items():
        if column.source is not None:
            grouped.setdefault(column.source, {})[field] = column
    return grouped


def _reads_as(columns: Mapping[str, Column], word: str) -> dict[str, str]:
    """What each field would be for a word of the file; a word that a field does not know is read by nobody."""
    read = {}
    for field, column in columns.items():
        mapping = {key.strip().upper(): value for key, value in _mapping(column).items()}
        read[field] = mapping.get(word.strip().upper(), mapping.get("*", "\x00") if word else "")
    return read


def words_for(columns: Mapping[str, Column], wanted: Mapping[str, str]) -> list[str] | None:
    """Words of a coded column that mean the wanted values of all its fields; None if it has no such word."""
    words = [word for column in columns.values() for word in _mapping(column) if word != "*"]
    for word in ["", *dict.fromkeys(words)]:
        if _reads_as(columns, word) == dict(wanted):
            if not word:
                return [""]
            return [other for other in dict.fromkeys(words) if _reads_as(columns, other) == dict(wanted)]
    if all(_mapping(column).get("*") == wanted[field] for field, column in columns.items()):
        return ["Other"]
    return None


def can_say(certifier: Certifier, wanted: Mapping[str, str]) -> bool:
    """Whether the file can tell this combination of coded fields such as event and result apart from others."""
    for columns in by_source(certifier).values():
        own = {field: wanted[field] for field in columns if field in wanted}
        if own and len(own) == len(columns) and words_for(columns, own) is None:
            return False
    constants = {field: column.value for field, column in certifier.columns.items() if column.value is not None}
    default = {"event": "award"} if "event" not in certifier.columns else {}
    return all(wanted[field] == value for field, value in {**default, **constants}.items() if field in wanted)


def format_dates(days: Dates, layout: str) -> Texts:
    """Dates in a strptime layout, independent of the locale; NaT gives the empty string."""
    inverse, numbers = pd.factorize(days.astype("datetime64[D]").astype(np.int64))
    unique = np.asarray(numbers).astype("datetime64[D]")
    written = []
    for day in unique:
        if np.isnat(day):
            written.append("")
            continue
        year, month, date = str(day).split("-")
        name = _MONTHS[int(month) - 1]
        parts = {"%Y": year, "%m": month, "%d": date, "%b": name[:3], "%B": name, "%H": "00", "%M": "00", "%S": "00"}
        text = layout
        for directive, value in parts.items():
            text = text.replace(directive, value)
        written.append(text)
    return texts(written)[inverse]


def _full_names(fields: Mapping[str, Texts], layout: str) -> Texts:
    def part(name: str, lead: str = " ") -> Texts:
        values = fields.get(name, blank(len(fields["last_name"])))
        return np.where(values != "", join(lead, values), "").astype(object)

    last = join(fields["last_name"], part("name_suffix"))
    first = fields.get("first_name", blank(len(last)))
    if layout == "Last, First Middle":
        return join(last, ", ", first, part("middle_name"))
    if layout == "Last First Middle":
        return join(fields["last_name"], " ", first, part("middle_name"), part("name_suffix"))
    return join(first, part("middle_name"), part("last_name"), part("name_suffix"))


def _coded(rng: np.random.Generator, columns: Mapping[str, Column], fields: Mapping[str, Texts]) -> Texts:
    """The first word of a meaning mostly, another one that means the same now and then."""
    keys = [fields[field] for field in columns]
    combined = keys[0] if len(keys) == 1 else join(*[part for key in keys for part in (key, "\x1f")])
    inverse, unique = pd.factorize(combined)
    written = blank(len(combined))
    other = rng.random(len(combined)) < _SYNONYM_SHARE
    for code, value in enumerate(unique):
        values = dict(zip(columns, str(value).split("\x1f") if len(keys) > 1 else [str(value)], strict=False))
        words = words_for(columns, values) or [""]
        rows = inverse == code
        written[rows] = words[0]
        written[rows & other] = words[-1]
    return written


def _plain(rng: np.random.Generator, field: str, column: Column, values: Texts) -> Texts:
    written = values.copy()
    steps = {entry.name for entry in column.recipe}
    if "zip5" in steps:
        plus = np.flatnonzero((rng.random(len(values)) < _PLUS_FOUR_SHARE) & (values != ""))
        written[plus] = join(values[plus], "-", texts(f"{n:04d}" for n in rng.integers(1, 9999, len(plus)).tolist()))
        lost = np.flatnonzero(
            np.array([value.startswith("0") for value in written]) & (rng.random(len(values)) < _LOST_ZERO_SHARE)
        )
        written[lost] = texts(value[1:] for value in written[lost])
    if "digits" in steps and field == "phone":
        written = texts(f"({v[:3]}) {v[3:6]}-{v[6:]}" if v else "" for v in values)
    if "strip_leading_zeros" in steps:
        written = texts(value.zfill(10) if value else "" for value in values)
    if "null_placeholders" in steps:
        empty = np.flatnonzero((values == "") & (rng.random(len(values)) < _PLACEHOLDER_SHARE))
        written[empty] = texts(_PLACEHOLDERS)[rng.integers(0, len(_PLACEHOLDERS), len(empty))]
    return written


def render(
    rng: np.random.Generator, certifier: Certifier, fields: Mapping[str, Texts], days: Mapping[str, Dates], batch: Ints
) -> dict[str, Texts]:
    """Write canonical values as the certifier's columns.

    Args:
        rng: The stream of the certifier.
        certifier: Its YAML.
        fields: Canonical text fields [n], empty = missing.
        days: Canonical dates [n], NaT = missing.
        batch: A number for columns that nobody uses.

    Returns:
        The columns of the file in their order.
    """
    written: dict[str, Texts] = {}
    for source, columns in by_source(certifier).items():
        field, column = next(iter(columns.items()))
        layout = next((it for it in (_argument(c, "name_part") for c in columns.values()) if it), None)
        if layout is not None:
            written[source] = _full_names(fields, str(layout["layout"]))
        elif field in days:
            shown = days[field].copy()
            if "null_placeholder_dates" in {entry.name for entry in column.recipe}:
                shown[np.isnat(shown) & (rng.random(len(shown)) < _PLACEHOLDER_SHARE)] = _PLACEHOLDER_DATE
            written[source] = format_dates(shown, str(_argument(column, "parse_date") or "%Y-%m-%d"))
        elif _has(columns.values(), "map"):
            written[source] = _coded(rng, columns, fields)
        elif _has(columns.values(), "suffix_of") or _has(columns.values(), "split_suffix"):
            suffix = fields["name_suffix"]
            written[source] = join(fields["last_name"], np.where(suffix != "", join(" ", suffix), "").astype(object))
        else:
            written[source] = _plain(rng, field, column, fields[field])
    numbers = texts(f"{number:06d}" for number in batch.tolist())
    return {name: written.get(name, numbers) for name in (*certifier.source_columns, *certifier.ignored)}
