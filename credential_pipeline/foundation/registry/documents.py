"""The files of the registry as they lie on disk: YAML read as text, and on which line a key stands.

Not here: what the files may say (model.py, feeds.py, agreements.py) and the checks across them (load.py).
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml

from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.names import NAME

Report = Callable[[SafeError], None]
"""Takes a mistake: raises it, or keeps it and lets the reading go on."""

Key = Sequence[str | int]
"""A path of keys, and of places in lists from 0."""

_LONGEST: Final = 60
#: Every command reads the registry, and the parser in C, where PyYAML has it, is ten times as fast.
_Fastest: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class _Loader(_Fastest):  # type: ignore[misc]
    """Reads every scalar as text and refuses a key that is written twice."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 # signature of the base
        seen: set[Hashable] = set()
        for key_node, _ in node.value if isinstance(node, yaml.MappingNode) else ():
            key = self.construct_object(key_node, deep=deep)
            if not isinstance(key, Hashable):
                raise yaml.MarkedYAMLError(problem="a key is no word", problem_mark=key_node.start_mark)
            if key in seen:
                raise yaml.MarkedYAMLError(problem="a key is written twice", problem_mark=key_node.start_mark)
            seen.add(key)
        mapping: dict[Hashable, Any] = super().construct_mapping(node, deep=deep)
        return mapping


@dataclass(frozen=True)
class Document:
    """One file of the registry.

    Attributes:
        stem: Its name without the ending.
        shown: How messages name it, for example ``certifiers/mssc.yml``.
        content: What it says, every scalar as text.
        path: Where it lies.
    """

    stem: str
    shown: str
    content: Mapping[str, Any]
    path: Path

    def place(self, key: Key) -> str:
        """The file and the line of a key, or of the last key on the way to it that is there."""
        return f"{self.shown}, line {self._line(key)}"

    def known(self, key: Key) -> Key:
        """A key without the steps of it that only the model knows, such as the kinds that a value may have."""
        found: list[str | int] = []
        here: Any = self.content
        for number, step in enumerate(key):
            inside = isinstance(here, list) if isinstance(step, int) else isinstance(here, dict) and step in here
            if not inside and not (isinstance(here, dict | list) and number == len(key) - 1):
                break
            found.append(step)
            here = _value(here, step)
        return found

    def _line(self, key: Key) -> int:
        """Found by reading the file again: only a mistake asks for it."""
        try:
            node = yaml.compose(self.path.read_text(encoding="utf-8-sig"), Loader=_Loader)
        except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError):
            return 1
        line = 1
        for step in key:
            found = _below(node, step)
            if found is not None:
                at, node = found
                line = at.start_mark.line + 1
        return line


def _value(here: Any, step: str | int) -> Any:
    try:
        return here[step]
    except (LookupError, TypeError):
        return None


def _below(node: Any, step: str | int) -> tuple[Any, Any] | None:
    """The node that tells where a step stands, and the node that it leads to."""
    if isinstance(node, yaml.MappingNode):
        return next(((name, value) for name, value in node.value if name.value == str(step)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], node.value[step]
    return None


def key_text(key: Key) -> str:
    """A path as people read it: places in lists count from one, a long or unseen key is cut or marked."""
    return ".".join(str(step + 1) if isinstance(step, int) else _shown(step) for step in key)


def _shown(step: str) -> str:
    shown = "".join(sign if sign.isprintable() else "?" for sign in step)
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…"


@lru_cache(maxsize=256)
def _parsed(text: str) -> Any:
    """What a YAML text says, not to be changed: a service reads the same files at every step and every look of a sensor."""
    return yaml.load(text, Loader=_Loader)  # noqa: S506 # a BaseLoader: text only


def _read(file: Path, shown: str) -> Mapping[str, Any] | SafeError:
    try:
        content = _parsed(file.read_text(encoding="utf-8-sig"))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problem = error.problem or "not readable"
        return SafeError("E_REGISTRY_YAML", f"{shown}, line {line}: this is not valid YAML: {problem}")
    except RecursionError:
        return SafeError("E_REGISTRY_YAML", f"{shown}, line 1: this is nested too deeply")
    except (yaml.YAMLError, UnicodeDecodeError):
        return SafeError("E_REGISTRY_YAML", f"{shown}, line 1: this is not valid YAML in UTF-8")
    except OSError:
        return SafeError("E_REGISTRY_YAML", f"{shown}: the file cannot be read; check its permissions")
    if not isinstance(content, dict):
        return SafeError("E_REGISTRY_YAML", f"{shown}, line 1: expected keys with values, as in _template.yml")
    return content


_WRONG_NAME: Final = "a registry file is named <name>.yml, <name> in a-z, 0-9 and _; rename or remove it"


def _files(root: Path, folder: str, report: Report) -> Iterable[tuple[Path, str]]:
    for file in sorted((root / folder).iterdir()) if (root / folder).is_dir() else ():
        shown = f"{folder}/{file.name}"
        if file.name.startswith(("_", ".")):
            continue
        if file.suffix != ".yml" or not NAME.match(file.stem):
            report(SafeError("E_REGISTRY_NAME", f"{shown}: {_WRONG_NAME}"))
            continue
        yield file, shown


def documents(roots: Iterable[Path], folder: str, report: Report) -> Iterator[Document]:
    """Every readable file of a folder, by name; of several roots, the last one's.

    Args:
        roots: Folders of YAML, the later ones laid over the earlier ones.
        folder: ``industries``, ``certifiers``, ``agreements`` or ``programmes``.
        report: Takes what cannot be read.
    """
    chosen = {file.stem: (file, shown) for root in roots for file, shown in _files(root, folder, report)}
    for stem, (file, shown) in sorted(chosen.items()):
        content = _read(file, shown)
        if isinstance(content, SafeError):
            report(content)
        else:
            yield Document(stem, shown, content, file)


def file_names(roots: Iterable[Path], folder: str) -> frozenset[str]:
    """Names of the files of a folder, readable or not."""
    return frozenset(file.stem for root in roots for file, _ in _files(root, folder, lambda mistake: None))
