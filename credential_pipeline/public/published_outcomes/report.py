"""The report for policy readers: a front page and chapters beside it, each one file, no script, no request.

Which chapter holds which figures is declared here; every figure stands on one page. Not here: what a figure says.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from credential_pipeline.engines.charts.figure import Figure, page
from credential_pipeline.public.published_outcomes.asked import figure_of
from credential_pipeline.public.published_outcomes.cells import NOT_AVAILABLE, PUBLISHED, SUPPRESSED
from credential_pipeline.public.published_outcomes.comparison import compared
from credential_pipeline.public.published_outcomes.context import Context
from credential_pipeline.public.published_outcomes.figures_comparison import comparison_figures
from credential_pipeline.public.published_outcomes.figures_coverage import coverage_figures
from credential_pipeline.public.published_outcomes.figures_earnings import (
    certifier_figure,
    distribution,
    people_figures,
)
from credential_pipeline.public.published_outcomes.figures_passing import passing_figures
from credential_pipeline.public.published_outcomes.figures_pell import pell_figures
from credential_pipeline.public.published_outcomes.figures_spans import span_figures
from credential_pipeline.public.published_outcomes.figures_training import stacking, training_figures
from credential_pipeline.public.published_outcomes.figures_work import work_figures
from credential_pipeline.public.published_outcomes.headline import headline
from credential_pipeline.public.published_outcomes.methods import Definition, MethodNote, disclosure_text, method_items
from credential_pipeline.public.published_outcomes.place import FRONT
from credential_pipeline.public.published_outcomes.question import Question
from credential_pipeline.public.published_outcomes.questions_path import COLLEGE, HIRED, LEFT, STACKED, TRIED, UNSEEN
from credential_pipeline.public.published_outcomes.questions_pay import CHANGE, LIVING, VERSIONS

#: What all pages have.
_LAYOUT: Final = "report_page.html.j2"


@dataclass(frozen=True)
class Part:
    """A section as it is declared: its anchor, its title, and what makes its figures of a release."""

    key: str
    title: str
    figures: Callable[[Context], Sequence[Figure]]


@dataclass(frozen=True)
class Chapter:
    """A page as it is declared: its file, what links call it, and its sections."""

    file: str
    title: str
    parts: tuple[Part, ...]


def asked(context: Context, questions: Sequence[Question]) -> list[Figure]:
    """The figures of questions whose tables the release has."""
    return [figure for question in questions if (figure := figure_of(context, question)) is not None]


CHAPTERS: Final = (
    Chapter(
        FRONT,
        "In short",
        (
            Part(
                "comparison-section",
                "Did it pay, and compared with whom",
                lambda context: [*comparison_figures(context), *asked(context, CHANGE)],
            ),
            Part("earnings", "Earnings before and after", lambda context: [distribution(context)]),
            Part(
                "coverage-section",
                "Who is in these numbers",
                lambda context: [*coverage_figures(context), *asked(context, UNSEEN)],
            ),
        ),
    ),
    Chapter(
        "report-earnings.html",
        "Earnings by group",
        (
            Part("earnings-groups", "Earnings by age, sex, race and years of the award", people_figures),
            Part("earnings-counted", "Earnings, counted in several ways", lambda context: asked(context, VERSIONS)),
        ),
    ),
    Chapter(
        "report-credentials.html",
        "Earnings by credential",
        (
            Part(
                "earnings-credentials",
                "Earnings by certifier, credential and state",
                lambda context: [certifier_figure(context), *span_figures(context)],
            ),
        ),
    ),
    Chapter(
        "report-living.html",
        "Living on it",
        (Part("living", "Can one live on it", lambda context: asked(context, LIVING)),),
    ),
    Chapter(
        "report-work.html",
        "Work",
        (
            Part(
                "work",
                "Where holders work",
                lambda context: [*work_figures(context), *asked(context, (*HIRED, *LEFT))],
            ),
        ),
    ),
    Chapter(
        "report-training.html",
        "Training and attempts",
        (
            Part(
                "training",
                "Where they trained, who tried and who passed",
                lambda context: [*training_figures(context), *passing_figures(context), *asked(context, TRIED)],
            ),
        ),
    ),
    Chapter(
        "report-stacking.html",
        "Stacking",
        (
            Part(
                "stacking-section",
                "How credentials stack, and what the next one adds",
                lambda context: [stacking(context), *asked(context, STACKED)],
            ),
        ),
    ),
    Chapter(
        "report-college.html",
        "College and public grants",
        (
            Part("college", "College before and after", lambda context: asked(context, COLLEGE)),
            Part("workforce-pell", "Would Workforce Pell pay?", pell_figures),
        ),
    ),
)


@dataclass(frozen=True)
class Section:
    """A part of a page with its figures."""

    key: str
    title: str
    figures: Sequence[Figure]


@dataclass(frozen=True)
class Page:
    """A page with its sections."""

    file: str
    title: str
    sections: Sequence[Section]


def pages(context: Context) -> list[Page]:
    """The front page and every chapter that has figures, in the order in which they are read."""
    made = []
    for chapter in CHAPTERS:
        sections = [Section(part.key, part.title, part.figures(context)) for part in chapter.parts]
        made.append(Page(chapter.file, chapter.title, [section for section in sections if section.figures]))
    return [one for one in made if one.sections or one.file == FRONT]


def meanings(context: Context, figure: Figure, definitions: Sequence[Definition]) -> list[Definition]:
    """The definitions of what stands in the tables of a figure, each once, in the order of the tables."""
    known = {(item.measure, item.definition): item for item in definitions}
    cells = context.release.by_id
    shown = (
        cells[item.cell_id]
        for table in figure.tables
        for block in table.blocks
        for row in block.rows
        for item in row.entries
        if item.cell_id in cells
    )
    keys = dict.fromkeys((cell.measure, cell.definition) for cell in shown)
    return [known[key] for key in keys if key in known]


def render_report(
    context: Context, title: str, release_id: str, note: MethodNote, definitions: Sequence[Definition]
) -> dict[str, str]:
    """Every page of the report as HTML, by the name of its file; the front page first."""
    made = pages(context)
    figures = [figure for one in made for section in one.sections for figure in section.figures]
    at_hand = {figure.key: meanings(context, figure, definitions) for figure in figures}
    every = {
        "layout": _LAYOUT,
        "title": title,
        "release_id": release_id,
        "note": note,
        "pages": made,
        "at_hand": at_hand,
    }
    front = _front(context, note, [item for item in definitions if not any(item in told for told in at_hand.values())])
    return {
        one.file: page(
            "credential_pipeline.public.published_outcomes",
            "report.html.j2" if one.file == FRONT else "chapter.html.j2",
            "report.css",
            page=one,
            following=made[place + 1] if place + 1 < len(made) else None,
            **every,
            **(front if one.file == FRONT else {}),
        )
        for place, one in enumerate(made)
    }


def _front(context: Context, note: MethodNote, others: Sequence[Definition]) -> Mapping[str, object]:
    """What the front page alone says: the release in short, what is hidden, and how it was done."""
    release = context.release
    return {
        "headline": headline(context),
        "compared": compared(context) is not None,
        "method": method_items(note),
        "others": others,
        "disclosure": disclosure_text(note),
        "published": release.count(PUBLISHED),
        "missing": release.count(NOT_AVAILABLE),
        "suppressed": release.count(SUPPRESSED),
        "total": len(release.cells),
    }
