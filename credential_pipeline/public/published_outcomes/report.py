"""The page for policy readers: figures of all sections put into the template. One file, no script, no request."""

from collections.abc import Sequence
from dataclasses import dataclass

from credential_pipeline.engines.charts.figure import Figure, page
from credential_pipeline.public.published_outcomes.cells import NOT_AVAILABLE, PUBLISHED, SUPPRESSED
from credential_pipeline.public.published_outcomes.context import Context
from credential_pipeline.public.published_outcomes.figures_coverage import coverage_figures
from credential_pipeline.public.published_outcomes.figures_earnings import earnings_figures
from credential_pipeline.public.published_outcomes.figures_pell import pell_figures
from credential_pipeline.public.published_outcomes.figures_training import training_figures
from credential_pipeline.public.published_outcomes.figures_work import work_figures
from credential_pipeline.public.published_outcomes.headline import headline
from credential_pipeline.public.published_outcomes.methods import Definition, MethodNote, disclosure_text, method_items


@dataclass(frozen=True)
class Section:
    """A part of the page with its figures."""

    key: str
    title: str
    figures: Sequence[Figure]


def sections(context: Context) -> list[Section]:
    """All sections with figures, in the order of the page."""
    return [
        Section("earnings", "Earnings before and after", earnings_figures(context)),
        Section("work", "Where holders work", work_figures(context)),
        Section("training", "Training, attempts and stacking", training_figures(context)),
        Section("workforce-pell", "Would Workforce Pell pay?", pell_figures(context)),
        Section("coverage-section", "Who is in these numbers", coverage_figures(context)),
    ]


def render_report(
    context: Context, title: str, release_id: str, note: MethodNote, definitions: Sequence[Definition]
) -> str:
    """The report as HTML."""
    release = context.release
    counts = {status: release.count(status) for status in (PUBLISHED, NOT_AVAILABLE, SUPPRESSED)}
    return page(
        "credential_pipeline.public.published_outcomes",
        "report.html.j2",
        "report.css",
        title=title,
        release_id=release_id,
        note=note,
        headline=headline(context),
        sections=sections(context),
        method=method_items(note),
        definitions=definitions,
        disclosure=disclosure_text(note),
        published=counts[PUBLISHED],
        missing=counts[NOT_AVAILABLE],
        suppressed=counts[SUPPRESSED],
        total=len(release.cells),
    )
