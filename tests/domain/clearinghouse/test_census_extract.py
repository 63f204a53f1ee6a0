"""The extract: who is in it, what is in it, and under which agreement it is built.

Not here: what the record of disclosures says afterwards (test_census_extract_record.py).
"""

import hmac
from datetime import date

import pytest

from credential_pipeline.clearinghouse.census_extract import whitelist
from credential_pipeline.clearinghouse.census_extract.build import build
from credential_pipeline.clearinghouse.census_extract.hand_over import hand_over
from credential_pipeline.clearinghouse.census_extract.tokens import TokenKey, ensure_token_key, row_ids
from credential_pipeline.foundation.contracts import Column, Snapshot
from credential_pipeline.foundation.contracts.census_extract import SNAPSHOT
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.relation import scratch
from tests.domain.engines.handover_world import (
    AGREEMENT,
    CANARIES,
    INDUSTRY,
    NOW,
    TODAY,
    TOKENS,
    credential,
    fill,
    make_world,
    profile,
    put,
    refused,
    withholding,
    write_files,
)


@pytest.fixture
def con():
    with connect(threads=2) as connection:
        yield connection


@pytest.fixture
def built(con):
    fill(con)
    build(con, INDUSTRY, TODAY, TOKENS)
    return con


def rows(con, query):
    return con.execute(query).fetchall()


def row_id_of(con, learner, industry="manufacturing", key=TOKENS):
    with scratch(con) as work:
        one = work.rows("one", {"learner_id": "VARCHAR"}, [(learner,)])
        return rows(con, f"SELECT row_id FROM {row_ids(work, one, industry, key)}")[0][0]


def extract_of(con, learner):
    found = con.execute("SELECT * FROM census_extract.learners WHERE row_id = ?", [row_id_of(con, learner)])
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def content(con):
    return {table.name: rows(con, f"SELECT * FROM census_extract.{table.name}") for table in SNAPSHOT}


def test_blocked_learners_are_out_and_every_reported_learner_is_counted_once(built):
    # 4 and 6 opted out (6 is ferpa-free but flagged by both), and the blocked person that linkage never saw.
    assert dict(rows(built, "SELECT * FROM census_extract.coverage")) == {
        "reported": 8,
        "opted_out": 3,
        "ferpa_blocked": 2,
        "extracted": 3,
    }
    for learner in ("L4", "L5", "L6", "L7"):
        assert extract_of(built, learner) == []
    assert rows(built, "SELECT count(*), count(DISTINCT row_id) FROM census_extract.learners") == [(3, 3)]
    orphans = "SELECT count(*) FROM census_extract.credentials ANTI JOIN census_extract.learners USING (row_id)"
    assert rows(built, orphans) == [(0,)]


def test_an_unflagged_record_of_a_blocked_learner_stays_home_too(built):
    assert rows(built, "SELECT count(*) FROM census_extract.credentials") == [(3,)]


def test_only_linked_learners_carry_education_facts(built):
    (linked,) = extract_of(built, "LEARNER-CANARY")
    assert rows(built, "SELECT row_id FROM census_extract.enrollments") == [(linked["row_id"],)]
    assert rows(built, "SELECT row_id FROM census_extract.degrees") == [(linked["row_id"],)]
    (ambiguous,) = extract_of(built, "L2")
    assert ambiguous["last_name"] == "NAME2"


