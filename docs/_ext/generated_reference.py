"""Writes the generated part of the reference before the site is built: tables, rules, commands, the registry's keys.

What it writes lies in ``docs/reference/generated`` and is not kept in the repository: contracts, suites and the command
line's grammar are the only source. Not here: pages that a person writes.
"""

import importlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, get_args

from generated_drops import drops_page
from generated_recipes import recipes_page
from pydantic import BaseModel
from sphinx.application import Sphinx

from assets.console.grammar import PROGRAM, Parser
from assets.console.main import parser
from checks.rule import Rule
from credential_pipeline.foundation.contracts import SNAPSHOTS
from credential_pipeline.foundation.contracts.table import Snapshot, Table
from credential_pipeline.foundation.names import HOPS
from credential_pipeline.foundation.recipes.language import Step
from credential_pipeline.foundation.registry import (
    agreements,
    feeds,
    model,
    programmes,
    request_agreements,
    return_agreements,
    vocabulary,
)
from credential_pipeline.foundation.registry.profiles import PROFILES

_LINES = "\n"
_KINDS: dict[str, Sequence[type[BaseModel]]] = {
    "industries/*.yml": (model.Industry,),
    "certifiers/*.yml": (feeds.Certifier,),
    "agreements/*.yml": (
        *(agreements.Agreement, agreements.Columns, agreements.ReleaseAgreement, agreements.WageAgreement),
        *(return_agreements.ReturnAgreement, return_agreements.Share),
        *(request_agreements.RequestAgreement, request_agreements.AskedColumns),
    ),
    "programmes/*.yml": (programmes.Programmes, programmes.Programme, programmes.Tuition),
}
"""Files of the registry -> the models of what they hold; what is nested in them is found."""
_ELSEWHERE: dict[type[BaseModel], str] = {Step: "recipes.md"}
"""Models that have a page of their own."""


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("builder-inited", write)
    return {"parallel_read_safe": True}


def write(app: Sphinx) -> None:
    """Write every generated page; unchanged pages keep their time, so that a second build is quick."""
    folder = Path(app.srcdir) / "reference" / "generated"
    pages = {f"tables/{hop}.md": table_page(SNAPSHOTS[hop], number) for number, hop in enumerate(HOPS, 1)}
    pages |= {"tables/index.md": index_page(), "rules.md": rules_page()}
    pages |= {"commands.md": commands_page(), "registry.md": registry_page()}
    pages |= {"recipes.md": recipes_page(), "dropped-files.md": drops_page()}
    for name, text in pages.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def index_page() -> str:
    """The list of hops in their order."""
    rows = [
        f"| {number} | [{hop}]({hop}.md) | {side.value} | {SNAPSHOTS[hop].description} |"
        for number, (hop, side) in enumerate(HOPS.items(), 1)
    ]
    toc = "\n".join(["```{toctree}", ":hidden:", "", *HOPS, "```"])
    head = "# Tables\n\nEvery table that a hop publishes, made from its contract.\n\n| | hop | side | what it is |\n|---|---|---|---|\n"
    return f"{head}{_LINES.join(rows)}\n\n{toc}\n"


def table_page(snapshot: Snapshot, number: int) -> str:
    """The data dictionary of one hop."""
    partition = "one version an industry" if snapshot.partitioned else "one version for all industries"
    head = f"# {snapshot.name}\n\n{snapshot.description} Hop {number}, {snapshot.side.value}, {partition}.\n"
    return "\n".join([head, *(_table(table) for table in snapshot)])


def _table(table: Table) -> str:
    rows = [
        f"| `{column.name}` | {column.type} | {'direct identifier' if column.identifier else ''} | {_cell(column.description)} |"
        for column in table.columns
    ]
    key = ", ".join(f"`{name}`" for name in table.key)
    facts = [f"Sensitivity: {table.sensitivity.value}.", f"Key: {key}{'' if table.unique else ' (not unique)'}."]
    facts += ["May be empty."] if table.may_be_empty else []
    head = "| column | type | | meaning |\n|---|---|---|---|"
    return f"## {table.name}\n\n{table.description} {' '.join(facts)}\n\n{head}\n{_LINES.join(rows)}\n"


