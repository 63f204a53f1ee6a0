"""Columns of scores in a file that tells no results: whoever failed would count as a holder.

Not here: columns of results in words (coding.py).
"""

import re
from collections.abc import Iterable
from typing import Final

from credential_pipeline.clearinghouse.onboarding.facts import Facts
from credential_pipeline.clearinghouse.onboarding.notes import Notes
from credential_pipeline.clearinghouse.onboarding.words import split_name
from credential_pipeline.foundation.recipes.text import SCORE

_WORDS: Final = frozenset(
    {
        "score",
        "scores",
        "points",
        "percent",
        "percentage",
        "mark",
        "marks",
        "punkte",
        "punktzahl",
        "puntaje",
        "puntos",
        "note",
        "nota",
    }
)
_MOST: Final = 0.8


def ask_about_scores(unused: Iterable[Facts], notes: Notes) -> None:
    """Ask from which score on somebody has passed, for every unused column of scores.

    Args:
        unused: Columns that the proposal reads nothing from, of a file without a column of results.
        notes: Takes the questions.
    """
    for facts in unused:
        numbers = sum(
            rows for value, rows in facts.counts.items() if re.fullmatch(SCORE, value.replace("%", "").strip())
        )
        if _WORDS & set(split_name(facts.name)) and numbers > _MOST * facts.filled > 0:
            notes.ask(
                "event",
                f"'{facts.name}' holds scores, and no column says who passed: as it stands, whoever failed counts as a holder. From which "
                "score on is it a pass? Write it into event and result, as "
                'result: {from: "' + facts.name + '", recipe: [{pass_from: "70"}]}.',
            )
