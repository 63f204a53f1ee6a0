"""Reads vocabulary.yml, the closed vocabularies that industry and certifier files must keep to.

Not here: the models that use them (model.py) and the checks across files (load.py).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

_FILE: Final = Path(__file__).with_name("vocabulary.yml")


@dataclass(frozen=True)
class CanonicalField:
    """One field of the common layout: its name, its kind (which decides the standard form), whether it is required."""

    name: str
    kind: str
    required: bool
    meaning: str


def _read() -> dict[str, Any]:
    text = _FILE.read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.load(text, Loader=yaml.BaseLoader)  # a BaseLoader gives text only
    return loaded


_VOCABULARY: Final = _read()

FIELDS: Final[dict[str, CanonicalField]] = {
    name: CanonicalField(name, spec["kind"], spec.get("required") == "true", spec["meaning"])
    for name, spec in _VOCABULARY["fields"].items()
}
REQUIRED: Final[tuple[str, ...]] = tuple(name for name, field in FIELDS.items() if field.required)
EVENTS: Final[tuple[str, ...]] = tuple(_VOCABULARY["events"])
RESULTS: Final[tuple[str, ...]] = tuple(_VOCABULARY["results"])
TRAINING_SETTINGS: Final[tuple[str, ...]] = tuple(_VOCABULARY["training_settings"])
FORMATS: Final[tuple[str, ...]] = tuple(_VOCABULARY["formats"])
ENCODINGS: Final[tuple[str, ...]] = tuple(_VOCABULARY["encodings"])
DELIMITERS: Final[dict[str, str]] = dict(_VOCABULARY["delimiters"])
CADENCES: Final[tuple[str, ...]] = tuple(_VOCABULARY["cadences"])
ATTRIBUTIONS: Final[tuple[str, ...]] = tuple(_VOCABULARY["attributions"])
ENGINES: Final[tuple[str, ...]] = tuple(_VOCABULARY["engines"])
CALENDARS: Final[tuple[str, ...]] = tuple(_VOCABULARY["calendars"])

CLOSED: Final[dict[str, tuple[str, ...]]] = {
    "event": EVENTS,
    "result": RESULTS,
    "training_setting": TRAINING_SETTINGS,
    "flag": ("Y", "N"),
    "sex": ("M", "F"),
}
"""Kind of field -> the only values it may hold after its recipe."""
