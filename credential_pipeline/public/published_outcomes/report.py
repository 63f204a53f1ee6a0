"""The page for policy readers: figures of all sections put into the template. One file, no script, no request."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

from jinja2 import Environment, StrictUndefined

from credential_pipeline.engines.charts import palette
from credential_pipeline.public.published_outcomes.cells import NOT_AVAILABLE, PUBLISHED, SUPPRESSED
from credential_pipeline.public.published_outcomes.figure import Context, Figure
from credential_pipeline.public.published_outcomes.figures_coverage import coverage_figures
from credential_pipeline.public.published_outcomes.figures_earnings import earnings_figures
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
        Section("coverage-section", "Who is in these numbers", coverage_figures(context)),
    ]


def render_report(
    context: Context, title: str, release_id: str, note: MethodNote, definitions: Sequence[Definition]
) -> str:
    """The report as HTML."""
    release = context.release
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(_read("report.html.j2"))
    counts = {status: release.count(status) for status in (PUBLISHED, NOT_AVAILABLE, SUPPRESSED)}
    return template.render(
        title=title,
        release_id=release_id,
        note=note,
        css=_read("report.css") + theme(),
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


def theme() -> str:
    """The colours of the charts as CSS variables, for light, dark and print."""
    light = {variable: colour for colour, variable in palette.VARIABLES.items()}
    dark = {palette.VARIABLES[colour]: value for colour, value in palette.DARK.items()}
    dark |= {f"--c{number}": colour for number, colour in enumerate(palette.DARK_SERIES, 1)}

    def rule(values: dict[str, str]) -> str:
        return ":root{" + ";".join(f"{name}:{value}" for name, value in values.items()) + "}"

    return f"{rule(light)}@media screen and (prefers-color-scheme:dark){{{rule(dark)}}}"


def _read(name: str) -> str:
    return files("credential_pipeline.public.published_outcomes").joinpath(name).read_text("utf-8")
