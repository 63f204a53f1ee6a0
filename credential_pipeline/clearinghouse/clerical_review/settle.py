"""What the judgements of several reviewers come to: settled decisions, conflicts for adjudication, contradictions.

Of a batch with planted pairs, a reviewer's word counts once all of these are decided, and decided well (attention.py); what is said
of them stays out of everything here. Two reviewers who agree settle a pair; where they differ, or one is unsure, an adjudicator does. Decisions must not contradict
one another: A = B and B = C leave no room for A and C being two people, and nobody is two students. Not here: the reading
of files (judgements.py) and what decisions do to the linkage.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from credential_pipeline.clearinghouse.clerical_review import batches as batch_files
from credential_pipeline.clearinghouse.clerical_review import judgements as judgement_files
from credential_pipeline.clearinghouse.clerical_review.agreement import ReviewerAgreement, agreements
from credential_pipeline.clearinghouse.clerical_review.anchors import Found, claims
from credential_pipeline.clearinghouse.clerical_review.attention import Attention, counted, look, refuse_inattentive
from credential_pipeline.clearinghouse.clerical_review.batches import ADJUDICATION, Batch, Pair
from credential_pipeline.clearinghouse.clerical_review.consistency import Beliefs, Claim
from credential_pipeline.clearinghouse.clerical_review.decisions import UNSURE, Anchor, Decision, append
from credential_pipeline.clearinghouse.clerical_review.decisions import load as load_decisions
from credential_pipeline.clearinghouse.clerical_review.judgements import Given, Judgement
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.durable import exclusive

Answers = dict[str, dict[str, Judgement]]
"""Reviewer -> pair -> judgement, of one batch."""
Lookup = Callable[[Sequence[Anchor]], list[Found]]
ENOUGH = 2
"""Reviewers who must agree on a pair."""


@dataclass
class Report:
    """What an import did.

    Attributes:
        read: Judgements in the files.
        new: Of these, how many were not known.
        settled: Decisions that are new or other than before.
        waiting: Pairs that wait for a second reviewer.
        conflicts: Pairs on which reviewers differ or are unsure, and which wait for an adjudicator.
        contradictions: Pairs that contradict one another, in groups.
        agreements: Agreement of the reviewers, by batch.
        attention: How the reviewers whose files came did.
    """

    read: int = 0
    new: int = 0
    settled: int = 0
    waiting: int = 0
    conflicts: list[str] = field(default_factory=list)
    contradictions: list[tuple[str, ...]] = field(default_factory=list)
    agreements: list[tuple[str, ReviewerAgreement]] = field(default_factory=list)
    attention: list[Attention] = field(default_factory=list)


def take_in(folder: Path, paths: Sequence[Path], lookup: Lookup, *, single: bool) -> Report:
    """Import decision files, wholly or not at all.

    Args:
        folder: Folder of the industry's reviews.
        paths: Files of one or more reviewers.
        lookup: Finds the profiles and students behind anchors, as they are today.
        single: Whether one reviewer is enough.

    Raises:
        SafeError: A file is refused, see :func:`judgements.read_files` and
            :func:`attention.refuse_inattentive`; ``E_REVIEW_CHANGED``: a reviewer gives other
            answers than before; ``E_REVIEW_GONE``: a row or student is gone; ``E_REVIEW_CONTRADICTION``: an
            adjudicator's decisions contradict those that are settled.
    """
    if not folder.is_dir():
        raise SafeError("E_NO_BATCH", "This industry has no review batch: make one with review export first.")
    with exclusive(folder):
        every = {batch.name: batch for batch in batch_files.load_batches(folder)}
        given = judgement_files.read_files(paths, every)
        answers = {name: judgement_files.load(folder, batch) for name, batch in every.items()}
        report = Report(read=sum(len(entry.judgements) for entry in given))
        for entry in given:
            fresh = _new(entry, answers[entry.batch.name])
            _refuse_gone(entry, fresh, lookup)
            said = answers[entry.batch.name].setdefault(entry.reviewer, {})
            said.update({j.pair_id: j for j in fresh})
            refuse_inattentive(folder, entry, said)
            report.attention.append(look(entry.batch, entry.reviewer, said))
            report.new += len(fresh)
        stored = load_decisions(folder)
        heard = {name: counted(batch, answers[name]) for name, batch in every.items()}
        settled, report.conflicts, report.waiting = _settle(every, heard, {e.batch.name for e in given}, single=single)
        kept = _consistent(settled, stored, heard, every, lookup, report)
        for entry in given:
            judgement_files.save(folder, entry.batch, answers[entry.batch.name])
        report.settled = append(folder, kept)
        for name in sorted({entry.batch.name for entry in given}):
            words = {who: {pair: j.decision for pair, j in said.items()} for who, said in heard[name].items()}
            report.agreements += [(name, found) for found in agreements(words)]
    return report


def open_pairs(folder: Path) -> list[Pair]:
    """The pairs that wait for an adjudicator: reviewers differ, one is unsure, or what they agree on contradicts the rest."""
    every = {batch.name: batch for batch in batch_files.load_batches(folder)}
    answers = {name: counted(batch, judgement_files.load(folder, batch)) for name, batch in every.items()}
    stored = {(decision.batch, decision.pair_id) for decision in load_decisions(folder)}
    judged = _adjudicated(every, answers)
    settled, _, _ = _settle(every, answers, set(every), single=False)
    agreed = {(decision.batch, decision.pair_id) for decision in settled}
    return [
        pair
        for batch in every.values()
        if batch.kind != ADJUDICATION
        for pair in batch.pairs
        if (batch.name, pair.pair_id) not in judged
        and len(_of_pair(answers[batch.name], pair.pair_id)) + (_is_unsure(answers[batch.name], pair.pair_id)) >= ENOUGH
        and ((batch.name, pair.pair_id) not in agreed or (batch.name, pair.pair_id) not in stored)
    ]


def _of_pair(answers: Answers, pair_id: str) -> list[Judgement]:
    return [answers[reviewer][pair_id] for reviewer in sorted(answers) if pair_id in answers[reviewer]]


def _is_unsure(answers: Answers, pair_id: str) -> bool:
    """Whether a single reviewer was unsure: a second one would not settle that."""
    return [judgement.decision for judgement in _of_pair(answers, pair_id)] == [UNSURE]


def _new(given: Given, known: Answers) -> list[Judgement]:
    before = known.get(given.reviewer, {})
    fresh = []
    for pair_id, judgement in given.judgements.items():
        old = before.get(pair_id)
        if old is not None and (old.decision, old.reason) != (judgement.decision, judgement.reason):
            message = (
                f"{given.file} line {given.lines[pair_id]} gives another answer than the same reviewer gave before: "
                f"remove the line; what is settled is changed by review export --adjudicate. Nothing was imported."
            )
            raise SafeError("E_REVIEW_CHANGED", message)
        others = [who for who, said in known.items() if who != given.reviewer and pair_id in said]
        if others and given.batch.kind == ADJUDICATION:
            message = (
                f"{given.file} line {given.lines[pair_id]} decides a pair that another adjudicator has decided: "
                "remove the line. Nothing was imported."
            )
            raise SafeError("E_REVIEW_CHANGED", message)
        if old is None:
            fresh.append(judgement)
    return fresh


def _refuse_gone(given: Given, fresh: Sequence[Judgement], lookup: Lookup) -> None:
    anchors = {pair.pair_id: pair.anchor for pair in given.batch.pairs}
    fresh = [judgement for judgement in fresh if judgement.pair_id in anchors]
    for judgement, found in zip(fresh, lookup([anchors[j.pair_id] for j in fresh]), strict=True):
        if found.left is None or found.right is None:
            message = (
                f"{given.file} line {given.lines[judgement.pair_id]} decides on a feed row or student that is no longer there: "
                "remove the line and import the rest. Nothing was imported."
            )
            raise SafeError("E_REVIEW_GONE", message)


def _adjudicated(every: Mapping[str, Batch], answers: Mapping[str, Answers]) -> dict[tuple[str, str], Judgement]:
    """(Batch of origin, pair) -> what the adjudicator said, the latest batch last."""
    found = {}
    for batch in every.values():
        if batch.kind == ADJUDICATION:
            for pair in batch.pairs:
                for judgement in _of_pair(answers[batch.name], pair.pair_id):
                    found[pair.origin, pair.pair_id] = judgement
    return found


def _settle(
    every: Mapping[str, Batch], answers: Mapping[str, Answers], touched: set[str], *, single: bool
) -> tuple[list[Decision], list[str], int]:
    """Settled decisions, conflicts and the number of waiting pairs of the batches that were touched."""
    judged = _adjudicated(every, answers)
    touched = touched | {
        pair.origin for name in touched if every[name].kind == ADJUDICATION for pair in every[name].pairs
    }
    settled, conflicts, waiting = [], [], 0
    for batch in every.values():
        if batch.kind == ADJUDICATION or batch.name not in touched:
            continue
        for pair in batch.pairs:
            said = _of_pair(answers[batch.name], pair.pair_id)
            last = judged.get((batch.name, pair.pair_id))
            words = {judgement.decision for judgement in said}
            if last is not None:
                settled.append(_decision(batch, pair, said, last))
            elif said and (len(words) > 1 or UNSURE in words):
                conflicts.append(pair.pair_id)
            elif len(said) >= ENOUGH or (said and single):
                settled.append(_decision(batch, pair, said))
            elif said:
                waiting += 1
    return settled, conflicts, waiting


def _decision(batch: Batch, pair: Pair, said: Sequence[Judgement], last: Judgement | None = None) -> Decision:
    final = [last] if last else list(said)
    who = [judgement.reviewer for judgement in said] + ([last.reviewer] if last else [])
    return Decision(
        **asdict(pair.anchor),
        pair_id=pair.pair_id,
        batch=batch.name,
        decision=final[0].decision,
        reason=next((judgement.reason for judgement in final if judgement.reason), ""),
        reviewers="+".join(who),
    )


def _consistent(
    settled: Sequence[Decision],
    stored: Sequence[Decision],
    answers: Mapping[str, Answers],
    every: Mapping[str, Batch],
    lookup: Lookup,
    report: Report,
) -> list[Decision]:
    """The decisions that may be stored; those that contradict others are reported, an adjudicator's are refused."""
    judged = _adjudicated(every, answers)
    before = {(decision.batch, decision.pair_id): decision for decision in stored}
    new = [
        decision
        for decision in settled
        if (decision.batch, decision.pair_id) not in before
        or ((decision.batch, decision.pair_id) in judged and decision != before[decision.batch, decision.pair_id])
    ]
    replaced = {(decision.batch, decision.pair_id) for decision in new}
    kept = [decision for decision in stored if (decision.batch, decision.pair_id) not in replaced]
    beliefs = Beliefs()
    for claim in _claims(kept, lookup):
        if claim is not None:
            beliefs.add(claim)
    final = [decision for decision in new if (decision.batch, decision.pair_id) in judged]
    agreed = [decision for decision in new if (decision.batch, decision.pair_id) not in judged]
    for claim in _claims(final, lookup):
        against = beliefs.add(claim) if claim is not None else ()
        if against:
            message = (
                f"The adjudicator's decision on {against[0]} contradicts what is decided on {', '.join(against[1:])}: "
                "decide one of them otherwise, or remove the older one from decisions.csv. Nothing was imported."
            )
            raise SafeError("E_REVIEW_CONTRADICTION", message)
    flagged: set[str] = set()
    for claim in _claims(agreed, lookup):
        against = beliefs.add(claim) if claim is not None else ()
        if against:
            report.contradictions.append(against)
            flagged |= set(against)
    return [*final, *(decision for decision in agreed if decision.pair_id not in flagged)]


def _claims(decisions: Sequence[Decision], lookup: Lookup) -> list[Claim | None]:
    return claims(decisions, lookup(decisions))
