"""Planted pairs: pairs whose answer is known without anybody's opinion, made of the data itself.

A match is a record that agrees with a student, or with another record, on name, birth date and a third mark (last four,
e-mail, address, the sender's person id); one field of one side is altered on the page as people alter it. A pair that is
no match sets a record whose student is known that way beside another student of a like name, or beside a record of one,
whose birth date and last four or sex contradict. All else that the page shows is as the tables have it, so that nothing on it
tells a planted pair from the others. Not here: where the answers are kept (steward.py).
"""

import datetime
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from credential_pipeline.clearinghouse.clerical_review.decisions import HOPS, MATCH, NO_MATCH
from credential_pipeline.clearinghouse.clerical_review.sampling import Drawn
from credential_pipeline.clearinghouse.clerical_review.sides import Ends
from credential_pipeline.clearinghouse.clerical_review.steward import Keyed
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import scratch
from credential_pipeline.foundation.storage.sql import statement

PLANTED = 16
"""Planted pairs of a batch, half of them matches: so many that somebody who guesses passes in about one of a hundred batches."""
_MOST = 200
"""Sources that are looked at for each hop and answer."""
_FEW = 200
"""Records that are compared with all students of like names."""
_CROWD = 20_000
"""Students of one family name and initial, above which a name is left alone."""
_SEVERAL = 20
"""Records of one name and birth date, above which they are left alone."""
_YEARS = 2
"""Years by which birth dates differ at least, the months differing too, where two people are known to be two."""
_DIGITS = 3
"""Of the last four digits, how many differ at least."""
_SHORTEST = 4
"""Letters of a name in which a typing error leaves the name recognizable."""
_MONTHS, _TENS = 12, 10


@dataclass(frozen=True)
class Planted:
    """A planted pair.

    Attributes:
        ends: The pair, under an id that looks like any other.
        answer: ``match`` or ``no_match``.
        changes: Column -> value that the page shows in place of the record's own.
    """

    ends: Ends
    answer: str
    changes: dict[str, str] = field(default_factory=dict)

    @property
    def altered_side(self) -> str:
        """The side that ``changes`` are about: beside a student the record, of two records the right one."""
        return "left" if self.ends.hop == "student" else "right"


@dataclass(frozen=True)
class _Source:
    hop: str
    answer: str
    left_id: str
    right_id: str
    first_name: str | None
    last_name: str | None
    birth_date: datetime.date | None


def plant(con: Connection, drawn: Sequence[Drawn], keyed: Keyed, batch: str) -> list[Planted]:
    """The planted pairs of a batch: as many matches as others, over the hops as its other pairs are.

    Args:
        con: Connection with cleaned_learners.profiles, education_registry.persons and linked_records.pairs.
        drawn: The batch's other pairs.
        keyed: The steward's key, on which everything that is drawn here depends.
        batch: Name of the batch.

    Returns:
        :data:`PLANTED` of them, fewer where the data holds no more.
    """
    sources = _sources(con, drawn, keyed.word("plant", batch))
    shares = {hop: sum(pair.hop == hop for pair in drawn) / max(len(drawn), 1) for hop in HOPS}
    seen: set[str] = set()
    chosen = {answer: _choose(sources, answer, shares, seen) for answer in (MATCH, NO_MATCH)}
    number = min(len(found) for found in chosen.values())
    return [_planted(source, keyed, batch) for found in chosen.values() for source in found[:number]]


def _sources(con: Connection, drawn: Sequence[Drawn], salt: str) -> list[_Source]:
    with scratch(con) as work:
        certain = work.table("certain", statement(__package__, "certain.sql"))
        rows = con.execute(
            statement(__package__, "planted.sql", certain=certain),
            {
                "salt": salt,
                "few": _FEW,
                "most": _MOST,
                "crowd": _CROWD,
                "several": _SEVERAL,
                "years": _YEARS,
                "digits": _DIGITS,
                "shown": sorted({end for pair in drawn for end in (pair.left_id, pair.right_id)}),
            },
        ).fetchall()
    found = [_Source(*row) for row in rows]
    return [one for one in found if one.answer == NO_MATCH or list(_alterations(one))]


def _choose(sources: Sequence[_Source], answer: str, shares: dict[str, float], seen: set[str]) -> list[_Source]:
    """Half of the planted pairs: every hop its share first, then whatever there is; nobody twice."""
    half = PLANTED // 2
    taken: list[_Source] = []
    for quota in (shares, dict.fromkeys(HOPS, 1.0)):
        for hop in HOPS:
            wanted = round(half * quota[hop])
            there = sum(one.hop == hop for one in taken)
            for one in sources:
                if there >= wanted or len(taken) >= half:
                    break
                if (one.hop, one.answer) == (hop, answer) and not {one.left_id, one.right_id} & seen:
                    taken.append(one)
                    seen |= {one.left_id, one.right_id}
                    there += 1
    # The hops in turn, so that cutting the list to the length of the other answer's leaves both in.
    return _in_turn(taken)


def _in_turn(taken: Collection[_Source]) -> list[_Source]:
    place = dict.fromkeys(HOPS, 0)
    ranked = []
    for one in taken:
        ranked.append((place[one.hop], one.hop, one))
        place[one.hop] += 1
    return [one for _, _, one in sorted(ranked, key=lambda entry: entry[:2])]


def _planted(source: _Source, keyed: Keyed, batch: str) -> Planted:
    word = keyed.word("pair", batch, source.hop, source.left_id, source.right_id)
    ends = Ends(f"Q{word[:16]}", source.hop, source.left_id, source.right_id)
    if source.answer == NO_MATCH:
        return Planted(ends, source.answer)
    options = list(_alterations(source))
    columns = sorted({column for column, _ in options})
    column = columns[int(word[16:24], 16) % len(columns)]
    values = [value for name, value in options if name == column]
    return Planted(ends, source.answer, {column: values[int(word[24:32], 16) % len(values)]})


def _alterations(source: _Source) -> Iterator[tuple[str, str]]:
    """Every way to alter a field: a letter left out, doubled or swapped with the next; a date with one slip."""
    for column, name in (("first_name", source.first_name), ("last_name", source.last_name)):
        if name and name.isalpha() and len(name) >= _SHORTEST:
            for at in range(1, len(name) - 1):
                yield column, name[:at] + name[at + 1 :]
                yield column, name[: at + 1] + name[at:]
                if name[at] != name[at + 1]:
                    yield column, name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    if source.birth_date is not None:
        yield from (("birth_date", day.isoformat()) for day in _slips(source.birth_date))


def _slips(day: datetime.date) -> Iterator[datetime.date]:
    if day.month != day.day <= _MONTHS:
        yield day.replace(month=day.day, day=day.month)
    yield day.replace(day=day.day - 1 if day.day > 1 else 2)
    if day.day > _TENS:
        yield day.replace(day=day.day - _TENS)
