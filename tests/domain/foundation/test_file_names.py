"""Which file names may be shown, and what is shown instead."""

import pytest

from credential_pipeline.foundation.file_names import delivery_id, is_plain, shown_delivery, shown_file

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
    assert name not in shown_file(name)


def test_a_file_that_was_not_read_has_no_hash_of_its_own() -> None:
    nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert delivery_id("nims", nothing) == "nims-unread"
