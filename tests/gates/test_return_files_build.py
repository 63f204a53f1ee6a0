"""What the hop makes of a small world by hand keeps every rule of its gate, and a step that gives too much keeps none back unnoticed."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from checks import gx_adapter
from checks.suites.clearinghouse.return_files import RULES
from credential_pipeline.clearinghouse.return_files import agreed
from credential_pipeline.clearinghouse.return_files.agreed import OPENS
from credential_pipeline.clearinghouse.return_files.build import build
from credential_pipeline.clearinghouse.return_files.partners import FOLDER, OWN_PDP
from credential_pipeline.clearinghouse.return_files.states import lists
from credential_pipeline.clearinghouse.return_files.states.lists import programmes_of
from credential_pipeline.clearinghouse.return_files.views import compose
from credential_pipeline.engines.exchange.student_tracker.report import NAMES
from credential_pipeline.foundation.layouts import LAYOUTS
from credential_pipeline.foundation.registry.programmes import Programme
from credential_pipeline.foundation.registry.return_agreements import SHARES
from credential_pipeline.foundation.storage.engine import Connection, connect
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from tests.domain.clearinghouse.return_files_world import (
    ALL,
    EVERYBODY,
    agreement,
    create_tables,
    fill,
    given,
    leave,
    request,
)

MSSC = {"role": "certifier", "of": "mssc"}


@contextmanager
def built(home: Path, *, withheld: tuple[str, ...] = ()) -> Iterator[Connection]:
    """A college with its own cohort file, a certifier and a state; the first two ask for everybody."""
    shares = (*ALL, "cohort", "course", "aggregates")
    terms = (
        agreement(gets=shares, withheld=withheld),
        agreement("mssc", gets=(*ALL, "aggregates"), **MSSC),
        agreement("late", **{"expires": "2026-06-30", **MSSC}),
        agreement("indiana", gets=("completers", "aggregates"), role="state", of="IN"),
    )
    leave(home, "demo_college", request(*EVERYBODY))
    leave(home, "mssc", request(*EVERYBODY, school="123456"))
    leave(home, "late", request(*EVERYBODY, school="123456"))
    with connect(threads=1) as con:
        create_tables(con)
        build(fill(con), given(home, *terms))
        yield con


def red(con: Connection) -> set[str]:
    """Rules that do not hold; that a request was refused is no more than a warning."""
    return {one.rule.name for one in gx_adapter.evaluate(con, RULES) if not one.passed} - {"requests_readable"}


def leave_cohort(home: Path, rows: list[Mapping[str, str]]) -> None:
    folder = home / FOLDER / "demo_college" / OWN_PDP
    folder.mkdir(parents=True)
    with (folder / "cohort.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [field.header for field in LAYOUTS["pdp_cohort"]], restval="")
        writer.writeheader()
        writer.writerows(rows)


OWN = {
    "Institution ID": "013495", "Cohort": "2014-15", "Cohort Term": "FALL", "Enrollment Type": "FIRST-TIME", "Retention": "1",
    "Persistence": "1", "Years of Last Enrollment at cohort institution": "1",
    "Years of Last Enrollment at other institution": "0",
}  # fmt: skip


@pytest.mark.parametrize("withheld", [(), ("Middle Initial", "Credential CTID", "Gender")])
@pytest.mark.parametrize("own", [[], [{"Study ID": "S1"}, {"Study ID": "S3"}, {"Study ID": "unknown"}]])
def test_what_is_made_keeps_every_rule(tmp_path: Path, withheld: tuple[str, ...], own: list[dict[str, str]]) -> None:
    if own:
        leave_cohort(tmp_path, [OWN | row for row in own])
    with built(tmp_path, withheld=withheld) as con:
        assert red(con) == set()
        told = con.execute("SELECT DISTINCT partner, told FROM return_files.report_rows ORDER BY ALL").fetchall()
        assert {("demo_college", "degree"), ("mssc", "credential")} < {*told}, "the rules pass on nothing"
        students = {one for (one,) in con.execute("SELECT student_id FROM return_files.pdp_cohort").fetchall()}
        assert students == ({"S1", "S3", "unknown"} if own else {"S1", "S6", "S7", "S8", "S9"})
        partners = con.execute("SELECT partner FROM return_files.partners ORDER BY ALL").fetchall()
        assert partners == [("demo_college",), ("indiana",), ("mssc",)], (
            "an agreement that ended lets nobody have anything"
        )


@pytest.mark.parametrize(
    ("fault", "broken"),
    [
        ("UPDATE {rows} SET student_id = 'S3', learner_id = 'L3' WHERE partner = 'demo_college' AND told = 'degree'",
         "nobody_outside_the_partner_s_people_in_report_rows"),
        ("UPDATE {rows} SET learner_id = 'L3' WHERE partner = 'mssc' AND told = 'credential'",
         "nobody_outside_the_partner_s_people_in_report_rows"),
        ("UPDATE {rows} SET learner_id = 'L3' WHERE partner = 'demo_college' AND told = 'credential'",
         "one_person_in_a_row_of_report_rows"),
        ("UPDATE {rows} SET credential_certifier = 'nims' WHERE partner = 'mssc' AND told = 'credential'",
         "certifiers_read_their_own_credentials"),
        ("UPDATE {rows} SET middle_initial = 'M' WHERE partner = 'demo_college'",
         "no_field_outside_the_agreement_in_report_rows"),
        ("UPDATE return_files.pdp_cohort SET student_id = 'S3', learner_id = NULL WHERE student_id = 'S1'",
         "nobody_outside_the_institution_in_pdp_cohort"),
    ],
)  # fmt: skip
def test_a_step_that_gives_too_much_is_seen(tmp_path: Path, fault: str, broken: str) -> None:
    with built(tmp_path, withheld=("Middle Initial",)) as con:
        con.execute(fault.format(rows="return_files.report_rows"))
        assert broken in red(con)


def test_a_step_that_takes_the_programs_of_every_state_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def every(work: Scratch, programmes: Sequence[Programme], state: str) -> Relation:
        return programmes_of(work, [one.model_copy(update={"state": state}) for one in programmes], state)

    for module in (agreed, lists, compose):
        monkeypatch.setattr(module, "programmes_of", every, raising=False)
    with built(tmp_path) as con:
        assert "no_other_state_s_programs_in_programme_rates" in red(con)


def test_every_share_opens_something_and_every_field_of_a_report_is_some_share_s() -> None:
    assert set(OPENS) == set(SHARES)
    opened: set[Any] = {name for what in ALL for name in OPENS[what]["report_rows"]}
    assert opened == set(NAMES)
    alone = set(OPENS["credentials"]["report_rows"])
    assert not {name for name in alone if name.startswith(("enrollment_", "degree_", "college_", "graduation_"))}
