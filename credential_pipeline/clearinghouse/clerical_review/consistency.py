"""Whether decisions agree with one another: same and different are closed over chains, and nobody is two students.

Not here: where decisions come from, and how the linkage follows them.
"""

from collections import deque
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Node:
    """One end of a decision: a profile, or a student of the registry."""

    id: str
    is_student: bool = False


@dataclass(frozen=True)
class Claim:
    """Somebody decided that two nodes are one person (``match``), or that they are not."""

    pair_id: str
    left: Node
    right: Node
    match: bool


@dataclass
class _Group:
    members: set[Node]
    student: Node | None
    against: dict[int, Claim] = field(default_factory=dict)


class Beliefs:
    """Claims that agree with one another, added one by one."""

    def __init__(self) -> None:
        """Start without any claim."""
        self._groups: dict[int, _Group] = {}
        self._group_of: dict[Node, int] = {}
        self._ties: dict[Node, list[tuple[Node, str]]] = {}

    def add(self, claim: Claim) -> tuple[str, ...]:
        """Accept a claim, or say which pairs speak against it.

        Returns:
            Empty if the claim was accepted; else the ids of the pairs that contradict one another, the claim's own
            first, in which case nothing has changed.
        """
        one, two = self._find(claim.left), self._find(claim.right)
        if one == two:
            return () if claim.match else self._ids(claim, self._path(claim.left, claim.right))
        if not claim.match:
            self._groups[one].against.setdefault(two, claim)
            self._groups[two].against.setdefault(one, claim)
            return ()
        against = self._groups[one].against.get(two)
        if against is not None:
            left, right = self._turned(against, one)
            paths = [*self._path(claim.left, left), *self._path(claim.right, right)]
            return self._ids(claim, [against.pair_id, *paths])
        students = self._groups[one].student, self._groups[two].student
        if students[0] is not None and students[1] is not None:
            return self._ids(claim, [*self._path(claim.left, students[0]), *self._path(claim.right, students[1])])
        self._join(one, two)
        self._ties[claim.left].append((claim.right, claim.pair_id))
        self._ties[claim.right].append((claim.left, claim.pair_id))
        return ()

    @property
    def groups(self) -> list[tuple[list[str], str | None]]:
        """Every group of nodes that are one person: its profiles, sorted, and its student."""
        found = [
            (
                sorted(node.id for node in group.members if not node.is_student),
                group.student.id if group.student else None,
            )
            for group in self._groups.values()
        ]
        return sorted(found, key=lambda entry: (entry[0], entry[1] or ""))

    @property
    def apart(self) -> list[tuple[Node, Node]]:
        """Every pair of nodes that are two people, by a claim or by what follows from several, sorted."""
        found: set[tuple[Node, Node]] = set()
        for one, group in self._groups.items():
            for two in group.against:
                if one < two:
                    found |= {(a, b) for a in group.members for b in self._groups[two].members}
        ordered = {(a, b) if (a.is_student, a.id) <= (b.is_student, b.id) else (b, a) for a, b in found}
        return sorted(ordered, key=lambda pair: (pair[0].id, pair[1].id))

    def _find(self, node: Node) -> int:
        if node not in self._group_of:
            number = len(self._group_of)
            self._group_of[node] = number
            self._groups[number] = _Group({node}, node if node.is_student else None)
            self._ties[node] = []
        return self._group_of[node]

    def _join(self, one: int, two: int) -> None:
        if len(self._groups[one].members) < len(self._groups[two].members):
            one, two = two, one
        kept, gone = self._groups[one], self._groups.pop(two)
        kept.members |= gone.members
        kept.student = kept.student or gone.student
        for node in gone.members:
            self._group_of[node] = one
        for other, claim in gone.against.items():
            del self._groups[other].against[two]
            self._groups[other].against.setdefault(one, claim)
            kept.against.setdefault(other, claim)

    def _turned(self, claim: Claim, group: int) -> tuple[Node, Node]:
        if self._group_of[claim.left] == group:
            return claim.left, claim.right
        return claim.right, claim.left

    def _path(self, start: Node, end: Node) -> list[str]:
        """The pairs of a shortest chain of matches between two nodes of one group."""
        came: dict[Node, tuple[Node, str]] = {}
        queue = deque([start])
        while queue and end not in came and start != end:
            node = queue.popleft()
            for other, pair_id in self._ties[node]:
                if other not in came and other != start:
                    came[other] = (node, pair_id)
                    queue.append(other)
        ids = []
        while end != start:
            end, pair_id = came[end]
            ids.append(pair_id)
        return ids

    @staticmethod
    def _ids(claim: Claim, others: list[str]) -> tuple[str, ...]:
        return (claim.pair_id, *sorted(set(others) - {claim.pair_id}))
