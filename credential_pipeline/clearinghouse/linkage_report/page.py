"""The page: figures and words put into the template, and written where readers find it. One file, no script, no request."""

from pathlib import Path

from credential_pipeline.clearinghouse.linkage_report import labels, sections, words
from credential_pipeline.clearinghouse.linkage_report.about import About
from credential_pipeline.clearinghouse.linkage_report.metrics import Metrics, read
from credential_pipeline.clearinghouse.linkage_report.safe import BASE, FLOOR, count
from credential_pipeline.engines.charts.figure import page
from credential_pipeline.foundation.storage.durable import write_atomically
from credential_pipeline.foundation.storage.engine import Connection


def write_report(con: Connection, path: Path, about: About) -> Path:
    """Write the page unless it is there already; the same version gives the same bytes.

    Args:
        con: Connection with the view linked_records.diagnostics; nothing else is read.
        path: Where to; its folder is made if need be.
        about: What the page says besides.

    Returns:
        The path.
    """
    content = render(read(con), about).encode()
    path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    if not path.is_file() or path.read_bytes() != content:
        write_atomically(path, content, mode=0o644)
    return path


def render(metrics: Metrics, about: About) -> str:
    """The page as HTML."""
    everybody = sections.everybody(metrics)
    names = about.certifiers
    return page(
        "credential_pipeline.clearinghouse.linkage_report",
        "linkage.html.j2",
        "linkage.css",
        about=about,
        headline=words.headline(metrics, everybody),
        steps=_steps(metrics, everybody.count("linked")),
        statuses=sections.statuses(metrics),
        rates=sections.rates(metrics, names),
        race=words.RACE,
        proxies=words.PROXIES,
        errors=sections.errors(metrics, names),
        expected=words.EXPECTED,
        review=words.review(metrics),
        thresholds=sections.thresholds(metrics),
        weights=sections.weights(metrics),
        families=[(title, sections.levels(metrics, family)) for family, title in labels.FAMILIES.items()],
        rules=sections.rules(metrics),
        unlinkable=sections.unlinkable(metrics, names),
        empty_fields=sections.empty_fields(metrics, names),
        held=sections.held(metrics),
        changes=words.changes(metrics, about),
        drift=sections.drift(metrics, names),
        models=[(labels.FAMILIES[family], _facts(metrics, family)) for family in labels.FAMILIES],
        floor=FLOOR,
        base=BASE,
    )


def _steps(metrics: Metrics, linked: int) -> list[tuple[str, str]]:
    """From feed rows to links, in the order of the work."""
    return [
        *((count(int(metrics.value(name))), text) for name, text in _STEPS.items()),
        (count(linked), "linked to a student"),
    ]


_STEPS = {"records": "feed rows", "profiles": "profiles", "learners": "learners"}


def _facts(metrics: Metrics, family: str) -> list[tuple[str, str]]:
    versions = ", ".join(f"{name} {text}" for name in ("splink", "duckdb") if (text := metrics.fact(family, name)))
    facts = {
        "Name": metrics.fact(family, "name"),
        "Family": family,
        "Trained on": metrics.fact(family, "data"),
        "Date of training": metrics.fact(family, "date") or "shipped with the package, not dated",
        "Trained with": versions,
    }
    return [(name, text) for name, text in facts.items() if text]
