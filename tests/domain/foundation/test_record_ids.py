"""Which record ids may be shown to their sender."""

import pytest

from credential_pipeline.foundation.record_ids import shown_record_id_sql
from credential_pipeline.foundation.storage.engine import connect


def shown(record_id: str) -> str | None:
    with connect(threads=1) as con:
        query = f"SELECT {shown_record_id_sql('record_id')} FROM (SELECT ? AS record_id)"
        found: str | None = con.execute(query, [record_id]).fetchall()[0][0]
    return found


@pytest.mark.parametrize(
    "record_id",
    [
        "R1",
        "2024/0012-A",
        "12345678",
        "1234567890",
        "2024-05-1234",
        "D0123456789abcdef",
        "550e8400-e29b-41d4-a716-446655440000",
        "urn:uuid:550e8400-e29b-41d4-a716-446655440000",
        "0f12-345678901abc",
    ],
)
def test_plain_ids_are_shown(record_id: str) -> None:
    assert shown(record_id) == record_id


@pytest.mark.parametrize(
    "record_id",
    [
        "123-45-6789",
        "123456789",
        "123 45 6789",
        "123.45.6789",
        "123-456789",
        "12345-6789",
        "123-45-6789-2",
        "A/123-45-6789",
        "SSN:123456789",
        "SSN123-45-6789",
        "000-12-3456x",
    ],
)
def test_what_looks_like_a_social_security_number_is_not_shown(record_id: str) -> None:
    assert shown(record_id) is None


@pytest.mark.parametrize("record_id", ["", "Zebulonia", "ann@example.org1", "Ann Baker 1", "R" * 80 + "1", "R1\n"])
def test_what_may_be_a_name_or_an_address_is_not_shown(record_id: str) -> None:
    assert shown(record_id) is None
