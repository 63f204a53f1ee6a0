"""How large categories are: distinct learners in all, and in every figure that a category would stand in.

Not here: what is done with the sizes (ladder.py).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from credential_pipeline.enclave.outcome_tables.grouping import GROUP, SETS
from credential_pipeline.enclave.outcome_tables.ladder import Size, merged
from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.foundation.storage.relation import Relation, Scratch

#: A horizon asks for a size if the wage files cover the year for at least one in so many of all learners.
_COVERED = 2
Key = tuple[str | None, ...]


@dataclass(frozen=True)
class GroupSizes:
    """The sizes of all groups of people by wages seen.

    Attributes:
        horizons: Horizons at which sizes are asked for.
        groups: Values of :data:`~.grouping.GROUP`, None where not split, to the size.
    """

    horizons: tuple[int, ...]
    groups: dict[Key, Size]

    def of(self, dimension: str, certifier: str | None = None) -> dict[str, Size]:
        """The categories of a dimension; of credentials those of one certifier."""
        place = GROUP.index(dimension)
        found: dict[str, Size] = {}
        for key, size in self.groups.items():
            beside = [value for spot, value in enumerate(key) if spot != place and spot > 0]
            category = key[place]
            if category is not None and not any(beside) and (place == 0 or key[0] == certifier):
                found[category] = size
        return found


def group_sizes(
    work: Scratch, follow_ups: Relation, plan: Plan, least: int, told: frozenset[int] | None = None
) -> GroupSizes:
    """Measure everybody and every one-way breakdown; a credential within its certifier.

    Args:
        work: Where the rows live.
        follow_ups: Where each unit is at each horizon.
        plan: The settings.
        least: Learners with wages that everybody needs at a horizon, for it to be asked for.
        told: Horizons that may be asked for, if any of them can; None for all.
    """
    people = _people(plan)
    rows = work.con.execute(
        f"""
        SELECT horizon, {", ".join(GROUP)},
               {people.format("true")}, {people.format("presence <> 'year_not_covered'")}, {people.format("seen")},
               count(*) FILTER (lead), count(*) FILTER (lead AND seen)
        FROM {follow_ups}
        GROUP BY horizon, GROUPING SETS ({SETS})
        ORDER BY ALL
        """
    ).fetchall()
    ends = 1 + len(GROUP)
    whole = {row[0]: row[ends : ends + 3] for row in rows if not any(row[1:ends])}
    asked = [h for h, (all_, covered, seen) in whole.items() if covered * _COVERED >= all_ and seen >= least]
    asked = [horizon for horizon in asked if told is None or horizon in told] or asked
    gathered: dict[Key, dict[int, tuple[int, ...]]] = defaultdict(dict)
    for horizon, *rest in rows:
        gathered[tuple(rest[: len(GROUP)])][horizon] = tuple(rest[len(GROUP) :])
    groups = {key: _group(by_horizon, asked) for key, by_horizon in gathered.items()}
    return GroupSizes(tuple(sorted(asked)), groups)


def _group(by_horizon: dict[int, tuple[int, ...]], asked: Iterable[int]) -> Size:
    everybody, _, _, leads, _ = next(iter(by_horizon.values()))
    numbers = [by_horizon[horizon] for horizon in sorted(asked)]
    return Size((everybody, *(row[2] for row in numbers)), (leads, *(row[4] for row in numbers)))


@dataclass(frozen=True)
class PartSizes:
    """The sizes of the parts of shares.

    Attributes:
        parts: (certifier, None for everybody; part; horizon) to the size in that one share.
    """

    parts: dict[tuple[str | None, str, int | None], Size]

    def within(self, scopes: Mapping[str, str]) -> dict[str, Size]:
        """The parts with their size in every share: for everybody, and for certifiers under their labels.

        Args:
            scopes: Certifier to label, of those for which shares are shown.
        """
        times = sorted({horizon for _, _, horizon in self.parts}, key=str)
        members: list[list[str | None]] = [[None]]
        members += [[own for own in scopes if scopes[own] == label] for label in sorted(set(scopes.values()))]
        nobody = Size((0,), (0,))
        found: dict[str, Size] = {}
        for name in sorted({name for _, name, _ in self.parts}):
            figures = [
                merged(self.parts.get((own, name, horizon), nobody) for own in group)
                for group in members
                for horizon in times
            ]
            largest = max(figures[: len(times)], key=lambda size: size.learners)
            found[name] = Size(
                (*largest.learners, *(size.learners[0] for size in figures)),
                (*largest.leads, *(size.leads[0] for size in figures)),
            )
        return found


def part_sizes(
    work: Scratch, source: Relation, plan: Plan, category: str, horizons: Iterable[int] | None = None
) -> PartSizes:
    """Measure how many learners a part of shares has, for everybody and by certifier.

    Args:
        work: Where the rows live.
        source: certifier, pid, lead, horizon and the category; a row without a category is not counted.
        plan: The settings.
        category: Column of the source.
        horizons: Horizons at which sizes are asked for; None for shares without a time.
    """
    source.needs("certifier", "pid", "lead", "horizon", category)
    rows = work.con.execute(
        f"""
        SELECT certifier, {category}, horizon, {_people(plan).format("true")}, count(*) FILTER (lead)
        FROM {source} WHERE {category} IS NOT NULL
        GROUP BY {category}, horizon, GROUPING SETS ((), (certifier)) ORDER BY ALL
        """
    ).fetchall()
    asked = None if horizons is None else set(horizons)
    # A part that occurs at other horizons alone is there, too, and has nobody: without a label it would be lost from totals.
    elsewhere = {(None, name, min(asked)): Size((0,), (0,)) for _, name, *_ in rows} if asked else {}
    found = {
        (certifier, name, horizon): Size((learners,), (leads,))
        for certifier, name, horizon, learners, leads in rows
        if asked is None or horizon in asked
    }
    return PartSizes(elsewhere | found)


def _people(plan: Plan) -> str:
    """SQL that counts people: under ``each`` one stands in several rows, else in one."""
    return "count(DISTINCT pid) FILTER ({})" if plan.attribution == "each" else "count(*) FILTER ({})"
