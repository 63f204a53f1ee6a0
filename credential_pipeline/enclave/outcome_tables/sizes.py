"""How large categories are: distinct learners in all, and in every figure that a category would stand in.

Not here: what is done with the sizes (ladder.py).
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from credential_pipeline.enclave.outcome_tables.ladder import Size
from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.foundation.storage.relation import Relation, Scratch

GROUP = ("certifier", "credential", "age_band", "sex", "race")
#: A horizon asks for a size if the wage files cover the year for at least one in so many of all learners.
_COVERED = 2
Key = tuple[str | None, ...]


@dataclass(frozen=True)
class GroupSizes:
    """The sizes of all groups of people by wages seen.

    Attributes:
        horizons: Horizons at which sizes are asked for.
        groups: Values of :data:`GROUP`, None where not split, to the size.
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


def group_sizes(work: Scratch, follow_ups: Relation, plan: Plan, least: int) -> GroupSizes:
    """Measure everybody and every one-way breakdown; a credential within its certifier.

    Args:
        work: Where the rows live.
        follow_ups: Where each unit is at each horizon.
        plan: The settings.
        least: Learners with wages that everybody needs at a horizon, for it to be asked for.
    """
    people = _people(plan)
    rows = work.con.execute(
        f"""
        SELECT horizon, {", ".join(GROUP)},
               {people.format("true")}, {people.format("state <> 'year_not_covered'")}, {people.format("seen")},
               count(*) FILTER (lead), count(*) FILTER (lead AND seen)
        FROM {follow_ups}
        GROUP BY horizon, GROUPING SETS ((), (certifier), (certifier, credential), (age_band), (sex), (race))
        ORDER BY ALL
        """
    ).fetchall()
    whole = {row[0]: row[6:9] for row in rows if not any(row[1:6])}
    asked = [h for h, (all_, covered, seen) in whole.items() if covered * _COVERED >= all_ and seen >= least]
    gathered: dict[Key, dict[int, tuple[int, ...]]] = defaultdict(dict)
    for horizon, *rest in rows:
        gathered[tuple(rest[:5])][horizon] = tuple(rest[5:])
    groups = {key: _group(by_horizon, asked) for key, by_horizon in gathered.items()}
    return GroupSizes(tuple(sorted(asked)), groups)


def _group(by_horizon: dict[int, tuple[int, ...]], asked: Iterable[int]) -> Size:
    everybody, _, _, leads, _ = next(iter(by_horizon.values()))
    numbers = [by_horizon[horizon] for horizon in sorted(asked)]
    return Size((everybody, *(row[2] for row in numbers)), (leads, *(row[4] for row in numbers)))


def part_sizes(
    work: Scratch, source: Relation, plan: Plan, category: str, horizons: Iterable[int] | None, *, by_certifier: bool
) -> dict[str, Size]:
    """How many learners a part of shares has, in every share in which it would be shown.

    Args:
        work: Where the rows live.
        source: certifier, pid, lead, horizon and the category; a row without a category is not counted.
        plan: The settings.
        category: Column of the source.
        horizons: Horizons at which the shares are given; None for shares without a time.
        by_certifier: Whether the shares are given by certifier, too.
    """
    source.needs("certifier", "pid", "lead", "horizon", category)
    people = _people(plan).format("true")
    rows = work.con.execute(
        f"""
        SELECT coalesce(certifier, 'all') AS scope, {category}, horizon, {people}, count(*) FILTER (lead)
        FROM {source} WHERE {category} IS NOT NULL
        GROUP BY {category}, horizon, GROUPING SETS ((), (certifier))
        HAVING certifier IS NULL {"OR certifier <> 'all'" if by_certifier else ""} ORDER BY ALL
        """
    ).fetchall()
    kept = [row for row in rows if horizons is None or row[2] in set(horizons)]
    figures = sorted({(scope, horizon) for scope, _, horizon, _, _ in kept}, key=str)
    counted = {(name, (scope, horizon)): (people, leads) for scope, name, horizon, people, leads in kept}
    return {name: _part(name, figures, counted) for name in sorted({row[1] for row in rows})}


_Figure = tuple[str, int | None]


def _part(name: str, figures: list[_Figure], counted: dict[tuple[str, _Figure], tuple[int, int]]) -> Size:
    numbers = [counted.get((name, figure), (0, 0)) for figure in figures]
    overall = [counted.get((name, figure), (0, 0)) for figure in figures if figure[0] == "all"]
    learners, leads = (max((row[place] for row in overall), default=0) for place in (0, 1))
    return Size((learners, *(row[0] for row in numbers)), (leads, *(row[1] for row in numbers)))


def _people(plan: Plan) -> str:
    """SQL that counts people: under ``each`` one stands in several rows, else in one."""
    return "count(DISTINCT pid) FILTER ({})" if plan.attribution == "each" else "count(*) FILTER ({})"
