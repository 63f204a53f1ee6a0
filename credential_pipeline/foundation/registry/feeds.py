"""The strict shape of a certifier: how its files look, where each canonical field comes from, what it awards.

Not here: the steps of a recipe (credential_pipeline/foundation/recipes), reading deliveries (credential_pipeline/clearinghouse/raw_feeds).
"""

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from credential_pipeline.foundation.recipes.language import Step, check_order, field_expression, silent_expression
from credential_pipeline.foundation.recipes.text import derived_id, trim
from credential_pipeline.foundation.registry.deliveries import Deliveries
from credential_pipeline.foundation.registry.mistakes import KeyPath, Mistake, refuse, repeated
from credential_pipeline.foundation.registry.strict import Name, Strict, Text, one_of
from credential_pipeline.foundation.registry.vocabulary import (
    CADENCES,
    CLOSED,
    DELIMITERS,
    ENCODINGS,
    FIELDS,
    FORMATS,
    REQUIRED,
)

_OPEN = ("", "N", "NO", "FALSE", "F", "0")
_SHUT = ("Y", "YES", "X", "TRUE", "T", "1")
_NEVER_SILENT = {
    "event": "a row without an event counts as an award, so null is not allowed; leave the word out to set its rows aside",
    "block_flag": "say Y (do not share) or N; null is not allowed",
}
"""Fields in which a word that says nothing would be taken for something -> what to do."""
_CTID = r"^ce-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\z"
_CODE = re.compile(r"\A[A-Za-z0-9][A-Za-z0-9 +._/-]{0,39}\Z")


def _delimiter(value: object) -> object:
    """Accept the word of a delimiter (tab) for the character."""
    words = {word: character for character, word in DELIMITERS.items()}
    return words.get(value, value) if isinstance(value, str) else value


def _check_delimiter(value: str) -> str:
    if value not in DELIMITERS:
        message = f"allowed: {', '.join(DELIMITERS.values())}"
        raise ValueError(message)
    return value


def _check_code(value: str) -> str:
    if not _CODE.match(value):
        message = "use 1 to 40 letters, digits, spaces and + . _ / -"
        raise ValueError(message)
    return value


Delimiter = Annotated[str, BeforeValidator(_delimiter), AfterValidator(_check_delimiter)]
Code = Annotated[str, AfterValidator(_check_code)]


def column_key(name: str) -> str:
    """What two spellings of a column name share: no case, no blanks around it and one within, no quotation marks, nothing unseen."""
    shown = "".join(sign if sign.isprintable() else " " if sign.isspace() else "" for sign in name)
    return " ".join(shown.replace('"', "").split()).casefold()


Width = tuple[Annotated[int, Field(ge=1)], Annotated[int, Field(ge=1)]]


class Feed(Strict):
    """How a delivery is written and how often it comes.

    ``max_megabytes`` is the size above which it is refused, packed or unpacked. ``header`` tells on which line the names of the columns
    stand: its number, ``first`` for the first that is not blank, ``find`` for the first that holds all declared columns. ``sheet`` is for
    spreadsheets; ``widths``, column -> first and last character, for fixed width.
    """

    format: Annotated[str, one_of(*FORMATS)] = "csv"
    delimiter: Delimiter = ","
    encoding: Annotated[str, one_of(*ENCODINGS)] = "utf-8"
    header: Literal["find", "first"] | Annotated[int, Field(ge=1, le=50)] = "find"
    sheet: Text | None = None
    widths: dict[Text, Width] = Field(default_factory=dict)
    cadence: Annotated[str, one_of(*CADENCES)] = "irregular"
    max_megabytes: Annotated[int, Field(ge=1, le=4096)] = 1024

    @model_validator(mode="after")
    def _fits_format(self) -> Self:
        if self.sheet is not None and self.format != "xlsx":
            message = "sheet is for format: xlsx"
            raise ValueError(message)
        if bool(self.widths) != (self.format == "fixed"):
            message = "widths and format: fixed belong together"
            raise ValueError(message)
        places = sorted(self.widths.values())
        if any(end < start for start, end in places) or any(
            later[0] <= earlier[1] for earlier, later in itertools.pairwise(places)
        ):
            message = "widths: a column is [first, last] character, counted from 1, and no two columns overlap"
            raise ValueError(message)
        return self


ColumnName = Annotated[str, Field(min_length=1, max_length=200)]


class Column(Strict):
    """Where a canonical field comes from: a source column with its recipe, or one constant value for every row.

    A sender without ids of rows has ``record_id`` derived from columns which together tell one row from another.
    """

    source: Annotated[ColumnName | None, Field(alias="from")] = None
    value: ColumnName | None = None
    derived: tuple[ColumnName, ...] = ()
    recipe: tuple[Step, ...] = ()

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if [self.source is None, self.value is None, not self.derived].count(False) != 1:
            message = (
                "give one of 'from' (a column of the file), 'value' (a constant) and 'derived' (columns of the file)"
            )
            raise ValueError(message)
        if self.source is None and self.recipe:
            message = "only what comes 'from' a column takes a recipe"
            raise ValueError(message)
        return self

    @property
    def sources(self) -> tuple[str, ...]:
        """Columns of the file that it is read from."""
        return self.derived or ((self.source,) if self.source else ())


