"""One step of a recipe as YAML writes it, and the compiler from recipes to SQL.

A step is a word (``trim``) or a word with an argument (``parse_date: "%m/%d/%Y"``). A mistake is a ValueError that
names the allowed words; the registry adds file and key.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, Self

from pydantic import BaseModel, ConfigDict, model_validator

from credential_pipeline.foundation.recipes import dates, name_marks, names, text
from credential_pipeline.foundation.recipes.sql import literal

Argument = str | dict[str, str | None] | None

NULLS: Final = ("null", "~")
"""What a ``map`` writes for "this word says nothing here": the value is missing on purpose."""

PLAIN: Final[dict[str, Callable[[str], str]]] = {
    "trim": text.trim,
    "upper": text.upper,
    "lower": text.lower,
    "collapse_spaces": text.collapse_spaces,
    "digits": text.digits,
    "last4": text.last4,
    "zip5": text.zip5,
    "null_placeholders": text.null_placeholders,
    "strip_leading_zeros": text.strip_leading_zeros,
    "null_placeholder_dates": dates.null_placeholder_dates,
    "split_suffix": names.split_suffix,
    "suffix_of": names.suffix_of,
}
"""Steps that are a word alone."""

WITH_ARGUMENT: Final = {
    "parse_date": 'parse_date: "%m/%d/%Y"',
    "map": "map: {P: pass, F: fail}",
    "pass_from": 'pass_from: "70"',
    "name_part": 'name_part: {layout: "Last, First Middle", part: first}',
}
"""Steps that need an argument, each with an example."""

STEPS: Final = (*PLAIN, *WITH_ARGUMENT)
ISO_DATE: Final = "%Y-%m-%d"
ON_DATES: Final = ("null_placeholder_dates",)
"""Steps that work on a DATE: they come last, after parse_date."""


def _refuse(message: str) -> ValueError:
    return ValueError(message)


def _unless_null(to: object) -> object:
    return None if isinstance(to, str) and to.lower() in NULLS else to


def _check_name_part(argument: Argument) -> None:
    chosen = argument if isinstance(argument, dict) else {}
    if set(chosen) != {"layout", "part"}:
        raise _refuse(f"name_part needs layout and part, as in {WITH_ARGUMENT['name_part']}")
    for key, allowed in (("layout", names.LAYOUTS), ("part", names.PARTS)):
        if chosen[key] not in allowed:
            raise _refuse(f"name_part.{key}: allowed: {' | '.join(allowed)}")


class Step(BaseModel):
    """One step: its name and, for some, an argument. Frozen; compiles without looking at data."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    argument: Argument = None

    @model_validator(mode="before")
    @classmethod
    def _from_yaml(cls, written: object) -> object:
        if isinstance(written, str):
            return {"name": written}
        if isinstance(written, dict) and len(written) == 1 and "name" not in written:
            name, argument = next(iter(written.items()))
            if name == "map" and isinstance(argument, dict):
                # Files are read as text, and a null with them.
                argument = {word: _unless_null(to) for word, to in argument.items()}
            return {"name": name, "argument": argument}
        return written

    @model_validator(mode="after")
    def _compiles(self) -> Self:
        if self.name not in STEPS:
            raise _refuse(f"unknown step; allowed: {', '.join(STEPS)}")
        if self.name in PLAIN and self.argument is not None:
            raise _refuse(f"{self.name} takes no argument")
        if self.name == "name_part":
            _check_name_part(self.argument)
        if self.name == "parse_date" and not isinstance(self.argument, str):
            raise _refuse(f"parse_date needs a layout, as in {WITH_ARGUMENT['parse_date']}")
        if self.name == "pass_from" and not (
            isinstance(self.argument, str) and re.fullmatch(text.SCORE, self.argument.strip())
        ):
            raise _refuse(f"pass_from needs a number, as in {WITH_ARGUMENT['pass_from']}")
        if self.name == "map" and (not isinstance(self.argument, dict) or not self.argument):
            raise _refuse(f"map needs a mapping, as in {WITH_ARGUMENT['map']}")
        self.sql("''")
        return self

    @property
    def words(self) -> Mapping[str, str | None]:
        """What a ``map`` step translates, None for a word that says nothing on purpose; empty for every other step."""
        return self.argument if self.name == "map" and isinstance(self.argument, dict) else {}

    def sql(self, expression: str, *, surname: bool = False) -> str:
        """Wrap a SQL expression in this step; of a ``surname``, no word that is somebody's family name is a placeholder."""
        argument: Any = self.argument
        if self.name == "null_placeholders" and surname:
            return text.null_placeholders(expression, name_marks.NO_FAMILY_NAME)
        if self.name == "parse_date":
            return dates.parse_date(expression, argument)
        if self.name == "map":
            return text.map_values(expression, argument)
        if self.name == "pass_from":
            return text.pass_from(expression, argument.strip())
        if self.name == "name_part":
            return names.name_part(expression, argument["layout"], argument["part"])
        return PLAIN[self.name](expression)


