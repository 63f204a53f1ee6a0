"""Makes every hop fail through the command line, each time over another made-up name; run in a process of its own.

The code locations are the real ones but for the one hop, whose own functions fall over. Its tables are the small world of the
gates, with the name in every text. Not here: where the names may stand afterwards (test_every_hop_fails.py).
"""

import errno
import importlib
import itertools
import json
import os
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn

import duckdb
import pandas as pd

from assets.hop import Chart, Hop, Step
from checks.rule import number
from checks.suites.clearinghouse.raw_feeds import RULES as RAW_FEEDS
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.names import HOPS, Side
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.staging import Staged
from tests.gates import world
from tests.pipeline.conftest import forget_homes

INDUSTRY = "manufacturing"
STEM = "QUUXINGTON"
_RED = (number("never_true", "A rule that is always broken.", "SELECT 1", at_most=0),)

#: Rules that say which delivery broke them.
_TELL_DELIVERIES = tuple(rule for rule in RAW_FEEDS if "delivery" in rule.blame)

#: Further ways to fail, which hang on the machinery around a hop more than on the hop: each by some hop.
_MIXED = {
    "raw_feeds": "explain",
    "education_registry": "depends",
    "cleaned_learners": "chained",
    "linked_records": "python",
    "census_extract": "before_publish",
    "accepted_extract": "file_name",
    "reference_population": "describe",
    "person_keys": "chart",
    "outcome_tables": "describe",
    "outcome_release": "before_publish",
    "published_outcomes": "describe",
}
#: These need a version that was published in the round before; where nothing is new, the first refusal ends a command.
_LATER = {"reference_population": "intact", "outcome_tables": "intact", "published_outcomes": "for_readers"}
_LAST = {"person_keys": "for_readers"}
ROUNDS: tuple[Mapping[str, str], ...] = (
    dict.fromkeys(HOPS, "cast"),
    _MIXED,
    _LATER,
    _LAST,
    {"raw_feeds": "delivery_name"},
    # At the end, so that the refused tables are kept.
    dict.fromkeys(HOPS, "red_gate"),
)
"""For each round of commands, one command a side: the hops that fail, and how."""


@dataclass(frozen=True)
class Case:
    """One failure.

    Attributes:
        hop: The hop that fails.
        way: How.
        name: The made-up name that its data hold.
        code: What the refusal must be called.
        turn: The round in which it does.
    """

    hop: str
    way: str
    name: str
    code: str
    turn: int

    def __str__(self) -> str:
        """Name of the test."""
        return f"{self.hop}-{self.way}"


def fall(name: str, *_: object) -> NoReturn:
    """What happens where a value is not what a query takes it for: DuckDB quotes it."""
    frame = pd.DataFrame({"last_name": [name]})
    with connect(threads=1) as con:
        con.register("frame", frame)
        con.execute("SELECT CAST(last_name AS INTEGER) FROM frame")
    raise AssertionError


def _fall_in_a_row(name: str, *_: object) -> NoReturn:
    """A refusal that is raised while such an error is handled, and one that names it as its cause."""
    try:
        fall(name)
    except duckdb.Error as error:
        error.add_note(f"while {name} was read")
        try:
            raise SafeError("E_CHAINED", "A refusal.")
        except SafeError as refusal:
            raise refusal from error


def _fall_with_python(name: str, *_: object) -> NoReturn:
    raise KeyError({name: [name]}, name)


def _fall_over_a_file(step: Step, name: str) -> NoReturn:
    place = step.root / "inbox" / step.partition / "mssc" / f"{name}, Zebulonia.csv"
    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(place))


def _good(step: Step, staged: Staged) -> None:
    """Tables as they should be."""
    del step
    world.create(staged.con)


def _spoiled(name: str) -> Callable[[Step, Staged], None]:
    def build(step: Step, staged: Staged) -> None:
        _good(step, staged)
        world.fill_texts(staged.con, name)

    return build


def _named_deliveries(name: str) -> Callable[[Step, Staged], None]:
    """Files that a sender named after somebody, one refused, the other with most rows set aside."""

    def build(step: Step, staged: Staged) -> None:
        _good(step, staged)
        for table in ("records", "quarantine", "deliveries", "blocked_rows", "block_flags"):
            staged.con.execute(f"UPDATE raw_feeds.{table} SET delivery = '{name}_Zebulonia.csv'")
        staged.con.execute(
            "INSERT INTO raw_feeds.deliveries BY NAME SELECT certifier, 'Zebulonia_' || delivery AS delivery,"
            " repeat('a1', 32) AS sha256, 20 AS rows_in, 1 AS rows_accepted, 19 AS rows_quarantined, 0 AS rows_duplicate,"
            " 'refused' AS state, 'E_HEADER' AS reason_code FROM raw_feeds.deliveries"
        )

    return build


def _cast(name: str) -> Callable[[Step, Staged], None]:
    """Fails in the connection of the step, over the tables of the hop."""

    def build(step: Step, staged: Staged) -> None:
        _spoiled(name)(step, staged)
        contract = staged.snapshot
        table, column = next(
            (f'{contract.name}."{table.name}"', column.name)
            for table in contract
            for column in table.columns
            if column.type == "VARCHAR" and column.name not in {"certifier", "delivery"}
        )
        staged.con.execute(f"CREATE TABLE numbers AS SELECT CAST('{name}' || \"{column}\" AS INTEGER) FROM {table}")

    return build