def test_values_come_from_the_registry_first_then_from_the_fullest_profile(con):
    fill(con)
    person = {"student_id": "S9", "last_name": "NEW", "middle_name": "R", "city": "X", "ferpa_block": False}
    put(con, "education_registry.persons", **person)
    put(con, "linked_records.learners", learner_id="L9", student_id="S9", status="linked", blocked=False)
    for number, values in enumerate(
        [
            {"first_name": "ANN", "last_name": "OLD", "street": "1 ELM", "zip": "11111", "sex": "F", "records": 1},
            {"first_name": "ANNE", "last_name": "OLD", "state": "OH", "birth_date": date(1990, 1, 2), "records": 9},
        ]
    ):
        profile(con, f"P9{number}", **values)
        put(con, "linked_records.profile_links", profile_id=f"P9{number}", learner_id="L9", status="linked")
    build(con, INDUSTRY, TODAY, TOKENS)
    (found,) = extract_of(con, "L9")
    found.pop("row_id")
    assert found == {
        "first_name": "ANN",  # the fuller profile, although the other has more records
        "middle_name": "R",
        "last_name": "NEW",
        "name_suffix": None,
        "previous_last_name": "OLD",
        "birth_date": date(1990, 1, 2),  # the next profile fills the gap
        "sex": "F",
        "street": "1 ELM",  # the registry has no street or ZIP, and addresses are not mixed
        "city": None,
        "state": None,
        "zip": "11111",
        "link_probability": None,  # linked by a hand that gave none
    }


def test_a_registry_address_replaces_the_whole_address(con):
    fill(con)
    con.execute("UPDATE education_registry.persons SET zip = '22222' WHERE student_id = 'STU-CANARY'")
    con.execute("UPDATE cleaned_learners.profiles SET street = '9 OAK', zip = '99999'")
    build(con, INDUSTRY, TODAY, TOKENS)
    (found,) = extract_of(con, "LEARNER-CANARY")
    assert (found["street"], found["zip"]) == (None, "22222")


def test_the_same_event_reported_twice_is_one_row(con):
    fill(con)
    credential(con, "R-again", "P-L3", "L3")
    credential(con, "R-other", "P-L3", "L3", event_date=date(2016, 5, 5))
    build(con, INDUSTRY, TODAY, TOKENS)
    assert rows(con, "SELECT count(*) FROM census_extract.credentials") == [(4,)]


def test_where_a_learner_trained_crosses_as_the_id_of_the_institution(con):
    fill(con)
    credential(con, "R-taught", "P-L3", "L3", event_date=date(2017, 5, 5), provider_opeid="00123400")
    build(con, INDUSTRY, TODAY, TOKENS)
    found = rows(con, "SELECT provider_opeid FROM census_extract.credentials WHERE event_date = DATE '2017-05-05'")
    assert found == [("00123400",)]


def test_row_order_and_threads_do_not_change_the_extract(built):
    with connect(threads=1) as other:
        fill(other)
        for table in ("cleaned_learners.profiles", "linked_records.learners", "linked_records.profile_links"):
            other.execute(f"CREATE TEMP TABLE t AS SELECT * FROM {table} ORDER BY hash(rowid)")
            other.execute(f"DELETE FROM {table}")
            other.execute(f"INSERT INTO {table} FROM t")
            other.execute("DROP TABLE t")
        build(other, INDUSTRY, TODAY, TOKENS)
        assert content(other) == content(built)


def test_a_new_column_upstream_changes_nothing(built):
    with connect(threads=2) as other:
        fill(other, extra_column=True)
        build(other, INDUSTRY, TODAY, TOKENS)
        assert content(other) == content(built)


def test_a_column_too_many_in_the_built_table_is_refused(built):
    built.execute("ALTER TABLE census_extract.learners ADD COLUMN nickname VARCHAR")
    refused("E_CONTRACT_COLUMNS", whitelist.assert_columns, whitelist.columns_in(built, "census_extract"))


@pytest.mark.parametrize("name", sorted(whitelist.FORBIDDEN))
def test_a_contract_that_names_a_forbidden_column_is_refused(name):
    first, *rest = SNAPSHOT.tables
    wider = type(first)(
        first.name, first.description, first.key, (*first.columns, Column(name, "VARCHAR", "")), first.sensitivity
    )
    contract = Snapshot(SNAPSHOT.name, SNAPSHOT.side, SNAPSHOT.description, (wider, *rest))
    refused("E_FORBIDDEN_COLUMN", whitelist.assert_contract, contract)


def test_no_canary_in_any_value(built):
    assert not any(canary in str(content(built)) for canary in CANARIES)


