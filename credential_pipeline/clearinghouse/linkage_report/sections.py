"""The tables and drawings of the page, made of figures that may be shown. Not here: the template and sentences."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from credential_pipeline.clearinghouse.linkage_report import draw, labels, words
from credential_pipeline.clearinghouse.linkage_report.figures import STATUSES, Figures, Group
from credential_pipeline.clearinghouse.linkage_report.safe import FEW, FLOOR, REST, count, pool, rounded, share

_OVERALL = "All learners"
_BIN = 2


@dataclass(frozen=True)
class Row:
    """One row of a table: name, cells in words, and a drawing that goes before the cells."""

    name: str
    cells: tuple[str, ...]
    bar: str = ""


@dataclass(frozen=True)
class Block:
    """Rows that belong together, under a heading."""

    name: str
    rows: Sequence[Row]


@dataclass(frozen=True)
class Grid:
    """A table: what it shows, its columns after the name, and its rows. ``drawn`` names the column of drawings."""

    key: str
    caption: str
    corner: str
    columns: Sequence[str]
    blocks: Sequence[Block]
    drawn: str = ""


RowOf = Callable[[Group], Row]
"""How a group becomes a row."""

Naming = Mapping[str, str]
"""Certifier -> readable name."""


def everybody(figures: Figures) -> Group:
    """All learners in one group."""
    found = figures.groups("all")
    return found[0] if found else Group("all", (0,) * len(STATUSES))


def groups(figures: Figures, breakdown: str, naming: Naming) -> list[Group]:
    """The groups of a breakdown that may be shown, under readable names, those not stated last."""
    named = [
        Group(naming.get(g.name, labels.category(breakdown, g.name)), g.counts, g.links, g.false, g.missed)
        for g in figures.groups(breakdown)
    ]
    last = {"Not stated": 1, REST: 2}
    return sorted(pool(named), key=lambda g: (last.get(g.name, 0), g.name))


def statuses(figures: Figures) -> Markup:
    """All learners by status, as one bar."""
    all_ = everybody(figures)
    shares = {status: rounded(all_.count(status)) / max(rounded(all_.people), 1) for status in STATUSES}
    told = ", ".join(f"{status} {share(all_.count(status), all_.people).text}" for status in STATUSES)
    return draw.stack(shares, f"Learners by status: {told}.")


def rates(figures: Figures, naming: Naming) -> Grid:
    """Match rates by group."""

    def row(group: Group) -> Row:
        linked, *others = (share(group.count(status), group.people) for status in STATUSES)
        cells = (linked.text, count(group.people), *(other.text for other in others))
        return Row(group.name, cells, draw.bar(linked.sure, linked.most))

    return Grid(
        "rates",
        "Learners by status. Counts to the nearest five; <10 where fewer are meant.",
        "Learners",
        ["Linked", "Number", "Ambiguous", "Unlinked", "Blocked"],
        _by_breakdown(figures, naming, row),
        drawn="Share linked",
    )


def errors(figures: Figures, naming: Naming) -> Grid:
    """Expected errors by group."""

    def row(group: Group) -> Row:
        return Row(group.name, (count(group.links), words.precision(group), words.missed(group)))

    return Grid(
        "errors",
        "What the model expects of its links. A learner whom two certifiers reported stands under both.",
        "Learners",
        ["With a link", "Links right", "Matches missed"],
        _by_breakdown(figures, naming, row),
    )


def _by_breakdown(figures: Figures, naming: Naming, row: RowOf) -> list[Block]:
    named = Group(_OVERALL, (all_ := everybody(figures)).counts, all_.links, all_.false, all_.missed)
    blocks = [Block("", [row(named)])]
    for breakdown, title in labels.BREAKDOWNS.items():
        found = groups(figures, breakdown, naming)
        if found:
            blocks.append(Block(title, [row(group) for group in found]))
    return blocks


def thresholds(figures: Figures) -> list[tuple[str, float]]:
    """Names and match weights of the thresholds in force."""
    limits = {name: figures.value("threshold", name) for name in ("review", "link")}
    return [(f"{name} from p = {p:g}", words.weight(p)) for name, p in limits.items() if 0 < p < 1]


def weights(figures: Figures) -> Markup:
    """Distribution of the weight of each learner's best student."""
    lanes = {
        status: {int(figure.level): rounded(figure.n) for figure in figures.levels("best_student", status)}
        for status in ("linked", "ambiguous", "unlinked")
    }
    shown = {status: lane for status, lane in lanes.items() if lane}
    if not shown:
        return Markup()
    description = (
        "Histogram of the match weight of each learner's best student, by status, on a logarithmic scale; the table below"
        " holds its numbers."
    )
    return draw.histogram(shown, _BIN, thresholds(figures), description)


def weight_table(figures: Figures) -> Grid:
    """The numbers of the histogram."""
    found = {status: {int(f.level): f.n for f in figures.levels("best_student", status)} for status in STATUSES[:3]}
    bins = sorted({start for lane in found.values() for start in lane})
    rows = [
        Row(
            f"{start:+d} to {start + _BIN:+d}",
            tuple(count(found[s][start]) if start in found[s] else "0" for s in found),
        )
        for start in bins
    ]
    return Grid(
        "weights",
        "Learners by the match weight of their best student.",
        "Match weight",
        [status.capitalize() for status in found],
        [Block("", rows)],
    )