def rules_page() -> str:
    """Every rule of every gate with its reason."""
    parts = ["# Rules\n\nWhat must hold before a hop publishes. `block` keeps the data back, `warn` lets them pass.\n"]
    for hop, side in HOPS.items():
        rules: tuple[Rule, ...] = importlib.import_module(f"checks.suites.{side.value}.{hop}").RULES
        rows = [f"| `{rule.name}` | {rule.severity} | {_cell(rule.why)} |" for rule in rules]
        parts.append(f"## {hop}\n\n| rule | severity | why |\n|---|---|---|\n{_LINES.join(rows)}\n")
    return "\n".join(parts)


def commands_page() -> str:
    """The help of every command, as the command line prints it."""
    parts = ["# Commands\n\nWhat `--help` says of each command.\n"]
    for name, command in _grammars(parser()):
        parts.append(f"## {name}\n\n```text\n{command.format_help().strip()}\n```\n")
    return "\n".join(parts)


def _grammars(top: Parser) -> Iterator[tuple[str, Parser]]:
    for command in top.commands.values():
        yield command.prog.removeprefix(f"{PROGRAM} "), command
        yield from _grammars(command)


def registry_page() -> str:
    """The keys of the YAML files, made from their strict models, and the canonical fields."""
    parts = [
        "# Registry files\n\nUnknown keys are mistakes; `credential-pipeline registry check` names file and key.\n"
    ]
    shown = {model for classes in _KINDS.values() for model in classes}
    for kind, classes in _KINDS.items():
        parts.append(f"## {kind}\n")
        # What is nested in a model has a section after it, unless it is a file of its own.
        sections = list(classes)
        for found in sections:
            sections += [one for one in _nested(found) if one not in {*sections, *shown, *_ELSEWHERE}]
        shown |= set(sections)
        parts += [_model(found, shown) for found in sections]
    rows = [
        f"| `{name}` | {field.kind} | {'required' if name in vocabulary.REQUIRED else ''} |"
        for name, field in vocabulary.FIELDS.items()
    ]
    parts.append(_profiles())
    parts.append(f"## Canonical fields\n\n| field | kind | |\n|---|---|---|\n{_LINES.join(rows)}\n")
    return "\n".join(parts)


def _profiles() -> str:
    rows = [
        f"| `{name}` | {rules.min_learners} | {rules.min_money} | {rules.counts} | {rules.decimals} | {rules.told} |"
        for name, rules in PROFILES.items()
    ]
    head = "| profile | least learners | least for amounts | rounding | decimals of shares | what readers are told |"
    return f"## Release profiles\n\n{head}\n|---|---|---|---|---|---|\n{_LINES.join(rows)}\n"


def _nested(found: type[BaseModel]) -> list[type[BaseModel]]:
    """Models that stand at the keys of a model, in the order of the keys."""
    return [one for field in found.model_fields.values() for one in _models_in(field.annotation)]


def _models_in(annotation: object) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return list(dict.fromkeys(model for part in get_args(annotation) for model in _models_in(part)))


def _model(found: type[BaseModel], shown: set[type[BaseModel]]) -> str:
    rows = []
    for name, field in found.model_fields.items():
        default = "required" if field.is_required() else _default(field.get_default(call_default_factory=True))
        nested = [_see(model) for model in _models_in(field.annotation) if model in shown or model in _ELSEWHERE]
        told = ", ".join(filter(None, (default, f"see {' and '.join(nested)}" if nested else "")))
        rows.append(f"| `{field.alias or name}` | {told} |")
    said = (found.__doc__ or "").strip().splitlines()[0]
    return f"### {found.__name__}\n\n{said}\n\n| key | default |\n|---|---|\n{_LINES.join(rows)}\n"


def _see(model: type[BaseModel]) -> str:
    return f"[{model.__name__}]({_ELSEWHERE.get(model, f'#{model.__name__.lower()}')})"


def _default(value: object) -> str:
    if isinstance(value, BaseModel):
        return ""
    if value is None or value in ((), {}):
        return "none"
    return f"`{', '.join(map(str, value)) if isinstance(value, tuple) else value}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