@pytest.mark.parametrize(
    ("agreement", "day", "code"),
    [
        (None, TODAY, "E_NO_AGREEMENT"),
        (AGREEMENT, date(2025, 12, 31), "E_NO_AGREEMENT"),
        (AGREEMENT, date(2027, 1, 1), "E_AGREEMENT_EXPIRED"),
    ],
)
def test_without_a_valid_agreement_nothing_is_written(con, agreement, day, code):
    fill(con)
    refused(code, build, con, INDUSTRY.model_copy(update={"agreement": agreement}), day, TOKENS)
    assert whitelist.columns_in(con, "census_extract") == {}


def test_the_last_day_of_the_agreement_counts(con):
    fill(con)
    build(con, INDUSTRY, AGREEMENT.expires, TOKENS)


def test_a_withheld_column_is_sent_empty(con, tmp_path):
    fill(con)
    con.execute("UPDATE education_registry.enrollments SET credit = true, degree_seeking = true")
    agreement = withholding(AGREEMENT, "enrollments", "credit")
    industry = INDUSTRY.model_copy(update={"agreement": agreement})
    build(con, industry, TODAY, TOKENS)
    assert rows(con, "SELECT count(credit), count(degree_seeking) > 0 FROM census_extract.enrollments") == [(0, True)]
    whitelist.assert_columns(whitelist.columns_in(con, "census_extract"))


def test_a_value_in_a_withheld_column_is_not_sealed(con, tmp_path):
    world = make_world(con, tmp_path)
    industry = INDUSTRY.model_copy(update={"agreement": withholding(AGREEMENT, "enrollments", "opeid")})
    named = {"today": TODAY, "when": NOW, "inbox": world.inbox}
    # Built under an agreement that allowed the column; it was withheld since.
    refused("E_NOT_AGREED", hand_over, con, world.files, world.sender, industry, world.sending, **named)
    assert not [path for path in world.sender.rglob("*.age") if path.is_file()]


def test_the_key_of_another_recipient_is_refused(con):
    fill(con)
    refused("E_WRONG_KEY", build, con, INDUSTRY, TODAY, TokenKey(b"\x07" * 32, "Another agency"))


def test_a_failing_build_leaves_no_table_and_quotes_no_value(con):
    fill(con)
    con.execute("ALTER TABLE cleaned_learners.credentials ALTER event_date TYPE VARCHAR")
    con.execute("UPDATE cleaned_learners.credentials SET event_date = 'canary@example.org'")
    refused("E_EXTRACT", build, con, INDUSTRY, TODAY, TOKENS)
    assert whitelist.columns_in(con, "census_extract") == {}


def test_row_ids_are_hmac_and_differ_by_key_recipient_and_industry(con):
    def token(key, industry="manufacturing"):
        return row_id_of(con, "Lé1", industry, key)

    message = b"\x1f".join([b"credential-pipeline row id 1", b"Statistical agency", b"manufacturing", "Lé1".encode()])
    expected = hmac.digest(TOKENS.secret, message, "sha256").hex()[:40]
    assert token(TOKENS) == f"{TOKENS.key_id}-{expected}"
    others = [
        token(TokenKey(TOKENS.secret, "B")),
        token(TokenKey(b"\x08" * 32, TOKENS.recipient)),
        token(TOKENS, "healthcare"),
    ]
    assert len({token(TOKENS), *others}) == 4


def test_the_token_key_is_made_once_and_kept_private(tmp_path):
    key = ensure_token_key(tmp_path, "Statistical agency")
    assert ensure_token_key(tmp_path, "Statistical agency") == key
    assert ensure_token_key(tmp_path, "Statistical Agency").secret != key.secret
    assert key.secret.hex() not in repr(key)
    for path in (tmp_path / "keys").iterdir():
        assert path.stat().st_mode & 0o777 == 0o600
        path.chmod(0o640)
    refused("E_KEY_PERMISSIONS", ensure_token_key, tmp_path, "Statistical agency")


def test_written_files_are_the_same_each_time(built, tmp_path):
    first, second = write_files(built, tmp_path / "a"), write_files(built, tmp_path / "b")
    assert all(first[name].read_bytes() == second[name].read_bytes() for name in first)
