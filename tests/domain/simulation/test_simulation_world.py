"""The simulated world: reproducible, of the size asked for, its truth in step with its files."""

import pandas as pd
import pytest

from credential_pipeline.clearinghouse.raw_feeds.read import read_feeds
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.registry.load import load_registry
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.simulation.simulate import simulate
from credential_pipeline.simulation.world import load_industry_world, load_world
from tests.domain.simulation.simulation_world import INDUSTRIES, LEARNERS, STUDENTS, hashes, small_world, truth


def test_same_arguments_give_the_same_bytes_whatever_was_there_and_another_seed_gives_others(tmp_path):
    registry = load_registry()
    stale = tmp_path / "b/clearinghouse/inbox/healthcare/nha/1999.csv"
    stale.parent.mkdir(parents=True)
    stale.write_text("left over")
    for name, industries, seed in (("a", INDUSTRIES, 3), ("b", INDUSTRIES[::-1], 3), ("c", INDUSTRIES, 4)):
        simulate(tmp_path / name, registry, industries, 60, 400, seed)
    assert hashes(tmp_path / "a") == hashes(tmp_path / "b")
    other = hashes(tmp_path / "c")
    same = [name for name, digest in hashes(tmp_path / "a").items() if other.get(name) == digest]
    assert same == []


def test_sizes_are_those_asked_for():
    home, summary, said = small_world()
    world = load_industry_world("manufacturing")
    assert summary.learners["manufacturing"] == LEARNERS
    assert summary.learners["healthcare"] == round(LEARNERS * load_industry_world("healthcare").learner_share)
    assert summary.awards["manufacturing"] == pytest.approx(LEARNERS * world.awards_per_learner, rel=0.01)
    students = pd.read_parquet(home / "clearinghouse/education/persons")
    assert len(students) == students["student_id"].nunique() == summary.students == STUDENTS
    assert said[-1].startswith("truth")


def test_unknown_industry_is_refused(tmp_path):
    with pytest.raises(SafeError):
        simulate(tmp_path, load_registry(), ["space_travel"], 10, 100)


def test_every_planted_bad_row_is_quarantined_at_its_line_and_nothing_else():
    home, summary, _ = small_world()
    planted = truth(home, "bad_rows")
    for industry in INDUSTRIES:
        with connect() as con:
            con.execute("CREATE SCHEMA raw_feeds")
            read_feeds(con, home / "clearinghouse/inbox", industry, load_registry())
            found = con.execute("SELECT certifier, delivery, line FROM raw_feeds.quarantine").fetchall()
            twice = con.execute("SELECT sum(rows_duplicate)::INTEGER FROM raw_feeds.deliveries").fetchall()[0][0]
            ids = {
                row[0] for row in con.execute("SELECT certifier || '/' || record_id FROM raw_feeds.records").fetchall()
            }
        mine = planted[planted["industry"] == industry]
        broken = mine[mine["planted_fault"] != "repeated_row"]
        assert {(c, d, str(line)) for c, d, line in found} == set(
            zip(broken["certifier"], broken["delivery"], broken["line"], strict=True)
        )
        assert twice == (mine["planted_fault"] == "repeated_row").sum()
        records = truth(home, "record_person").query("industry == @industry")
        lost = (broken["planted_fault"] != "repeated_header").sum()
        assert ids <= set(records["certifier"] + "/" + records["record_id"])
        assert len(records) == summary.rows[industry] == len(ids) + lost
        assert not records.duplicated(["certifier", "record_id"]).any()


def test_truth_names_every_student_and_every_key_once():
    home, summary, _ = small_world()
    students = pd.read_parquet(home / "clearinghouse/education/persons")
    keys = pd.read_parquet(home / "enclave/reference/persons")
    student_person, key_person = truth(home, "student_person"), truth(home, "key_person")
    assert set(student_person["student_id"]) == set(students["student_id"])
    assert student_person["person_id"].is_unique
    assert set(key_person["person_key"]) == set(keys["person_key"])
    assert key_person["person_id"].is_unique
    assert len(key_person) == summary.persons < len(keys)


def test_coverage_is_as_the_world_says():
    home, _, _ = small_world()
    world = load_world()
    holders = set(truth(home, "record_person")["person_id"])
    students = set(truth(home, "student_person")["person_id"])
    keyed = set(truth(home, "key_person")["person_id"])
    assert len(holders & students) / len(holders) == pytest.approx(world.registry.holders_in_it, abs=0.03)
    assert len(holders & keyed) / len(holders) == pytest.approx(world.reference.present, abs=0.02)


def test_opt_outs_stand_in_the_files_and_in_the_truth():
    home, _, _ = small_world()
    blocked = truth(home, "blocked")
    students = pd.read_parquet(home / "clearinghouse/education/persons")
    by_id = truth(home, "student_person").set_index("student_id")["person_id"]
    marked = set(by_id[students.loc[students["ferpa_block"] == "Y", "student_id"]])
    assert marked == set(blocked.loc[blocked["why"] == "ferpa_block", "person_id"])
    assert 0.005 < len(marked) / STUDENTS < 0.03
    records = truth(home, "record_person").query("certifier == 'mssc'").set_index("record_id")["person_id"]
    feeds = [
        pd.read_csv(path, dtype=str, on_bad_lines="skip")
        for path in (home / "clearinghouse/inbox/manufacturing/mssc").glob("*.csv")
    ]
    rows = pd.concat(feeds).query("TransactionID in @records.index")
    flagged = set(records[rows.loc[rows["Block Student Credential"].isin(["Y", "Yes"]), "TransactionID"]])
    assert flagged
    assert flagged <= set(blocked.loc[blocked["why"] == "certifier_opt_out", "person_id"])


def test_wages_belong_to_known_keys_and_employers():
    home, summary, _ = small_world()
    wages = pd.read_parquet(home / "enclave/reference/wages_annual")
    employers = pd.read_parquet(home / "enclave/reference/employers")
    economy = load_world().economy
    assert len(wages) == summary.wages
    assert set(wages["person_key"]) <= set(truth(home, "key_person")["person_key"])
    assert set(wages["employer_id"]) <= set(employers["employer_id"])
    assert employers["employer_id"].is_unique
    assert not wages.duplicated(["person_key", "year", "employer_id"]).any()
    assert (wages["year"].min(), wages["year"].max()) == (economy.first_year, economy.last_year)
    assert (wages["wages"] > 0).all()
