"""The extract's arrival: loaded unchanged, or refused with nothing loaded and no plaintext left."""

import shutil
from datetime import date

import pyrage
import pytest

from credential_pipeline.clearinghouse.census_extract.hand_over import hand_over
from credential_pipeline.enclave.accepted_extract.accept import accept
from credential_pipeline.engines.handover import package
from credential_pipeline.engines.handover.keys import Identity
from credential_pipeline.engines.handover.manifest import ManifestFacts
from credential_pipeline.engines.handover.opening import open_package
from credential_pipeline.engines.handover.package import seal
from credential_pipeline.engines.handover.receive import ReceivingKeys
from credential_pipeline.foundation.contracts.accepted_extract import SNAPSHOT
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.engine import connect
from tests.domain.engines.handover_world import (
    AGREEMENT,
    CANARIES,
    INDUSTRY,
    NOW,
    TODAY,
    make_world,
    open_world,
    withholding,
)

BY_OTHERS = tuple(group.model_copy(update={"legal_basis": "34 CFR 99.30"}) for group in AGREEMENT.columns)


@pytest.fixture(scope="module")
def origin(tmp_path_factory):
    """One world with a delivered package; every test works on a copy."""
    root = tmp_path_factory.mktemp("origin")
    with connect(threads=2) as connection:
        world = make_world(connection, root)
        hand_over(
            connection, world.files, world.sender, INDUSTRY, world.sending, today=TODAY, when=NOW, inbox=world.inbox
        )
        yield connection, root


@pytest.fixture
def con(origin):
    origin[0].execute("CREATE SCHEMA accepted_extract")
    yield origin[0]
    origin[0].execute("DROP SCHEMA accepted_extract CASCADE")


@pytest.fixture
def world(origin, tmp_path):
    return open_world(shutil.copytree(origin[1], tmp_path / "world"))


@pytest.fixture
def arrived(world):
    return next(path for path in world.inbox.iterdir() if path.is_dir())


def refused(code, con, world, folder, *, industry=INDUSTRY, today=TODAY, keys=None):
    with pytest.raises(SafeError) as error:
        accept(con, folder, keys or world.receiving, industry, today, work=world.work)
    assert error.value.code == code
    assert not any(canary in str(error.value) for canary in CANARIES)
    loaded = "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'accepted_extract'"
    assert con.execute(loaded).fetchall() == [(0,)]
    assert not [path for path in world.work.rglob("*") if path.is_file()]


def sealed_by_hand(world, files, kind="census_extract", industry="manufacturing"):
    facts = ManifestFacts(kind, industry, AGREEMENT)
    return seal(files, world.inbox, facts, world.sending.signing, world.sending.recipient).folder


def test_an_extract_arrives_as_it_was_sent(con, world, arrived):
    manifest = accept(con, arrived, world.receiving, INDUSTRY, TODAY, work=world.work)
    assert manifest.package_id == arrived.name
    for table in SNAPSHOT:
        query = "DESCRIBE accepted_extract." + table.name
        assert {row[0]: row[1] for row in con.execute(query).fetchall()} == table.schema
        sent = con.execute(f"SELECT * FROM census_extract.{table.name}").fetchall()
        assert con.execute(f"SELECT * FROM accepted_extract.{table.name}").fetchall() == sent
    assert not [path for path in world.work.rglob("*") if path.is_file()]


def test_the_tables_outlive_the_plaintext(con, world, arrived):
    accept(con, arrived, world.receiving, INDUSTRY, TODAY, work=world.work)
    total = con.execute("SELECT sum(learners) FROM accepted_extract.coverage WHERE reason <> 'reported'").fetchall()
    assert total == con.execute("SELECT learners FROM accepted_extract.coverage WHERE reason = 'reported'").fetchall()


