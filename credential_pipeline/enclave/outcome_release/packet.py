"""The page by which reviewers judge a proposal: what changed, what was coarsened or hidden, the certificate, the report itself.

One offline file in the enclave; its figures are those that would become public, so it shows nothing that approval would not.
"""

import hashlib
import html
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from credential_pipeline.enclave.outcome_release.acts import APPROVALS
from credential_pipeline.enclave.outcome_release.ledger import Entry, chain, entries, files_of, last_standing
from credential_pipeline.enclave.outcome_release.revisions import find_revisions
from credential_pipeline.foundation.storage.durable import write_atomically
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.private_files import private_folder
from credential_pipeline.foundation.storage.sql import text_of

_STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;margin:.5rem 0 1.5rem}th,td{text-align:left;padding:.25rem 1rem .25rem 0;"
    "border-bottom:1px solid #ccc;vertical-align:top}td.n{text-align:right;font-variant-numeric:tabular-nums}"
    "code{background:#f2f2f2;padding:0 .2rem;overflow-wrap:anywhere}iframe{width:100%;height:80vh;border:1px solid #888}"
)
_SMALLEST = """
SELECT cell_id, measure, n, value FROM outcome_release.published_outcomes
WHERE status = 1 ORDER BY n, cell_id LIMIT 20
"""
_MARKED = """
SELECT "table", count(*), count(*) FILTER (status = 1), count(*) FILTER (status = 5), count(*) FILTER (status = -1)
FROM outcome_release.published_outcomes GROUP BY ALL ORDER BY ALL
"""
_LEVELS = """
SELECT rollup_level, count(*), string_agg(DISTINCT "table", ', ' ORDER BY "table")
FROM outcome_release.published_outcomes GROUP BY ALL ORDER BY ALL
"""
_CERTIFICATE = "SELECT attack, against, tried, found, result, note FROM outcome_release.certificate ORDER BY ALL"
_LARGEST = 20
_FIRST, _NONE_STANDS = "This is the first release.", "No earlier release stands: all were withdrawn."
_FRONT: Final = "report.html"
FEW_EMPLOYERS: Final = "amounts hidden: FEW_EMPLOYERS"
"""The reason why amounts of enough learners are hidden; no reader is told of which figures."""


def packet_path(home: Path, industry: str, release: str) -> Path:
    """Where the packet of a proposal lies."""
    return home / "proposals" / industry / f"{release}.html"


def write_packet(
    con: Connection, home: Path, industry: str, release: str, version: str, few_employers: int = 0
) -> Path:
    """Write the packet; the same proposal gives the same bytes.

    Args:
        con: Connection with the views of ``outcome_release``.
        home: Folder of the enclave.
        industry: The partition.
        release: Id of the proposal.
        version: Version of the tables, which approvals name.
        few_employers: How many amounts of enough learners are hidden since too few employers pay them.

    Returns:
        Path of the page.
    """
    path = packet_path(home, industry, release)
    private_folder(private_folder(home / "proposals") / industry)
    lines = chain(home).lines()
    last = last_standing(lines, industry, but=release)
    earlier = any(entry.industry == industry and entry.release != release for entry in entries(lines))
    files = con.execute("SELECT path, content FROM outcome_release.public_files ORDER BY path").fetchall()
    parts = [
        _head(industry, release, version),
        _section("What becomes public", _table(("file", "bytes", "sha256"), map(_file, files))),
        _section(
            "What changed",
            _changes(con, home, last, release) if last else f"<p>{_NONE_STANDS if earlier else _FIRST}</p>",
        ),
        _section("What is shown and hidden", _hidden(con, few_employers)),
        _section("Levels, after coarsening", _table(("level", "figures", "tables"), _rows(con, _LEVELS))),
        _section(
            "Certificate: what was tried on it",
            _table(("attack", "against", "tried", "found", "result", "note"), _rows(con, _CERTIFICATE)),
        ),
        _section(
            "The smallest groups that are shown", _table(("cell", "measure", "n", "value"), _rows(con, _SMALLEST))
        ),
        _section("The report, as readers would get it", _preview(files)),
    ]
    page = (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Review of {html.escape(release)}</title>'
    )
    page += f"<style>{_STYLE}</style></head><body><main>\n" + "\n".join(parts) + "\n</main></body></html>\n"
    write_atomically(path, page.encode())
    return path


