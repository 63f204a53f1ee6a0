"""The page of recipe steps: each with its parameters, what it does, and examples that the tests hold it to."""

import inspect
import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from credential_pipeline.foundation.recipes import dates, names, text
from credential_pipeline.foundation.recipes.language import NULLS, PLAIN, STEPS, WITH_ARGUMENT
from credential_pipeline.foundation.recipes.text import PLACEHOLDERS

TABLES = Path(__file__).parents[2] / "tests" / "domain" / "foundation" / "recipe_tables.yml"
"""Dirty values -> clean values of every step; the tests run them."""
_MOST = 6
"""Rows of an example; the first tell most."""
_TABLES = 3

_FUNCTIONS: dict[str, Callable[..., str]] = {
    **PLAIN,
    "parse_date": dates.parse_date,
    "map": text.map_values,
    "pass_from": text.pass_from,
    "name_part": names.name_part,
}
_PARAMETERS = {
    "parse_date": "the layout of the date, of the directives "
    + ", ".join(f"`{one}`" for one in dates.DIRECTIVES)
    + " and the signs between them; year, month and day are needed",
    "map": 'words of the file, in any case, and what each means; `"*"` is every other word that is not blank, and '
    + " or ".join(f"`{one}`" for one in NULLS)
    + " as a meaning says that the word tells nothing of the field, on purpose",
    "pass_from": "the least score that is a pass; for `event` a map follows, as `map: {pass: award, fail: attempt}`",
    "name_part": f"`layout`, one of {', '.join(f'`{one}`' for one in names.LAYOUTS)}; `part`, one of "
    + ", ".join(f"`{one}`" for one in names.PARTS),
}
_MORE = {
    "null_placeholders": f"The words: {', '.join(f'`{one}`' for one in PLACEHOLDERS)}.",
    "null_placeholder_dates": f"The days: {', '.join(f'`{one}`' for one in dates.PLACEHOLDER_DATES)}.",
}
_HEAD = """# Recipe steps

A recipe is a list of steps under `recipe` of a column of `certifiers/*.yml`; they are applied in their order, and what is blank after
them is missing. A step is a word, as `trim`, or a word with a parameter, as `parse_date: "%m/%d/%Y"`. Steps on text come first; a field of
dates takes `parse_date` once (without it, ISO dates such as 1990-12-31 are read), and after it only `null_placeholder_dates`.

```yaml
birth_date: {from: DOB, recipe: [trim, {parse_date: "%m/%d/%Y"}, null_placeholder_dates]}
```

After the recipe, every field is put into the form that all sides share (names in capitals without accents, five digits of a ZIP code),
so a recipe need not do that. The examples are those that the tests hold each step to.

"""


def recipes_page() -> str:
    """Every step in the order of the language."""
    tables: list[dict[str, Any]] = yaml.load(TABLES.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    short = "\n".join(f"| [{name}](#{name}) | {_sentence(name)} |" for name in STEPS)
    return f"{_HEAD}| step | what it does |\n|---|---|\n{short}\n\n" + "\n".join(_step(name, tables) for name in STEPS)


def _step(name: str, tables: list[dict[str, Any]]) -> str:
    written = f"`{{{WITH_ARGUMENT[name]}}}`" if name in WITH_ARGUMENT else f"`{name}`"
    parts = [f"## {name}\n", " ".join(filter(None, (_said(name), _MORE.get(name)))) + "\n"]
    parts.append(f"Written {written}. Parameter: {_PARAMETERS.get(name, 'none')}.\n")
    # Tables of the step alone say most.
    using = sorted((table for table in tables if name in _names(table)), key=lambda table: len(_names(table)))
    parts += [_example(table) for table in using[:_TABLES]]
    return "\n".join(parts)


def _names(table: Mapping[str, Any]) -> list[str]:
    return [next(iter(step)) if isinstance(step, dict) else step for step in table["recipe"]]


def _example(table: Mapping[str, Any]) -> str:
    rows = "\n".join(f"| {_shown(dirty)} | {_shown(clean)} |" for dirty, clean in list(table["rows"].items())[:_MOST])
    return f"`recipe: [{', '.join(map(_flow, table['recipe']))}]`\n\n| value | becomes |\n|---|---|\n{rows}\n"


def _flow(step: object) -> str:
    if not isinstance(step, dict):
        return str(step)
    name, argument = next(iter(step.items()))
    if isinstance(argument, dict):
        inner = ", ".join(f"{_word(key)}: {one if one in NULLS else _word(one)}" for key, one in argument.items())
        return f"{{{name}: {{{inner}}}}}"
    return f"{{{name}: {_word(argument)}}}"


def _word(value: str) -> str:
    plain = re.fullmatch(r"[A-Za-z][A-Za-z_ ]+", value) and value.lower() not in {"yes", "no", "null", "true", "false"}
    return value if plain else json.dumps(value)


def _shown(value: str) -> str:
    if value in {"", "~"}:
        return "missing"
    return f"`{json.dumps(value, ensure_ascii=value != value.strip())[1:-1]}`".replace("|", "\\|")


def _sentence(name: str) -> str:
    return _said(name).split(". ")[0].rstrip(".") + "."


def _said(name: str) -> str:
    """What the function says of itself, without its arguments."""
    text = " ".join(_lines(inspect.getdoc(_FUNCTIONS[name]) or "")).replace("``", "`")
    said = re.sub(r"\bNULL\b(?= if| for|, or)", "missing", text)
    return said[0].upper() + said[1:]


def _lines(doc: str) -> Iterator[str]:
    for line in doc.splitlines():
        if line.strip() == "Args:":
            return
        if line.strip():
            yield line.strip()
