"""Made-up and borrowed worlds of the benchmarks: their truth agrees with their files, and mistakes are as said."""

import csv
import datetime
import random
from dataclasses import fields, replace
from importlib import resources

import pandas as pd
import pytest

from credential_pipeline.foundation.registry.load import load_registry
from credential_pipeline.foundation.storage.engine import connect
from tests.bench.linking import census, febrl, mishaps, noise, scale_world, unseen_world, world
from tests.bench.linking.names import first_rank, names, surname_rank
from tests.bench.linking.population import Address, Person


def test_febrl_records_are_laid_out_as_a_feed_and_a_registry():
    table = pd.DataFrame(
        [
            ["mary", "o'neil", "12", "high street", "", "perth", "6000", "wa", "19841317", "1234567"],
            [None, "smith", None, "low road", "", "perth", "6000", "wa", "19841217", "7654321"],
        ],
        columns=["given_name", "surname", "street_number", "address_1", "address_2", "suburb", "postcode", "state",
                 "date_of_birth", "soc_sec_id"],
        index=["rec-2-org", "rec-1-dup-0"],
    )  # fmt: skip
    smith, mary = febrl.rows_of(table)
    assert (smith["id"], smith["first_name"], smith["birth_date"], smith["street"]) == (
        "rec-1-dup-0",
        "",
        "1984-12-17",
        "low road",
    )
    assert (mary["birth_date"], mary["ssn_last4"], mary["street"]) == ("", "4567", "12 high street")
    assert set(febrl.rows_of(table, ("first_name",))[0]) == {"id", "first_name"}


def test_common_names_are_drawn_more_often_and_every_rank_exists():
    known = names(2_000, 500, seed=3)
    assert len(set(known.surnames)) == 2_000
    assert not set(known.female[200:]) & set(known.male[200:])
    for rank, count in ((surname_rank, 2_000), (first_rank, 500)):
        ranks = [rank(i / 10_000, count) for i in range(10_000)]
        assert (ranks[0], ranks[-1]) == (0, count - 1) or ranks[-1] >= count - 10
        assert ranks == sorted(ranks)
        assert ranks.count(0) > 20 * ranks.count(count - 50)


@pytest.mark.parametrize("seed", range(5))
def test_every_mistake_changes_the_value_and_stays_a_value(seed):
    chance = random.Random(seed)
    born = datetime.date(1984, 3, 7)
    for _ in range(200):
        wrong = noise.wrong_date(born, chance)
        assert wrong != born
        assert 1930 <= wrong.year <= 2012
        digits = noise.wrong_digit("0123", chance)
        assert sum(a != b for a, b in zip(digits, "0123", strict=True)) == 1
        assert 2 <= len(noise.typo("Garcia", chance)) <= 7


@pytest.fixture(scope="module")
def unseen(tmp_path_factory):
    folder = tmp_path_factory.mktemp("unseen")
    variant = replace(unseen_world.VARIANTS["previous"], changes=0.8)
    unseen_world.make(folder, variant, students=2_000, rows=400)
    return folder


