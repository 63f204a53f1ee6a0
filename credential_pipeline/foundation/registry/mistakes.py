"""What a check of several keys finds: every mistake with the path of its key.

Not here: how mistakes are told (explain.py) and on which line a key stands (documents.py).
"""

from collections.abc import Iterable

KeyPath = tuple[str | int, ...]
"""Keys on the way to a mistake, and places in lists from 0."""
Mistake = tuple[KeyPath, str]
"""A key and a sentence about it."""


class MistakesError(ValueError):
    """What a check of several keys found: every mistake with the path of its key below the model that was checked."""

    def __init__(self, found: Iterable[Mistake]) -> None:
        """Keep the mistakes."""
        self.found = tuple(found)
        super().__init__("; ".join(text for _, text in self.found))


def refuse(*found: Mistake) -> None:
    """Raise MistakesError if there are mistakes."""
    if found:
        raise MistakesError(found)


def repeated(names: Iterable[str]) -> list[int]:
    """Places of names that stand there a second time."""
    every = list(names)
    return [place for place, name in enumerate(every) if name in every[:place]]