def levels(figures: Figures, family: str) -> list[Grid]:
    """The weight of every level, a table per comparison."""
    found = figures.levels("level_weight", family)
    most = max((abs(figure.value) for figure in found), default=1.0)
    by_field: dict[str, list[Row]] = {}
    for figure in sorted(found, key=lambda f: -f.value):
        field, _, level = figure.level.partition(".")
        by_field.setdefault(field, []).append(
            Row(level.replace("_", " "), (f"{figure.value:+.1f}",), draw.span(figure.value, most))
        )
    ordered = sorted(by_field, key=lambda field: list(labels.FIELDS).index(field) if field in labels.FIELDS else 99)
    return [
        Grid(
            f"{family}-{field}",
            f"Weight of every level of the {labels.plain(field)}, in bits.",
            labels.plain(field).capitalize(),
            ["Bits"],
            [Block("", by_field[field])],
            drawn="Evidence against, or for, a match",
        )
        for field in ordered
    ]


def rules(figures: Figures) -> Grid:
    """Candidate pairs and skipped blocks per blocking rule."""
    blocks = []
    for family, title in labels.FAMILIES.items():
        pairs = {figure.level: int(figure.value) for figure in figures.levels("candidate_pairs", family)}
        skipped = {figure.level: figure for figure in figures.levels("skipped_blocks", family)}
        most = max([1, *(rounded(n) for n in pairs.values())])
        rows = []
        for name in sorted(set(pairs) | set(skipped), key=lambda name: (-pairs.get(name, 0), name)):
            block = skipped.get(name)
            left_out = (f"{int(block.value):,}", count(block.n) if block.n else "0") if block else ("\N{EN DASH}",) * 2
            drawn = draw.bar(rounded(pairs.get(name, 0)) / most)
            rows.append(Row(labels.plain(name), (count(pairs[name]) if name in pairs else "0", *left_out), drawn))
        if rows:
            blocks.append(Block(title, rows))
    return Grid(
        "rules",
        "Candidate pairs by the first rule that found them, and blocks left out as too large.",
        "Rule",
        ["Pairs", "Blocks left out", "Records in them"],
        blocks,
        drawn="Share of the most",
    )


def unlinkable(figures: Figures, naming: Naming) -> Grid:
    """Profiles that can hardly be linked, by reason and certifier."""
    profiles = {figure.level: int(figure.value) for figure in figures.levels("profiles", "certifier")}
    blocks = []
    for reason, title in labels.REASONS.items():
        found = [figure for figure in figures.levels("unlinkable", reason) if figure.n >= FLOOR]
        rows = [
            Row(
                naming.get(figure.level, figure.level),
                (
                    count(figure.n),
                    (made := share(figure.n, profiles.get(figure.level, 0))).text,
                    share(round(figure.value * figure.n), figure.n).text,
                ),
                draw.bar(made.sure, made.most, "unlinked"),
            )
            for figure in found
        ]
        few = len(figures.levels("unlinkable", reason)) - len(found)
        if few:
            rows.append(Row("Other certifiers" if rows else "Each certifier", (f"<{FLOOR}", "", "")))
        blocks.append(Block(title, rows or [Row("Nobody", ("0", "", ""))]))
    return Grid(
        "unlinkable",
        "Profiles that say too little, each under its first reason.",
        "Certifier",
        ["Profiles", "Of its profiles", "Linked all the same"],
        blocks,
        drawn="Share of the certifier's profiles",
    )


def held(figures: Figures) -> Grid:
    """Which fields both sides hold."""
    rows = []
    for figure in figures.levels("field_present", "learners"):
        students = figures.value("field_present", "students", figure.level)
        shown = [f"{value:.0%}" if value in {0.0, 1.0} else _inside(value) for value in (figure.value, students)]
        rows.append(Row(labels.plain(figure.level).capitalize(), tuple(shown), draw.bar(min(figure.value, students))))
    rows.sort(key=lambda row: row.name)
    return Grid(
        "held",
        "Share of the records with a value, on each side. A field counts in a comparison only where both sides hold it.",
        "Field",
        ["Learners", "Students"],
        [Block("", rows)],
        drawn="The lesser of the two",
    )


def _inside(value: float) -> str:
    return "<1%" if value < 0.01 else ">99%" if value > 0.99 else f"{value:.0%}"  # noqa: PLR2004 # one per cent


def empty_fields(figures: Figures, naming: Naming) -> list[str]:
    """Fields that a certifier's layout maps and that hold no value, in words."""
    return [
        f"{naming.get(certifier, certifier)}: {labels.plain(figure.level)}"
        for certifier in figures.dimensions("declared_field")
        for figure in figures.levels("declared_field", certifier)
        if figure.value == 0 and figure.n >= FLOOR
    ]


def drift(figures: Figures, naming: Naming) -> Grid:
    """Change of the linked share by group, groups of at least 200 people on both sides only."""
    blocks = []
    for breakdown, title in labels.BREAKDOWNS.items():
        now = {group.name: group.people for group in figures.groups(breakdown)}
        rows = [
            Row(
                naming.get(figure.level, labels.category(breakdown, figure.level)),
                (words.signed_points(figure.value),),
            )
            for figure in figures.levels("change_share_linked", breakdown)
            if min(now.get(figure.level, 0), figure.n) >= FEW and words.is_shown(figure.value, figure.n)
        ]
        if rows:
            blocks.append(Block(title, rows))
    caption = f"Change of the share linked against the last version, in percentage points; groups of {FEW} learners and more, changes of {FLOOR} and more."
    return Grid("drift", caption, "Learners", ["Change"], blocks)
