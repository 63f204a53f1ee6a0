"""What is demanded of the product's links, and the lines of the tables in which that stands beside what was measured.

Belongs here: musts and aims by world. Not here: how links are made and judged.
"""

from dataclasses import dataclass

from tests.bench.linking.judging import BANDS, Judged
from tests.bench.linking.scores import Score


@dataclass(frozen=True)
class Bound:
    """Least F1 and least precision: what must be, and what is aimed at.

    Attributes:
        must: F1 that must be reached.
        aim: F1 aimed at.
        precision: Precision that must be reached.
        aimed_precision: Precision aimed at.
    """

    must: float
    aim: float
    precision: float = 0.0
    aimed_precision: float = 0.0


_USUAL = Bound(0.990, 0.995, 0.998, 0.999)
_HEAVY = Bound(0.92, 0.94, 0.99, 0.995)
_NAMES_AND_DATE = Bound(0.993, 0.997, 0.998, 0.999)
_OWN = Bound(0.990, 0.994, 0.998, 0.998)
_OWN_HEAVY = Bound(0.92, 0.95)
BOUNDS: dict[str, Bound] = {
    "usual": _USUAL,
    "usual-2": _USUAL,
    "heavy": _HEAVY,
    "names-date": _NAMES_AND_DATE,
    "ten-years": Bound(0.990, 0.994, 0.996, 0.998),
    "typing": Bound(0.986, 0.992, 0.998, 0.999),
    "febrl4": Bound(0.998, 1.0),
    "febrl4-names-date": Bound(0.95, 0.98),
    **dict.fromkeys(("mild", "names", "address", "digits", "previous", "spoiled-mild", "spoiled-usual"), _OWN),
    **dict.fromkeys(("heavy-own", "spoiled-heavy"), _OWN_HEAVY),
}
"""World -> its bound; a world that is not here is shown and holds nobody to anything."""
SURE = 0.998
"""Least share of the links at .999 and above that must be right, over all worlds together."""
GAPS = {"race": (0.0135, 0.01), "surname": (0.019, 0.01)}
"""Dimension -> largest gap in recall between groups that must hold, and that is aimed at, where mistakes are usual."""
GAPS_HOLD = ("usual", "usual-2", "names-date", "ten-years", "spoiled-usual")
"""Worlds in which the gaps must hold."""

HEAD = (
    "| world | method | rows to link | precision | recall | F1 | right at ≥ .999 | .95-.999 | below | must: F1 (precision) "
    "| aim | CPU-s | peak MB |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|"
)


def line(name: str, method: str, judged: Judged, cpu: float, peak: float, *, held: bool) -> tuple[str, bool]:
    """A line of the table, and whether a must is missed.

    Args:
        name: The world.
        method: What the method is called.
        judged: Its links.
        cpu: Its CPU seconds.
        peak: Its peak memory in GiB.
        held: It is the product, which is held to the bounds.
    """
    score, bound = judged.score, BOUNDS.get(name) if held else None
    must = against(score, bound.must, bound.precision) if bound else ""
    aim = against(score, bound.aim, bound.aimed_precision) if bound else ""
    bands = " | ".join(_share(*band) for band in judged.bands or [(0, 0)] * len(BANDS))
    shown = f"{score.precision:.4f} | {score.recall:.4f} | {score.f1:.4f}"
    text = (
        f"| {name} | {method} | {score.true:,} | {shown} | {bands} | {must} | {aim} | {cpu:.1f} | {peak * 1024:.0f} |"
    )
    return text, must.endswith("✗")


def against(score: Score, f1: float, precision: float) -> str:
    """A bound, and whether the score reaches it; figures count as they are printed."""
    good = round(score.f1, 4) >= f1 and round(score.precision, 4) >= precision
    shown = f"{f1:.3f} ({precision:.3f})" if precision else f"{f1:.3f}"
    return f"{shown} {'✓' if good else '✗'}"


def _share(links: int, right: int) -> str:
    return f"{right / links:.4f} of {links:,}" if links else "-"


GROUP_HEAD = "| world | method | dimension | recall by group | gap | must | aim |\n|---|---|---|---|---|---|---|"


def group_lines(name: str, method: str, judged: Judged, *, held: bool) -> tuple[list[str], bool]:
    """Lines of the table by subgroup, and whether a gap is too large."""
    lines, missed = [], False
    for dimension, groups in judged.groups.items():
        gap = judged.gap(dimension)
        if gap is None:
            continue
        must, aim = GAPS.get(dimension, (0.0, 0.0)) if held and name in GAPS_HOLD else (0.0, 0.0)
        marks = [f"{bound:.4f} {'✓' if gap <= bound else '✗'}" if bound else "" for bound in (must, aim)]
        missed |= marks[0].endswith("✗")
        shown = ", ".join(f"{group} {score.recall:.4f} ({score.true:,})" for group, score in groups.items())
        lines.append(f"| {name} | {method} | {dimension} | {shown} | {gap:.4f} | {marks[0]} | {marks[1]} |")
    return lines, missed


def sure(judged: list[Judged]) -> tuple[str, bool]:
    """How many links at .999 and above are right over worlds, as a sentence, and whether too few are."""
    links, right = (sum(one.bands[0][at] for one in judged if one.bands) for at in (0, 1))
    if not links:
        return "", False
    good = right / links >= SURE
    return (
        f"Links at ≥ .999: {right:,} of {links:,} right, {right / links:.4f}; must {SURE} {'✓' if good else '✗'}",
        not good,
    )


def mechanisms(name: str, judged: Judged) -> list[str]:
    """What lost and wrong rows are like, most frequent first."""
    return [
        f"| {name} | {kind} | {count} | {what} |"
        for kind, listed in (("lost, all", judged.why), ("lost", judged.lost), ("wrong", judged.wrong))
        for count, what in ((count, what.replace("|", ";")) for count, what in listed)
    ]
