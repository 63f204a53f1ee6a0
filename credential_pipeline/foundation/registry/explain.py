"""Turns a validation error of the registry into sentences: the key, what is wrong, what is allowed.

Values of the file are not repeated, only its keys.
"""

from dataclasses import dataclass
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from credential_pipeline.foundation.registry.mistakes import MistakesError


def _models(annotation: object) -> list[type[BaseModel]]:
    """Models that can stand at an annotation such as ``tuple[X, ...]``, ``dict[str, X]`` or ``X | None``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    if get_origin(annotation) in (Union, UnionType, tuple, list, dict):
        return [model for part in get_args(annotation) for model in _models(part)]
    return []


def _keys_at(model: type[BaseModel], path: tuple[int | str, ...]) -> list[str]:
    """Keys that are allowed at a path below a model; empty if the path leaves the models."""
    current: type[BaseModel] | None = model
    inside_mapping = False
    for step in path:
        if current is None:
            return []
        if isinstance(step, int) or inside_mapping:
            inside_mapping = False
            continue
        fields = {field.alias or name: field for name, field in current.model_fields.items()}
        if step not in fields:
            return []
        annotation = fields[step].annotation
        inside_mapping = get_origin(annotation) is dict
        found = _models(annotation)
        current = found[0] if found else None
    return [field.alias or name for name, field in current.model_fields.items()] if current else []


def _sentence(details: Any, model: type[BaseModel]) -> str:  # pydantic's ErrorDetails, a loose mapping
    path = details["loc"]
    if details["type"] == "extra_forbidden":
        return f"this key is not known; allowed: {', '.join(_keys_at(model, path[:-1]))}"
    if details["type"] == "missing":
        return "this key is missing"
    if details["type"] in ("model_type", "dict_type", "model_attributes_type"):
        allowed = _keys_at(model, path)
        return "expected keys with values" + (f"; allowed: {', '.join(allowed)}" if allowed else "")
    if details["type"] in ("tuple_type", "list_type"):
        return "expected a list, as in [a, b]"
    cause = details.get("ctx", {}).get("error")
    return str(cause) if cause is not None else str(details["msg"])


@dataclass(frozen=True)
class Problem:
    """One mistake: the path of its key, with places in lists from 0, and a sentence."""

    key: tuple[int | str, ...]
    text: str


def problems(error: ValidationError, model: type[BaseModel]) -> list[Problem]:
    """Every mistake of a file, unknown keys first.

    Args:
        error: What pydantic raised.
        model: The model that was validated.
    """
    # A misspelt key is an unknown one and a missing one: the first says more.
    listed = error.errors(include_url=False, include_input=False)
    found: dict[Problem, None] = {}
    for details in sorted(listed, key=lambda details: details["type"] != "extra_forbidden"):
        cause = details.get("ctx", {}).get("error")
        mistakes = cause.found if isinstance(cause, MistakesError) else [((), _sentence(details, model))]
        for key, text in mistakes:
            found[Problem((*details["loc"], *key), " ".join(text.split()))] = None
    return list(found)