def test_no_canary_in_the_plaintext_of_the_package(world, arrived):
    held = world.receiving
    with open_package(arrived, held.sender, held.identity, AGREEMENT.recipient, TODAY, work=world.work) as opened:
        content = b"".join(path.read_bytes() for path in opened.files.values())
    content += (arrived / "manifest.json").read_bytes()
    assert not [canary for canary in CANARIES if canary.encode() in content]
    assert b"REGY" in content  # the registry's name of the linked learner: the search does see values


def test_one_flipped_byte_is_refused(con, world, arrived):
    path = arrived / "learners.parquet.age"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    refused("E_PACKAGE_ALTERED", con, world, arrived)


def test_another_identity_is_refused(con, world, arrived):
    other = Identity(pyrage.x25519.Identity.generate())
    refused("E_WRONG_KEY", con, world, arrived, keys=ReceivingKeys(world.receiving.sender, other))


@pytest.mark.parametrize(
    ("change", "today", "code"),
    [
        ({"agreement": None}, TODAY, "E_NO_AGREEMENT"),
        ({}, date(2027, 1, 1), "E_AGREEMENT_EXPIRED"),
        ({"agreement": AGREEMENT.model_copy(update={"expires": date(2026, 5, 31)})}, TODAY, "E_AGREEMENT_EXPIRED"),
        ({"agreement": AGREEMENT.model_copy(update={"id": "DUA-2"})}, TODAY, "E_WRONG_PACKAGE"),
        ({"agreement": AGREEMENT.model_copy(update={"recipient": "B"})}, TODAY, "E_WRONG_RECIPIENT"),
        ({"industry": "healthcare"}, TODAY, "E_WRONG_PACKAGE"),
        # Another copy of the same agreement: a column less, or the same columns on another basis.
        ({"agreement": withholding(AGREEMENT, "enrollments", "opeid")}, TODAY, "E_NOT_AGREED"),
        ({"agreement": AGREEMENT.model_copy(update={"columns": BY_OTHERS})}, TODAY, "E_NOT_AGREED"),
        ({"agreement": AGREEMENT.model_copy(update={"recipient_key": "0" * 32})}, TODAY, "E_WRONG_KEY"),
    ],
)
def test_the_wrong_agreement_or_industry_is_refused(con, world, arrived, change, today, code):
    refused(code, con, world, arrived, industry=INDUSTRY.model_copy(update=change), today=today)


def test_a_package_of_another_kind_is_refused(con, world):
    refused("E_WRONG_PACKAGE", con, world, sealed_by_hand(world, world.files, kind="outcome_release"))


@pytest.mark.parametrize(
    "query",
    [
        "SELECT *, 'x' AS email FROM census_extract.learners",
        "SELECT * EXCLUDE (zip) FROM census_extract.learners",
        "SELECT zip, * EXCLUDE (zip) FROM census_extract.learners",
        "SELECT * REPLACE (birth_date::VARCHAR AS birth_date) FROM census_extract.learners",
    ],
)
def test_columns_that_are_not_the_contracts_are_refused(con, world, query):
    con.execute(f"COPY ({query}) TO '{world.files['learners']}' (FORMAT parquet)")
    refused("E_CONTRACT_COLUMNS", con, world, sealed_by_hand(world, world.files))


def test_a_table_too_many_or_too_few_is_refused(con, world):
    refused("E_CONTRACT_COLUMNS", con, world, sealed_by_hand(world, world.files | {"extra": world.files["degrees"]}))
    world.files.pop("degrees")
    refused("E_CONTRACT_COLUMNS", con, world, sealed_by_hand(world, world.files))


def test_tables_are_loaded_all_or_none(con, world, arrived):
    con.execute("CREATE TABLE accepted_extract.degrees (x INTEGER)")
    with pytest.raises(SafeError) as error:
        accept(con, arrived, world.receiving, INDUSTRY, TODAY, work=world.work)
    assert error.value.code == "E_LOAD"
    found = con.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'accepted_extract'")
    assert found.fetchall() == [("degrees",)]


def test_the_manifest_is_checked_first(con, world, arrived):
    (arrived / package.MANIFEST).write_bytes(b"{}")
    refused("E_PACKAGE_ALTERED", con, world, arrived)