def _read(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_truth_of_an_unseen_world_names_every_feed_row_once(unseen):
    inbox = unseen / "home" / "clearinghouse" / "inbox" / world.INDUSTRY
    sent = [("guild", row["record_id"]) for row in _read(inbox / "guild" / "all.csv")]
    sent += [("board", row["Record Id"]) for row in _read(inbox / "board" / "all.csv")]
    told, given = (
        [(row["certifier"], row["record_id"]) for row in _read(unseen / f"{name}.csv")] for name in ("truth", "feed")
    )
    assert len(set(sent)) == len(sent) >= 400
    assert sorted(sent) == sorted(told) == sorted(given), "the product and the other methods get the same rows"


def test_truth_of_an_unseen_world_agrees_with_the_registry(unseen):
    students = [row["student_id"] for row in _read(world.persons_of(unseen))]
    assert len(set(students)) == len(students)
    known = _read(unseen / "students.csv")
    assert sorted(row["student_id"] for row in known) == sorted(students)
    people = {row["person_id"] for row in known}
    truth = _read(unseen / "truth.csv")
    assert 0.1 < sum(row["person_id"] not in people for row in truth) / len(truth) < 0.35


def test_rows_without_a_note_agree_with_the_registry(unseen):
    registry = {row["student_id"]: row for row in _read(world.persons_of(unseen))}
    student = {row["person_id"]: row["student_id"] for row in _read(unseen / "students.csv")}
    feed = {row["record_id"]: row for row in _read(unseen / "feed.csv")}
    checked = 0
    for row in _read(unseen / "truth.csv"):
        if row["person_id"] in student and not row["notes"]:
            sent, held = feed[row["record_id"]], registry[student[row["person_id"]]]
            assert sent["birth_date"] == held["birth_date"]
            assert noise.plain(sent["last_name"]) == noise.plain(held["last_name"])
            checked += 1
    assert checked > 50


def test_the_registry_folder_of_every_variant_is_valid(tmp_path):
    for name, variant in unseen_world.VARIANTS.items():
        unseen_world.make(tmp_path / name, variant, students=400, rows=150)
        registry = load_registry(tmp_path / name / "registry")
        assert set(registry.industry(world.INDUSTRY).certifiers) == {"guild", "board"}
        assert ("ssn_last4" in registry.certifier("guild").columns) == bool(variant.feed.digits)


def test_an_unseen_world_is_the_same_twice(tmp_path):
    for name in ("one", "two"):
        unseen_world.make(tmp_path / name, unseen_world.VARIANTS["spoiled-usual"], students=300, rows=100)
    files = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*.csv"))
    assert len(files) == 8
    assert all((tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes() for file in files)


def test_a_spoiled_registry_holds_some_people_twice(tmp_path):
    unseen_world.make(tmp_path, unseen_world.VARIANTS["spoiled-extreme"], students=1_000, rows=100)
    known = [row["person_id"] for row in _read(tmp_path / "students.csv")]
    assert 0.04 < 1 - len(set(known)) / len(known) < 0.12


def _person(number, born, first="Ada"):
    home = Address("1 Main Street", "Springfield", "OH", "45501")
    digits = f"{number:04d}"
    return Person(number, 1, first, "May", "Lovell", born, woman=True, digits=digits, address=home, next_address=home)


@pytest.fixture
def family():
    return _person(1, datetime.date(1990, 5, 17)), _person(2, datetime.date(1960, 2, 3), "Grace")


@pytest.mark.parametrize("process", [one.name for one in fields(mishaps.Mishaps) if one.name != "twice"])
def test_every_mishap_spoils_a_row_as_it_says(process, family):
    child, mother = family
    row = {
        "first_name": "Ada",
        "middle_name": "May",
        "last_name": "Lovell",
        "birth_date": "1990-05-17",
        "sex": "F",
        "ssn_last4": "0001",
        "street": "1 Main Street",
        "city": "Springfield",
        "state": "OH",
        "zip": "45501",
    }
    always = mishaps.Mishaps(**{process: 1.0})
    for seed in range(20):
        spoiled, notes = mishaps.spoil(row, child, family, always, random.Random(seed))
        assert notes == {process}
        changed = {name for name in row if spoiled[name] != row[name]}
        assert spoiled["last_name"] == "Lovell"
        if process == "copied":
            assert {spoiled[name] for name in changed} <= {mother.first, mother.digits, mother.born.isoformat()}
        if process == "guardian":
            assert spoiled["first_name"] == "Grace"
        if process in ("nominal", "system"):
            assert changed == {"birth_date"}
            assert process == "system" or spoiled["birth_date"] in ("1990-01-01", "1990-07-01")
        if process in ("block", "fragment"):
            assert {spoiled[name] for name in changed} <= {"", "A"}
    assert mishaps.spoil(row, child, family, mishaps.Mishaps(), random.Random(1)) == (row, frozenset())


def test_most_role_words_are_not_in_the_table_that_the_linkage_reads():
    table = resources.files("credential_pipeline.engines.linkage").joinpath("placeholders.csv").read_text("utf-8")
    known = {line.split(",")[0] for line in table.splitlines()}
    assert sum(role.upper() in known for role in mishaps.ROLES) <= len(mishaps.ROLES) / 4


def test_a_scale_world_is_the_same_twice_and_its_truth_holds(tmp_path):
    for name in ("one", "two"):
        scale_world.make(tmp_path / name, students=3_000, learners=500)
    files = ["truth.parquet", "cleaned_learners/profiles.parquet", "education_registry/persons.parquet"]
    assert all((tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes() for file in files)
    with connect() as con:
        world = tmp_path / "one"
        rows, known, agree = con.execute(
            f"""
            SELECT count(*), count(t.student_id), count(*) FILTER (p.last_name = s.last_name AND p.birth_date = s.birth_date)
            FROM '{world}/truth.parquet' t JOIN '{world}/cleaned_learners/profiles.parquet' p USING (profile_id)
            LEFT JOIN '{world}/education_registry/persons.parquet' s USING (student_id)
            """
        ).fetchall()[0]
        strangers = con.execute(
            f"SELECT count(*) FROM '{world}/truth.parquet' ANTI JOIN '{world}/education_registry/persons.parquet' "
            "USING (student_id) WHERE student_id IS NOT NULL"
        ).fetchall()[0][0]
    assert (rows, known, strangers) == (500, 350, 0)
    assert agree > 0.75 * known


def test_hashes_for_different_purposes_are_independent(tmp_path):
    scale_world.make(tmp_path, students=20_000, learners=100)
    with connect() as con:
        people, distinct, with_both = con.execute(
            "SELECT count(*), count(DISTINCT (first_name, last_name, birth_date)), "
            "count(*) FILTER (ssn_last4 IS NOT NULL AND zip IS NOT NULL) / count(*) "
            f"FROM '{tmp_path}/education_registry/persons.parquet' WHERE birth_date IS NOT NULL"
        ).fetchall()[0]
    assert distinct > 0.999 * people
    assert with_both == pytest.approx(0.5 * 0.85, abs=0.02)


def test_census_people_are_laid_out_as_a_feed_a_registry_and_a_truth_apart(tmp_path):
    written = tmp_path / "written"
    held = {"first_name": " ANN ", "last_name": "LEE", "birth_date": "1990-01-02", "sex": "F"}
    told = {
        "simulant_id": "p1",
        "household": "h1",
        "race": "Asian",
        "true_sex": "F",
        "age_group": "26-45",
        "surname": "same",
    }
    world.write_csv(written / "feed.csv", ["record_id", *told, *held], [{"record_id": "F1", **told, **held}])
    known = {"student_id": "S1", "simulant_id": "p1", "household": "h1", **held, "last_name": "LI"}
    world.write_csv(written / "registry.csv", list(known), [known])
    census.lay_out(written, tmp_path / "laid")
    (sent,) = _read(tmp_path / "laid" / "feed.csv")
    assert (sent["first_name"], sent["last_name"]) == ("ANN", "LEE")
    (person,) = _read(world.persons_of(tmp_path / "laid"))
    assert (person["student_id"], person["last_name"]) == ("S1", "LI")
    assert "simulant_id" not in sent.keys() | person.keys(), "what the methods read does not tell who is who"
    (truth,) = _read(tmp_path / "laid" / "truth.csv")
    assert (truth["person_id"], truth["race"], truth["age"]) == ("p1", "Asian", "26-45")


def test_census_worlds_say_so_where_their_environment_is_missing(tmp_path):
    assert not census.make(tmp_path, None)
    assert not census.make(tmp_path, tmp_path / "no-python")
