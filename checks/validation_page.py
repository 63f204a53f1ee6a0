"""One version's rules as a page without network: what each rule says, the number that was counted, the verdict.

Not here: which verdicts there are (validation.py). Everything on the page is escaped, and nothing is fetched.
"""

import html
from collections.abc import Mapping, Sequence
from typing import Any

from checks.blame import Blame

_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
body{color:#1a1a1a;background:#fff}
h1{font-size:1.5rem;margin-bottom:.2rem}h2{font-size:1.15rem;margin-top:2rem}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.45rem .6rem;border-bottom:1px solid #ddd}
td.n{text-align:right;white-space:nowrap}code{font-size:.9em;overflow-wrap:anywhere}
.blocks{color:#8f1d14;font-weight:600}.warns{color:#6b4a00;font-weight:600}.holds{color:#1d5e2a}.where{color:#444;font-size:.9em}
"""
_ORDER = ("blocks", "warns", "holds")
_HEADS = {"blocks": "Rules that keep the data back", "warns": "Rules that warn", "holds": "Rules that hold"}


def page(head: Mapping[str, str], rows: Mapping[str, int], records: Sequence[Mapping[str, Any]]) -> str:
    """Write the page.

    Args:
        head: snapshot, partition, version.
        rows: Rows of each table.
        records: One record a rule, as validation.py makes them.
    """
    kinds = [_kind(entry) for entry in records]
    title = f"{head['snapshot']}, {head['partition']}"
    sections = "".join(
        _section(kind, [entry for entry, of in zip(records, kinds, strict=True) if of == kind]) for kind in _ORDER
    )
    tables = ", ".join(f"{number:,} {_safe(name)}" for name, number in rows.items())
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Validation: {_safe(title)}</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<style>{_STYLE}</style></head>\n<body><main>\n<h1>What the gate said: {_safe(title)}</h1>\n"
        f"<p>Version <code>{_safe(head['version'])}</code>. Rows: {tables}.</p>\n<p>{_summary(kinds)}</p>\n"
        f"{sections}</main></body></html>\n"
    )


def _summary(kinds: Sequence[str]) -> str:
    counts = {kind: kinds.count(kind) for kind in _ORDER}
    held = f"{counts['holds']} of {len(kinds)} rules hold"
    warned = f"{counts['warns']} {'rule warns' if counts['warns'] == 1 else 'rules warn'}"
    if counts["blocks"]:
        return f"Refused: {held}, {counts['blocks']} keep the data back, {warned}. Nothing was published."
    return f"Let through: {held}, {warned}."


def _kind(entry: Mapping[str, Any]) -> str:
    if entry["passed"]:
        return "holds"
    return "blocks" if entry["severity"] == "block" else "warns"


def _section(kind: str, records: Sequence[Mapping[str, Any]]) -> str:
    if not records:
        return ""
    body = "".join(_row(kind, entry) for entry in records)
    return (
        f"<h2>{_HEADS[kind]}</h2>\n<table><thead><tr><th scope='col'>Rule</th><th scope='col'>Why</th>"
        "<th scope='col'>Asked</th><th scope='col'>Found</th><th scope='col'>Verdict</th></tr></thead>\n"
        f"<tbody>\n{body}</tbody></table>\n"
    )


def _row(kind: str, entry: Mapping[str, Any]) -> str:
    return (
        f"<tr><th scope='row'><code>{_safe(entry['rule'])}</code></th><td>{_safe(entry['why'])}{_where(entry)}</td>"
        f"<td>{_safe(_asked(entry))}</td><td class='n'>{_safe(_found(entry))}</td><td class='{kind}'>{kind}</td></tr>\n"
    )


def _where(entry: Mapping[str, Any]) -> str:
    if entry["passed"]:
        return ""
    named = Blame(tuple((name, number) for name, number in entry["named"]), entry["more"]).words
    columns = Blame(columns=tuple(entry["columns"])).words
    lines = [f"Broken by {named}." if named else "", f"It looks at {columns}." if columns else ""]
    return "".join(f"<br><span class='where'>{_safe(line)}</span>" for line in lines if line)


def _asked(entry: Mapping[str, Any]) -> str:
    """The expectation in words."""
    kwargs = entry["kwargs"]
    if entry["expectation"] == "ExpectColumnValuesToBeInSet":
        return f"each one of: {', '.join(str(value) for value in kwargs['value_set'])}"
    least, most = kwargs.get("min_value"), kwargs.get("max_value")
    words = [f"at least {least:g}" if least is not None else "", f"at most {most:g}" if most is not None else ""]
    return " and ".join(word for word in words if word) or entry["expectation"]


def _found(entry: Mapping[str, Any]) -> str:
    if not entry["evaluated"]:
        return "could not be evaluated"
    failing = " failing" if entry["expectation"] == "ExpectColumnValuesToBeInSet" else ""
    return f"{entry['observed']:.6g}{failing}"


def _safe(text: object) -> str:
    return html.escape(str(text))
