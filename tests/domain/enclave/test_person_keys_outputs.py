"""The tables of person_keys, made from links that are written by hand."""

from collections.abc import Iterator
from datetime import date

import pytest

from credential_pipeline.enclave.person_keys.outputs import (
    describe_learners,
    extend_coverage,
    keyed,
    link_rows,
    unkeyed,
    with_age,
    write_outputs,
)
from credential_pipeline.foundation.contracts.person_keys import SNAPSHOT
from credential_pipeline.foundation.storage.engine import Connection, connect
from credential_pipeline.foundation.storage.relation import Relation, Scratch, relation, scratch

DECIDED = {
    "row_id": "VARCHAR",
    "person_key": "VARCHAR",
    "match_weight": "DOUBLE",
    "match_probability": "DOUBLE",
    "status": "VARCHAR",
    "module": "VARCHAR",
    "pass": "VARCHAR",
}
LINKS = [
    ("T1", "K1", 20.0, 0.99, "linked", "GeoSearch", "1_address"),
    ("T2", "K1", 12.0, 0.97, "linked", "NameSearch", "names"),
    ("T3", "K3", 3.0, 0.5, "ambiguous", "NameSearch", "names"),
]


@pytest.fixture
def con() -> Iterator[Connection]:
    """Four rows of an extract: two of one person, one with two possible persons, one that nobody looked like."""
    with connect(threads=1) as opened:
        opened.execute(
            """
            CREATE SCHEMA accepted_extract; CREATE SCHEMA reference_population; CREATE SCHEMA person_keys;
            CREATE TABLE accepted_extract.learners (row_id VARCHAR, state VARCHAR, link_probability DOUBLE);
            INSERT INTO accepted_extract.learners VALUES
                ('T4', 'PA', NULL), ('T2', 'IN', 0.8), ('T1', 'OH', 1.0), ('T3', 'OH', NULL);
            CREATE TABLE accepted_extract.credentials (row_id VARCHAR, certifier VARCHAR, credential_code VARCHAR,
                event VARCHAR, result VARCHAR, event_date DATE, training_setting VARCHAR, provider_opeid VARCHAR);
            INSERT INTO accepted_extract.credentials VALUES
                ('T1', 'mssc', 'CPT', 'award', 'pass', '2012-01-01', NULL, '00123400'),
                ('T2', 'nims', 'N1', 'award', NULL, '2013-01-01', 'credit', NULL),
                ('T4', 'nims', 'N2', 'award', NULL, '2014-01-01', NULL, NULL),
                ('T3', 'mssc', 'CPT', 'attempt', 'fail', '2015-01-01', NULL, '00567800');
            CREATE TABLE accepted_extract.enrollments (row_id VARCHAR, opeid VARCHAR, sector VARCHAR, credit BOOLEAN,
                degree_seeking BOOLEAN, begin_date DATE, end_date DATE);
            INSERT INTO accepted_extract.enrollments VALUES
                ('T2', '001234', 'public_2yr', true, false, '2010-01-01', NULL), ('T3', '005678', 'public_4yr', true, true, '2010-01-01', NULL);
            CREATE TABLE accepted_extract.degrees (row_id VARCHAR, opeid VARCHAR, degree_date DATE, degree_level VARCHAR,
                cip VARCHAR);
            INSERT INTO accepted_extract.degrees VALUES ('T2', '001234', '2012-05-01', 'associate', '48.05');
            CREATE TABLE accepted_extract.coverage (reason VARCHAR, learners BIGINT);
            INSERT INTO accepted_extract.coverage VALUES ('reported', 7), ('opted_out', 3), ('extracted', 4);
            CREATE TABLE reference_population.persons (person_key VARCHAR, birth_date DATE, sex VARCHAR, race VARCHAR,
                ethnicity VARCHAR, death_date DATE);
            INSERT INTO reference_population.persons VALUES
                ('K1', '1980-03-01', 'F', 'white', NULL, NULL), ('K1', '1980-12-31', 'F', 'asian', 'hispanic', '2019-05-05'),
                ('K1', '1981-01-01', NULL, 'asian', NULL, '2020-05-05'), ('K1', NULL, 'M', 'white', NULL, NULL),
                ('K3', '1970-01-01', 'M', 'black', NULL, NULL);
            """
        )
        yield opened


