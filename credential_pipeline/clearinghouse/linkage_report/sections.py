"""The tables and pictures of the page, made of figures that may be shown. Not here: the template and sentences."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from credential_pipeline.clearinghouse.linkage_report import labels, words
from credential_pipeline.clearinghouse.linkage_report.metrics import STATUSES, Group, Metric, Metrics
from credential_pipeline.clearinghouse.linkage_report.safe import BASE, FEW, FLOOR, REST, count, pool, rounded, share
from credential_pipeline.engines.charts.bars import Bar, bars, shapes
from credential_pipeline.engines.charts.figure import Block, Entry, Figure, Picture, Row, Table
from credential_pipeline.engines.charts.histogram import Bin, histogram
from credential_pipeline.engines.charts.parts import Part, parts, swatches
from credential_pipeline.foundation.contracts.linked_records import WEIGHT_BIN

_OVERALL = "All learners"
_TONES = dict(zip(STATUSES, ("1", "2", "quiet", "4"), strict=True))

Line = tuple[Row, Bar | None]
"""A line of a table and its bar in the picture, if it has one."""

LineOf = Callable[[Group], Line]
"""How a group becomes a line."""

Naming = Mapping[str, str]
"""Certifier -> readable name."""


def everybody(metrics: Metrics) -> Group:
    """All learners in one group."""
    found = metrics.groups("all")
    return found[0] if found else Group("all", (0,) * len(STATUSES))


def groups(metrics: Metrics, breakdown: str, naming: Naming) -> list[Group]:
    """The groups of a breakdown that may be shown, under readable names, those not stated last."""
    named = [
        Group(naming.get(g.name, labels.category(breakdown, g.name)), g.counts, g.links, g.false, g.missed)
        for g in metrics.groups(breakdown)
    ]
    last = {"Not stated": 1, REST: 2}
    return sorted(pool(named), key=lambda g: (last.get(g.name, 0), g.name))


def row(name: str, *cells: str) -> Row:
    """A line of a table in words."""
    return Row(name, tuple(Entry(cell) for cell in cells))


def bar(name: str, part: int, whole: int, tone: str = "1") -> Bar:
    """The bar of a share: full up to where it is sure, pale up to where it may reach."""
    made = share(part, whole)
    return Bar(name, made.sure, made.text, high=made.most if made.most > made.sure else None, tone=tone)


def figure(
    key: str,
    title: str,
    description: str,
    table: tuple[str, str, Sequence[str]],
    blocks: Mapping[str, Sequence[Line]],
    unit: str,
    note: str = "",
) -> Figure:
    """A table and the picture of its bars, a panel for each block.

    Args:
        key: Id within the page.
        title: What it shows, short.
        description: What the picture shows, for those who do not see it.
        table: Caption, heading of the first column, headings of the others.
        blocks: Heading -> lines.
        unit: Unit of the bars: share, count or bits.
        note: How to read it.
    """
    caption, corner, columns = table
    drawn = [replace(made, group=name) for name, lines in blocks.items() for _, made in lines if made is not None]
    return Figure(
        key,
        title,
        [],
        [Picture(key, title, f"{description} The table below holds the numbers.", *shapes(bars, drawn, unit))] if drawn else [],
        [Table(caption, corner, tuple(columns), tuple(Block(n, tuple(r for r, _ in lines)) for n, lines in blocks.items()))],
        note,
    )  # fmt: skip


def statuses(metrics: Metrics) -> Figure:
    """All learners by status, as one bar."""
    all_ = everybody(metrics)
    whole = max(rounded(all_.people), 1)
    told = {status: share(all_.count(status), all_.people).text for status in STATUSES}
    cuts = [Part(status, rounded(all_.count(status)) / whole, told[status], _TONES[status]) for status in STATUSES]
    description = f"Learners by status: {', '.join(f'{status} {text}' for status, text in told.items())}."
    rows = tuple(row(status.capitalize(), told[status], count(all_.count(status))) for status in STATUSES)
    return Figure(
        "statuses",
        "Learners by status",
        [],
        [Picture("statuses", "Learners by status", description, parts(cuts))],
        [Table("All learners by status.", "Status", ("Share", "Learners"), (Block("", rows),))],
        "Ambiguous: a student fits well enough to be asked about, but none well enough, or alone enough, to be linked."
        " Blocked: the certifier or the school says that the learner may not be shared.",
        swatches(cuts),
    )


def rates(metrics: Metrics, naming: Naming) -> Figure:
    """Match rates by group."""

    def line(group: Group) -> Line:
        linked, *others = (share(group.count(status), group.people) for status in STATUSES)
        cells = (linked.text, count(group.people), *(other.text for other in others))
        return row(group.name, *cells), bar(group.name, group.count("linked"), group.people)

    return figure(
        "rates",
        "Share of learners linked, by group",
        "Bars of the share of learners who are linked, by group.",
        (
            f"Learners by status. Counts to the nearest {BASE}; <{FLOOR} where fewer are meant.",
            "Learners",
            ["Linked", "Number", "Ambiguous", "Unlinked", "Blocked"],
        ),
        _by_breakdown(metrics, naming, line),
        "share",
        f"A pale bar ends where the share may end: fewer than {FLOOR} are on one side of it. A learner whom two certifiers"
        " reported stands under both. Not every learner was ever a student, so a share below 100 % is no error in itself.",
    )


def errors(metrics: Metrics, naming: Naming) -> Table:
    """Expected errors by group."""

    def line(group: Group) -> Line:
        return row(group.name, count(group.links), words.precision(group), words.missed(group)), None

    return Table(
        "What the model expects of its links. A learner whom two certifiers reported stands under both.",
        "Learners",
        ("With a link", "Links right", "Matches missed"),
        tuple(
            Block(title, tuple(made for made, _ in lines))
            for title, lines in _by_breakdown(metrics, naming, line).items()
        ),
    )


def _by_breakdown(metrics: Metrics, naming: Naming, line: LineOf) -> dict[str, list[Line]]:
    named = Group(_OVERALL, (all_ := everybody(metrics)).counts, all_.links, all_.false, all_.missed)
    found = {title: groups(metrics, breakdown, naming) for breakdown, title in labels.BREAKDOWNS.items()}
    return {"": [line(named)]} | {title: [line(g) for g in members] for title, members in found.items() if members}


def thresholds(metrics: Metrics) -> list[tuple[str, float]]:
    """Names and match weights of the thresholds in force."""
    limits = {name: metrics.value("threshold", name) for name in ("review", "link")}
    return [(f"{name} from p = {p:g}", words.weight(p)) for name, p in limits.items() if 0 < p < 1]


def weights(metrics: Metrics) -> Figure | None:
    """Distribution of the weight of each learner's best student; None if no learner had a candidate."""
    found = {status: {int(f.level): f.n for f in metrics.levels("best_student", status)} for status in STATUSES[:3]}
    bins = [
        Bin(status, start, rounded(n), _TONES[status])
        for status, lane in found.items()
        for start, n in sorted(lane.items())
    ]
    if not bins:
        return None
    title = "Match weight of each learner's best student, by what was decided"
    description = (
        "Histogram of the match weight of each learner's best student, by status, on a logarithmic scale; the table below"
        " holds its numbers."
    )
    wide, narrow = (
        histogram(bins, WEIGHT_BIN, thresholds(metrics), "match weight, in bits", narrow=shape)
        for shape in (False, True)
    )
    rows = tuple(
        row(
            f"{start:+d} to {start + WEIGHT_BIN:+d}",
            *(count(lane[start]) if start in lane else "0" for lane in found.values()),
        )
        for start in sorted({item.start for item in bins})
    )
    table = Table(
        "Learners by the match weight of their best student.",
        "Match weight",
        tuple(status.capitalize() for status in found),
        (Block("", rows),),
    )
    return Figure(
        "weights",
        title,
        [],
        [Picture("weights", title, description, wide, narrow, title)],
        [table],
        f"Heights are logarithmic. A flat grey mark stands for fewer than {FLOOR} learners. A heavy weight is not linked"
        " where another student fits as well or something contradicts.",
    )


