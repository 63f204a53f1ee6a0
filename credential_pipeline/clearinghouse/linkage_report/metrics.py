"""The figures of linked_records.diagnostics as the page asks for them, and the groups of learners among them.

Not here: what may be shown of them (safe.py).
"""

from dataclasses import dataclass

from credential_pipeline.foundation.storage.engine import Connection

STATUSES = ("linked", "ambiguous", "unlinked", "blocked")


@dataclass(frozen=True)
class Metric:
    """One row of the table: its level, the figure, and the rows behind it."""

    level: str
    value: float
    n: int


@dataclass(frozen=True)
class Group:
    """Learners of one category, by status, and the errors that the model expects among them.

    Attributes:
        name: Category.
        counts: Learners by status, in the order of :data:`STATUSES`.
        links: Learners with a student record, blocked ones included.
        false: Expected false links.
        missed: Expected matches among the candidates that were not linked.
    """

    name: str
    counts: tuple[int, ...]
    links: int = 0
    false: float = 0.0
    missed: float = 0.0

    @property
    def people(self) -> int:
        """Learners of the group."""
        return sum(self.counts)

    def count(self, status: str) -> int:
        """Learners with a status."""
        return self.counts[STATUSES.index(status)]

    def joined(self, other: "Group", name: str) -> "Group":
        """Both groups together."""
        counts = tuple(one + two for one, two in zip(self.counts, other.counts, strict=True))
        return Group(name, counts, self.links + other.links, self.false + other.false, self.missed + other.missed)


class Metrics:
    """All figures of one version."""

    def __init__(self, rows: list[tuple[str, str, str, float, int]]) -> None:
        """Take the rows: metric, dimension, level, value, n."""
        self._rows: dict[tuple[str, str], list[Metric]] = {}
        for metric, dimension, level, value, n in sorted(rows, key=lambda row: row[:3]):
            self._rows.setdefault((metric, dimension), []).append(Metric(level, value or 0.0, n or 0))

    def levels(self, metric: str, dimension: str = "all") -> list[Metric]:
        """The figures of a metric, by level; empty if there are none."""
        return self._rows.get((metric, dimension), [])

    def dimensions(self, metric: str) -> list[str]:
        """The breakdowns that a metric has."""
        return sorted(dimension for name, dimension in self._rows if name == metric)

    def find(self, metric: str, dimension: str = "all", level: str = "all") -> Metric | None:
        """One figure, None if there is none."""
        return next((figure for figure in self.levels(metric, dimension) if figure.level == level), None)

    def value(self, metric: str, dimension: str = "all", level: str = "all") -> float:
        """One figure's value, zero if there is none."""
        figure = self.find(metric, dimension, level)
        return figure.value if figure else 0.0

    def groups(self, dimension: str) -> list[Group]:
        """The groups of a breakdown, by name."""
        counted = {
            link_status: {figure.level: figure.n for figure in self.levels(f"share_{link_status}", dimension)}
            for link_status in STATUSES
        }
        names = sorted({name for levels in counted.values() for name in levels})
        return [
            Group(
                name,
                tuple(counted[link_status].get(name, 0) for link_status in STATUSES),
                links=figure.n if (figure := self.find("expected_false", dimension, name)) else 0,
                false=self.value("expected_false", dimension, name),
                missed=self.value("expected_missed", dimension, name),
            )
            for name in names
        ]

    def fact(self, family: str, name: str) -> str:
        """What the sidecar of a model says, for example its name; empty if it does not."""
        found = (figure.level.partition(": ") for figure in self.levels("model", family))
        return next((text for fact, _, text in found if fact == name), "")


def read(con: Connection) -> Metrics:
    """All rows of linked_records.diagnostics."""
    query = "SELECT metric, dimension, level, value, n FROM linked_records.diagnostics"
    return Metrics(con.execute(query).fetchall())
