"""Learners, their students, and who must not be taken for whom."""

from types import SimpleNamespace

import pandas as pd
import pytest

from credential_pipeline.clearinghouse.linked_records.link import link
from credential_pipeline.foundation.contracts.linked_records import SNAPSHOT
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.registry.model import Linkage
from credential_pipeline.foundation.storage.engine import connect
from tests.domain.engines.linkage_world import HOME, INDUSTRY, make_world, put_feeds


def _cases() -> tuple[pd.DataFrame, pd.DataFrame]:
    """People made by hand: (profiles, students), told apart by their case."""
    people = {
        "twin_a": {"first_name": "DEBORAH", "last_name": "QUISENBERRY", "birth_date": "1988-05-06", **HOME},
        "twin_b": {"first_name": "MICHELLE", "last_name": "QUISENBERRY", "birth_date": "1988-05-06", **HOME},
        "twin_alone": {"first_name": "HAROLD", "last_name": "VANTASSEL", "birth_date": "1991-02-03", **HOME},
        "twin_absent": {"first_name": "TIMOTHY", "last_name": "VANTASSEL", "birth_date": "1991-02-03", **HOME},
        "parent": {"first_name": "WALTER", "last_name": "ZWINGLI", "birth_date": "1955-01-09", **HOME},
        "child": {"first_name": "WALTER", "last_name": "ZWINGLI", "birth_date": "1983-11-20", **HOME},
        "swapped": {"first_name": "LAMBERT", "last_name": "HAMMERSMITH", "birth_date": "1979-08-14", **HOME},
        "undated": {"first_name": "EUPHEMIA", "last_name": "THISTLEWOOD", "birth_date": "1975-03-30", **HOME},
        "common_1": {"first_name": "JOHN", "last_name": "SMITH", "birth_date": "1990-01-01", "zip": "10001"},
        "common_2": {"first_name": "JOHN", "last_name": "SMITH", "birth_date": "1991-07-21", "zip": "10001"},
        "married": {"first_name": "ROSALIND", "last_name": "OKONKWO", "birth_date": "1982-12-12", **HOME},
        "blocked": {"first_name": "BARNABY", "last_name": "FEATHERSTONE", "birth_date": "1986-06-06", **HOME},
        "ferpa": {"first_name": "CORDELIA", "last_name": "WINTERBOTTOM", "birth_date": "1987-07-07", **HOME},
        "referred": {"first_name": "GUINEVERE", "last_name": "MACALLISTER", "birth_date": "1984-04-04", **HOME},
    }
    students = pd.DataFrame([{"student_id": f"S_{case}", **row} for case, row in people.items()])
    students = students[~students["student_id"].isin(["S_twin_absent"])]
    students["ferpa_block"] = students["student_id"] == "S_ferpa"
    told = {case: dict(row) for case, row in people.items()}
    told["swapped"] |= {"first_name": "HAMMERSMITH", "last_name": "LAMBERT"}
    told["undated"] |= {"birth_date": None}
    told["married"] |= {"last_name": "LINDQVIST", "previous_last_name": "OKONKWO"}
    for case in ("common_1", "common_2"):
        told[case] |= {"birth_date": None}
    profiles = [{"profile_id": f"P_{case}", "certifier": "mssc", **row} for case, row in told.items()]
    other = {**people["referred"], "birth_date": None, "first_name": "G", "zip": None, "street": None}
    profiles.append({"profile_id": "P_referred_again", "certifier": "mssc", **other})
    twin = {**people["twin_b"], "profile_id": "P_twin_ref", "certifier": "mssc"}
    profiles.append(twin)
    made = pd.DataFrame(profiles)
    made["person_ref"] = made["profile_id"].map(
        {"P_referred": "R1", "P_referred_again": "R1", "P_twin_a": "R2", "P_twin_ref": "R2"}
    )
    return made, students


