"""What the enclave must destroy, by what it accepted and by its agreements."""

import datetime
from dataclasses import replace
from pathlib import Path

import pytest

from credential_pipeline.enclave.retention import due
from credential_pipeline.engines.handover.arrivals import Arrivals
from credential_pipeline.foundation.registry.agreements import WageAgreement
from credential_pipeline.foundation.registry.load import Registry
from credential_pipeline.foundation.storage.due import OLD_DAYS
from credential_pipeline.foundation.storage.engine import connect
from tests.domain.engines.handover_world import AGREEMENT, INDUSTRY, NOW

OLD, NEW = "0000000000000001", "0000000000000002"
WAGES = WageAgreement.model_validate(
    AGREEMENT.model_dump(include={"purpose", "sender", "recipient", "signed", "expires"})
    | {"id": "W-1", "legal_basis": "20 CFR 603.5(e)", "states": ["OH"], "safeguards": ["locked"]}
    | {"destroy_by": datetime.date(2026, 12, 31)}
)
REGISTRY = Registry({"manufacturing": INDUSTRY}, {}, {"W-1": WAGES})


def table(home: Path, place: str, query: str) -> None:
    """One file of a version."""
    path = home / "store" / f"{place}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    with connect(threads=1) as con:
        con.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet)")
    (path.parent.parent / "CURRENT").write_text(NEW)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Two versions of each hop that holds rows; the older accepted extract has a row more."""
    for version, rows in ((OLD, "['a', 'b']"), (NEW, "['a']")):
        table(tmp_path, f"accepted_extract/manufacturing/{version}/learners", f"SELECT unnest({rows}) AS row_id")
        table(tmp_path, f"person_keys/manufacturing/{version}/person_links", "SELECT 'a' AS row_id")
        agreed = "'W-1'" if version == NEW else "NULL"
        wages = f"SELECT 'OH' AS state, {agreed} AS agreement, 2 AS employers"
        table(tmp_path, f"reference_population/shared/{version}/wage_states", wages)
    facts = {"kind": "census_extract", "industry": "manufacturing", "number": 2, "package_id": "p", "ledger": {}}
    Arrivals(tmp_path).chain.append("accepted", facts, NOW)
    return tmp_path


def on(home: Path, day: datetime.date, registry: Registry = REGISTRY) -> dict[str, str]:
    """What is due on a day: hop and version to what asks for it."""
    found = due(home, registry, home / "transfer")
    return {"/".join(item.path.parts[-3::2]): item.agreement or item.why for item in found if item.day <= day}


def test_a_version_with_rows_that_left_is_due_at_once(home: Path) -> None:
    assert on(home, NOW.date()) == {f"accepted_extract/{OLD}": AGREEMENT.id}
    (item,) = [item for item in due(home, REGISTRY, home / "transfer") if item.day <= NOW.date()]
    assert item.why.startswith("1 of its rows are not in number 2")


def test_a_version_that_cannot_be_read_is_due_at_once(home: Path) -> None:
    (home / "store" / "person_keys" / "manufacturing" / OLD / "person_links.parquet").write_text("cut off")
    assert set(on(home, NOW.date())) == {f"accepted_extract/{OLD}", f"person_keys/{OLD}"}


def test_the_others_go_in_time(home: Path) -> None:
    later = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=OLD_DAYS)
    registry = replace(REGISTRY, industries={}, agreements={})
    assert set(on(home, later, registry)) == {
        f"{hop}/{OLD}" for hop in ("person_keys", "accepted_extract", "reference_population")
    }


def test_wages_go_with_their_agreement_and_the_rows_with_theirs(home: Path) -> None:
    with_wages = on(home, WAGES.destroy_by)
    assert with_wages[f"reference_population/{NEW}"] == "W-1"
    assert f"accepted_extract/{NEW}" not in with_wages
    everything = on(home, AGREEMENT.destroy_by)
    assert everything[f"accepted_extract/{NEW}"] == everything[f"person_keys/{NEW}"] == AGREEMENT.id
    pointers = {item.path.name for item in due(home, REGISTRY, home / "transfer") if item.pointer is not None}
    assert pointers == {NEW}
