"""The page for policy readers: figures of all sections put into the template. One file, no script, no request."""

from collections.abc import Sequence
from dataclasses import dataclass

from credential_pipeline.engines.charts.figure import Figure, page
from credential_pipeline.public.published_outcomes.asked import Question, figure_of
from credential_pipeline.public.published_outcomes.cells import NOT_AVAILABLE, PUBLISHED, SUPPRESSED
from credential_pipeline.public.published_outcomes.comparison import compared
from credential_pipeline.public.published_outcomes.context import Context
from credential_pipeline.public.published_outcomes.figures_comparison import comparison_figures
from credential_pipeline.public.published_outcomes.figures_coverage import coverage_figures
from credential_pipeline.public.published_outcomes.figures_earnings import earnings_figures
from credential_pipeline.public.published_outcomes.figures_passing import passing_figures
from credential_pipeline.public.published_outcomes.figures_pell import pell_figures
from credential_pipeline.public.published_outcomes.figures_spans import span_figures
from credential_pipeline.public.published_outcomes.figures_training import training_figures
from credential_pipeline.public.published_outcomes.figures_work import work_figures
from credential_pipeline.public.published_outcomes.headline import headline
from credential_pipeline.public.published_outcomes.methods import Definition, MethodNote, disclosure_text, method_items
from credential_pipeline.public.published_outcomes.questions_path import COLLEGE, HIRED, LEFT, STACKED, TRIED, UNSEEN
from credential_pipeline.public.published_outcomes.questions_pay import CHANGE, LIVING, VERSIONS


@dataclass(frozen=True)
class Section:
    """A part of the page with its figures."""

    key: str
    title: str
    figures: Sequence[Figure]


def sections(context: Context) -> list[Section]:
    """All sections with figures, in the order of the page."""
    found = [
        Section(
            "comparison-section",
            "Did it pay, and compared with whom",
            [*comparison_figures(context), *asked(context, CHANGE)],
        ),
        Section(
            "earnings",
            "Earnings before and after",
            [*earnings_figures(context), *span_figures(context), *asked(context, VERSIONS)],
        ),
        Section("living", "Can one live on it", asked(context, LIVING)),
        Section("work", "Where holders work", [*work_figures(context), *asked(context, (*HIRED, *LEFT))]),
        Section(
            "training",
            "Training, attempts and stacking",
            [*training_figures(context), *passing_figures(context), *asked(context, (*TRIED, *STACKED))],
        ),
        Section("college", "College before and after", asked(context, COLLEGE)),
        Section("workforce-pell", "Would Workforce Pell pay?", pell_figures(context)),
        Section("coverage-section", "Who is in these numbers", [*coverage_figures(context), *asked(context, UNSEEN)]),
    ]
    return [section for section in found if section.figures]


def asked(context: Context, questions: Sequence[Question]) -> list[Figure]:
    """The figures of questions whose tables the release has."""
    return [figure for question in questions if (figure := figure_of(context, question)) is not None]


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
) -> str:
    """The report as HTML."""
    release = context.release
    parts = sections(context)
    at_hand = {figure.key: meanings(context, figure, definitions) for part in parts for figure in part.figures}
    counts = {status: release.count(status) for status in (PUBLISHED, NOT_AVAILABLE, SUPPRESSED)}
    return page(
        "credential_pipeline.public.published_outcomes",
        "report.html.j2",
        "report.css",
        title=title,
        release_id=release_id,
        note=note,
        headline=headline(context),
        sections=parts,
        at_hand=at_hand,
        compared=compared(context) is not None,
        method=method_items(note),
        others=[item for item in definitions if not any(item in found for found in at_hand.values())],
        disclosure=disclosure_text(note),
        published=counts[PUBLISHED],
        missing=counts[NOT_AVAILABLE],
        suppressed=counts[SUPPRESSED],
        total=len(release.cells),
    )
