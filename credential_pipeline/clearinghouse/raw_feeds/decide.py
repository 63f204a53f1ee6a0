"""What becomes of each delivery: a walk through them in their order, from facts, figures and decisions alone.

The same facts lead to the same end in whatever order they arrive. Not here: what becomes of single rows (judge.py).
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from credential_pipeline.clearinghouse.raw_feeds.arrivals import Arrival
from credential_pipeline.clearinghouse.raw_feeds.decisions import RELEASED, WITHDRAWN, Decisions
from credential_pipeline.clearinghouse.raw_feeds.hold import Hold
from credential_pipeline.clearinghouse.raw_feeds.hold_size import LAST, Past, Sent
from credential_pipeline.clearinghouse.raw_feeds.measures import NOTHING, Measure
from credential_pipeline.clearinghouse.raw_feeds.order import Place, earlier
from credential_pipeline.clearinghouse.raw_feeds.reading.faults import plural
from credential_pipeline.foundation.contracts.raw_feeds import ACCEPTED, GONE, HELD, REFUSED, REPLACED, REPLAYED
from credential_pipeline.foundation.file_names import NO_BYTES, delivery_id, shown_delivery
from credential_pipeline.foundation.registry.deliveries import ALL, BY_NAME, Deliveries
from credential_pipeline.foundation.registry.deliveries import NOTHING as ADDING


@dataclass(frozen=True)
class Verdict:
    """What becomes of a delivery.

    Attributes:
        state: One of STATES.
        code: Why none of its rows goes on; None if they do.
        detail: The same in words and figures.
        notices: What else is worth knowing: code and words.
    """

    state: str
    code: str | None = None
    detail: str | None = None
    notices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Case:
    """Everything that decides on the deliveries of one certifier, by their numbers.

    Attributes:
        agreed: What is agreed with the sender.
        arrivals: The deliveries.
        faults: Code of FILE_REASONS and words, for those that cannot be read as a whole.
        measures: The figures of the others.
        places: Their order.
        decisions: What people decided.
        accepted_before: Hashes of deliveries whose rows went on at some time.
        holds: Gives the reasons for which a delivery waits, from its past.
        remarks: Gives what is worth asking about one that counts, from its past.
        taken: Rows of deliveries whose record ids mostly stand on earlier rows of others; found when rows were settled.
    """

    agreed: Deliveries
    arrivals: Mapping[int, Arrival]
    faults: Mapping[int, tuple[str, str]]
    measures: Mapping[int, Measure]
    places: Mapping[int, Place]
    decisions: Decisions
    accepted_before: frozenset[tuple[str, str]]
    holds: Callable[[int, Past], Iterator[Hold]]
    remarks: Callable[[int, Past], Iterator[tuple[str, str]]]
    taken: Mapping[int, int] = field(default_factory=dict)

    def ordered(self) -> list[int]:
        """Numbers in the order of the deliveries; of equally late ones by hash, which no sender chooses."""
        return sorted(
            self.arrivals, key=lambda number: (self.places[number], self.arrivals[number].file.sha256, number)
        )

    def shown(self, number: int) -> str:
        """What may be said to anybody of which delivery it is."""
        one = self.arrivals[number]
        return shown_delivery(one.sight.certifier, one.delivery, one.file.sha256)


@dataclass
class _Walk:
    """What has been decided so far."""

    verdicts: dict[int, Verdict] = field(default_factory=dict)
    said: dict[str, int] = field(default_factory=dict)
    """File names and ids whose place was taken by word of the sender -> by which delivery."""
    contents: dict[int, int] = field(default_factory=dict)

    def standing(self) -> list[int]:
        return [number for number, verdict in self.verdicts.items() if verdict.state == ACCEPTED]


def decide(case: Case) -> dict[int, Verdict]:
    """The verdict on each delivery, by number, in their order."""
    walk = _Walk()
    for number in case.ordered():
        verdict = _verdict(case, walk, number)
        walk.verdicts[number] = verdict
        if verdict.state == ACCEPTED:
            _take_places(case, walk, number)
    # What lies here has come, also where its bytes came before under another name.
    come = {name for arrival in case.arrivals.values() for name in _names(arrival)}
    waited_for = Counter(number for name, number in walk.said.items() if name not in come)
    return {number: _told(case, number, verdict, waited_for[number]) for number, verdict in walk.verdicts.items()}


def _verdict(case: Case, walk: _Walk, number: int) -> Verdict:
    arrival = case.arrivals[number]
    # Files that were not read have one hash, that of no bytes, and nobody can have decided on them.
    decided = arrival.file.sha256 != NO_BYTES
    decision = case.decisions.get((arrival.sight.certifier, arrival.file.sha256)) if decided else None
    if arrival.known_as is not None:
        gone = ", which is withdrawn" if decision is not None and decision.kind == WITHDRAWN else ""
        return Verdict(REPLAYED, None, f"the same bytes as {case.shown(arrival.known_as)}{gone}")
    if decision is not None and decision.kind == WITHDRAWN:
        return Verdict(GONE, "WITHDRAWN", f"by {decision.account} on {decision.when[:10]}")
    if number in case.faults:
        return _absent(case, number) or Verdict(REFUSED, *case.faults[number])
    elsewhere = _elsewhere(case, walk, number)
    if elsewhere is not None:
        return elsewhere
    released = decision is not None and decision.kind == RELEASED
    past = _past(case, walk, number)
    holds = [] if released else [*_taken_back(case, walk, number), *case.holds(number, past)]
    if number in case.taken and not released:
        words = f"those of {case.taken[number]:,} of {case.measures[number].rows:,} rows"
        holds.append(Hold("RECORD_IDS_TAKEN", words))
    if holds:
        words = "; ".join([holds[0].detail, *(f"{hold.code}: {hold.detail}" for hold in holds[1:])])
        return _absent(case, number) or Verdict(HELD, holds[0].code, words)
    return Verdict(ACCEPTED, notices=tuple(case.remarks(number, past)))


def _elsewhere(case: Case, walk: _Walk, number: int) -> Verdict | None:
    """Its rows came already, or another delivery took its place before it came; None if neither."""
    measure = case.measures.get(number, NOTHING)
    same = walk.contents.get(measure.content) if measure.content is not None else None
    if same is not None and walk.verdicts[same].state != ACCEPTED:
        same = None  # Rows that do not count any more can come again.
    rewritten = same is not None and case.agreed.replaces != ADDING and _stands_as(case, walk, same, number)
    if same is not None and not rewritten:
        return Verdict(REPLAYED, None, f"the same rows as {case.shown(same)}")
    named = next((name for name in _names(case.arrivals[number]) if name in walk.said), None)
    if named is not None:
        return Verdict(REPLACED, "REPLACED", f"{case.shown(walk.said.pop(named))} took its place")
    return None


def _taken_back(case: Case, walk: _Walk, number: int) -> Iterator[Hold]:
    """Its rows were withdrawn with a delivery before it: they do not count again unless a person says so."""
    look = case.arrivals[number].sight.look
    for other in case.measures:
        one = case.arrivals[other].sight
        decision = case.decisions.get((one.certifier, one.sha256))
        withdrawn = decision is not None and decision.kind == WITHDRAWN
        if withdrawn and _same_rows(case, other, number) and (other in walk.verdicts or one.look < look):
            yield Hold("ROWS_WITHDRAWN", f"the same rows as {case.shown(other)}")
            return


def _stands_as(case: Case, walk: _Walk, one: int, other: int) -> bool:
    """Whether a delivery counts, and lay under the name under which another lies: the file was written anew."""
    same_name = case.arrivals[one].sight.name == case.arrivals[other].sight.name
    return same_name and walk.verdicts[one].state == ACCEPTED


def _absent(case: Case, number: int) -> Verdict | None:
    """A file that never counted and is gone needs nobody any more."""
    arrival = case.arrivals[number]
    if arrival.present or (arrival.sight.certifier, arrival.file.sha256) in case.accepted_before:
        return None
    return Verdict(GONE, "REMOVED", "taken out of the inbox before it counted")


def _past(case: Case, walk: _Walk, number: int) -> Past:
    # What came back is measured against what was usual when it came first.
    (sequence, _, turn), look = case.places[number], case.arrivals[number].sight.look
    standing, place = walk.standing(), (sequence, look, turn)
    before = [one for one in standing if earlier(case.places[one], place)]
    sent = [
        Sent(one, case.measures.get(one, NOTHING).rows, case.places[one][:2], case.arrivals[one].sight.file_time)
        for one in before
    ]
    taken = _replaced(case, number, standing)
    declared = case.arrivals[number].sight.said
    unsaid = taken[-1:] if not declared.replaces and declared.rows is None else []
    replaced = [(one, case.measures.get(one, NOTHING).rows) for one in unsaid]
    together = [
        one for one in case.measures if not earlier(case.places[one], place) and not earlier(place, case.places[one])
    ]
    others = before[-LAST:] or [one for one in together if one != number]
    seconds = case.arrivals[number].sight.file_time
    beside = [one for one in standing if one not in taken]
    return Past(sent, seconds, standing, others, replaced[0] if replaced else None, beside)


def _replaced(case: Case, number: int, standing: Sequence[int]) -> list[int]:
    """Those of the standing deliveries whose place another takes."""
    one = case.arrivals[number]
    if case.agreed.replaces == ALL or one.sight.said.replaces == (ALL,):
        return [other for other in standing if other != number]
    same_name = one.sight.name if case.agreed.replaces == BY_NAME else None
    said = set(one.sight.said.replaces)
    return [
        other
        for other in standing
        if other != number and (_lay_as(case.arrivals[other]) == same_name or said & set(_names(case.arrivals[other])))
    ]


def _take_places(case: Case, walk: _Walk, number: int) -> None:
    """Let an accepted delivery take the place of others; what waited and came again in a better state waits no longer."""
    content = case.measures.get(number, NOTHING).content
    if content is not None:
        walk.contents[content] = number
    waiting = [one for one, verdict in walk.verdicts.items() if verdict.state == HELD]
    lost = [
        one for one, verdict in walk.verdicts.items() if verdict.state == REFUSED and not case.arrivals[one].present
    ]
    taken = _replaced(case, number, [*walk.standing(), *waiting, *lost])
    for other in [*taken, *(one for one in waiting if _same_rows(case, one, number))]:
        walk.verdicts[other] = Verdict(REPLACED, "REPLACED", f"{case.shown(number)} took its place")
    # What was named and has not come yet is replaced as soon as it comes.
    there = {name for one in walk.verdicts for name in _names(case.arrivals[one])}
    walk.said |= {name: number for name in case.arrivals[number].sight.said.replaces if name not in {ALL, *there}}


def _same_rows(case: Case, one: int, other: int) -> bool:
    content = case.measures.get(one, NOTHING).content
    return content is not None and content == case.measures.get(other, NOTHING).content


def _lay_as(arrival: Arrival) -> str:
    """The name under which a file is written anew: that of bytes which were replaced once stays theirs."""
    return arrival.back_from or arrival.sight.name


def _names(arrival: Arrival) -> Iterator[str]:
    """By which words a sender or a steward can mean a delivery."""
    yield from arrival.names or (arrival.sight.name,)
    yield delivery_id(arrival.sight.certifier, arrival.file.sha256)
    yield arrival.file.sha256


def _told(case: Case, number: int, verdict: Verdict, waited_for: int) -> Verdict:
    """The verdict with what else is worth knowing, also how many deliveries it takes the place of that have not come."""
    arrival = case.arrivals[number]
    decision = case.decisions.get((arrival.sight.certifier, arrival.file.sha256))
    notices = list(verdict.notices)
    if verdict.state == ACCEPTED and not arrival.present:
        notices.append(("VANISHED", "the file is gone from the inbox; its rows stay in force"))
    if waited_for:
        notices.append(("REPLACES_UNKNOWN", plural(waited_for, "name")))
    if decision is not None and decision.kind == RELEASED:
        notices.append(("RELEASED", f"by {decision.account} on {decision.when[:10]}"))
    return replace(verdict, notices=tuple(notices))
