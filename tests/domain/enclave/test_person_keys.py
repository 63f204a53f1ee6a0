"""Keys, the cascade, and what must not get a key."""

import pandas as pd
import pytest

from credential_pipeline.enclave.person_keys import assign
from credential_pipeline.enclave.person_keys.cascade import PASSES
from credential_pipeline.foundation.contracts.person_keys import SNAPSHOT
from credential_pipeline.foundation.storage.engine import connect
from tests.domain.engines.linkage_world import HOME, INDUSTRY, make_world, put_extract


def _cases() -> tuple[pd.DataFrame, pd.DataFrame]:
    """People made by hand: (extract rows, reference rows), told apart by their case."""
    people = {
        "twin_a": {"first_name": "DEBORAH", "last_name": "QUISENBERRY", "birth_date": "1988-05-06", **HOME},
        "twin_b": {"first_name": "MICHELLE", "last_name": "QUISENBERRY", "birth_date": "1988-05-06", **HOME},
        "parent": {"first_name": "WALTER", "last_name": "ZWINGLI", "birth_date": "1955-01-09", **HOME},
        "child": {"first_name": "WALTER", "last_name": "ZWINGLI", "birth_date": "1983-11-20", **HOME},
        "swapped": {"first_name": "LAMBERT", "last_name": "HAMMERSMITH", "birth_date": "1979-08-14", **HOME},
        "undated": {"first_name": "EUPHEMIA", "last_name": "THISTLEWOOD", "birth_date": "1975-03-30", **HOME},
        "dead": {"first_name": "BARNABY", "last_name": "FEATHERSTONE", "birth_date": "1950-06-06", **HOME},
        "died_later": {"first_name": "CORDELIA", "last_name": "WINTERBOTTOM", "birth_date": "1950-07-07", **HOME},
        "married": {"first_name": "ROSALIND", "last_name": "OKONKWO", "birth_date": "1982-12-12", **HOME},
        "double": {"first_name": "GUINEVERE", "last_name": "MACALLISTER", "birth_date": "1984-04-04", **HOME},
        "tie_1": {"first_name": "AMBROSE", "last_name": "PELLETIER", "birth_date": "1986-01-01", "state": "OH"},
        "tie_2": {"first_name": "AMBROSE", "last_name": "PELLETIER", "birth_date": "1986-01-01", "state": "OH"},
    }
    reference = pd.DataFrame([{"person_key": f"K_{case}", **row} for case, row in people.items()])
    reference["death_date"] = reference["person_key"].map({"K_dead": "2011-12-31", "K_died_later": "2012-01-15"})
    alternate = {**people["married"], "alternate_last_name": "LINDQVIST", "street": "9 OAK AVE", "zip": "15001"}
    reference = pd.concat([reference, pd.DataFrame([{"person_key": "K_married", **alternate}])], ignore_index=True)
    told = {case: dict(row) for case, row in people.items() if case != "tie_2"}
    told["swapped"] |= {"first_name": "HAMMERSMITH", "last_name": "LAMBERT"}
    told["undated"] |= {"birth_date": None}
    told["married"] |= {"last_name": "LINDQVIST", "street": None, "zip": None}
    told["double_again"] = {**people["double"], "street": None, "zip": None}
    told["nobody"] = {"first_name": "ZEBULON", "last_name": "XANTHOPOULOS", "birth_date": "1970-02-02", **HOME}
    rows = pd.DataFrame([{"row_id": f"T_{case}", **row} for case, row in told.items()])
    return rows, reference


