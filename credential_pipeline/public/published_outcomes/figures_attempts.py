"""How many tried and how many passed, where a certifier's feed can tell; and that it cannot, where it cannot."""

from dataclasses import dataclass

from credential_pipeline.engines.charts.bars import Bar, bars, shapes
from credential_pipeline.engines.charts.figure import Figure, Picture, Table
from credential_pipeline.public.published_outcomes import sentences as say
from credential_pipeline.public.published_outcomes.cells import NOT_AVAILABLE, Grid, categories
from credential_pipeline.public.published_outcomes.chosen import Chosen, of_most_learners
from credential_pipeline.public.published_outcomes.context import Context, nothing
from credential_pipeline.public.published_outcomes.labels import in_order
from credential_pipeline.public.published_outcomes.tables import by_measure

NOT_REPORTED = "not reported"
_RATES = {"first_attempt_pass_rate": "Passed at the first attempt", "eventual_pass_rate": "Passed in the end"}


@dataclass(frozen=True)
class _Feed:
    """Attempts and passes of one split."""

    dimension: str
    attempts: Grid
    passes: Grid
    rates: dict[str, Grid]

    @property
    def chosen(self) -> Chosen[str]:
        """The certifiers or credentials that are shown."""
        codes = in_order(categories(self.attempts) or categories(self.passes))
        return of_most_learners([self.attempts, self.passes], codes)


def _feed(context: Context, dimension: str) -> _Feed:
    release = context.release
    return _Feed(
        dimension,
        release.grid("attempts", "attempts", dimension),
        release.grid("attempts", "passes", dimension),
        {measure: release.grid("attempts", measure, dimension) for measure in _RATES},
    )


def attempts(context: Context) -> Figure:
    """Attempts and passes by certifier and by credential; a feed without attempts is said to have none."""
    title, key = "How many tried, and how many passed", "attempts"
    feeds = [_feed(context, dimension) for dimension in ("certifier", "credential")]
    pictures: list[Picture] = []
    tables: list[Table] = []
    left: list[str] = []
    legend: dict[tuple[str, str], None] = {}
    for feed in feeds:
        chosen = feed.chosen
        if not chosen.rows:
            continue
        left.append(chosen.words(f"{feed.dimension}s"))
        names = {code: context.naming.name(feed.dimension, code) for code in chosen.rows}
        rows = [_attempt_mark(names[code], code, feed) for code in names]
        rows.sort(key=lambda row: (row.value is None, -(row.start or row.value or 0), row.name))
        legend |= {("pass", "passes"): None, ("outer", "attempts"): None}
        legend |= {("hatch", "not reported or not shown"): None} if any(row.value is None for row in rows) else {}
        description = f"Bars of passes within bars of attempts, by {feed.dimension}. Where a feed holds passes only, attempts are marked as not reported."
        by = f"by {feed.dimension}"
        pictures.append(
            Picture(
                f"{key}-{feed.dimension}",
                f"{title}, {by}",
                description,
                *shapes(bars, rows, "count"),
                heading=by.capitalize(),
            )
        )
        columns = [("Attempts", feed.attempts, "value"), ("Passes", feed.passes, "value")]
        columns += [(name, feed.rates[measure], "value") for measure, name in _RATES.items()]
        caption = f"Attempts, passes and pass rates by {feed.dimension}."
        tables.append(by_measure(caption, feed.dimension.capitalize(), names, columns, missing=NOT_REPORTED))
    if not pictures:
        return nothing(key, title, "attempts and passes")
    left.insert(
        0,
        "Attempts are known only where a certifier's feed sends failed sittings too. Passes alone say nothing about how many tried.",
    )
    note = " ".join(filter(None, left))
    return Figure(key, title, attempt_words(context, feeds[0]), pictures, tables, note, list(legend))


def _attempt_mark(name: str, code: str, feed: _Feed) -> Bar:
    tried, passed = feed.attempts.get((code, None)), feed.passes.get((code, None))
    start = tried.value if tried and tried.shown else None
    value = passed.value if passed and passed.shown else None
    if start is None:
        tried_words = f"attempts {say.NOT_SHOWN if tried and tried.status != NOT_AVAILABLE else NOT_REPORTED}"
    else:
        tried_words = f"{say.count(start)} attempts"
    if value is None and tried_words.endswith(NOT_REPORTED):
        text = f"attempts {NOT_REPORTED}"
    else:
        passed_words = f"{say.count(value)} passes" if value is not None else f"passes {say.state(passed, '')}"
        text = f"{passed_words}, {tried_words}"
    if start is not None and value is not None:
        text = f"{say.count(value)} of {say.count(start)}"
    return Bar(name, value, text, start if value is not None else None)


def attempt_words(context: Context, feed: _Feed) -> list[str]:
    """One sentence for each certifier: attempts, passes and rates, or that they are not reported."""
    said: list[str] = []
    silent: list[str] = []
    for code in feed.chosen.rows:
        name = context.naming.name("certifier", code)
        tried = feed.attempts.get((code, None))
        if tried is None or tried.status == NOT_AVAILABLE:
            silent.append(name)
            continue
        if not tried.shown:
            said.append(f"Attempts at {name} are not shown.")
            continue
        rates = [
            f"{say.percent(cell.value or 0)} {'passed at the first attempt' if measure.startswith('first') else 'passed in the end'}"
            for measure, grid in feed.rates.items()
            if (cell := grid.get((code, None))) and cell.shown
        ]
        said.append(
            f"{name} reported {context.about(say.count(tried.value or 0))} attempts{': ' + say.listing(rates) if rates else ''}."
        )
    if silent:
        said.append(f"{say.listing(silent)}: attempts not reported, so nobody can say how many tried and failed.")
    return said or ["Attempts are not reported by any certifier."]