def levels(metrics: Metrics, family: str) -> Figure | None:
    """The weight of every level, a panel for each field; None if the model has none."""
    by_field: dict[str, list[Metric]] = {}
    for metric in sorted(metrics.levels("level_weight", family), key=lambda m: -m.value):
        by_field.setdefault(metric.level.partition(".")[0], []).append(metric)
    ordered = sorted(by_field, key=lambda field: list(labels.FIELDS).index(field) if field in labels.FIELDS else 99)
    if not ordered:
        return None
    return figure(
        f"levels-{family}",
        f"What each agreement is worth: {labels.FAMILIES[family].lower()}",
        "Bars of the weight of every level of every field, in bits: to the right for a match, to the left against it.",
        ("Weight of every level, in bits.", "Level", ["Bits"]),
        {labels.plain(field).capitalize(): [_level(metric) for metric in by_field[field]] for field in ordered},
        "bits",
    )


def _level(metric: Metric) -> Line:
    name, text = metric.level.partition(".")[2].replace("_", " "), f"{metric.value:+.1f}"
    return row(name, text), Bar(name, metric.value, text, tone="1" if metric.value >= 0 else "2")


def rules(metrics: Metrics) -> Figure:
    """Candidate pairs and skipped blocks per blocking rule."""
    blocks: dict[str, list[Line]] = {}
    for family, title in labels.FAMILIES.items():
        pairs = {metric.level: int(metric.value) for metric in metrics.levels("candidate_pairs", family)}
        skipped = {metric.level: metric for metric in metrics.levels("skipped_blocks", family)}
        for name in sorted(set(pairs) | set(skipped), key=lambda name: (-pairs.get(name, 0), name)):
            block = skipped.get(name)
            left_out = (f"{int(block.value):,}", count(block.n) if block.n else "0") if block else ("\N{EN DASH}",) * 2
            text = count(pairs[name]) if name in pairs else "0"
            made = Bar(labels.plain(name), float(rounded(pairs.get(name, 0))), text)
            blocks.setdefault(title, []).append((row(made.name, text, *left_out), made))
    return figure(
        "rules",
        "Candidate pairs by blocking rule",
        "Bars of the candidate pairs that each blocking rule was the first to find.",
        (
            "Candidate pairs by the first rule that found them, and blocks left out as too large.",
            "Rule",
            ["Pairs", "Blocks left out", "Records in them"],
        ),
        blocks,
        "count",
    )