def _hidden(con: Connection, few_employers: int) -> str:
    return _table(("table", "figures", "shown", "hidden", "not available"), _rows(con, _MARKED)) + (
        f"<p>{FEW_EMPLOYERS}: {few_employers:,}. Enough learners stand behind them, but too few employers pay their wages, or one of"
        " them nearly all.</p>"
    )


def _head(industry: str, release: str, version: str) -> str:
    commands = "".join(
        f"<li><code>credential-pipeline release {words}</code>{who}</li>"
        for words, who in (
            (f"propose {industry} --key MY_KEY", ""),
            (f"approve {industry} --release {release} --key MY_KEY", f" by {APPROVALS} other people"),
            (f"publish {industry}", ""),
        )
    )
    return (
        f"<h1>Review of release {html.escape(release)} of {html.escape(industry)}</h1>\n"
        f"<p>Approvals name version <code>{version}</code>, a hash of every byte below.</p>\n<ol>{commands}</ol>"
    )


def _changes(con: Connection, home: Path, last: Entry, release: str) -> str:
    path = str(files_of([last], home)[0])
    counts = con.execute(text_of(__package__, "changes.sql"), {"path": path}).fetchall()
    largest = con.execute(text_of(__package__, "largest_changes.sql"), {"path": path, "most": _LARGEST}).fetchall()
    found = find_revisions(con, home, last.industry, release)
    told = f"<p>Against release {html.escape(last.release)}, the last one that stands:</p>\n"
    if found.held:
        told += f"<p><strong>Held for a person:</strong> {html.escape(found.words)}. Its proposer has to say why.</p>\n"
    told += _table(("table", "shown before and now", "of these changed", "no longer shown", "newly shown"), counts)
    return told + "<h3>Largest changes</h3>\n" + _table(("cell", "before", "now"), largest)


def _file(row: tuple[str, bytes]) -> tuple[str, int, str]:
    name, content = row
    return name, len(content), hashlib.sha256(content).hexdigest()


def _preview(files: Iterable[tuple[str, bytes]]) -> str:
    """Every page of the report, the front page first and open; the links from page to page lead nowhere here."""
    pages = sorted((name != _FRONT, name, content) for name, content in files if name.endswith(".html"))
    told = "".join(_page(name, content, chapter=chapter) for chapter, name, content in pages)
    return f"<p>{len(pages)} pages; each of them is shown here, and links between them do not work here.</p>\n{told}"


def _page(name: str, content: bytes, *, chapter: bool) -> str:
    source = html.escape(content.decode("utf-8"), quote=True)
    frame = f'<iframe sandbox loading="lazy" title="{html.escape(name)}" srcdoc="{source}"></iframe>'
    return f"<details{'' if chapter else ' open'}><summary>{html.escape(name)}</summary>\n{frame}</details>\n"


def _rows(con: Connection, query: str) -> list[tuple[Any, ...]]:
    return con.execute(query).fetchall()


def _section(title: str, body: str) -> str:
    return f"<h2>{title}</h2>\n{body}"


def _table(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    head = "".join(f"<th>{html.escape(text)}</th>" for text in heads)
    body = "".join("<tr>" + "".join(map(_cell, row)) + "</tr>\n" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>\n{body}</tbody></table>"


def _cell(value: object) -> str:
    if isinstance(value, int | float):
        return f'<td class="n">{value:,}</td>'
    return f"<td>{html.escape('' if value is None else str(value))}</td>"
