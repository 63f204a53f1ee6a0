"""The sensor on the inbox: what lies at rest and is new is asked for, whatever lies beside it."""

import os
from functools import partial

import pytest

from assets.clearinghouse import automation, landing
from assets.partitions import INDUSTRIES
from tests.graph.landing_world import industries, land

ALL = sorted(INDUSTRIES.get_partition_keys())


@pytest.fixture
def look(look):
    """Evaluate the sensor once."""
    return partial(look, "clearinghouse")


def test_empty_inbox_is_skipped(look):
    tick = look()
    assert tick.run_requests == []
    assert tick.skip_message


def test_new_file_asks_for_a_run_of_its_industry(side, look):
    land(side)
    tick = look()
    assert industries(tick) == ["manufacturing"]


@pytest.mark.parametrize("name", ["mssc/A.CSV", "mssc/a.txt", "mssc/a"])
def test_a_file_that_will_be_refused_asks_too(side, look, name):
    land(side, name=name)
    assert industries(look()) == ["manufacturing"]


@pytest.mark.parametrize("name", ["mssc/.a.csv", "mssc/a.csv.part", "mssc/a.csv.TMP"])
def test_hidden_and_unfinished_files_are_left_alone(side, look, name):
    land(side, name=name)
    assert look().run_requests == []


def test_unchanged_inbox_is_skipped(side, look):
    land(side)
    first = look()
    again = look(first.cursor)
    assert again.run_requests == []
    assert again.skip_message


@pytest.mark.parametrize(
    "change", [("mssc/a.csv", "id\n2\n"), ("mssc/b.csv", "id\n1\n")], ids=["content", "another file"]
)
def test_changed_inbox_asks_again(side, look, change):
    land(side)
    first = look()
    land(side, "manufacturing", *change)
    again = look(first.cursor)
    assert industries(again) == ["manufacturing"]


def test_one_industry_does_not_wake_the_others(side, look):
    for industry in ALL:
        land(side, industry)
    first = look()
    assert industries(first) == ALL
    land(side, ALL[-1], content="id\n9\n")
    again = look(first.cursor)
    assert industries(again) == [ALL[-1]]


def test_a_file_that_is_still_being_written_waits(side, look):
    path = land(side)
    path.touch()
    assert look().run_requests == []


def test_a_file_that_rests_between_two_looks_waits_no_longer(side, look):
    land(side).touch()
    first = look()
    assert industries(look(first.cursor)) == ["manufacturing"]


def test_a_file_dated_in_the_future_silences_nobody(side, look):
    path = land(side)
    os.utime(path, (4_000_000_000, 4_000_000_000))
    first = look()
    second = look(first.cursor)
    assert [industries(tick) for tick in (first, second)] == [[], ["manufacturing"]]
    land(side, name="mssc/b.csv", content="id\n2\n")
    assert industries(look(second.cursor)) == ["manufacturing"]


def test_other_content_of_the_same_size_and_time_is_something_new(side, look):
    path = land(side)
    first = look()
    facts = path.stat()
    path.write_text("id\n2\n")
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    assert industries(look(first.cursor)) == ["manufacturing"]


def test_a_file_that_grows_for_ever_waits_alone(side, look):
    growing = land(side, name="mssc/b.csv")
    growing.touch()
    land(side)
    first = look()
    assert industries(first) == ["manufacturing"]
    growing.write_text("id\n1\n2\n")
    land(side, name="mssc/c.csv", content="id\n3\n")
    second = look(first.cursor)
    assert industries(second) == ["manufacturing"]
    assert industries(look(second.cursor)) == ["manufacturing"], "it rests and is taken"


def test_a_known_file_that_moves_again_is_nothing_new_until_it_rests(side, look):
    path = land(side)
    land(side, name="mssc/b.csv", content="id\n2\n")
    first = look()
    path.write_text("id\n1\n3\n")
    second = look(first.cursor)
    assert second.run_requests == []
    third = look(second.cursor)
    assert industries(third) == ["manufacturing"]
    path.unlink()
    assert industries(look(third.cursor)) == ["manufacturing"]


