"""The code version of a hop: a hash of the modules that it can reach by imports, and of the files that they name.

It starts at the hop's own module. What runs hops and shows them in Dagster is not reached from there and does not count: it
changes no table. Of the gate only the adapter that judges counts, by its own code. Nor does the registry's YAML or a linkage
model count, which are inputs of their own.

- A module counts by its compiled code without docstrings, so that a comment re-runs nothing.
- A package on the way counts by its own code; what its ``__init__`` imports is followed where something is taken from it.
- A file that is not Python counts if a reached module of its folder writes its name; a table of the public reference data
  counts if any reached module does, with or without its ending.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from opcode import EXTENDED_ARG, opmap
from pathlib import Path
from types import CodeType
from typing import Any

ROOT = Path(__file__).parent.parent
_PACKAGES = ("assets", "checks", "credential_pipeline")
_JUDGE = "checks.gx_adapter"
_REFERENCE = "reference"
_IMPORT, _CONSTANT = opmap["IMPORT_NAME"], opmap["LOAD_CONST"]
_OTHER_INPUTS = (
    "registry/agreements",
    "registry/industries",
    "registry/certifiers",
    "registry/programmes",
    "linkage/models",
    "simulation",
)


@dataclass(frozen=True)
class _Module:
    """What counts of a source file."""

    folder: Path
    digest: str
    imports: frozenset[str]
    texts: frozenset[str]


@cache
def code_version(module: str, root: Path = ROOT) -> str:
    """Hash of everything that a hop's module and the judge reach.

    Args:
        module: Dotted name of the hop's module.
        root: Folder of the packages.
    """
    names = sorted(reached_modules(module, root))
    digest = hashlib.sha256()
    for name in names:
        digest.update(f"{name}\0{_read(name, root).digest}\n".encode())
    for file in reached_files(names, root):
        digest.update(f"{file.relative_to(root)}\0".encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def reached_modules(module: str, root: Path = ROOT) -> set[str]:
    """Names of all modules of the product that a hop's module imports, itself and the judge included."""
    followed: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name not in followed:
            followed.add(name)
            waiting += _read(name, root).imports
    return followed | {above for name in followed for above in _packages_above(name)} | {_JUDGE}


def reached_files(modules: Iterable[str], root: Path = ROOT) -> list[Path]:
    """Files of the product that are not Python and that the modules name, in order."""
    named: dict[Path, set[str]] = {}
    for one in (_read(name, root) for name in modules):
        named.setdefault(one.folder, set()).update(one.texts)
    everywhere = set().union(*named.values())
    return [
        file
        for file in data_files(root)
        if file.name in named.get(file.parent, ())
        or (file.parent.name == _REFERENCE and not everywhere.isdisjoint({file.name, file.stem}))
    ]


@cache
def data_files(root: Path = ROOT) -> tuple[Path, ...]:
    """All files of the packages that are not Python, in order, but for those that are inputs of their own."""
    found = (path for package in _PACKAGES for path in (root / package).rglob("*"))
    return tuple(
        sorted(
            path
            for path in found
            if path.suffix not in {".py", ".pyc", ""}
            and not any(f"/{part}/" in path.as_posix() for part in _OTHER_INPUTS)
        )
    )


def _packages_above(name: str) -> Iterator[str]:
    parts = name.split(".")
    return (".".join(parts[:end]) for end in range(1, len(parts)))


@cache
def _read(name: str, root: Path) -> _Module:
    path = _file(name, root)
    if path is None:
        raise ModuleNotFoundError(name)
    digest = hashlib.sha256()
    imports: set[str] = set()
    texts: set[str] = set()
    for code in _pieces(compile(path.read_bytes(), path.name, "exec", dont_inherit=True, optimize=2)):
        digest.update(code.co_code)
        digest.update(repr((code.co_names, code.co_varnames, code.co_freevars, _plain(code.co_consts))).encode())
        imports.update(_imports(code, root))
        texts.update(_texts(code.co_consts))
    return _Module(path.parent, digest.hexdigest(), frozenset(imports), frozenset(texts))


def _texts(values: Iterable[object]) -> Iterator[str]:
    """Every text among constants; those of one long call stand in a tuple."""
    for value in values:
        if isinstance(value, tuple):
            yield from _texts(value)
        elif isinstance(value, str):
            yield value


def _file(name: str, root: Path) -> Path | None:
    path = root / Path(*name.split("."))
    return next((file for file in (path.with_suffix(".py"), path / "__init__.py") if file.is_file()), None)


def _pieces(code: CodeType) -> Iterator[CodeType]:
    """A module's code and that of its classes and functions."""
    yield code
    for value in code.co_consts:
        if isinstance(value, CodeType):
            yield from _pieces(value)


def _imports(code: CodeType, root: Path) -> Iterator[str]:
    """Modules of the product from which the code takes something."""
    if not any(name.partition(".")[0] in _PACKAGES for name in code.co_names):
        return
    taken: Any = None
    for opcode, argument in _instructions(code.co_code):
        if opcode == _IMPORT and (imported := code.co_names[argument]).partition(".")[0] in _PACKAGES:
            for name in taken or ():
                below = f"{imported}.{name}"
                yield below if _file(below, root) else imported
            if not taken:
                yield imported
        taken = code.co_consts[argument] if opcode == _CONSTANT else None


def _instructions(code: bytes) -> Iterator[tuple[int, int]]:
    """Operations and their arguments; ``dis``, which says more of each, takes five times as long."""
    high = 0
    for opcode, low in zip(code[::2], code[1::2], strict=True):
        argument = high | low
        high = argument << 8 if opcode == EXTENDED_ARG else 0
        if opcode != EXTENDED_ARG:
            yield opcode, argument


def _plain(value: object) -> object:
    """Constants without code, which is hashed by itself, and with sets in order."""
    if isinstance(value, CodeType):
        return value.co_name
    if isinstance(value, frozenset):
        return sorted(map(repr, value))
    return tuple(map(_plain, value)) if isinstance(value, tuple) else value
