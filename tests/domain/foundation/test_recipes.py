"""Every recipe step and every standard form against a table of dirty and clean values."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from credential_pipeline.foundation import standard_form
from credential_pipeline.foundation.recipes.language import (
    PLAIN,
    WITH_ARGUMENT,
    Step,
    field_expression,
    silent_expression,
)
from credential_pipeline.foundation.recipes.scripts import add_to_latin
from credential_pipeline.foundation.recipes.sql import identifier, literal
from credential_pipeline.foundation.storage.engine import connect

HERE = Path(__file__).parent


def tables(file: str) -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = yaml.load((HERE / file).read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    return loaded


def expected(table: dict[str, Any]) -> dict[str, str | None]:
    return {dirty: None if clean in {"~", ""} else clean for dirty, clean in table["rows"].items()}


def evaluate(expression: str, values: list[str]) -> dict[str, str | None]:
    with connect(threads=1) as con:
        add_to_latin(con)
        con.execute("CREATE TABLE dirty (value VARCHAR, source MAP(VARCHAR, VARCHAR))")
        con.executemany("INSERT INTO dirty VALUES ($1, MAP {'A column''s name': $1})", [[value] for value in values])
        rows = con.execute(f"SELECT value, nullif(CAST({expression} AS VARCHAR), '') FROM dirty").fetchall()
    return dict(rows)


RECIPES = tables("recipe_tables.yml")


@pytest.mark.parametrize("table", RECIPES, ids=[f"{n}-{t['recipe']}" for n, t in enumerate(RECIPES)])
def test_recipe(table: dict[str, Any]) -> None:
    steps = [Step.model_validate(step) for step in table["recipe"]]
    expression = field_expression("A column's name", None, steps, dated="dated" in table)
    assert evaluate(expression, list(table["rows"])) == expected(table)


def test_every_step_has_a_table() -> None:
    used = {next(iter(step)) if isinstance(step, dict) else step for table in RECIPES for step in table["recipe"]}
    assert used == {*PLAIN, *WITH_ARGUMENT}


@pytest.mark.parametrize("table", tables("standard_form_tables.yml"), ids=lambda table: table["form"])
def test_standard_form(table: dict[str, Any]) -> None:
    expression = getattr(standard_form, table["form"])("value")
    assert evaluate(expression, list(table["rows"])) == expected(table)


def test_a_suffix_comes_from_its_column_or_else_from_the_end_of_a_name() -> None:
    rows = [
        ("Junior", "SMITH III", "JR"),
        (None, "SMITH III", "III"),
        (None, "SMITH, 2nd", "II"),
        ("", "SMITH", None),
        ("Esq.", "SMITH sr.", "SR"),
    ]
    with connect(threads=1) as con:
        for written, last, suffix in rows:
            at_end = [standard_form.suffix_at_end(name) for name in ("last_name", "first_name")]
            expression = f"coalesce({standard_form.written_suffix('written')}, {', '.join(at_end)})"
            query = f"SELECT {expression} FROM (SELECT $1::VARCHAR AS written, $2 AS last_name, 'ANN' AS first_name)"
            assert con.execute(query, [written, last]).fetchall() == [(suffix,)], last


@pytest.mark.parametrize(
    ("born", "event", "kept"),
    [
        ("1990-05-01", "2012-01-01", True),
        ("2005-05-01", "2012-01-01", False),
        ("1905-05-01", "2012-01-01", False),
        ("2013-05-01", "2012-01-01", False),
        ("1900-01-01", "1950-01-01", False),
        ("1990-05-01", None, True),
    ],
)
def test_a_birth_date_must_fit_the_event(born: str, event: str | None, kept: bool) -> None:  # noqa: FBT001
    with connect(threads=1) as con:
        query = f"SELECT {standard_form.birth_date_at('born', 'event')} IS NOT NULL FROM (SELECT $1::DATE AS born, $2::DATE AS event)"
        assert con.execute(query, [born, event]).fetchall() == [(kept,)]


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("trimm", "allowed: trim"),
        ({"trim": "x"}, "takes no argument"),
        ("parse_date", "needs a layout"),
        ({"parse_date": "%m/%d/%y"}, "two-digit years"),
        ({"parse_date": "%Y-%m"}, "needs %Y, %d"),
        ({"map": {}}, "needs a mapping"),
        ({"name_part": {"layout": "Middle", "part": "first"}}, "Last, First Middle"),
        ({"name_part": {"layout": "Last, First Middle"}}, "layout and part"),
        ({"map": {"a\nb": "pass"}}, "control characters"),
    ],
)
def test_a_wrong_step_names_what_is_allowed(written: object, hint: str) -> None:
    with pytest.raises(ValueError, match=hint):
        Step.model_validate(written)


@pytest.mark.parametrize("evil", ["x'; DROP TABLE t; --", 'a"b', "a\\'b", "'''", "$1", "{x}"])
def test_words_of_a_yaml_file_stay_words(evil: str) -> None:
    with connect(threads=1) as con:
        assert con.execute(f"SELECT {literal(evil)}").fetchall() == [(evil,)]
        assert con.execute(f"SELECT 1 AS {identifier(evil)}").description[0][0] == evil
    step = Step.model_validate({"map": {evil: evil}})
    assert evaluate(field_expression("A column's name", None, [step]), [evil])[evil] == evil


@pytest.mark.parametrize(
    ("recipe", "silent"),
    [
        ([{"map": {"RENEWAL": "null", "PASS": "pass"}}], {"renewal"}),
        ([{"map": {"PASS": "pass", "*": "~"}}], {"renewal", "x", "1."}),
        (["digits", {"map": {"1": "NULL"}}], {"1."}),
        (["trim", {"map": {"PASS": "pass"}}], set()),
        (["trim"], set()),
    ],
)
def test_a_word_that_a_map_gives_null_says_nothing_on_purpose(recipe: list[object], silent: set[str]) -> None:
    steps = [Step.model_validate(step) for step in recipe]
    written = ["renewal", "x", "1.", "pass", ""]
    said = evaluate(f"({silent_expression('value', steps)})", written)
    assert {word for word, told in said.items() if told == "true"} == silent


def test_a_constant_is_a_constant() -> None:
    assert evaluate(field_expression(None, "it's"), ["x"]) == {"x": "it's"}
