"""Planted pairs: their answers are true, they look like the others, and only the steward's key tells them apart."""

import hashlib
import json
import re
from collections import Counter
from types import SimpleNamespace

import pytest

from credential_pipeline.clearinghouse.clerical_review import planting, steward
from credential_pipeline.clearinghouse.clerical_review.batches import load_batches, shown_pairs
from credential_pipeline.clearinghouse.clerical_review.decisions import make_review_folder
from credential_pipeline.clearinghouse.clerical_review.issue import Source, issue_sample
from credential_pipeline.clearinghouse.clerical_review.planting import PLANTED, plant
from credential_pipeline.clearinghouse.clerical_review.sampling import draw
from credential_pipeline.clearinghouse.clerical_review.steward import Keyed
from credential_pipeline.clearinghouse.linked_records.link import link
from credential_pipeline.foundation.storage.engine import connect
from tests.domain.engines.linkage_world import make_world, put_feeds

INDUSTRY = SimpleNamespace(
    industry="manufacturing",
    linkage=SimpleNamespace(link_threshold=0.3, review_threshold=0.15, max_candidate_pairs=10**8, max_wrong_share=0.5),
)
KEY = Keyed(bytes(range(32)))


@pytest.fixture(scope="module")
def world():
    """A connection with linked tables, and who every profile and student is in truth."""
    # So many errors that the linkage itself errs: what is planted must be true all the same.
    made = make_world(6000, 1200, seed=3, level=2.0)
    with connect(threads=1) as con:
        put_feeds(con, made)
        con.execute("CREATE SCHEMA linked_records")
        con.execute(
            "CREATE TABLE education_registry.enrollments (student_id VARCHAR, opeid VARCHAR, institution VARCHAR, "
            "begin_date DATE, end_date DATE)"
        )
        link(con, INDUSTRY)
        person = dict(zip(made.profiles["profile_id"], made.profiles["person"], strict=True))
        person |= dict(zip(made.students["student_id"], made.students["person"], strict=True))
        yield con, person


@pytest.fixture(scope="module")
def planted(world):
    """What is planted under thirty keys, each with a sample of its own."""
    con, _ = world
    made = []
    for number in range(30):
        drawn = draw(con, 60, f"seed {number}").pairs
        made.append((drawn, plant(con, drawn, Keyed(bytes([number]) * 32), "b001")))
    return made


def test_every_answer_is_true(world, planted) -> None:
    _, person = world
    seen: Counter = Counter()
    for _, pairs in planted:
        for one in pairs:
            same = person[one.ends.left_id] == person[one.ends.right_id]
            seen[one.ends.hop, one.answer, same] += 1
    assert {answer == "match" for _, answer, same in seen if not same} == {False}
    assert {answer == "match" for _, answer, same in seen if same} == {True}
    assert sum(seen.values()) == 30 * PLANTED


