"""The page: figures and words put into the template, and written where readers find it. One file, no script, no request."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from credential_pipeline.clearinghouse.linkage_report import labels, sections, words
from credential_pipeline.clearinghouse.linkage_report.figures import Figures, read
from credential_pipeline.clearinghouse.linkage_report.safe import BASE, FLOOR, count
from credential_pipeline.foundation.storage.durable import write_atomically
from credential_pipeline.foundation.storage.engine import Connection

NAME = "linkage.html"


@dataclass(frozen=True)
class About:
    """What the page says of the version besides its figures.

    Attributes:
        industry: Readable name of the industry.
        version: Version of linked_records.
        previous: Version that it is compared with; empty if there was none.
        engine: Engine that compared the pairs.
        certifiers: Certifier -> readable name.
    """

    industry: str
    version: str
    previous: str = ""
    engine: str = "duckdb"
    certifiers: Mapping[str, str] = field(default_factory=dict)


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


def render(figures: Figures, about: About) -> str:
    """The page as HTML."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(_read("linkage.html.j2"))
    everybody = sections.everybody(figures)
    names = about.certifiers
    return template.render(
        about=about,
        css=_read("linkage.css"),
        headline=words.headline(figures, everybody),
        steps=_steps(figures, everybody.count("linked")),
        statuses=sections.statuses(figures),
        rates=sections.rates(figures, names),
        race=words.RACE,
        proxies=words.PROXIES,
        errors=sections.errors(figures, names),
        expected=words.EXPECTED,
        review=words.review(figures),
        thresholds=sections.thresholds(figures),
        histogram=sections.weights(figures),
        weight_table=sections.weight_table(figures),
        families=[(labels.FAMILIES[family], sections.levels(figures, family)) for family in labels.FAMILIES],
        rules=sections.rules(figures),
        unlinkable=sections.unlinkable(figures, names),
        empty_fields=sections.empty_fields(figures, names),
        held=sections.held(figures),
        changes=words.changes(figures, about.previous),
        drift=sections.drift(figures, names),
        models=[(labels.FAMILIES[family], _facts(figures, family)) for family in labels.FAMILIES],
        floor=FLOOR,
        base=BASE,
    )


def _steps(figures: Figures, linked: int) -> list[tuple[str, str]]:
    """From feed rows to links, in the order of the work."""
    return [
        *((count(int(figures.value(name))), text) for name, text in _STEPS.items()),
        (count(linked), "linked to a student"),
    ]


_STEPS = {"records": "feed rows", "profiles": "profiles", "learners": "learners"}


def _facts(figures: Figures, family: str) -> list[tuple[str, str]]:
    versions = ", ".join(f"{name} {text}" for name in ("splink", "duckdb") if (text := figures.fact(family, name)))
    facts = {
        "Name": figures.fact(family, "name"),
        "Family": family,
        "Trained on": figures.fact(family, "data"),
        "Date of training": figures.fact(family, "date") or "shipped with the package, not dated",
        "Trained with": versions,
    }
    return [(name, text) for name, text in facts.items() if text]


def _read(name: str) -> str:
    return files("credential_pipeline.clearinghouse.linkage_report").joinpath(name).read_text("utf-8")