@pytest.fixture
def work(con: Connection) -> Iterator[Scratch]:
    with scratch(con) as made:
        yield made


def person_links(work: Scratch) -> Relation:
    return link_rows(work, relation(work.con, "accepted_extract.learners"), work.rows("links", DECIDED, LINKS))


def rows(work: Scratch, source: Relation) -> list[tuple]:
    return work.con.execute(f"SELECT * FROM {source} ORDER BY ALL").fetchall()


def test_every_row_says_what_became_of_it(work: Scratch) -> None:
    assert rows(work, person_links(work)) == [
        ("T1", "K1", 0.99, 1.0, "linked", "GeoSearch", "1_address"),
        ("T2", "K1", 0.97, 0.8, "linked", "NameSearch", "names"),
        ("T3", None, 0.5, None, "ambiguous", "NameSearch", "names"),
        ("T4", None, 0.0, None, "unlinked", None, None),
    ]


def test_a_learner_is_what_the_reference_population_says_most_often(work: Scratch) -> None:
    extract, persons = (
        relation(work.con, name) for name in ("accepted_extract.learners", "reference_population.persons")
    )
    # Two rows say 1980 and F; white and asian are equally frequent and white is later in the alphabet; the first death counts.
    assert rows(work, describe_learners(work, person_links(work), extract, persons)) == [
        ("K1", 1980, "F", "white", "hispanic", "OH", 2019)
    ]


def test_rows_of_those_with_a_key_carry_it_in_place_of_the_token(work: Scratch) -> None:
    found = keyed(work, relation(work.con, "accepted_extract.enrollments"), person_links(work))
    assert found.columns == ("person_key", "opeid", "sector", "credit", "degree_seeking", "begin_date", "end_date")
    assert [row[:3] for row in rows(work, found)] == [("K1", "001234", "public_2yr")]
    degrees = keyed(work, relation(work.con, "accepted_extract.degrees"), person_links(work))
    assert [(row[0], row[3]) for row in rows(work, degrees)] == [("K1", "associate")]


def test_age_is_in_completed_years_on_the_day_of_the_event(work: Scratch) -> None:
    events = work.rows(
        "events",
        {"person_key": "VARCHAR", "event_date": "DATE"},
        [("K3", "2009-12-31"), ("K3", "2010-01-01"), ("K9", "2010-01-01"), ("K3", None)],
    )
    persons = relation(work.con, "reference_population.persons")
    assert rows(work, with_age(work, events, persons)) == [
        ("K3", date(2009, 12, 31), 39), ("K3", date(2010, 1, 1), 40), ("K3", None, None), ("K9", date(2010, 1, 1), None),
    ]  # fmt: skip


def test_credentials_without_a_key_are_numbered_by_what_they_say(work: Scratch) -> None:
    found = unkeyed(work, relation(work.con, "accepted_extract.credentials"), person_links(work))
    assert "row_id" not in found.columns
    assert [(row[0], row[1], row[-1]) for row in rows(work, found)] == [("mssc", "CPT", 1), ("nims", "N2", 2)]


def test_coverage_splits_the_extracted_by_whether_they_got_a_key(work: Scratch) -> None:
    found = extend_coverage(work, relation(work.con, "accepted_extract.coverage"), person_links(work))
    assert rows(work, found) == [("keyed", 2), ("no_person_key", 2), ("opted_out", 3), ("reported", 7)]


def test_the_tables_are_those_of_the_contract_and_nothing_else_is_left(con: Connection) -> None:
    with scratch(con) as work:
        write_outputs(con, work.rows("links", DECIDED, LINKS))
    for table in SNAPSHOT:
        found = con.execute(f"DESCRIBE person_keys.{table.name}").fetchall()
        assert {row[0]: row[1] for row in found} == table.schema
    providers = con.execute("SELECT person_key, provider_opeid FROM person_keys.credentials ORDER BY ALL").fetchall()
    assert providers == [("K1", "00123400"), ("K1", None)]
    assert con.execute("SELECT row_id FROM person_keys.person_links").fetchall() == [("T1",), ("T2",), ("T3",), ("T4",)]
    assert con.execute("SELECT count(*) FROM duckdb_tables() WHERE temporary").fetchall() == [(0,)]