@pytest.fixture(scope="module")
def results() -> dict[str, dict[str, pd.DataFrame]]:
    world = make_world(2500, 500)
    profiles, students = _cases()
    credentials = pd.DataFrame(
        {"certifier": profiles["certifier"], "profile_id": profiles["profile_id"], "record_id": profiles["profile_id"]}
    )
    credentials["event"], credentials["event_date"] = "award", pd.Timestamp("2012-01-01")
    credentials["blocked"] = profiles["profile_id"].to_numpy() == "P_blocked"
    world.profiles = pd.concat([world.profiles, profiles.assign(records=1)], ignore_index=True)
    world.students = pd.concat([world.students, students], ignore_index=True)
    world.credentials = pd.concat([world.credentials, credentials], ignore_index=True)
    found = {}
    for name, threads, shuffle in (("first", 1, None), ("shuffled", 2, 11)):
        with connect(threads=threads) as con:
            put_feeds(con, world, shuffle)
            con.execute("CREATE SCHEMA linked_records")
            link(con, INDUSTRY)
            found[name] = {t.name: con.execute(f"FROM linked_records.{t.name}").df() for t in SNAPSHOT.tables}
            types = {
                t.name: dict(
                    con.execute(f"SELECT column_name, column_type FROM (DESCRIBE linked_records.{t.name})").fetchall()
                )
                for t in SNAPSHOT.tables
            }
            left = con.execute("SELECT count(*) FROM duckdb_tables() WHERE temporary").fetchall()[0][0]
        assert left == 0
    assert types == {t.name: t.schema for t in SNAPSHOT.tables}
    found["truth"] = {"profiles": world.profiles, "students": world.students, "credentials": world.credentials}
    return found


@pytest.fixture(scope="module")
def links(results) -> pd.DataFrame:
    return results["first"]["profile_links"].set_index("profile_id")


def test_row_order_and_threads_do_not_show(results) -> None:
    for table, frame in results["first"].items():
        pd.testing.assert_frame_equal(frame, results["shuffled"][table])