def check_order(recipe: Iterable[Step], *, dated: bool) -> None:
    """Refuse a recipe whose steps do not fit together: text steps, then one parse_date, then steps on dates.

    Raises:
        ValueError: Says which step stands wrong.
    """
    names_in_order = [step.name for step in recipe]
    on_dates = [name for name in names_in_order if name == "parse_date" or name in ON_DATES]
    if on_dates and not dated:
        raise _refuse(f"{on_dates[0]} is for dates; this field is none")
    if on_dates and names_in_order[-len(on_dates) :] != on_dates:
        raise _refuse(f"after parse_date only {', '.join(ON_DATES)} may follow")
    if "parse_date" in on_dates[1:]:
        raise _refuse("parse_date comes once, before the steps on dates")


def compile_recipe(expression: str, recipe: Iterable[Step], *, surname: bool = False) -> str:
    """Apply the steps in order to a SQL expression."""
    for step in recipe:
        expression = step.sql(expression, surname=surname)
    return expression


def silent_expression(expression: str, recipe: Sequence[Step]) -> str:
    """Condition on a value: a map of the recipe gives it no meaning on purpose, by ``null``.

    Args:
        expression: SQL text of the value as it is written.
        recipe: Steps in order.
    """
    said = []
    for place, step in enumerate(recipe):
        if None in step.words.values():
            marks = {word: "Y" if to is None else "" for word, to in step.words.items()}
            found = compile_recipe(expression, (*recipe[:place], Step(name="map", argument={**marks})))
            said.append(f"coalesce({found}, '') = 'Y'")
    return f"({' OR '.join(said)})" if said else "false"


def field_expression(
    origin: str | None,
    constant: str | None,
    recipe: Iterable[Step] = (),
    *,
    dated: bool = False,
    surname: bool = False,
    source: str = "source",
) -> str:
    """Compile where a canonical field comes from into one SQL expression over the verbatim row.

    Args:
        origin: Name of the source column, or None for a constant.
        constant: The field of every row, if there is no source column.
        recipe: Steps in order.
        surname: The field is a last name.
        dated: The field is a DATE; without ``parse_date`` in the recipe it is read as ISO.
        source: SQL name of the MAP(VARCHAR, VARCHAR) of the row.

    Returns:
        A DATE expression if ``dated``; otherwise a VARCHAR expression in which empty text means missing, like NULL.
    """
    if origin is None:
        return f"CAST({literal(constant or '')} AS {'DATE' if dated else 'VARCHAR'})"
    steps = list(recipe)
    if dated and all(step.name != "parse_date" for step in steps):
        before = sum(step.name not in ON_DATES for step in steps)
        steps.insert(before, Step(name="parse_date", argument=ISO_DATE))
    return compile_recipe(f"{source}[{literal(origin)}]", steps, surname=surname)
