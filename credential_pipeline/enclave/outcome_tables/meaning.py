"""What a figure means: the record that goes with every measure. Not here: the texts (definitions.py and the questions)."""

from dataclasses import dataclass
from typing import Final

from credential_pipeline.foundation.storage.relation import Relation, Scratch

KEYED: Final = "Of people with a protected key only: sittings of those for whom no person was found with certainty are in no figure."
"""Said of figures on attempts."""
NOT_COVERED: Final = "So are those who live in a state of which the wage files do not cover that year, even if they have some wages from elsewhere."
"""Said of figures on earnings, after a sentence on who else is left out."""


@dataclass(frozen=True)
class Definition:
    """A definition of a measure.

    Attributes:
        definition: Key that outcome cells refer to; the measure itself where it has only one definition.
        measure: The measure.
        title: A few words.
        text: What is counted, in plain language.
    """

    definition: str
    measure: str
    title: str
    text: str


def add_note(work: Scratch, definitions: Relation, whose: str, note: str) -> Relation:
    """The definitions, with a note at the end of some texts.

    Args:
        work: Where the rows live.
        definitions: definition, measure, title and text.
        whose: SQL condition on them.
        note: What is added, with the space before it.
    """
    return work.table(
        "definitions",
        f"SELECT * REPLACE (text || CASE WHEN {whose} THEN $note ELSE '' END AS text) FROM {definitions}",
        {"note": note},
    )