class Credential(Strict):
    """A credential of the certifier; ``level`` orders stacks, ``stacks_to`` names the credential it leads to.

    Credentials of one ``family`` are told of together where they have too few holders to be told of alone. ``ctid`` is its id in
    the Credential Registry (CTDL: ``ce-`` and a UUID).
    """

    code: Code
    title: Text
    level: Annotated[int, Field(ge=1, le=9)] = 1
    stacks_to: Code | None = None
    family: Name | None = None
    cip: Annotated[str | None, Field(pattern=r"^\d{2}(\.\d{2}(\d{2})?)?\z")] = None
    ctid: Annotated[str | None, Field(pattern=_CTID)] = None


class Certifier(Strict):
    """One certifying body: one file ``certifiers/<certifier>.yml``."""

    certifier: Name
    name: Text
    feed: Feed = Feed()
    deliveries: Deliveries = Deliveries()
    columns: dict[str, Column]
    absent: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    credentials: tuple[Credential, ...] = ()

    @cached_property
    def source_columns(self) -> tuple[str, ...]:
        """Columns of the file that are used, each once, in the order of the YAML."""
        return tuple(dict.fromkeys(name for column in self.columns.values() for name in column.sources))

    @cached_property
    def needed_columns(self) -> frozenset[str]:
        """Columns of the file that no row can do without: the required fields, and who must not be shared."""
        fields = (self.columns[name] for name in (*REQUIRED, "block_flag") if name in self.columns)
        return frozenset(name for column in fields for name in column.sources)

    @cached_property
    def codes(self) -> frozenset[str]:
        """Codes of the credentials; empty if the YAML lists none, in which case any code is accepted."""
        return frozenset(credential.code for credential in self.credentials)

    def sql(self, field: str, source: str = "source") -> str:
        """DuckDB expression of a canonical field; NULL of the right type if the feed has none.

        The expression is a DATE for fields of kind date, else a VARCHAR in which empty text means missing, like NULL.

        Args:
            field: A canonical field of vocabulary.yml.
            source: SQL name of the MAP(VARCHAR, VARCHAR) or STRUCT that holds the verbatim row.
        """
        column = self.columns.get(field)
        kind = FIELDS[field].kind
        if column is None:
            return "CAST(NULL AS DATE)" if kind == "date" else "CAST(NULL AS VARCHAR)"
        if column.derived:
            return derived_id(column.derived, source)
        dated, surname = kind == "date", field in {"last_name", "previous_last_name"}
        return field_expression(column.source, column.value, column.recipe, dated=dated, surname=surname, source=source)

    def written_sql(self, field: str, source: str = "source") -> str:
        """DuckDB expression of what the file holds for a field before its recipe, trimmed; empty or NULL if nothing.

        Args:
            field: A canonical field.
            source: SQL name of the MAP(VARCHAR, VARCHAR) or STRUCT that holds the verbatim row.
        """
        column = self.columns.get(field)
        if column is None or column.source is None:
            return "CAST(NULL AS VARCHAR)"
        return trim(field_expression(column.source, None, source=source))

    def silent_sql(self, field: str, source: str = "source") -> str:
        """Condition on a row: what the file holds for a field says nothing of it, by a ``null`` of its map.

        Args:
            field: A canonical field.
            source: SQL name of the MAP(VARCHAR, VARCHAR) or STRUCT that holds the verbatim row.
        """
        column = self.columns.get(field)
        if column is None or column.source is None:
            return "false"
        return silent_expression(field_expression(column.source, None, source=source), column.recipe)

    def blocked_sql(self, source: str = "source") -> str:
        """Condition on a row: its sender says that the person is not to be shared.

        It errs on the safe side: a mark that the YAML does not know blocks.

        Args:
            source: SQL name of the MAP(VARCHAR, VARCHAR) or STRUCT that holds the verbatim row.
        """
        written = self.written_sql("block_flag", source)
        flag = f"coalesce(nullif({self.sql('block_flag', source)}, ''), {written}, '')"
        shares = ", ".join(f"'{word}'" for word in _OPEN)
        return f"upper(trim({flag})) NOT IN ({shares})"

    @cached_property
    def block_words(self) -> frozenset[str]:
        """What a file may write for "do not share", in capitals: of a broken row no other word is believed."""
        column = self.columns.get("block_flag")
        recipe = column.recipe if column else ()
        said = {word for step in recipe for word, to in step.words.items() if to == "Y"}
        return frozenset(word.strip().upper() for word in {*said, *_SHUT} - {"*"})

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        # All of them are told at once.
        refuse(*self._unknown_fields(), *self._columns_at_odds(), *self._wrong_recipes(), *self._wrong_stacks())
        return self

    def _unknown_fields(self) -> Iterator[Mistake]:
        listed: list[Mistake] = [(("columns", name), name) for name in self.columns]
        for key, name in [*listed, *((("absent", place), name) for place, name in enumerate(self.absent))]:
            if name not in FIELDS:
                yield key, f"unknown field '{name[:40]}'; allowed: {', '.join(FIELDS)}"
            elif key[0] == "absent" and name in self.columns:
                yield key, f"'{name}' is in columns too"
        for name in REQUIRED:
            if name not in self.columns or not self.columns[name].sources:
                where: KeyPath = ("columns", name) if name in self.columns else ("columns",)
                yield where, f"the required field '{name}' has no 'from'; required: {', '.join(REQUIRED)}"
        for name, column in self.columns.items():
            if column.derived and name != "record_id":
                yield ("columns", name, "derived"), "only record_id is 'derived'"

    def _written(self) -> Iterator[tuple[KeyPath, str]]:
        """Every name of a column of the file, with the path of where it is written."""
        for field, column in self.columns.items():
            if column.source is not None:
                yield ("columns", field, "from"), column.source
            yield from ((("columns", field, "derived", place), name) for place, name in enumerate(column.derived))
        yield from ((("ignored", place), name) for place, name in enumerate(self.ignored))

    def _columns_at_odds(self) -> Iterator[Mistake]:
        spelled: dict[str, str] = {}
        for key, name in self._written():
            if spelled.setdefault(column_key(name), name) != name:
                yield key, "two columns of the file differ in nothing but case or blanks"
            if key[0] == "ignored" and name in self.source_columns:
                yield key, "a column that is used cannot be ignored"
        for name in self.source_columns if self.feed.widths else ():
            if name not in self.feed.widths:
                yield ("feed", "widths"), f"the column '{name[:40]}' has no place"

    def _wrong_recipes(self) -> Iterator[Mistake]:
        for name, column in self.columns.items():
            if name not in FIELDS:
                continue
            kind, key = FIELDS[name].kind, ("columns", name)
            try:
                self.sql(name)
            except ValueError as error:
                yield key, str(error)
            yield from _steps_at_odds(key, column, dated=kind == "date")
            if kind in CLOSED:
                yield from _values_outside(key, column, CLOSED[kind], _NEVER_SILENT.get(name))

    def _wrong_stacks(self) -> Iterator[Mistake]:
        codes = [credential.code for credential in self.credentials]
        parents = {credential.code: credential.stacks_to for credential in self.credentials}
        for place in repeated(codes):
            yield ("credentials", place, "code"), "a code is listed twice"
        for place, (code, parent) in enumerate((one.code, one.stacks_to) for one in self.credentials):
            if parent is not None and parent not in parents:
                allowed = ", ".join(parents)
                yield ("credentials", place, "stacks_to"), f"stacks_to names no code of this file; allowed: {allowed}"
            elif _in_a_circle(code, parents):
                yield ("credentials", place, "stacks_to"), "stacks_to runs in a circle"
        column = self.columns.get("credential_code")
        if column is not None and any(step.name == "upper" for step in column.recipe):
            for place, code in enumerate(codes):
                if code != code.upper():
                    text = "the recipe of credential_code writes capitals, so the codes must be in capitals"
                    yield ("credentials", place, "code"), text


def _steps_at_odds(key: KeyPath, column: Column, *, dated: bool) -> Iterator[Mistake]:
    """The first step of a recipe that does not fit to those before it."""
    for place in range(len(column.recipe)):
        try:
            check_order(column.recipe[: place + 1], dated=dated)
        except ValueError as error:
            yield (*key, "recipe", place), str(error)
            return


def _values_outside(key: KeyPath, column: Column, allowed: Iterable[str], silent: str | None) -> Iterator[Mistake]:
    """Constants and words of a map that a field of few values can't have; ``silent`` says why no word may say nothing."""
    text = f"allowed values: {', '.join(allowed)}"
    if column.value and column.value not in allowed:
        yield (*key, "value"), text
    for place, step in enumerate(column.recipe):
        for word, to in step.words.items():
            wrong = silent if to is None else text if to not in allowed else None
            if wrong:
                yield (*key, "recipe", place, step.name, word), wrong


def _in_a_circle(code: str, parents: Mapping[str, str | None]) -> bool:
    """Whether what a credential stacks to leads back to it."""
    seen: set[str] = set()
    current = parents[code]
    while current is not None and current not in seen:
        seen.add(current)
        current = parents.get(current)
    return code in seen
