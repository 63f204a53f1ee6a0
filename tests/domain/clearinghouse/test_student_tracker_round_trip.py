"""An organization without a registry: it asks the service about its learners, and takes its links from the report."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from credential_pipeline.clearinghouse.education_registry.ask import people_to_ask
from credential_pipeline.clearinghouse.education_registry.load import load_education_registry
from credential_pipeline.clearinghouse.linked_records.link import link
from credential_pipeline.clearinghouse.opt_outs.lists import NOTHING, Entry, OptOuts
from credential_pipeline.engines.exchange.student_tracker.request import Header, read_request
from credential_pipeline.engines.exchange.student_tracker.request_writer import write_request
from credential_pipeline.foundation.contracts.education_registry import SNAPSHOT
from credential_pipeline.foundation.layouts import LAYOUTS
from credential_pipeline.foundation.storage.engine import Connection, connect
from credential_pipeline.foundation.storage.relation import scratch
from credential_pipeline.simulation.partners.student_tracker import Service, Told
from tests.domain.clearinghouse.request_world import request_agreement
from tests.domain.drops import CANARY, refusal
from tests.domain.engines.linkage_world import INDUSTRY, World, make_world, put_feeds

HEADER = Header("999999", "00", "Certifiers of steel", date(2020, 1, 15), "CO")
SINCE = date(2000, 1, 1)
MORE = "College Name,College State,Public/Private,2-Year/4-Year,Enrollment End,Enrollment Status,Enrollment CIP 1,Degree Title,Degree CIP 1"
WRITTEN = "Requester Return Field,Record Found Y/N,First Name,Last Name,College Code/Branch,Enrollment Begin,Graduated?,Graduation Date"
BLANK = "," * (2 + MORE.count(","))
REPORT = f"{WRITTEN},Credential Code,{MORE}\n"


@dataclass
class Trip:
    """What went out, came back and became of it."""

    world: World
    asked: set[str]
    told: Told
    links: pd.DataFrame
    tables: dict[str, pd.DataFrame]


def drop_students(world: World, folder: Path) -> Path:
    """The students of the service: each enrolled once, every fifth with a degree."""
    students = world.students.reset_index(drop=True)
    persons = students[["student_id", "first_name", "last_name", "birth_date"]].assign(
        ferpa_block=["Y" if blocked else "N" for blocked in students["ferpa_block"]]
    )
    persons["birth_date"] = persons["birth_date"].dt.date
    college = {"opeid": "00233001", "institution": "Open, College", "cip": "48.0508"}
    spells = students[["student_id"]].assign(**college, institution_state="OH", sector="public_2yr", status="F")
    spells["begin_date"], spells["end_date"] = date(2010, 8, 20), date(2011, 5, 10)
    degrees = students[["student_id"]][::5].assign(
        **college, degree_title="Associate of Arts", degree_date=date(2012, 5, 1)
    )
    for name, rows in (("persons", persons), ("enrollments", spells), ("degrees", degrees)):
        (folder / name).mkdir(parents=True)
        rows.to_parquet(folder / name / "part-0.parquet")
    return folder


def ask(con: Connection, path: Path, opt_outs: OptOuts = NOTHING) -> set[str]:
    with scratch(con) as work:
        size = write_request(work, people_to_ask(work, request_agreement(), SINCE, opt_outs), path, HEADER)
        request = read_request(work, path, school_code="999999")
        assert request.size == size
        assert request.header == HEADER
        return {field for (field,) in con.execute(f"SELECT return_field FROM {request.rows}").fetchall()}


@pytest.fixture(scope="module")
def trip(tmp_path_factory: pytest.TempPathFactory) -> Trip:
    home, world = tmp_path_factory.mktemp("home"), make_world(1500, 300)
    world.students["ferpa_block"] |= world.students["person"] % 20 == 0
    with connect(threads=1) as con:
        put_feeds(con, world)
        con.execute(
            "DROP SCHEMA education_registry CASCADE; CREATE SCHEMA education_registry; CREATE SCHEMA linked_records"
        )
        asked = ask(con, home / "request.txt")
        reports = home / "education" / "student_tracker"
        reports.mkdir(parents=True)
        told = Service(drop_students(world, home / "service")).answer(home / "request.txt", reports)
        load_education_registry(con, home / "education")
        link(con, INDUSTRY)
        tables = {table.name: con.execute(f"FROM education_registry.{table.name}").df() for table in SNAPSHOT}
        for table in SNAPSHOT:
            described = con.execute(f"DESCRIBE education_registry.{table.name}").fetchall()
            assert {row[0]: row[1] for row in described} == table.schema
        links = con.execute("FROM linked_records.profile_links").df().set_index("profile_id")
    return Trip(world, asked, told, links, tables)


def test_nobody_is_asked_about_who_is_not_to_be_shared_or_could_be_anybody(trip: Trip) -> None:
    profiles = trip.world.profiles.set_index("profile_id")
    blocked = set(trip.world.credentials.loc[trip.world.credentials["blocked"].astype(bool), "profile_id"])
    assert blocked
    assert not blocked & trip.asked
    assert profiles.loc[sorted(trip.asked), "birth_date"].notna().all()
    people = profiles.loc[sorted(blocked), "person"]
    others = profiles[
        profiles["person"].isin(people) & ~profiles.index.isin(blocked) & (profiles["certifier"] == "nims")
    ]
    of_one_id = others["person_ref"].isin(profiles.loc[sorted(blocked), "person_ref"].dropna())
    assert not set(others.index[of_one_id]) & trip.asked


def test_the_letters_that_people_wrote_are_heard(tmp_path: Path) -> None:
    world = make_world(300, 60)
    with connect(threads=1) as con:
        put_feeds(con, world)
        before = ask(con, tmp_path / "a.txt")
        one = world.profiles[world.profiles["profile_id"].isin(before)].iloc[0]
        named = (one["first_name"].title(), one["last_name"].title(), one["birth_date"].date())
        entry = Entry("individual", None, None, None, None, *named, received=date(2020, 1, 1))
        after = ask(con, tmp_path / "b.txt", OptOuts((entry,)))
    assert one["profile_id"] in before - after


def test_linked_not_found_and_unanswered_are_kept_apart(trip: Trip) -> None:
    links = trip.links
    answered = {row.profile_id for row in trip.tables["student_tracker_answers"].itertuples()}
    learner = links["learner_id"].to_dict()
    found = {learner[profile] for profile in trip.told.found}
    heard = {learner[profile] for profile in answered}
    said = links.groupby("learner_id")["decided_by"].first().to_dict()
    status = links.groupby("learner_id")["status"].first().to_dict()
    free = {name for name, word in status.items() if word != "blocked"}
    assert {name for name in free if status[name] == "linked"} == found & free
    assert {said[name] for name in found & free} == {"student_tracker"}
    assert {said[name] for name in (heard - found) & free} == {"student_tracker"}
    assert {said[name] for name in free - heard} == {"unanswered"}
    assert len(found) > 150
    assert len((heard - found) & free) > 10
    assert len(free - heard) > 5


def test_a_link_is_the_service_s_own_word(trip: Trip) -> None:
    linked = trip.links[trip.links["status"] == "linked"]
    assert set(linked["student_id"]) <= trip.told.found
    assert linked.groupby("learner_id")["student_id"].nunique().max() == 1
    assert (
        trip.links["student_id"].nunique() == trip.links.loc[trip.links["student_id"].notna(), "learner_id"].nunique()
    )
    person = trip.world.profiles.set_index("profile_id")["person"]
    right = linked["student_id"].map(person).to_numpy() == person[linked.index].to_numpy()
    assert right.mean() > 0.99


def test_a_blank_result_is_no_proof_and_a_block_is_silence(trip: Trip) -> None:
    assert trip.told.missed
    assert trip.told.blocked
    answers = trip.tables["student_tracker_answers"].set_index("profile_id")["found"]
    assert not answers[sorted(trip.told.missed)].any()
    assert len(trip.asked - set(answers.index)) == trip.told.blocked


def test_enrollments_and_degrees_come_as_a_registry_would_have_them(trip: Trip) -> None:
    spell = trip.tables["enrollments"].iloc[0]
    assert (spell["opeid"], spell["institution"], spell["sector"], spell["cip"]) == (
        "00233001",
        "Open, College",
        "public_2yr",
        "48.0508",
    )
    degree = trip.tables["degrees"].iloc[0]
    assert (degree["degree_level"], degree["degree_date"].date()) == ("associate", date(2012, 5, 1))
    assert set(trip.tables["degrees"]["student_id"]) < set(trip.tables["persons"]["student_id"]) == trip.told.found
    assert trip.tables["persons"]["birth_date"].isna().all()
    assert trip.tables["duplicate_students"].empty


def test_the_service_finds_by_name_alone_and_gives_back_any_return_field(tmp_path: Path) -> None:
    world = make_world(300, 60)
    alone = world.students.drop_duplicates(["first_name", "last_name"], keep=False)
    person = alone[~alone["ferpa_block"]].iloc[0]
    line = f'D1\t\t{person["first_name"]}\t\t{person["last_name"]}\t\t\t20000101\t\t999999\t00\t0,1"x'
    request = tmp_path / "asked.txt"
    request.write_text(f"H1\t999999\t00\tX\t20200115\tCO\tI\n{line}\nT1\t3\n")
    told = Service(drop_students(world, tmp_path / "service")).answer(request, tmp_path, missed=0)
    assert told.found == {'0,1"x'}
    assert '"0,1""x"' in told.report.read_text()


def load(con: Connection, folder: Path) -> None:
    con.execute("CREATE SCHEMA IF NOT EXISTS education_registry")
    load_education_registry(con, folder)


def put_reports(folder: Path, *rows: str) -> Path:
    (folder / "student_tracker").mkdir(parents=True)
    for number, text in enumerate(rows):
        (folder / "student_tracker" / f"{number}.csv").write_text(REPORT + text.replace("\n", f"{BLANK}\n"))
    return folder


def test_found_in_one_of_several_reports_is_found_and_rows_twice_are_one(tmp_path: Path) -> None:
    spell = "P1,Y,Ann,Lee,002330-01,20100820,N,\n"
    folder = put_reports(tmp_path, f"P1,N,Ann,Lee,,,,\nP2,N,Bo,Li,,,,\n{spell}", spell)
    with connect(threads=1) as con:
        load(con, folder)
        answers = con.execute("FROM education_registry.student_tracker_answers ORDER BY ALL").fetchall()
        assert answers == [("P1", True, 1), ("P2", False, 0)]
        persons = con.execute("SELECT student_id, first_name, last_name, ferpa_block FROM education_registry.persons")
        assert persons.fetchall() == [("P1", "ANN", "LEE", False)]


@pytest.mark.parametrize(
    ("code", "rows"),
    [
        ("E_REPORT_DATE", f"P1,Y,Ann,{CANARY},002330-01,2010-08-20,N,\n"),
        ("E_REPORT_RETURN_FIELD", f" ,Y,Ann,{CANARY},002330-01,20100820,N,\n"),
        ("E_REPORT_CODE", f"P1,?,Ann,{CANARY},,,,\n"),
        ("E_REPORT_CUT", f"P1,N,Ann,{CANARY},,,,"),
    ],
)
def test_a_report_that_leaves_something_open_is_refused(tmp_path: Path, code: str, rows: str) -> None:
    assert refusal(load, put_reports(tmp_path, rows)).code == code


def test_rows_that_tell_nothing_of_schooling_are_counted_by_kind_and_named(tmp_path: Path) -> None:
    folder = tmp_path / "student_tracker"
    folder.mkdir()
    told = (
        "Y,Ann,Lee,,,N,,CPT-SAF",
        "Y,Ann,Lee,,,N,,MMS-1",
        "Y,Ann,Lee,002330-01,,N,,",
        "N,Ann,Lee,,,,,",
        "Y,Ann,Lee,002330-01,,y,20120501,",
    )
    (folder / "a.csv").write_text(REPORT + "".join(f"P1,{row}{BLANK[1:]}\n" for row in told))
    with connect(threads=1) as con:
        load(con, tmp_path)
        found = con.execute(
            "SELECT measure, finding, found, rows FROM education_registry.drop_findings ORDER BY ALL"
        ).fetchall()
        assert found == [("industry credentials", "not read", 2, 5), ("rows without a date", "not read", 1, 5)]
        assert con.execute("SELECT count(*) FROM education_registry.degrees").fetchall() == [(1,)]


def test_reports_and_a_registry_together_are_refused(tmp_path: Path) -> None:
    folder = put_reports(tmp_path, "P1,N,Ann,Lee,,,,\n")
    (folder / "persons").mkdir()
    (folder / "persons" / "a.csv").write_text("x\n")
    assert refusal(load, folder).code == "E_EDUCATION_SOURCES"


@pytest.mark.parametrize("kind", ["H1", "PH3", "DCE01", "DCE03"])
def test_another_file_of_the_services_is_told_what_it_is(tmp_path: Path, kind: str) -> None:
    folder = put_reports(tmp_path)
    (folder / "student_tracker" / "a.csv").write_text(f"{kind},{CANARY},x\n")
    refused = refusal(load, folder)
    assert refused.code == "E_REPORT_KIND"
    assert f"({kind})" in str(refused)


def test_a_report_that_is_a_link_is_refused(tmp_path: Path) -> None:
    folder = put_reports(tmp_path)
    (tmp_path / "other.csv").write_text(f"{REPORT}P1,N,Ann,{CANARY},,,,\n")
    (folder / "student_tracker" / "a.csv").symlink_to(tmp_path / "other.csv")
    refused = refusal(load, folder)
    assert (refused.code, "is a link" in str(refused)) == ("E_DROP_FORMAT", True)


def test_a_report_that_lacks_columns_of_enrollments_or_degrees_is_refused(tmp_path: Path) -> None:
    """The service's own columns, without ours and with one of its later ones, are a whole report; cut on the right they are none."""
    own = [field for field in LAYOUTS["student_tracker_report"] if not field.name.startswith("credential_")]
    said = {
        "requester_return_field": "P1",
        "record_found": "Y",
        "first_name": "Ann",
        "last_name": "Lee",
        "graduated": "Y",
    }
    said |= {"college_code_branch": "002330-01", "graduation_date": "20120501", "degree_title": "Associate of Arts"}
    assert len(own) == 33
    for kept in (33, 25, 20):
        folder = tmp_path / str(kept)
        (folder / "student_tracker").mkdir(parents=True)
        head = ",".join([*(field.header for field in own[:kept]), "Later Column"])
        row = ",".join([*(said.get(field.name, "") for field in own[:kept]), "x"])
        (folder / "student_tracker" / "a.csv").write_text(f"{head}\n{row}\n")
        if kept < 33:
            refused = refusal(load, folder)
            assert (refused.code, "Degree CIP 1" in str(refused)) == ("E_REPORT_COLUMN", True)
            continue
        with connect(threads=1) as con:
            load(con, folder)
            assert con.execute("SELECT degree_level FROM education_registry.degrees").fetchall() == [("associate",)]