def test_made_up_people_meet_their_students(results) -> None:
    truth = results["truth"]
    profiles = truth["profiles"].dropna(subset=["person"])[["profile_id", "person"]]
    found = results["first"]["profile_links"].merge(profiles, on="profile_id")
    students = truth["students"].dropna(subset=["person"]).set_index("student_id")["person"]
    linked = found[found["student_id"].notna()]
    right = (linked["student_id"].map(students) == linked["person"]).sum()
    there = found["person"].isin(students).sum()
    assert right / len(linked) > 0.99
    assert right / there > 0.95
    sizes = found.groupby(["learner_id", "person"]).size()

    def pairs(counts: pd.Series) -> int:
        return int((counts * (counts - 1) // 2).sum())

    assert pairs(sizes) / pairs(found.groupby("learner_id").size()) > 0.99
    assert pairs(sizes) / pairs(found.groupby("person").size()) > 0.94


def test_probabilities_promise_no_more_than_they_keep() -> None:
    """Of links that say p, no fewer than p are right, among people whose reports are twice as faulty as usual."""
    world = make_world(12_000, 5_000, seed=19, level=2.5)
    with connect() as con:
        put_feeds(con, world)
        con.execute("CREATE SCHEMA linked_records")
        link(con, SimpleNamespace(industry="manufacturing", linkage=Linkage(link_threshold=0.5)))
        found = con.execute("FROM linked_records.profile_links WHERE student_id IS NOT NULL").df()
    found = found.merge(world.profiles[["profile_id", "person"]], on="profile_id")
    found["right"] = found["student_id"].map(world.students.set_index("student_id")["person"]) == found["person"]
    sure = found["match_probability"] > 0.99
    assert found[sure]["right"].mean() > 0.998
    bins = found[~sure].groupby(pd.cut(found["match_probability"], [0.5, 0.8, 0.95, 0.99]), observed=True)
    kept = bins.agg(n=("right", "size"), share=("right", "mean"), promised=("match_probability", "mean"))
    assert len(kept) == 3
    spread = (kept["promised"] * (1 - kept["promised"]) / kept["n"]) ** 0.5
    assert (kept["share"] >= kept["promised"] - 2 * spread).all(), kept


def test_twins_stay_two_people(links) -> None:
    assert links.loc["P_twin_a", "student_id"] == "S_twin_a"
    assert links.loc["P_twin_b", "student_id"] == "S_twin_b"
    assert links.loc["P_twin_a", "learner_id"] != links.loc["P_twin_b", "learner_id"]


def test_a_twin_who_is_not_a_student_does_not_become_the_other(links) -> None:
    assert links.loc["P_twin_alone", "student_id"] == "S_twin_alone"
    assert pd.isna(links.loc["P_twin_absent", "student_id"])
    # Among 3,000 people too few are twins to know whether a twin or another first name of the same person is likelier.
    assert links.loc["P_twin_absent", "status"] in {"unlinked", "ambiguous"}


def test_a_senders_person_id_does_not_join_twins(links) -> None:
    assert links.loc["P_twin_ref", "learner_id"] == links.loc["P_twin_b", "learner_id"]
    assert links.loc["P_twin_ref", "student_id"] == "S_twin_b"


def test_parent_and_child_of_one_name_stay_two_people(links) -> None:
    assert links.loc["P_parent", "student_id"] == "S_parent"
    assert links.loc["P_child", "student_id"] == "S_child"


@pytest.mark.parametrize("case", ["swapped", "undated", "married"])
def test_people_are_found_in_spite_of(case, links) -> None:
    assert links.loc[f"P_{case}", "student_id"] == f"S_{case}"
    assert links.loc[f"P_{case}", "status"] == "linked"


def test_a_frequent_name_without_birth_date_is_not_decided(links, results) -> None:
    for case in ("common_1", "common_2"):
        assert pd.isna(links.loc[f"P_{case}", "student_id"])
        assert links.loc[f"P_{case}", "status"] in {"ambiguous", "unlinked"}


def test_a_senders_person_id_joins_what_does_not_contradict(links) -> None:
    assert links.loc["P_referred", "learner_id"] == links.loc["P_referred_again", "learner_id"]
    assert links.loc["P_referred_again", "student_id"] == "S_referred"


def test_blocks_of_certifier_and_school_are_kept(links, results) -> None:
    assert links.loc["P_blocked", "status"] == "blocked"
    assert links.loc["P_ferpa", "status"] == "blocked"
    learners = results["first"]["learners"].set_index("learner_id")
    assert learners.loc[links.loc["P_ferpa", "learner_id"], "blocked"]
    assert not learners.loc[links.loc["P_parent", "learner_id"], "blocked"]


def test_one_student_has_one_learner_and_every_record_one_link(results) -> None:
    learners = results["first"]["learners"]
    assert learners["learner_id"].is_unique
    assert learners["student_id"].dropna().is_unique
    assert learners["learner_id"].str.fullmatch(r"L[0-9a-f]{16}").all()
    keys = results["first"]["links"][["certifier", "record_id"]]
    assert len(keys) == len(results["truth"]["credentials"])
    assert not keys.duplicated().any()
    assert learners["credentials"].sum() == len(keys)
    linked = results["first"]["links"]["status"].isin(["linked", "blocked"])
    assert results["first"]["links"].loc[~linked, "student_id"].isna().all()


def test_the_review_queue_shows_what_was_not_decided(results) -> None:
    queue = results["first"]["review_queue"]
    assert queue["pair_id"].is_unique
    assert set(queue["hop"]) <= {"learner", "student"}
    students = queue[queue["hop"] == "student"]
    undecided = results["first"]["profile_links"].query("status == 'ambiguous'")["profile_id"]
    assert set(students["left_id"]) <= set(undecided)


def test_diagnostics_name_nobody(results) -> None:
    figures = results["first"]["diagnostics"]
    assert not figures.duplicated(["metric", "dimension", "level"]).any()
    values = set(results["truth"]["profiles"]["last_name"]) | set(results["truth"]["students"]["student_id"])
    assert not values & set(figures["level"])
    shares = figures[figures["metric"].str.startswith("share_") & (figures["dimension"] == "all")]
    assert shares["value"].sum() == pytest.approx(1, abs=1e-4)


def test_a_registry_without_students_is_refused_in_one_sentence() -> None:
    world = make_world(20, 10)
    world.students = world.students.head(0)
    with connect(threads=1) as con:
        put_feeds(con, world)
        con.execute("CREATE SCHEMA linked_records")
        with pytest.raises(SafeError, match="education_registry holds no student") as refused:
            link(con, INDUSTRY)
    assert refused.value.code == "E_REGISTRY_EMPTY"
