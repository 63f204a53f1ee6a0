"""The ladder: which categories of a dimension are large enough to stand alone, and what becomes of the others.

Plain arithmetic on sizes, the same for every dimension. Not here: measuring (sizes.py), and which dimension is walked
with what (groups.py, categories.py).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from credential_pipeline.enclave.outcome_tables.thresholds import FEW, NEWCOMER, TINY

ALL = "all"
UNKNOWN = "unknown"
POOL = "other_or_not_recorded"


@dataclass(frozen=True)
class Size:
    """How many learners a category has: in all, and in each of the figures that it would stand in.

    Attributes:
        learners: Distinct learners, in all and then figure by figure.
        leads: The same, each learner in one category only, so that they can be added.
    """

    learners: tuple[int, ...]
    leads: tuple[int, ...]

    def fills(self, least: float) -> bool:
        """Whether every figure has at least so many learners."""
        return all(number >= least for number in self.learners[1:])


def merged(sizes: Iterable[Size]) -> Size:
    """The size of several categories together; at least that many, where learners stand in more than one."""
    parts = list(sizes)
    leads = tuple(map(sum, zip(*(size.leads for size in parts), strict=True)))
    largest = map(max, zip(*(size.learners for size in parts), strict=True))
    return Size(tuple(map(max, zip(leads, largest, strict=True))), leads)


@dataclass(frozen=True)
class Rungs:
    """What the categories of one dimension become.

    Attributes:
        labels: Category to the label under which it is tabulated; ``all`` if the dimension is given up.
        silent: Labels that are counted and get no cell of their own.
    """

    labels: dict[str, str]
    silent: frozenset[str] = frozenset()

    @property
    def shown(self) -> list[str]:
        """Labels with cells of their own."""
        return sorted({label for label in self.labels.values() if label != ALL} - self.silent)


@dataclass(frozen=True)
class Rule:
    """When a category stands alone.

    Attributes:
        least: Learners that it needs in every figure.
        before: Labels of the last release; None if there was none.
        fewest: Categories below which the dimension is given up.
    """

    least: int
    before: frozenset[str] | None = None
    fewest: int = 2

    def alone(self, name: str, size: Size) -> bool:
        """Whether a category stands alone; one that is new must be clearly large enough."""
        return size.fills(self.least if self.known(name) else self.least * NEWCOMER)

    def known(self, name: str) -> bool:
        """Whether the last release, if any, had the label."""
        return self.before is None or name in self.before

    def leaves_out(self, label: str, size: Size, whole: Size, named: int) -> bool:
        """Whether a rest is so small beside the whole that it gets no cell; not if the last release had one."""
        share = TINY if named > self.fewest else FEW
        return size.learners[0] * share <= whole.learners[0] and not (self.before is not None and label in self.before)


def rolled_up(names: Iterable[str]) -> Rungs:
    """The dimension is given up."""
    return Rungs(dict.fromkeys(names, ALL))


def pool(sizes: Mapping[str, Size], rule: Rule, label: str = POOL, always: Collection[str] = (UNKNOWN,)) -> Rungs:
    """Pool what is too small, and then the next smallest, until the pool is large enough.

    Args:
        sizes: Category to size.
        rule: When a category stands alone.
        label: Name of the pool.
        always: Categories that belong into the pool however large they are.
    """
    kept = {name: size for name, size in sizes.items() if name not in always and rule.alone(name, size)}
    rest = [name for name in sizes if name not in kept]
    silent = False
    whole = merged(sizes.values()) if sizes else None
    while rest and whole and not merged(sizes[name] for name in rest).fills(rule.least):
        silent = not kept or rule.leaves_out(label, merged(sizes[name] for name in rest), whole, len(kept))
        if silent:
            break
        # One that was pooled before goes first, so that the others keep their figures.
        rest.append(
            min(kept, key=lambda name: (rule.before is None or name in rule.before, sizes[name].learners, name))
        )
        del kept[rest[-1]]
    shown = len(kept) + (1 if rest and not silent else 0)
    if shown < rule.fewest or not kept:
        return rolled_up(sizes)
    labels = {name: name for name in kept} | dict.fromkeys(rest, label)
    return Rungs({name: labels[name] for name in sorted(labels)}, frozenset({label} if silent else ()))


Ends = tuple[int, int]
"""The first and the last of a band of ages or of award years."""


def band_label(band: Ends) -> str:
    """The name of a band: its two ends."""
    return f"{band[0]}-{band[1]}"


def merge_bands(bands: Mapping[Ends, Size], rule: Rule) -> dict[Ends, Ends]:
    """Merge bands that are too small with the smaller neighbour; band to merged band, both (lowest, highest).

    Args:
        bands: The bands that occur, with their sizes.
        rule: When a band stands alone.
    """
    groups = [([band], size) for band, size in sorted(bands.items())]
    while len(groups) > 1:
        short = [place for place, group in enumerate(groups) if not _stands(*group, rule)]
        if not short:
            break
        place = min(short, key=lambda spot: (groups[spot][1].learners, spot))
        beside = [spot for spot in (place - 1, place + 1) if 0 <= spot < len(groups)]
        first, last = sorted((place, min(beside, key=lambda spot: (groups[spot][1].learners, spot))))
        joined = (groups[first][0] + groups[last][0], merged([groups[first][1], groups[last][1]]))
        groups[first : last + 1] = [joined]
    return {band: _ends(names) for names, _ in groups for band in names}


def _ends(bands: list[Ends]) -> Ends:
    return bands[0][0], bands[-1][1]


def _stands(bands: list[Ends], size: Size, rule: Rule) -> bool:
    """Whether merged bands are large enough; clearly so, if they were part of a wider band in the last release."""
    ends = _ends(bands)
    if rule.known(band_label(ends)):
        return size.fills(rule.least)
    wider = [label.split("-") for label in rule.before or () if "-" in label]
    pooled = not wider or any(int(low) <= ends[0] and ends[1] <= int(high) for low, high in wider)
    return size.fills(rule.least * NEWCOMER if pooled else rule.least)
