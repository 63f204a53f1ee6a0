"""The shape of the tree that no linter checks: sizes, one word per hop, rooms with telling names.

Not here: who may import whom (import contracts in pyproject.toml).
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

import pytest

from credential_pipeline.foundation.names import HOPS, Side

ROOT = Path(__file__).parents[2]
_FLOORS = ("credential_pipeline", "checks", "assets")
_MODULES = sorted(path for floor in _FLOORS for path in (ROOT / floor).rglob("*.py"))
_TESTS = sorted((ROOT / "tests").rglob("*.py"))
_VAGUE = {"utils", "util", "common", "helpers", "helper", "misc", "shared"}


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def _functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _fixed_sql(path: Path) -> Iterator[ast.Constant]:
    """Statements in which no value is put; those of an f-string, whose columns vary, stand in Python."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    varying = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)}
    for node in ast.walk(tree):
        fixed = isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in varying
        if fixed and "SELECT " in node.value and "FROM " in node.value:
            yield node


def _classes(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef):
            yield node.name


def _above(limit: int, paths: list[Path]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name} has {length} lines"
        for path in paths
        for node in _functions(path)
        if (length := (node.end_lineno or 0) - node.lineno + 1) > limit
    ]


def test_modules_are_small():
    sizes = {str(path.relative_to(ROOT)): _lines(path) for path in _MODULES}
    assert {name: size for name, size in sizes.items() if size > 350} == {}
    filled = [size for size in sizes.values() if size > 1]
    assert median(filled) <= 120
    assert quantiles(filled, n=10)[-1] <= 250


def test_modules_of_tests_are_small():
    sizes = {str(path.relative_to(ROOT)): _lines(path) for path in _TESTS}
    assert len(sizes) > 200
    assert {name: size for name, size in sizes.items() if size > 350} == {}


def test_functions_are_short():
    assert _above(50, _MODULES) == []


@pytest.mark.parametrize("side", [side.value for side in Side])
def test_assets_are_thin(side):
    assert _above(40, sorted((ROOT / "assets" / side).glob("*.py"))) == []


@pytest.mark.parametrize(("hop", "side"), HOPS.items())
def test_a_hop_has_one_name_everywhere(hop, side):
    assert (ROOT / "credential_pipeline" / "foundation" / "contracts" / f"{hop}.py").is_file()
    assert (ROOT / "credential_pipeline" / side.value / hop / "__init__.py").is_file()
    assert (ROOT / "checks" / "suites" / side.value / f"{hop}.py").is_file()
    assert (ROOT / "assets" / side.value / f"{hop}.py").is_file()
    assert list((ROOT / "tests" / "domain" / side.value).glob(f"test_{hop}*.py"))


@pytest.mark.parametrize("word", ["Industry", "Manifest", "Figure", "Registry", "Agreement"])
def test_a_word_names_one_class(word):
    assert len([path for path in _MODULES for name in _classes(path) if name == word]) == 1


def test_no_room_has_a_vague_name():
    rooms = {part for path in _MODULES for part in path.relative_to(ROOT).with_suffix("").parts}
    assert rooms & _VAGUE == set()


def test_no_temporary_name_is_spelled_by_hand():
    """Intermediate relations are made by ``foundation.storage.relation`` and handed on as values."""
    spelled = [
        str(path.relative_to(ROOT))
        for path in _MODULES
        if path.name != "relation.py" and "CREATE TEMP " in path.read_text(encoding="utf-8").replace("OR REPLACE ", "")
    ]
    assert spelled == []


def test_one_module_reads_the_environment():
    reads = ("os.environ.get(", "os.environ.items(", "os.getenv(", " in os.environ")
    found = {
        str(path.relative_to(ROOT))
        for path in _MODULES
        if any(call in path.read_text(encoding="utf-8") for call in reads)
    }
    # JAVA_HOME is Java's.
    assert found == {"credential_pipeline/engines/linkage/spark/session.py", "assets/environment.py"}


def test_long_fixed_sql_stands_in_a_file_of_its_own():
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in _MODULES
        for node in _fixed_sql(path)
        if node.value.strip().count("\n") + 1 > 15
    ]
    assert long == []
