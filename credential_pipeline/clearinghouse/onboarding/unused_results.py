"""What might tell of results in a file for which no column of results was found: whoever failed would count as a holder.

Not here: columns of results in words (coding.py).
"""

import re
from collections.abc import Iterable
from typing import Final

from credential_pipeline.clearinghouse.onboarding.coding import outcome
from credential_pipeline.clearinghouse.onboarding.facts import Facts
from credential_pipeline.clearinghouse.onboarding.notes import Notes
from credential_pipeline.clearinghouse.onboarding.words import split_name
from credential_pipeline.foundation.recipes.text import SCORE

_WORDS: Final = frozenset(
    {
        *("score", "scores", "points", "percent", "percentage", "mark", "marks"),
        *("punkte", "punktzahl", "puntaje", "puntos", "note", "nota"),
    }
)
"""Words of the names of columns that hold scores."""
_MOST: Final = 0.8
_SOME: Final = 0.1


def ask_about_results(unused: Iterable[Facts], notes: Notes) -> None:
    """Ask about every unused column of scores, or of remarks with words of results among them.

    Args:
        unused: Columns that the proposal reads nothing from, of a file without a column of results.
        notes: Takes the questions.
    """
    for facts in unused:
        said = sum(rows for word, rows in facts.counts.items() if outcome(word)[1])
        if facts.filled and said >= _SOME * facts.filled:
            notes.ask(
                "event",
                f"'{facts.name}' tells of results in {said:,} of {facts.filled:,} rows and is not used, so that whoever failed counts as a "
                "holder. Does it say who passed? Then read event and result from it.",
            )
        else:
            _ask_about_scores(facts, notes)


def _ask_about_scores(facts: Facts, notes: Notes) -> None:
    numbers = sum(rows for value, rows in facts.counts.items() if re.fullmatch(SCORE, value.replace("%", "").strip()))
    if _WORDS & set(split_name(facts.name)) and numbers > _MOST * facts.filled > 0:
        notes.ask(
            "event",
            f"'{facts.name}' holds scores, and no column says who passed: as it stands, whoever failed counts as a holder. From which "
            "score on is it a pass? Write it into event and result, as "
            'result: {from: "'
            + facts.name
            + '", recipe: [{pass_from: "70"}]}, and take the two out of ignored and absent.',
        )
