"""Columns of marks such as Y and N that the proposal does not use: each might be how the sender says "do not share".

Not here: the column that was found to say so (coding.py).
"""

from collections.abc import Iterable
from typing import Final

from credential_pipeline.clearinghouse.onboarding.coding import shown
from credential_pipeline.clearinghouse.onboarding.facts import Facts
from credential_pipeline.clearinghouse.onboarding.notes import Notes

_MOST: Final = 0.8
_FEW: Final = 8
_FIELD: Final = "block_flag"


def is_mark(facts: Facts) -> bool:
    """Whether nearly all that a column holds is yes or no, in or out, in a language that is known."""
    return 0 < facts.distinct <= _FEW and facts.known("flag") + facts.known("wish") > _MOST


def ask_about_marks(unused: Iterable[Facts], notes: Notes) -> None:
    """Ask of every unused column of marks whether it is an opt-out.

    Args:
        unused: Columns that the proposal reads nothing from.
        notes: Takes the questions.
    """
    for facts in unused:
        if is_mark(facts):
            notes.ask(
                _FIELD,
                f"'{facts.name}' holds {shown(facts, list(facts.counts))} and is not used. Does it say that somebody must not be "
                "shared, or has not agreed to it? Then read block_flag from it; ask the sender if the name does not tell.",
            )
