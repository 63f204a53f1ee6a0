"""A partner's view as a page: one file, no script, no request. It shows what the rows of ``partner_figures`` hold, and no more."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from credential_pipeline.clearinghouse.return_files.protection import MISSING, NOT_PROTECTED, SHOWN
from credential_pipeline.clearinghouse.return_files.views import certifier, institution
from credential_pipeline.clearinghouse.return_files.views.protected import ALL
from credential_pipeline.engines.charts.bars import Bar, bars, shapes
from credential_pipeline.engines.charts.figure import SHEET, Block, Entry, Figure, Picture, Row, Table, page
from credential_pipeline.foundation.contracts.return_files import SNAPSHOT
from credential_pipeline.foundation.registry.return_agreements import ReturnAgreement
from credential_pipeline.foundation.storage.relation import Relation, Scratch

_DASH: Final = "\N{EN DASH}"
_UNPROTECTED: Final = (
    "None of these figures is told: some are of too few people, and hiding others did not protect them."
)


@dataclass(frozen=True)
class _Told:
    """One row of ``partner_figures``."""

    partner: str
    view: str
    subject: str
    dimension: str
    level: str
    measure: str
    value: float | None
    unit: str
    n: int | None
    status: int

    @property
    def text(self) -> str:
        if self.status != SHOWN or self.value is None:
            return "not available" if self.status == MISSING else "too few"
        return {"share": f"{self.value:.0%}", "usd": f"${self.value:,.0f}"}.get(self.unit, f"{self.value:,.10g}")


@dataclass(frozen=True)
class _Section:
    """A part of a page: which rows it shows, and which of them as bars."""

    subject: str
    title: str
    sentence: str
    drawn: str


_SECTIONS: Final = {
    certifier.VIEW: (
        _Section(
            "earners",
            "Who earned credentials, and where they studied",
            "People with an award, each once. Before and after is by the day of the first award.",
            "_share",
        ),
        _Section(
            "institutions",
            "Where they were enrolled",
            "Institutions with most of your people, whenever they were enrolled.",
            "enrolled",
        ),
        _Section("degrees", "Degrees", "People with a degree of each level, before and after the first award.", ""),
        _Section("intake", "What became of the rows that you sent", "Rows and files, not people.", "rows_"),
        _Section("outcomes", "Outcomes as released", "From the public release, unchanged.", ""),
    ),
    institution.VIEW: (
        _Section(
            "students",
            "Industry credentials of your students",
            "Students with an enrollment or degree here, each once. Before and after is by their first day here.",
            "with_credential",
        ),
        _Section(
            "passing",
            "How those whom you trained passed",
            "People whose certifier names you as the provider. Not available where a certifier reports no failures.",
            "_rate",
        ),
        _Section("outcomes", "Outcomes of your programs as released", "From the public release, unchanged.", ""),
    ),
}


def partner_page(work: Scratch, rows: Relation, agreement: ReturnAgreement, industry: str) -> str:
    """The page of one partner; empty if there is no row for it.

    Args:
        work: Where the rows live.
        rows: ``partner_figures``.
        agreement: Of the partner.
        industry: The industry, as people call it.
    """
    columns = ", ".join(SNAPSHOT.table("partner_figures").column_names)
    found = work.con.execute(
        f"SELECT {columns} FROM {rows} WHERE partner = ? AND view IN ('{certifier.VIEW}', '{institution.VIEW}') ORDER BY ALL",
        [agreement.partner],
    ).fetchall()
    told = [_Told(*row) for row in found]
    if not told:
        return ""
    figures = [
        _figure(section, [one for one in told if one.subject == section.subject]) for section in _SECTIONS[told[0].view]
    ]
    return page(
        __package__,
        "partner.html.j2",
        SHEET,
        industry=industry,
        recipient=agreement.recipient,
        agreement=agreement.id,
        purpose=agreement.purpose,
        figures=[figure for figure in figures if figure.tables],
    )


def _figure(section: _Section, told: Sequence[_Told]) -> Figure:
    drawn = [
        one
        for one in told
        if section.drawn and section.drawn in one.measure and (one.dimension == ALL) == _whole(section)
    ]
    pictures = [_picture(section, drawn)] if drawn else []
    sentences = [section.sentence, *([_UNPROTECTED] if _is_unprotected(section, told) else [])]
    return Figure(section.subject, section.title, sentences, pictures, _tables(section, told))


def _is_unprotected(section: _Section, told: Sequence[_Told]) -> bool:
    """Whether the people of a section are counted and none of the counts could be told (protection.py)."""
    people = [one for one in told if one.unit == "count" and section.subject not in NOT_PROTECTED]
    return any(one.status == MISSING for one in people)


def _whole(section: _Section) -> bool:
    """Whether the bars are of everybody, and not of groups."""
    return section.drawn in {"_share", "rows_"}


def _picture(section: _Section, drawn: Sequence[_Told]) -> Picture:
    ordered = sorted(drawn, key=lambda one: (-(one.value or 0), one.level, one.measure))
    single = len({one.measure for one in drawn}) == 1
    rows = [
        Bar(
            name=_words(one.measure)
            if _whole(section)
            else one.level
            if single
            else f"{one.level}: {_words(one.measure)}",
            value=one.value,
            text=one.text,
        )
        for one in ordered
    ]
    unit = "share" if ordered[0].unit == "share" else "count"
    return Picture(section.subject, section.title, section.sentence, *shapes(bars, rows, unit))


def _tables(section: _Section, told: Sequence[_Told]) -> list[Table]:
    """A table for every dimension, with a column for every measure."""
    made = []
    for dimension in sorted({one.dimension for one in told}, key=lambda name: (name != ALL, name)):
        mine = [one for one in told if one.dimension == dimension]
        measures = tuple(dict.fromkeys(one.measure for one in mine))
        lines: dict[str, dict[str, _Told]] = {}
        for one in mine:
            lines.setdefault(one.level, {})[one.measure] = one
        if section.subject == "outcomes":
            rows = [Row(one.level, (Entry(one.text, mark=_mark(one)), Entry(_people(one)))) for one in mine]
            columns: tuple[str, ...] = ("figure", "people")
        else:
            rows = [Row(level, tuple(_entry(line.get(name)) for name in measures)) for level, line in lines.items()]
            columns = tuple(_words(name) for name in measures)
        caption = section.title if dimension == ALL else f"{section.title}: by {_words(dimension)}"
        made.append(Table(caption, _words(dimension), columns, (Block("", tuple(rows)),)))
    return made


def _entry(one: _Told | None) -> Entry:
    return Entry(_DASH) if one is None else Entry(one.text, mark=_mark(one))


def _mark(one: _Told) -> str:
    return "" if one.status == SHOWN else f"s{one.status}"


def _people(one: _Told) -> str:
    return _DASH if one.n is None else f"{one.n:,}"


def _words(name: str) -> str:
    return name.removesuffix("_share").replace("_", " ").replace("with postsecondary", "with postsecondary records")