def _ways(name: str) -> Mapping[str, tuple[str, dict[str, Any]]]:
    """Every way to fail: the code of the refusal, and what of the hop is other than it is."""

    def falling(*given: object) -> NoReturn:
        fall(name, *given)

    quiet: dict[str, Any] = {"rules": (), "build": _good, "depends": lambda step: {"made from": "the same"}}
    chart = Chart("Names", f"SELECT 'x' AS name, CAST('{name}' AS INTEGER) AS number")
    return {
        "cast": ("E_UNEXPECTED", {"build": _cast(name)}),
        "red_gate": ("E_GATE", {"build": _spoiled(name)}),
        "delivery_name": ("E_GATE", {"build": _named_deliveries(name), "rules": _TELL_DELIVERIES}),
        "depends": ("E_UNEXPECTED", {"depends": falling}),
        "chained": ("E_CHAINED", {"build": lambda step, staged: _fall_in_a_row(name)}),
        "python": ("E_UNEXPECTED", {"build": lambda step, staged: _fall_with_python(name)}),
        "file_name": ("E_PERMISSION", {"build": lambda step, staged: _fall_over_a_file(step, name)}),
        "explain": ("E_UNEXPECTED", {"build": _good, "rules": _RED, "explain": falling}),
        "before_publish": ("E_UNEXPECTED", quiet | {"before_publish": falling}),
        "describe": ("E_UNEXPECTED", quiet | {"describe": falling}),
        "chart": ("E_UNEXPECTED", quiet | {"charts": {"names": chart}}),
        "intact": ("E_UNEXPECTED", quiet | {"intact": falling}),
        "for_readers": ("E_UNEXPECTED", quiet | {"for_readers": falling}),
    }


def cases() -> list[Case]:
    """Every failure, each with a name of its own, so that whoever finds one knows where it comes from."""
    wanted = [(turn, hop, way) for turn, ways in enumerate(ROUNDS) for hop, way in ways.items()]
    letters = [chr(ord("A") + place // 26) + chr(ord("A") + place % 26) for place in range(len(wanted))]
    return [
        Case(hop, way, STEM + own, _ways("")[way][0], turn)
        for own, (turn, hop, way) in zip(letters, wanted, strict=True)
    ]


def _other_hop(case: Case) -> Hop:
    """The hop as it is, but for what fails; it needs nothing of other hops, so that all of a side fail in one run."""
    chain: tuple[Hop, ...] = importlib.import_module(f"assets.{HOPS[case.hop].value}.hops").HOPS
    hop = next(hop for hop in chain if hop.name == case.hop)
    alone: dict[str, Any] = {
        "reads": (),
        "receives": None,
        "depends": lambda step: {"case": str(case)},
        "before_publish": lambda step, staged: None,
        "intact": lambda step, version: True,
        "for_readers": None,
        "describe": lambda published: {},
        "charts": {},
    }
    return replace(hop, **(alone | _ways(case.name)[case.way][1]))


def _run(side: Side, failing: Sequence[Case], home: Path) -> int:
    """Run a side in which these hops fail, and no others are."""
    from assets.console import run
    from assets.console.main import main

    os.environ["CREDENTIAL_PIPELINE_HOME"] = str(home)
    hops = importlib.import_module(f"assets.{side.value}.hops")
    chain = hops.HOPS
    run.HOPS = {case.hop: side for case in failing}
    run._nothing_released = lambda industry: False
    try:
        hops.HOPS = tuple(_other_hop(case) for case in failing)
        importlib.reload(importlib.import_module(f"assets.{side.value}.definitions"))
        return main(["--home", str(home), "run", INDUSTRY])
    finally:
        hops.HOPS = chain


def fail_everywhere(folder: Path) -> None:
    """Make everything fail.

    Leaves below the folder: ``home``; ``tmp``; what each command printed, in ``printed/<round>-<side>.out`` and ``.err``; their
    exit codes in ``codes.json``.
    """
    forget_homes()
    (folder / "printed").mkdir()
    (folder / "tmp").mkdir()
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder / "tmp")
    sys.stdout, sys.stderr = os.fdopen(1, "w", closefd=False), os.fdopen(2, "w", closefd=False)
    codes = {}
    for turn, side in itertools.product(range(len(ROUNDS)), Side):
        failing = [case for case in cases() if case.turn == turn and HOPS[case.hop] is side]
        if not failing:
            continue
        command = f"{turn}-{side.value}"
        for descriptor, suffix in ((1, "out"), (2, "err")):
            opened = os.open(folder / "printed" / f"{command}.{suffix}", os.O_WRONLY | os.O_CREAT)
            os.dup2(opened, descriptor)
            os.close(opened)
        codes[command] = _run(side, failing, folder / "home")
        sys.stdout.flush()
        sys.stderr.flush()
    (folder / "codes.json").write_text(json.dumps(codes))
