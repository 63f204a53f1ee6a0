"""Looks for whom requests mean, and refuses a request that would compare too many people, so that it stops nobody else.

All requests are looked up together. Only where that is too much, each is looked up alone: the answers are the same, for no row depends
on another. Not here: how somebody is found (find.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from credential_pipeline.clearinghouse.return_files.answer.asking import ANSWERED, Left, asked_people
from credential_pipeline.clearinghouse.return_files.answer.find import find_people
from credential_pipeline.engines.exchange.student_tracker.request import RequestError
from credential_pipeline.engines.linkage.model import Model
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.relation import Relation, Scratch

_TOO_MUCH = "E_LINKAGE_COST"


@dataclass(frozen=True)
class Found:
    """Whom the requests mean.

    Attributes:
        left: The files, with those refused that would have cost too much.
        asked: The rows of the others, as :func:`asked_people` gives them.
        found: Whom these mean, as :func:`find_people` gives them.
    """

    left: tuple[Left, ...]
    asked: Relation
    found: Relation


def find_within_reach(work: Scratch, left: tuple[Left, ...], index: Relation, model: Model) -> Found:
    """Find the students of every request that can be afforded.

    Args:
        work: Makes the relations.
        left: What partners left; at least one file of it is to be answered.
        index: The registry's person index.
        model: The pinned model of the family ``registry``.
    """
    asked = asked_people(work, left)
    found = _find(work, asked, index, model)
    if found:
        return Found(left, asked, found)
    parts: list[Relation] = []
    refused: list[Left] = []
    for one in left:
        if one.state == ANSWERED:
            part = _find(work, _rows_of(work, asked, one), index, model)
            if part:
                parts.append(part)
            else:
                refused.append(one)
    # A file that repeats a refused one is refused like it.
    costly = {(one.partner, one.id) for one in refused}
    message = "too many people look like those asked for; give more of each, or ask in several files"
    kept = tuple(
        replace(one, request=None, refusal=one.refusal or RequestError("E_REQUEST_COST", message))
        if (one.partner, one.id) in costly
        else one
        for one in left
    )
    return Found(kept, _without(work, asked, refused), _together(work, parts))


def _find(work: Scratch, asked: Relation, index: Relation, model: Model) -> Relation | None:
    """Whom the rows mean; None if too many people would be compared."""
    try:
        return find_people(work, asked, index, model)
    except SafeError as error:
        if error.code != _TOO_MUCH:
            raise
        return None


def _rows_of(work: Scratch, asked: Relation, one: Left) -> Relation:
    return work.table("asked_alone", f"FROM {asked} WHERE partner = ? AND request_id = ?", [one.partner, one.id])


def _without(work: Scratch, asked: Relation, refused: Sequence[Left]) -> Relation:
    gone = work.rows(
        "too_costly", dict.fromkeys(("partner", "request_id"), "VARCHAR"), [(one.partner, one.id) for one in refused]
    )
    return work.table("asked_within_reach", f"FROM {asked} ANTI JOIN {gone} USING (partner, request_id)")


def _together(work: Scratch, parts: Sequence[Relation]) -> Relation:
    """What was found in parts; nobody if there is none."""
    if parts:
        return work.table("asked_found", " UNION ALL ".join(f"FROM {part}" for part in parts))
    shape = {"asked": "BIGINT", "student_id": "VARCHAR", "match_probability": "DOUBLE"}
    return work.rows("asked_found", shape, [])
