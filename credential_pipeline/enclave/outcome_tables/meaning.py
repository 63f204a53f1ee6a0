"""What a figure means: the record that goes with every measure. Not here: the texts (definitions.py and the questions)."""

from dataclasses import dataclass


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