def test_a_file_of_a_foreign_ending_counts_by_its_name_alone(side, look):
    log = land(side, name="mssc/export.log")
    first = look()
    log.write_text("another line\n")
    second = look(first.cursor)
    land(side)
    third = look(second.cursor)
    assert [industries(tick) for tick in (first, second, third)] == [["manufacturing"], [], ["manufacturing"]]


def test_a_name_that_is_no_text_is_a_file_like_others(side, look):
    for industry in ("construction", "manufacturing"):
        land(side, industry)
    with (side.root / "inbox/construction/mssc" / os.fsdecode(b"M\xfcller.csv")).open("w") as file:
        file.write("id\n1\n")
    first = look()
    assert industries(first) == ["construction", "manufacturing"]
    second = look(first.cursor)
    assert industries(second) == ["construction"], "it rests and is taken"
    assert look(second.cursor).run_requests == []


def test_trouble_in_one_inbox_keeps_no_other_waiting(side, look, monkeypatch):
    for industry in ("construction", "manufacturing"):
        land(side, industry)

    def look_at(folder, *rest):
        if folder.name == "construction":
            raise RuntimeError
        return landing.look_at(folder, *rest)

    monkeypatch.setattr(automation, "look_at", look_at)
    assert industries(look()) == ["manufacturing"]


def test_a_file_that_intake_refuses_for_its_size_is_not_read(side, look, monkeypatch):
    path = land(side)
    with path.open("r+b") as file:
        file.truncate(2 << 30)
    os.utime(path, (1, 1))
    monkeypatch.setattr(landing, "sha256", lambda path: pytest.fail("read"))
    first = look()
    with path.open("r+b") as file:
        file.truncate(3 << 30)
    os.utime(path, (1, 1))
    second = look(first.cursor)
    assert [industries(tick) for tick in (first, second)] == [["manufacturing"]] * 2


def test_what_a_link_out_of_the_inbox_leads_to_is_not_read(side, look, monkeypatch, tmp_path):
    path = land(side)
    (tmp_path / "outside.csv").write_text("id\n")
    os.utime(tmp_path / "outside.csv", (1, 1))
    (path.parent / "link.csv").symlink_to(tmp_path / "outside.csv")
    read = []
    monkeypatch.setattr(landing, "sha256", lambda path: (read.append(path.name), "0" * 64)[1])
    assert industries(look()) == ["manufacturing"]
    assert read == ["a.csv"]


def test_a_file_that_stays_as_it_is_is_read_once(side, look, monkeypatch):
    read = []
    monkeypatch.setattr(landing, "sha256", lambda path: (read.append(path.name), "0" * 64)[1])
    land(side)
    first = look()
    land(side, name="mssc/b.csv", content="id\n2\n")
    look(first.cursor)
    assert read == ["a.csv", "b.csv"]


def test_a_file_that_was_only_touched_is_nothing_new(side, look):
    land(side)
    first = look()
    land(side)
    again = look(first.cursor)
    assert again.run_requests == []


def test_what_is_said_beside_a_file_is_something_new(side, look):
    land(side)
    first = look()
    land(side, name="mssc/a.csv.delivery.yml", content="rows: 1\n")
    assert industries(look(first.cursor)) == ["manufacturing"]


def test_a_look_that_is_repeated_after_a_crash_asks_for_the_same_run(side, look):
    land(side)
    keys = [look().run_requests[0].run_key for _ in range(2)]
    assert keys[0] == keys[1]


@pytest.mark.parametrize("cursor", ["manufacturing=abc", "{}", "[1]", '{"manufacturing": 1}'])
def test_a_cursor_that_cannot_be_read_asks_again(side, look, cursor):
    land(side)
    assert industries(look(cursor)) == ["manufacturing"]


def test_content_that_comes_back_asks_again(side, look):
    land(side)
    first = look()
    land(side, content="id\n2\n")
    second = look(first.cursor)
    land(side)
    third = look(second.cursor)
    assert [industries(tick) for tick in (first, second, third)] == [["manufacturing"]] * 3
