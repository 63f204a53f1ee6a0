"""Would Workforce Pell pay for a programme: the verdict on each, its reasons, and the figures that it rests on.

Verdicts and reasons are those of the release, which compares figures as they are printed. Not here: the law's tests.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from credential_pipeline.engines.charts.bars import Bar, dumbbells, shapes
from credential_pipeline.engines.charts.figure import Block, Figure, Picture, Row, Table
from credential_pipeline.foundation.reference.load import numbers_of
from credential_pipeline.public.published_outcomes import sentences as say
from credential_pipeline.public.published_outcomes.cells import ALL, Cell
from credential_pipeline.public.published_outcomes.chosen import choose
from credential_pipeline.public.published_outcomes.context import Context
from credential_pipeline.public.published_outcomes.tables import entry

_TABLE = "workforce_pell"
_VERDICTS = {
    "passes": ("Would be paid for", "Workforce Pell would pay for"),
    "fails": ("Would not be paid for", "It would not pay for"),
    "cannot_be_evaluated": ("Cannot be evaluated", "Nobody can tell for"),
}
_LAW = numbers_of("workforce_pell")
_LINES = {"completion_rate": _LAW["completion_rate_from"], "placement_rate": _LAW["placement_rate_from"]}
_DAYS = f"{_LAW['placement_days']:.0f}"
"""The law's least completion and placement, and when placement is looked at."""
_FIGURES = {
    "completion_rate": "Completed in time",
    "placement_rate": f"Employed after {_DAYS} days",
    "value_added_earnings": "Value-added earnings",
    "tuition_and_fees": "Tuition and fees",
}
_FAILED = {
    "pell_completion_too_low": "completion_rate",
    "pell_placement_too_low": "placement_rate",
    "pell_tuition_too_high": "value_added_earnings",
}
"""Why a programme fails to the figure that it fails by; clock hours and weeks are known for certain."""
_SAID = 6
"""So many programmes of one verdict get a sentence of their own."""
_NOTE = (
    "The law looks at clock hours, weeks, completion, placement and at tuition against value-added earnings: median earnings at the"
    f" prices of the state, less {_LAW['poverty_share']:.0%} of the poverty guideline. The tests are made on the latest learners whose earnings are known,"
    " as if the law had held for them; governors decide on more than these. Completion is at most as high as shown, since"
    " those who left before they sat for the credential are not reported. For a programme with too few learners the law sets no limit"
    " to tuition."
)


@dataclass(frozen=True)
class _Programme:
    """One programme: its name, its cells by measure, and why the verdict is what it is, in words and by definition."""

    name: str
    cells: dict[str, Cell] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)
    why: list[str] = field(default_factory=list)

    @property
    def verdict(self) -> str:
        return self.cells["pell_verdict"].definition


def pell_figures(context: Context) -> list[Figure]:
    """The figure on Workforce Pell."""
    return [pell(context)]


def pell(context: Context) -> Figure:
    """Verdicts in words, value-added earnings against tuition as a picture, and all figures in a table."""
    title, key = "Would Workforce Pell pay for the programme?", "pell"
    programmes = _programmes(context)
    if not programmes:
        return Figure(
            key, title, ["No training programme of this industry is registered, so that none is judged."], [], []
        )
    chosen = choose(programmes, lambda one: one.cells["pell_verdict"].n)
    rows = [_bar(one) for one in chosen.rows]
    described = (
        "Value-added earnings of each programme as a dot with its band, and its tuition and fees as a hollow dot."
    )
    picture = Picture(
        key, title, described, *shapes(dumbbells, rows, "usd"), heading="Value-added earnings against tuition"
    )
    legend = [("hollow", "tuition and fees"), ("dot", "value-added earnings, with their band")]
    legend += [("hatch", "not shown or not available")] if any(row.value is None for row in rows) else []
    note = f"{_NOTE} {chosen.words('programmes')}".strip()
    return Figure(key, title, words(programmes), [picture], [_table(context, chosen.rows)], note, legend)