def unlinkable(metrics: Metrics, naming: Naming) -> Figure:
    """Profiles that can hardly be linked, by reason and certifier."""
    profiles = {metric.level: int(metric.value) for metric in metrics.levels("profiles", "certifier")}
    blocks: dict[str, list[Line]] = {}
    for reason, title in labels.REASONS.items():
        found = [metric for metric in metrics.levels("unlinkable", reason) if metric.n >= FLOOR]
        lines = [_profiles(metric, naming, profiles.get(metric.level, 0)) for metric in found]
        few = len(metrics.levels("unlinkable", reason)) - len(found)
        if few:
            lines.append((row("Other certifiers" if lines else "Each certifier", f"<{FLOOR}", "", ""), None))
        blocks[title] = lines or [(row("Nobody", "0", "", ""), None)]
    return figure(
        "unlinkable",
        "Profiles that say too little",
        "Bars of the share of a certifier's profiles that can hardly be linked, by reason.",
        (
            "Profiles that say too little, each under its first reason.",
            "Certifier",
            ["Profiles", "Of its profiles", "Linked all the same"],
        ),
        blocks,
        "share",
    )


def _profiles(metric: Metric, naming: Naming, profiles: int) -> Line:
    made = bar(naming.get(metric.level, metric.level), metric.n, profiles, "quiet")
    linked = share(round(metric.value * metric.n), metric.n).text
    return row(made.name, count(metric.n), made.text, linked), made


def held(metrics: Metrics) -> Figure:
    """Which fields both sides hold."""
    lines: list[Line] = []
    for metric in metrics.levels("field_present", "learners"):
        both = (metric.value, metrics.value("field_present", "students", metric.level))
        told = [f"{value:.0%}" if value in {0.0, 1.0} else _inside(value) for value in both]
        name = labels.plain(metric.level).capitalize()
        lines.append((row(name, *told), Bar(name, min(both), told[both.index(min(both))])))
    lines.sort(key=lambda line: line[0].name)
    return figure(
        "held",
        "Which fields both sides hold",
        "Bars of the share of records with a value, by field, on the side that holds fewer.",
        (
            "Share of the records with a value, on each side. A field counts in a comparison only where both sides hold it.",
            "Field",
            ["Learners", "Students"],
        ),
        {"": lines},
        "share",
        "The bars are the lesser of the two sides.",
    )


def _inside(value: float) -> str:
    return "<1%" if value < 0.01 else ">99%" if value > 0.99 else f"{value:.0%}"  # noqa: PLR2004 # one per cent


def empty_fields(metrics: Metrics, naming: Naming) -> list[str]:
    """Fields that a certifier's layout maps and that hold no value, in words."""
    return [
        f"{naming.get(certifier, certifier)}: {labels.plain(metric.level)}"
        for certifier in metrics.dimensions("declared_field")
        for metric in metrics.levels("declared_field", certifier)
        if metric.value == 0 and metric.n >= FLOOR
    ]


def drift(metrics: Metrics, naming: Naming) -> Table:
    """Change of the linked share by group, groups of at least 200 people on both sides only."""
    blocks = []
    for breakdown, title in labels.BREAKDOWNS.items():
        now = {group.name: group.people for group in metrics.groups(breakdown)}
        rows = tuple(
            row(naming.get(m.level, labels.category(breakdown, m.level)), words.signed_points(m.value))
            for m in metrics.levels("change_share_linked", breakdown)
            if min(now.get(m.level, 0), m.n) >= FEW and words.is_shown(m.value, m.n)
        )
        if rows:
            blocks.append(Block(title, rows))
    caption = f"Change of the share linked against the last version, in percentage points; groups of {FEW} learners and more, changes of {FLOOR} and more."
    return Table(caption, "Learners", ("Change",), tuple(blocks))
