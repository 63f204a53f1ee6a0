"""Open questions: what the file does not prove, in the order in which they were met, each at the field that it is about."""

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Question:
    """One thing that a person has to decide or to ask the sender.

    Attributes:
        field: The canonical field, or a key of the YAML such as ``credentials``.
        text: What is asked, without any person's value.
        blocks: Whether the YAML cannot be used until it is answered.
    """

    field: str
    text: str
    blocks: bool = False


@dataclass
class Notes:
    """The questions of one file."""

    questions: list[Question] = field(default_factory=list)

    def ask(self, about: str, text: str, *, blocks: bool = False) -> None:
        """Note a question."""
        self.questions.append(Question(about, text, blocks))

    def numbered(self) -> Iterator[tuple[int, Question]]:
        """The questions with their numbers, from 1."""
        return enumerate(self.questions, start=1)

    def of(self, about: str) -> list[tuple[int, Question]]:
        """The questions about one field."""
        return [(number, question) for number, question in self.numbered() if question.field == about]