@pytest.fixture(scope="module")
def results() -> dict[str, dict[str, pd.DataFrame]]:
    world = make_world(2000, 400)
    rows, reference = _cases()
    world.reference = pd.concat([world.reference, reference], ignore_index=True)
    world.reference["birth_date"] = pd.to_datetime(world.reference["birth_date"])
    found = {}
    for name, threads, shuffle in (("first", 1, None), ("shuffled", 2, 11)):
        with connect(threads=threads) as con:
            put_extract(con, world, shuffle)
            order = rows if shuffle is None else rows.iloc[::-1]
            for row in order.astype(object).where(order.notna(), None).to_dict("records"):
                con.execute(
                    "INSERT INTO accepted_extract.learners BY NAME SELECT ? AS row_id, ? AS first_name, ? AS last_name, "
                    "?::DATE AS birth_date, ? AS street, ? AS city, ? AS state, ? AS zip",
                    [
                        row.get(c)
                        for c in ("row_id", "first_name", "last_name", "birth_date", "street", "city", "state", "zip")
                    ],
                )
                con.execute(
                    "INSERT INTO accepted_extract.credentials BY NAME SELECT ? AS row_id, 'mssc' AS certifier,"
                    " 'CPT' AS credential_code, 'award' AS event, DATE '2012-05-01' AS event_date",
                    [row["row_id"]],
                )
            con.execute("CREATE SCHEMA person_keys")
            assign(con, INDUSTRY)
            found[name] = {t.name: con.execute(f"FROM person_keys.{t.name}").df() for t in SNAPSHOT.tables}
            found["extract"] = {"learners": con.execute("FROM accepted_extract.learners").df()}
            types = {
                t.name: dict(
                    con.execute(f"SELECT column_name, column_type FROM (DESCRIBE person_keys.{t.name})").fetchall()
                )
                for t in SNAPSHOT.tables
            }
    assert types == {t.name: t.schema for t in SNAPSHOT.tables}
    people = world.profiles.drop_duplicates("person")
    found["truth"] = {"rows": people.assign(row_id="T" + people["profile_id"].str[1:])[["row_id", "person"]]}
    return found


@pytest.fixture(scope="module")
def keys(results) -> pd.Series:
    return results["first"]["person_links"].set_index("row_id")["person_key"]


def test_row_order_and_threads_do_not_show(results) -> None:
    for table, frame in results["first"].items():
        pd.testing.assert_frame_equal(frame, results["shuffled"][table])


def test_made_up_people_get_their_keys(results) -> None:
    found = results["first"]["person_links"].merge(results["truth"]["rows"], on="row_id")
    right = found["person_key"] == "K" + found["person"].map("{:07d}".format)
    assert right.sum() / found["person_key"].notna().sum() > 0.99
    assert right.mean() > 0.95


@pytest.mark.parametrize(
    "case", ["twin_a", "twin_b", "parent", "child", "swapped", "undated", "married", "double", "died_later"]
)
def test_people_get_their_own_key(case, keys) -> None:
    assert keys[f"T_{case}"] == f"K_{case}"


def test_nobody_is_linked_to_the_dead_or_to_a_stranger(keys) -> None:
    assert pd.isna(keys["T_dead"])
    assert pd.isna(keys["T_nobody"])


def test_a_tie_gets_no_key(results, keys) -> None:
    assert pd.isna(keys["T_tie_1"])
    status = results["first"]["person_links"].set_index("row_id").loc["T_tie_1", "status"]
    assert status == "ambiguous"


def test_two_rows_of_one_person_share_the_key_and_the_learner_is_one(results, keys) -> None:
    assert keys["T_double_again"] == "K_double"
    learners = results["first"]["learners"]
    assert learners["person_key"].is_unique
    assert set(learners["person_key"]) == set(keys.dropna())
    assert (results["first"]["credentials"]["person_key"] == "K_double").sum() == 2


def test_links_name_the_module_and_pass(results) -> None:
    linked = results["first"]["person_links"].query("status == 'linked'")
    known = {(step.module, step.name) for step in PASSES}
    assert set(zip(linked["module"], linked["pass"], strict=True)) <= known
    assert {"GeoSearch", "NameSearch"} <= set(linked["module"])
    assert [*dict.fromkeys(step.module for step in PASSES)] == ["GeoSearch", "NameSearch", "DOBSearch", "HHCompSearch"]


def test_no_direct_identifier_leaves(results) -> None:
    names = set(results["extract"]["learners"]["last_name"]) | set(results["extract"]["learners"]["street"].dropna())
    for table in ("learners", "credentials", "enrollments", "unkeyed_credentials", "coverage"):
        frame = results["first"][table]
        assert not {"first_name", "last_name", "birth_date", "street", "zip", "row_id"} & set(frame.columns)
        for column in frame.select_dtypes("object"):
            assert not names & set(frame[column].dropna())


def test_every_row_is_counted_once(results) -> None:
    coverage = results["first"]["coverage"].set_index("reason")["learners"]
    rows = len(results["extract"]["learners"])
    assert coverage["keyed"] + coverage["no_person_key"] == rows
    assert {"reported", "opted_out", "ferpa_blocked"} <= set(coverage.index)
    unkeyed = results["first"]["unkeyed_credentials"]
    assert unkeyed["row_number"].tolist() == list(range(1, len(unkeyed) + 1))
