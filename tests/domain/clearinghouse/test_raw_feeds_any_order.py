"""The same facts lead to the same tables, in whatever order they arrive and lie."""

import random
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from credential_pipeline.clearinghouse.raw_feeds.sights import FILE
from tests.domain.clearinghouse.deliveries_world import Board, Found, row, text

_SOME = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
_ROWS = st.lists(
    st.tuples(
        st.integers(0, 5), st.sampled_from(["", "01/02/1970", "03/04/1980"]), st.sampled_from(["Ann", "Zoe", ""])
    ),
    min_size=1,
    max_size=4,
)
_WORDS = st.sampled_from(["", "", "replaces: m_v1.csv\n", "replaces: [m_v2.csv, other.csv]\n", "rows: 3\n"])


def _content(facts: list[tuple[int, str, str]]) -> str:
    return text(
        row(number, born=born, first=first or "Ann", day="" if not first else "05/05/2018")
        for number, born, first in facts
    )


def _end(files: dict[str, tuple[str, str]], order: list[str], changes: dict[str, Any], threads: int) -> Found:
    """What is in force after the files have come in this order, one a look."""
    with TemporaryDirectory() as folder:
        board = Board(Path(folder), changes, threads=threads)
        for name in order:
            content, said = files[name]
            board.put(name, content)
            if said:
                board.put(f"{name}.delivery.yml", said)
            found = board.look()
        return found


@_SOME
@given(st.lists(st.tuples(_ROWS, _WORDS), min_size=2, max_size=4), st.randoms(use_true_random=False))
def test_with_a_sequence_arrival_does_not_count(deliveries: list[Any], chance: random.Random) -> None:
    files = {f"m_v{number}.csv": (_content(rows), said) for number, (rows, said) in enumerate(deliveries, start=1)}
    order = list(files)
    changes = {"deliveries": {"sequence": r"_v(\d+)"}}
    first = _end(files, order, changes, 1)
    chance.shuffle(order)
    again = _end(files, order, changes, 2)
    assert _facts(again) == _facts(first)


@pytest.mark.parametrize("order", ["12", "21"])
def test_a_name_has_come_also_where_its_bytes_came_under_another(order: str) -> None:
    ann = _content([(0, "", "Ann")])
    files = {"m_v1.csv": (ann, "replaces: [m_v2.csv, other.csv]\n"), "m_v2.csv": (ann, "")}
    found = _end(files, [f"m_v{number}.csv" for number in order], {"deliveries": {"sequence": r"_v(\d+)"}}, 1)
    assert _facts(found)["notices"] == [("acme", "m_v1.csv", "REPLACES_UNKNOWN", "1 name")]


@pytest.mark.parametrize("order", ["123", "231", "321"])
def test_who_names_itself_waits_for_nobody(order: str) -> None:
    """The second file has the bytes of the first, which says of itself that it is replaced."""
    ann = _content([(0, "", "Ann")])
    files = {
        "m_v1.csv": (ann, "replaces: m_v1.csv\n"),
        "m_v2.csv": (ann, ""),
        "m_v3.csv": (_content([(3, "", "Ann")]), ""),
    }
    found = _end(files, [f"m_v{number}.csv" for number in order], {"deliveries": {"sequence": r"_v(\d+)"}}, 1)
    assert found.tables["notices"] == []


@_SOME
@given(st.lists(_ROWS, min_size=2, max_size=4), st.randoms(use_true_random=False))
def test_with_first_sights_the_order_in_which_files_are_laid_and_named_does_not_count(
    deliveries: list[Any], chance: random.Random
) -> None:
    files = {f"{number}.csv": (_content(rows), "") for number, rows in enumerate(deliveries)}
    with TemporaryDirectory() as folder:
        board = Board(Path(folder))
        for name, (content, _) in files.items():
            board.put(name, content)
            found = board.look()
        names = list(files)
        chance.shuffle(names)
        again = Board(Path(folder) / "again", now=board.now, threads=2)
        for name in names:
            again.put(name, files[name][0])
        (again.home / FILE).write_bytes((board.home / FILE).read_bytes())
        assert again.look().tables == found.tables


def _facts(found: Found) -> dict[str, list[tuple[Any, ...]]]:
    """The tables without the words on copies: which of two equal files is the copy hangs on which came first."""
    copies = {one[1] for one in found.tables["deliveries"] if one[7] == "replayed"}
    return {"copies": [(len(copies),)]} | {
        name: sorted(([one for one in rows if one[1] not in copies]), key=repr) for name, rows in found.tables.items()
    }
