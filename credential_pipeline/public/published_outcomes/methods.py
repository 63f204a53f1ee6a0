"""What a reader must know to use the figures: the facts of a release, and the method note made from them.

The same note stands in the report and in methods.md. Facts come from the caller and from the release's definitions;
nothing is invented here, and what is not known is left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self

from credential_pipeline.foundation.contracts import published_outcomes
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.engine import Connection

_ATTRIBUTIONS = {
    "first": "Each learner counts once, in the year of the first award and under its certifier and credential.",
    "highest": "Each learner counts once, at the award of the highest level.",
    "each": "A learner counts once at every credential, so that the credentials add up to more than the learners.",
}
CC_BY = ("CC-BY-4.0", "Creative Commons Attribution 4.0", "https://creativecommons.org/licenses/by/4.0/")
_NOT_CAUSAL = "They describe what became of holders. They do not say what would have become of the same people without the credential."
_COMPARED = (
    "Only the comparison sets holders beside people like them who hold no credential; all other figures describe what became of "
    "holders. The compared may differ in what no record shows, so that a difference need not be the work of the credential."
)


@dataclass(frozen=True)
class MethodNote:
    """Facts of a release that the cells do not carry; all but the name may be left out.

    Attributes:
        industry_name: Name for headings, for example ``Manufacturing``.
        naics: NAICS prefixes of the industry.
        attribution: first, highest or each.
        base_year: Year of the dollars.
        window: Award years and wage years that the data cover, in words.
        wage_source: Where wages come from, and what they miss.
        linkage: How people were linked and how errors are reported.
        suppression: The disclosure rule in words; made from what follows if empty.
        profile: Name of the release profile.
        rounding: How numbers of learners and shares are made safe, in words.
        rounded: Whether numbers of learners are rounded.
        min_learners: Fewest learners behind a published figure.
        min_money: Fewest learners behind a published amount.
        min_employers: Fewest employers that pay the wages behind one; 0 where no amounts are published.
        largest_employer: Largest share that one of them may have.
        round_earnings_to: Step in dollars to which earnings are rounded.
        price_index: Series that turns nominal into real dollars.
        released: Day of the release, ISO.
        written: Day on which the files were written, ISO.
        licence: Licence of the figures: its id at the Open Definition, title and address.
        certifiers: Names of the certifiers whose feeds are in the release.
        compared: Whether the release compares holders with people who hold no credential.
        notice: A line that must stand out, for example that the data are simulated.
        extra: Further notes: heading to text.
    """

    industry_name: str = ""
    naics: tuple[str, ...] = ()
    attribution: str = "first"
    base_year: int | None = None
    window: str = ""
    wage_source: str = ""
    linkage: str = ""
    suppression: str = ""
    profile: str = ""
    rounding: str = ""
    rounded: bool = False
    min_learners: int | None = None
    min_money: int | None = None
    min_employers: int = 0
    largest_employer: float = 1.0
    round_earnings_to: int | None = None
    price_index: str = "the consumer price index (CPI-U, annual average)"
    released: str = ""
    written: str = ""
    licence: tuple[str, str, str] = CC_BY
    certifiers: tuple[str, ...] = ()
    compared: bool = False
    notice: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, facts: "MethodNote | Mapping[str, Any]") -> Self:
        """Take a note, or make one from a mapping with the names of its attributes.

        Raises:
            SafeError: The mapping has a name that a method note does not know.
        """
        if isinstance(facts, cls):
            return facts
        given = dict(facts) if isinstance(facts, Mapping) else {}
        unknown = sorted(set(given) - {item.name for item in fields(cls)})
        if unknown:
            raise SafeError(
                "E_METHOD_NOTE",
                f"The method note has unknown entries: {', '.join(unknown)}; further notes belong into 'extra'.",
            )
        for name in ("naics", "certifiers"):
            given[name] = tuple(given.get(name) or ())
        return cls(**given)


@dataclass(frozen=True)
class Definition:
    """What a figure means, as released with it."""

    definition: str
    measure: str
    title: str
    text: str


def read_definitions(con: Connection) -> list[Definition]:
    """Read the definitions of the release, ordered by measure and key."""
    rows = con.execute(
        f"SELECT definition, measure, title, text FROM {published_outcomes.SNAPSHOT.name}.definitions "
        "ORDER BY measure, definition"
    ).fetchall()
    return [Definition(*(str(part or "") for part in row)) for row in rows]


def method_items(note: MethodNote) -> list[tuple[str, str]]:
    """The method note as headings and texts, in the order of the page."""
    base = note.base_year
    prices = (
        f"Amounts are in dollars of {base}, converted with {note.price_index}." if base else "Amounts are real dollars."
    )
    if note.round_earnings_to:
        prices += f" They are rounded to ${note.round_earnings_to:,}, and to three digits above that."
    items = [
        ("Who counts", _ATTRIBUTIONS.get(note.attribution, f"Attribution rule: {note.attribution}.")),
        ("Years", "The award year is year 0; year 1 is the calendar year after it. " + note.window),
        (
            "Wages",
            (note.wage_source + " " if note.wage_source else "")
            + "Wages of all employers of a calendar year are added up. Self-employment is not in wage records, so that nobody is "
            "called unemployed for having no wages.",
        ),
        ("Real dollars", prices),
        (
            "Medians and quarter points",
            (
                "A median splits holders with wages into halves; the 25th and 75th percentile bound the middle half. A published "
                "percentile is a weighted mean of neighboring order statistics, so that no figure is one person's: up to five people to "
                "each side of the rank (fewer where there are not 21), with weights that halve from rank to rank. So it may differ from "
                "the exact percentile by a few percent in small groups."
            ),
        ),
        ("Linkage", note.linkage),
        ("What is not shown", disclosure_text(note)),
        ("What these figures are not", _NOT_CAUSAL if not note.compared else _COMPARED),
        *note.extra.items(),
    ]
    return [(heading, text.strip()) for heading, text in items if text.strip()]


def disclosure_text(note: MethodNote) -> str:
    """How figures are made safe, in words."""
    if note.suppression:
        return note.suppression
    few = f"fewer than {note.min_learners}" if note.min_learners else "too few"
    said = [f"Release profile: {note.profile}."] if note.profile else []
    said.append(f"A figure with {few} learners behind it is not shown.")
    if (note.min_money or 0) > (note.min_learners or 0):
        said.append(f"Amounts and means are shown from {note.min_money} learners on.")
    if note.min_employers:
        said.append(
            f"Wages are shown only where at least {note.min_employers} employers pay them and none of these has more than"
            f" {note.largest_employer:.0%} of the learners or of their wages; an employer is the main one of a learner in the year."
        )
    if note.rounding:
        said.append(note.rounding)
    said.append(
        "What the attacks that certificate.csv names found in totals, other tables or earlier releases is hidden as well."
    )
    return " ".join(said)


def methods_markdown(title: str, release_id: str, note: MethodNote, definitions: list[Definition]) -> str:
    """The method note as Markdown."""
    lines = [f"# {title}: methods", "", f"Release: `{release_id}`", ""]
    lines += [f"> {note.notice}", ""] if note.notice else []
    lines += [f"Certifiers: {', '.join(note.certifiers)}.", ""] if note.certifiers else []
    for heading, text in method_items(note):
        lines += [f"## {heading}", "", text, ""]
    lines += [
        "## Status of a figure",
        "",
        "| status | meaning |",
        "|---|---|",
        "| 1 | published |",
        "| -1 | not available: nobody reports it, or it cannot be computed |",
        "| 5 | suppressed: not shown, to protect people |",
        "",
    ]
    if definitions:
        lines += ["## Definitions", "", "| measure | definition | title | text |", "|---|---|---|---|"]
        lines += [
            f"| {_cell(d.measure)} | {_cell(d.definition)} | {_cell(d.title)} | {_cell(d.text)} |" for d in definitions
        ]
        lines.append("")
    return "\n".join(lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
