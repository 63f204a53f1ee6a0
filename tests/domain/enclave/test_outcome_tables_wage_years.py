"""Which years of which states the wage files cover, on jobs counted by hand."""

from collections.abc import Iterator

import pytest

from credential_pipeline.enclave.outcome_tables.wage_years import covered_years, shut_years, tell_gaps, wage_years
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.relation import Relation, Scratch, scratch
from tests.domain.enclave.outcome_tables_world import settings


@pytest.fixture
def work() -> Iterator[Scratch]:
    with connect(threads=1) as con, scratch(con) as made:
        yield made


def rows(work: Scratch, source: Relation, *columns: str, where: str = "true") -> list[tuple]:
    """The columns of a relation, sorted."""
    return work.con.execute(f"SELECT {', '.join(columns)} FROM {source} WHERE {where} ORDER BY ALL").fetchall()


FILES = {"year": "INTEGER", "jobs": "BIGINT", "usual_jobs": "BIGINT", "fault": "VARCHAR"}
STATES = {"state": "VARCHAR", "agreement": "VARCHAR", "employers": "BIGINT"}


def files_of(work: Scratch, faults: list[tuple[int, str | None]]) -> Relation:
    """What the reference population says of the years, beside its own columns of jobs."""
    return work.rows("files", FILES, [(year, 1, 1, fault) for year, fault in faults])


def years_of(
    work: Scratch,
    jobs: dict[tuple[str, int], int],
    states: list[tuple[str, str | None, int]],
    files: list[tuple[int, str | None]] = [],  # noqa: B006  never changed
) -> Relation:
    """Wages with so many jobs in a state and year."""
    employers = work.rows(
        "employers", {"employer_id": "VARCHAR", "state": "VARCHAR"}, [(s, s) for s in ("OH", "TX", "AK")]
    )
    given = work.rows(
        "jobs", {"employer_id": "VARCHAR", "year": "INTEGER", "n": "INTEGER"}, [(*k, n) for k, n in jobs.items()]
    )
    wages = work.table("wages", f"SELECT employer_id, year FROM {given}, range(n)")
    return wage_years(work, wages, employers, work.rows("wage_states", STATES, states), files_of(work, files))


def test_a_state_whose_wages_fail_for_a_year_is_not_covered_then(work: Scratch) -> None:
    jobs = {(state, year): 300 for state in ("OH", "TX") for year in (2010, 2011, 2012, 2013)}
    jobs |= {("TX", 2012): 20, ("AK", 2010): 10, ("OH", 2014): 40}
    found = years_of(work, jobs, [("OH", "A", 5), ("TX", "A", 5)])
    # Alaska has too few jobs to be judged; of the last year little has arrived in any state.
    assert rows(work, shut_years(work, found), "state", "year", where="year < 2014") == [("TX", 2012)]
    assert rows(work, covered_years(work, found), "year") == [(2010,), (2011,), (2012,), (2013,)]


def test_a_state_without_an_agreement_is_covered_in_no_year(work: Scratch) -> None:
    found = years_of(work, {("OH", 2010): 300}, [("OH", "A", 5), ("TX", None, 5), ("AK", None, 0)])
    assert rows(work, shut_years(work, found), "state", "year") == [("TX", 2010)]


def test_a_state_of_which_the_files_hold_no_job_is_covered_in_no_year(work: Scratch) -> None:
    jobs = {("OH", year): 3 for year in (2010, 2011)} | {("AK", 2010): 1}
    found = years_of(work, jobs, [("OH", "A", 5), ("TX", "A", 0), ("WY", "A", 2), ("AK", "A", 1), ("unknown", "A", 0)])
    # A state with a job in some year may lack one in another by chance.
    gaps = [("TX", 2010), ("TX", 2011), ("WY", 2010), ("WY", 2011)]
    assert rows(work, shut_years(work, found), "state", "year") == gaps
    assert rows(work, found, "jobs", "covered", where="state = 'TX' AND year = 2010") == [(0, False)]
    assert not rows(work, found, "state", where="state = 'unknown'")


def test_files_that_do_not_say_where_employers_lie_lack_no_state(work: Scratch) -> None:
    found = years_of(work, {("?", 2010): 3, ("OH", 2010): 2}, [("OH", "A", 5), ("TX", "A", 0), ("unknown", "A", 3)])
    assert not rows(work, shut_years(work, found), "state", "year")


def test_states_without_any_covered_year_are_named_once(work: Scratch) -> None:
    states = [("OH", "A", 5), ("TX", "A", 0), ("AK", None, 2)]
    found = years_of(work, {("OH", year): 3 for year in (2009, 2011)}, states)
    said = work.rows("d", {"definition": "VARCHAR", "text": "VARCHAR"}, [("no_year_covered", "Gaps.")])
    ((text,),) = rows(work, tell_gaps(work, said, found, files_of(work, []), settings()), "text")
    assert text == "Gaps. Not covered: OH 2010; every state 2010; AK, TX in every year."


def test_years_that_are_not_covered_are_named(work: Scratch) -> None:
    jobs = {(state, year): 300 for state in ("OH", "TX") for year in range(2004, 2010)} | {("OH", 2007): 3}
    found = years_of(work, jobs, [("OH", "A", 5), ("TX", "A", 5)])
    said = work.rows("d", {"definition": "VARCHAR", "text": "VARCHAR"}, [("year_not_covered", "Gaps."), ("x", "y")])
    told = dict(rows(work, tell_gaps(work, said, found, files_of(work, []), settings()), "definition", "text"))
    assert told["x"] == "y"
    assert told["year_not_covered"] == "Gaps. Not covered: OH 2007."


def test_a_year_that_the_files_do_not_tell_whole_is_covered_nowhere_and_readers_hear_why(work: Scratch) -> None:
    jobs = {(state, year): 300 for state in ("OH", "TX") for year in (2004, 2005, 2007, 2008, 2009)}
    faults: list[tuple[int, str | None]] = [
        (2005, "low_wages"),
        (2006, "no_wages"),
        (2008, "missing_quarters"),
        (2009, None),
    ]
    found = years_of(work, jobs, [("OH", "A", 5), ("TX", "A", 5)], faults)
    # Of 2006 the files hold nothing at all.
    assert rows(work, covered_years(work, found), "year") == [(2004,), (2007,), (2009,)]
    said = work.rows("d", {"definition": "VARCHAR", "text": "VARCHAR"}, [("year_not_covered", "Gaps.")])
    told = tell_gaps(work, said, found, files_of(work, faults), settings())
    ((text,),) = rows(work, told, "text")
    assert "every state 2005, 2006, 2008" in text
    assert "2008: the wage files lack a quarter" in text
    assert "2005: the wage files hold far lower wages" in text
    assert "2006: the wage files hold nothing of it" in text


def test_a_year_without_any_wages_is_not_covered_in_a_small_world_either(work: Scratch) -> None:
    found = years_of(work, {("OH", 2010): 3, ("OH", 2012): 3}, [("OH", "A", 5)])
    assert rows(work, covered_years(work, found), "year") == [(2010,), (2012,)]
