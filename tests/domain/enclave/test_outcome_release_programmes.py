"""Verdicts on programmes tell no more than the figures that a release shows."""

from collections.abc import Iterator

import pytest

from credential_pipeline.enclave.outcome_release.programme_verdicts import TABLE, follow_hidden_figures
from credential_pipeline.foundation.contracts.outcome_release import SNAPSHOT
from credential_pipeline.foundation.storage.engine import Connection, connect

FIGURES = ("completion_rate", "placement_rate", "value_added_earnings")
PLACE = "certifier=c/setting=p"
COULD_NOT = ("cannot_be_evaluated", "transition_cannot_be_evaluated")


@pytest.fixture
def con() -> Iterator[Connection]:
    with connect(threads=1) as con:
        con.execute("CREATE SCHEMA outcome_release")
        shape = ", ".join(f'"{name}" {kind}' for name, kind in SNAPSHOT.table("published_outcomes").schema.items())
        con.execute(f"CREATE TABLE {TABLE} ({shape})")
        yield con


def lay(
    con: Connection, hidden: set[str], verdicts: tuple[str, str], reasons: tuple[str, ...], setting: str = "p"
) -> None:
    """The cells of one programme."""
    place = PLACE.replace("setting=p", f"setting={setting}")
    cells = [(figure, figure, f"i/{figure}/{place}", 5 if figure in hidden else 1) for figure in FIGURES]
    cells += [
        (measure, definition, f"i/{measure}/{definition}/{place}", 1)
        for measure, definition in (
            ("pell_verdict", verdicts[0]),
            ("pell_verdict_transition", f"transition_{verdicts[1]}"),
            *(("pell_reason", f"pell_{reason}") for reason in reasons),
        )
    ]
    con.executemany(
        f"INSERT INTO {TABLE} (measure, definition, cell_id, status, certifier, credential, cohort, setting, n)"
        f" VALUES (?, ?, ?, ?, 'c', 'all', '2015-2017', '{setting}', 60)",
        [list(cell) for cell in cells],
    )


def told(con: Connection, setting: str = "p") -> tuple[list[str], list[str]]:
    """Verdicts and reasons, as ids and definitions tell them alike."""
    rows = con.execute(
        f"SELECT measure, definition, cell_id FROM {TABLE} WHERE starts_with(measure, 'pell') AND setting = ? ORDER BY measure, definition",
        [setting],
    ).fetchall()
    for measure, definition, cell in rows:
        assert cell == f"i/{measure}/{definition}/{PLACE.replace('setting=p', f'setting={setting}')}"
    return (
        [definition for measure, definition, _ in rows if measure != "pell_reason"],
        [definition for measure, definition, _ in rows if measure == "pell_reason"],
    )


@pytest.mark.parametrize(
    ("hidden", "verdicts", "reasons", "then", "why"),
    [
        (set(), ("passes", "passes"), (), ("passes", "transition_passes"), []),
        ({"completion_rate"}, ("passes", "passes"), (), COULD_NOT, ["pell_too_few"]),
        ({"value_added_earnings"}, ("passes", "passes"), (), (COULD_NOT[0], "transition_passes"), ["pell_too_few"]),
        ({"placement_rate"}, ("fails", "fails"), ("placement_too_low",), COULD_NOT, ["pell_too_few"]),
        (
            {"placement_rate"},
            ("fails", "fails"),
            ("completion_too_low", "placement_too_low"),
            ("fails", "transition_fails"),
            ["pell_completion_too_low"],
        ),
        (
            {"placement_rate"},
            ("fails", "passes"),
            ("tuition_too_high",),
            ("fails", "transition_cannot_be_evaluated"),
            ["pell_tuition_too_high"],
        ),
        (
            {*FIGURES},
            ("fails", "fails"),
            ("weeks_out_of_range", "tuition_too_high"),
            ("fails", "transition_fails"),
            ["pell_weeks_out_of_range"],
        ),
        (
            {*FIGURES},
            ("cannot_be_evaluated", "cannot_be_evaluated"),
            ("too_few", "no_tuition"),
            COULD_NOT,
            ["pell_no_tuition", "pell_too_few"],
        ),
    ],
)
def test_a_verdict_rests_on_what_is_shown(
    con: Connection,
    hidden: set[str],
    verdicts: tuple[str, str],
    reasons: tuple[str, ...],
    then: tuple[str, str],
    why: list[str],
) -> None:
    lay(con, hidden, verdicts, reasons)
    lay(con, set(), ("passes", "passes"), (), "q")
    for _ in range(2):
        follow_hidden_figures(con)
        assert told(con) == ([*then], why)
        assert told(con, "q") == (["passes", "transition_passes"], [])
