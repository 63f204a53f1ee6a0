"""Writes the generated part of the reference before the site is built: tables, rules, commands, the registry's keys.

What it writes lies in ``docs/reference/generated`` and is not kept in the repository: contracts, suites and the command
line's grammar are the only source. Not here: pages that a person writes.
"""

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from sphinx.application import Sphinx

from assets.console.grammar import PROGRAM, Parser
from assets.console.main import parser
from checks.rule import Rule
from credential_pipeline.foundation.contracts import SNAPSHOTS
from credential_pipeline.foundation.contracts.table import Snapshot, Table
from credential_pipeline.foundation.names import HOPS
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
    for kind, classes in (
        (
            "industries/*.yml",
            (model.Industry, model.Cohorts, model.Horizons, model.Linkage, model.LinkageModels, model.Disclosure),
        ),
        ("certifiers/*.yml", (feeds.Certifier, feeds.Feed, feeds.Column, feeds.Credential)),
        (
            "agreements/*.yml",
            (
                *(agreements.Agreement, agreements.Columns, agreements.ReleaseAgreement, agreements.WageAgreement),
                *(return_agreements.ReturnAgreement, return_agreements.Share),
                *(request_agreements.RequestAgreement, request_agreements.AskedColumns),
            ),
        ),
        ("programmes/*.yml", (programmes.Programmes, programmes.Programme, programmes.Tuition)),
    ):
        parts.append(f"## {kind}\n")
        parts += [_model(found) for found in classes]
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


def _model(found: type[BaseModel]) -> str:
    rows = []
    for name, field in found.model_fields.items():
        default = "required" if field.is_required() else _default(field.get_default(call_default_factory=True))
        rows.append(f"| `{field.alias or name}` | {default} |")
    said = (found.__doc__ or "").strip().splitlines()[0]
    return f"### {found.__name__}\n\n{said}\n\n| key | default |\n|---|---|\n{_LINES.join(rows)}\n"


def _default(value: object) -> str:
    if isinstance(value, BaseModel):
        return f"see {type(value).__name__}"
    if value is None or value == ():
        return "none"
    return f"`{', '.join(map(str, value)) if isinstance(value, tuple) else value}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
