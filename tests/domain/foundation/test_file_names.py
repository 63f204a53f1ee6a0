"""Which file names may be shown, and what is shown instead."""

from pathlib import Path

import pytest

from credential_pipeline.foundation.file_names import delivery_id, delivery_id_sql, is_plain, shown_delivery, shown_file
from credential_pipeline.foundation.storage.engine import connect

SHA = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    "name",
    [
        "2018.csv",
        "2018b.csv",
        "2018-01-31.csv.gz",
        "mssc_2018.csv",
        "MSSC awards 2018 part 2.xlsx",
        "part-0.parquet",
        "enr.csv",
        "students_2018.csv",
        "q1.txt",
    ],
)
def test_dates_and_words_of_the_field_are_shown(name: str) -> None:
    assert is_plain(name, "mssc")
    assert shown_delivery("mssc", name, SHA) == name


@pytest.mark.parametrize(
    "name",
    [
        "Quuxington.csv",
        "quuxington_2018.csv",
        "mssc-zebulonia.csv",
        "jose\u0301 2018.csv",
        "123-45-6789.csv",
        "5550100999.csv",
        "20180131_2.csv",
        "Smith, J.csv",
        "2018\n.csv",
        "\u6797.csv1 \u6797\u6797",
    ],
)
def test_whatever_may_be_somebody_is_not(name: str) -> None:
    assert not is_plain(name, "mssc")
    assert shown_delivery("mssc", name, SHA) == "[mssc-0123456789ab]"
    assert name not in shown_file(Path(name))


def test_a_file_whose_name_is_not_shown_is_told_by_its_place_and_size(tmp_path: Path) -> None:
    for name, size in ((".hidden", 1), ("Zyzz.csv", 1234), ("enr.csv", 3), ("quux.csv", 1)):
        (tmp_path / name).write_bytes(b"x" * size)
    (tmp_path / "Abe").mkdir()
    (tmp_path / "nora.csv").symlink_to(tmp_path / "nothing")
    shown = {path.name: shown_file(path) for path in tmp_path.iterdir()}
    assert shown["enr.csv"] == "enr.csv"
    assert shown["Zyzz.csv"] == "[a file whose name is not shown: number 2 of 5 by name, 1,234 bytes]"
    assert shown["quux.csv"] == "[a file whose name is not shown: number 5 of 5 by name, 1 byte]"
    assert shown["Abe"] == "[a folder whose name is not shown: number 1 of 5 by name]"
    assert shown["nora.csv"] == "[a file whose name is not shown: number 4 of 5 by name]"
    assert shown_file(tmp_path / "nowhere" / "zyzz.csv") == "[a file whose name is not shown]"


def test_a_file_that_was_not_read_has_no_hash_of_its_own() -> None:
    nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert delivery_id("nims", nothing) == "nims-unread"
    assert delivery_id("nims", nothing, 3) == "nims-unread-3"
    assert shown_delivery("nims", "quux.csv", nothing, 2) == "[nims-unread-2]"
    assert delivery_id("nims", SHA, 3) == delivery_id("nims", SHA), "what has bytes is told by them"


def test_queries_call_deliveries_the_same() -> None:
    nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    rows = [
        ("nims", "b", nothing),
        ("nims", "a", nothing),
        ("acme", "c", nothing),
        ("nims", "d", SHA),
        ("nims", "e", SHA),
    ]
    values = ", ".join(map(repr, rows))
    query = (
        f"SELECT d.delivery, {delivery_id_sql('d')} FROM (VALUES {values}) AS d(certifier, delivery, sha256) ORDER BY 1"
    )
    with connect() as con:
        found = con.execute(query).fetchall()
    ids = ["nims-unread", "nims-unread-2", "acme-unread", delivery_id("nims", SHA), delivery_id("nims", SHA)]
    assert found == list(zip("abcde", ids, strict=True))