def _programmes(context: Context) -> list[_Programme]:
    """Every programme with a verdict: by verdict, then by name."""
    found: dict[str, _Programme] = {}
    for cell in context.release.cells:
        if cell.table == _TABLE and cell.at["setting"] != ALL:
            code = cell.at["setting"]
            one = found.setdefault(code, _Programme(context.naming.name("programme", code)))
            if cell.measure == "pell_reason":
                name = context.naming.name("definition", cell.definition)
                one.reasons.append(name[0].lower() + name[1:])
                one.why.append(cell.definition)
            else:
                one.cells[cell.measure] = cell
    judged = [one for one in found.values() if "pell_verdict" in one.cells]
    order = list(_VERDICTS)
    return sorted(judged, key=lambda one: (order.index(one.verdict), one.name))


def words(programmes: list[_Programme]) -> list[str]:
    """How many programmes have which verdict, and a sentence on each as long as they are few."""
    said: list[str] = []
    # That none is paid for says something only where some are judged.
    judged = any(one.verdict != "cannot_be_evaluated" for one in programmes)
    for verdict, (_, text) in _VERDICTS.items():
        mine = [one for one in programmes if one.verdict == verdict]
        if mine or (judged and not said):
            said.append(f"{text} {len(mine) or 'none'} of {len(programmes)} programmes.")
        if len(mine) <= _SAID:
            said += [_sentence(one) for one in mine]
    return said


def _sentence(one: _Programme) -> str:
    """One programme: its figures if it passes, else its reasons."""
    shown = {measure: cell for measure, cell in one.cells.items() if cell.shown}
    if one.reasons:
        by = {_FAILED.get(reason, "") for reason in one.why}
        near = one.verdict == "fails" and by <= _close(shown)
        close = (
            " The band of what it fails by reaches over the line of the law: it is too close to tell." if near else ""
        )
        return f"{one.name}: {say.listing(one.reasons)}.{close}"
    parts = [
        f"{say.percent(shown[measure].value or 0)} {text}"
        for measure, text in (
            ("completion_rate", "completed in time"),
            ("placement_rate", f"were employed after {_DAYS} days"),
        )
        if measure in shown
    ]
    if {"value_added_earnings", "tuition_and_fees"} <= shown.keys():
        earned, cost = (shown[name].value or 0 for name in ("value_added_earnings", "tuition_and_fees"))
        parts.append(
            f"value-added earnings of {say.dollars(earned)} stand against tuition and fees of {say.dollars(cost)}"
        )
    close = (
        " The band of one of its figures reaches over the line of the law: it is too close to tell."
        if _close(shown)
        else ""
    )
    return f"{one.name}: {say.listing(parts) or 'its figures are not shown'}.{close}"


def _close(shown: Mapping[str, Cell]) -> set[str]:
    """The figures that could lie on the other side of their line, by their band."""
    cost = shown.get("tuition_and_fees")
    lines = _LINES | {"value_added_earnings": cost.value if cost else None}
    return {
        measure
        for measure, line in lines.items()
        if (cell := shown.get(measure))
        and line is not None and cell.low is not None and cell.high is not None and cell.low < line < cell.high
    }  # fmt: skip


def _bar(one: _Programme) -> Bar:
    earned, cost = one.cells.get("value_added_earnings"), one.cells.get("tuition_and_fees")
    if earned is None or not earned.shown:
        return Bar(one.name, None, say.state(earned, ""))
    start = cost.value if cost and cost.shown else None
    return Bar(one.name, earned.value, say.dollars(earned.value or 0), start, earned.low, earned.high)


def _table(context: Context, programmes: list[_Programme]) -> Table:
    columns = (*_FIGURES.values(), context.counted("Completed (learners)"))
    blocks = []
    for verdict, (heading, _) in _VERDICTS.items():
        rows = tuple(
            Row(
                f"{one.name} ({_window(one)}){': ' + say.listing(one.reasons) if one.reasons else ''}",
                (*(entry(one.cells.get(measure)) for measure in _FIGURES), entry(one.cells["pell_verdict"], "n")),
            )
            for one in programmes
            if one.verdict == verdict
        )
        if rows:
            blocks.append(Block(heading, rows))
    return Table("Programmes by what Workforce Pell would say of them.", "Programme", columns, tuple(blocks))


def _window(one: _Programme) -> str:
    """The months whose completers are judged: award years begin in July."""
    first, _, last = one.cells["pell_verdict"].at["cohort"].partition("-")
    return f"July {first} to June {int(last) + 1}" if last.isdigit() else "no learners judged"