def test_half_of_them_match_and_nobody_is_met_twice(planted) -> None:
    for drawn, pairs in planted:
        assert Counter(one.answer for one in pairs) == {"match": PLANTED // 2, "no_match": PLANTED // 2}
        ends = [end for one in pairs for end in (one.ends.left_id, one.ends.right_id)]
        assert len(ends) == len(set(ends))
        shown = {end for pair in drawn for end in (pair.left_id, pair.right_id)}
        assert not shown & set(ends)


def test_pairs_of_two_records_and_with_students_both_hold_some(planted) -> None:
    hops = Counter(one.ends.hop for _, pairs in planted for one in pairs)
    assert min(hops.values()) > 0.25 * hops.total()


def test_a_match_is_altered_in_one_field_and_others_not_at_all(world, planted) -> None:
    con, _ = world
    columns = "first_name, last_name, birth_date::VARCHAR"
    rows = con.execute(f"SELECT profile_id, {columns} FROM cleaned_learners.profiles").fetchall()
    own = {row[0]: dict(zip(("first_name", "last_name", "birth_date"), row[1:], strict=True)) for row in rows}
    kinds = Counter()
    for _, pairs in planted:
        for one in pairs:
            assert len(one.changes) == (one.answer == "match")
            for column, value in one.changes.items():
                kinds[column] += 1
                before = own[one.ends.left_id if one.altered_side == "left" else one.ends.right_id][column]
                assert value != before
                assert abs(len(value) - len(before)) <= 1
                assert sum((Counter(value) - Counter(before)).values()) <= 2
    assert set(kinds) == {"first_name", "last_name", "birth_date"}


def test_the_same_key_plants_the_same_and_another_one_others(world) -> None:
    con, _ = world
    drawn = draw(con, 60, 1).pairs
    first = plant(con, drawn, KEY, "b001")
    assert first == plant(con, drawn, KEY, "b001")
    for other in (plant(con, drawn, Keyed(b"x" * 32), "b001"), plant(con, drawn, KEY, "b002")):
        assert not {one.ends.pair_id for one in first} & {one.ends.pair_id for one in other}


def test_where_no_certain_pair_is_to_be_had_none_is_planted(world) -> None:
    con, _ = world
    con.execute("BEGIN")
    con.execute("UPDATE education_registry.persons SET birth_date = NULL")
    # Matches of two records remain; planted alone, they would pass whoever always says match.
    assert plant(con, draw(con, 60, 1).pairs, KEY, "b001") == []
    con.execute("ROLLBACK")


def test_what_people_decided_is_not_planted(world) -> None:
    con, _ = world
    drawn = draw(con, 60, 1).pairs
    before = [one.ends for one in plant(con, drawn, KEY, "b001") if one.ends.hop == "student"]
    decided = before[0]
    con.execute("BEGIN")
    con.execute(
        "INSERT INTO linked_records.pairs BY NAME SELECT 'Qx' AS pair_id, 'student' AS hop, ? AS left_id, ? AS right_id, "
        "false AS linked, 'no_match' AS reviewed",
        [decided.left_id, decided.right_id],
    )
    after = {(one.ends.left_id, one.ends.right_id) for one in plant(con, drawn, KEY, "b001")}
    con.execute("ROLLBACK")
    assert (decided.left_id, decided.right_id) not in after
    assert len(after) == PLANTED


def test_one_name_on_most_rows_is_left_alone(world, monkeypatch) -> None:
    con, _ = world
    monkeypatch.setattr(planting, "_CROWD", 40)
    con.execute("BEGIN")
    con.execute(
        "UPDATE education_registry.persons SET last_name = 'STUDENT', first_name = 'A' WHERE hash(student_id) % 5 < 2"
    )
    con.execute(
        "UPDATE cleaned_learners.profiles SET last_name = 'STUDENT', first_name = 'A' WHERE hash(profile_id) % 5 < 2"
    )
    sources = planting._sources(con, draw(con, 60, 1).pairs, "salt")
    crowd = con.execute("SELECT profile_id FROM cleaned_learners.profiles WHERE last_name = 'STUDENT'").fetchall()
    con.execute("ROLLBACK")
    others = {one.left_id for one in sources if (one.hop, one.answer) == ("student", "no_match")}
    assert others
    assert not others & {profile for (profile,) in crowd}


def _issue(con, folder, seed: int = 1):
    batch, page = issue_sample(con, folder, Source("manufacturing", "v", {}), 60, seed, None)
    data = json.loads(re.search(r'id="data">(.*?)</script>', page.read_text(), re.DOTALL)[1])
    return batch, page, data


@pytest.fixture(scope="module")
def issued(world, tmp_path_factory):
    folder = make_review_folder(tmp_path_factory.mktemp("issued"), "manufacturing")
    # A key of its own would draw other pairs each time, and of so few one may hold a line that no other holds.
    steward.steward_key(folder)
    key = folder / steward.FOLDER / steward.KEY
    key.write_text("5a" * (len(key.read_text()) // 2))
    return folder, *_issue(world[0], folder)


def test_the_page_holds_the_planted_pairs_among_the_others(issued) -> None:
    folder, batch, _, data = issued
    assert (len(batch.pairs), len(batch.planted)) == (60, PLANTED)
    ids = [pair["pair_id"] for pair in data["pairs"]]
    assert ids == [pair.pair_id for pair in shown_pairs(batch)]
    assert len(set(ids)) == 60 + PLANTED
    assert load_batches(folder) == [batch]
    assert batch.reading_seconds > 1
    # Spread over the page.
    places = [known.place for known in batch.planted]
    assert min(places) < 20
    assert max(places) > 55


def test_nothing_on_the_page_or_in_the_batchs_file_tells_them_apart(issued) -> None:
    folder, batch, page, data = issued
    assert "planted" not in page.read_text().lower()
    known = set(batch.truth)
    assert all(re.fullmatch(r"Q[0-9a-f]{16}", pair["pair_id"]) for pair in data["pairs"])
    assert {frozenset(pair) for pair in data["pairs"]} == {frozenset(data["pairs"][0])}
    labels = {
        flag: {line["label"] for pair in data["pairs"] if (pair["pair_id"] in known) is flag for line in pair["lines"]}
        for flag in (True, False)
    }
    assert labels[True] <= labels[False]
    raw = json.loads((folder / "b001" / "batch.json").read_text())
    strata = {pair["stratum"] for pair in raw["pairs"] if pair["pair_id"] not in known}
    for pair in raw["pairs"]:
        assert set(pair) == {"pair_id", "anchor", "stratum", "origin"}
        assert pair["stratum"] in strata
        assert pair["origin"] == "b001"


def test_the_seed_does_not_give_them_away(issued) -> None:
    """Pairs are drawn and put in order by hashes of their ids: if the seed were enough, planted ids would stand out."""
    _, batch, _, data = issued

    def rank(word: str) -> list[str]:
        return sorted(
            (pair["pair_id"] for pair in data["pairs"]),
            key=lambda pair: hashlib.md5(f"{word}{pair}".encode()).hexdigest(),
        )

    known = set(batch.truth)
    last = rank("draw 1 ")[-PLANTED:]
    assert len(known & set(last)) < PLANTED // 2
    order = [pair["pair_id"] for pair in data["pairs"] if pair["pair_id"] not in known]
    assert order != [pair for pair in rank("order 1 ") if pair not in known]


def test_the_same_data_and_key_give_the_same_bytes(world, issued, tmp_path) -> None:
    folder, batch, page, _ = issued
    again = make_review_folder(tmp_path, "manufacturing")
    steward.steward_key(again)
    key = (folder / steward.FOLDER / steward.KEY).read_bytes()
    (again / steward.FOLDER / steward.KEY).write_bytes(key)
    other, written, _ = _issue(world[0], again)
    assert (other, written.read_bytes()) == (batch, page.read_bytes())


def test_the_steward_keeps_answers_and_no_names(issued) -> None:
    folder, batch, _, _ = issued
    kept = json.loads((folder / steward.FOLDER / "b001.json").read_text())
    assert kept == dict(batch.truth)
    assert set(kept.values()) == {"match", "no_match"}
    outside = [path for path in folder.rglob("*") if path.is_file() and steward.FOLDER not in path.parts]
    assert not any(b'"no_match"' in path.read_bytes() and path.name == "batch.json" for path in outside)
