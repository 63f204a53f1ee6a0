"""The page: blind, inert, self-contained; and what it shows of a pair."""

import base64
import hashlib
import json
import re

import pytest

from credential_pipeline.clearinghouse.clerical_review.context import _cut, bearers
from credential_pipeline.clearinghouse.clerical_review.page import render
from credential_pipeline.clearinghouse.clerical_review.reasons import REASONS
from credential_pipeline.clearinghouse.clerical_review.sides import (
    Ends,
    Sides,
    anchors_of,
    compare,
    differences,
    read_sides,
)
from credential_pipeline.foundation.storage.engine import connect

ATTACK = "</script><img src=x onerror=alert(1)>&amp;<!--"


def _text(pieces) -> str:
    return "".join(text for text, _ in pieces)


@pytest.mark.parametrize(
    ("left", "right", "marked"),
    [
        ("1987-03-19", "1987-03-91", None),
        ("JOHN", "JON", ("H", "")),
        ("1990-01-02", "1990-01-03", ("2", "3")),
        ("MARY ANN", "MARYANN", (" ", "")),
        ("ABC", "XYZ", ("ABC", "XYZ")),
    ],
)
def test_differing_characters_are_marked(left, right, marked) -> None:
    one, two = differences(left, right)
    assert (_text(one), _text(two)) == (left, right)
    found = _text(piece for piece in one if piece[1]), _text(piece for piece in two if piece[1])
    assert found == marked if marked else any(found)


def test_states_of_a_field() -> None:
    assert compare("x", None, None) is None
    assert compare("x", "A", "A").state == "same"
    assert compare("x", "A", "B").state == "differ"
    assert (compare("x", "A", None).state, compare("x", "A", None).right) == ("left_only", ())
    assert (compare("x", None, "A").state, compare("x", None, "A").left) == ("right_only", ())


_COLUMNS = """first_name VARCHAR, middle_name VARCHAR, last_name VARCHAR, name_suffix VARCHAR, previous_last_name VARCHAR,
    birth_date DATE, sex VARCHAR, ssn_last4 VARCHAR, email VARCHAR, street VARCHAR, city VARCHAR, state VARCHAR, zip VARCHAR"""


CHANGES = {"Q4": ("left", {"last_name": "SIMTH"})}


@pytest.fixture(scope="module")
def shown() -> dict[str, Sides]:
    with connect(threads=1) as con:
        con.execute(
            f"""
            CREATE SCHEMA cleaned_learners; CREATE SCHEMA education_registry; CREATE SCHEMA linked_records;
            CREATE TABLE cleaned_learners.profiles (profile_id VARCHAR, certifier VARCHAR, person_ref VARCHAR, phone VARCHAR, {_COLUMNS});
            CREATE TABLE education_registry.persons (student_id VARCHAR, {_COLUMNS});
            CREATE TABLE cleaned_learners.credentials (certifier VARCHAR, record_id VARCHAR, profile_id VARCHAR,
                event VARCHAR, event_date DATE, training_provider VARCHAR, provider_opeid VARCHAR);
            CREATE TABLE education_registry.enrollments (student_id VARCHAR, opeid VARCHAR, institution VARCHAR,
                begin_date DATE, end_date DATE);
            CREATE TABLE linked_records.pairs (hop VARCHAR, left_id VARCHAR, right_id VARCHAR, match_weight DOUBLE);
            CREATE TABLE linked_records.profile_links (profile_id VARCHAR, learner_id VARCHAR);
            INSERT INTO cleaned_learners.profiles BY NAME SELECT * FROM (VALUES
                ('P1', 'mssc', 'R1', 'ANN', 'SMITH', DATE '1980-01-02', '1234'),
                ('P2', 'mssc', 'R1', 'ANNE', 'SMITH', DATE '1980-01-02', NULL),
                ('P3', 'mssc', 'R2', 'ANNA', 'JONES', DATE '1980-01-03', NULL),
                ('P4', 'nims', 'R2', 'NANCY', 'JONES', NULL, NULL)
            ) AS t(profile_id, certifier, person_ref, first_name, last_name, birth_date, ssn_last4);
            UPDATE cleaned_learners.profiles SET street = '1 ELM ST', zip = '45402' WHERE profile_id = 'P1';
            INSERT INTO education_registry.persons BY NAME SELECT * FROM (VALUES
                ('S1', 'ANN', 'SMYTH', DATE '1980-01-02', '2 OAK ST', '45402'),
                ('S2', 'ANN', 'SMITH', DATE '1955-07-08', '1 ELM ST', '45402'),
                ('S3', 'ANN', 'SMITH', NULL, '1 ELM ST', '90001'),
                ('S4', 'BOB', 'SMYTH', DATE '1979-03-04', '2 OAK ST', '45402')
            ) AS t(student_id, first_name, last_name, birth_date, street, zip);
            UPDATE cleaned_learners.profiles SET street = 'CAMPUS', zip = '45402' WHERE profile_id = 'P4';
            INSERT INTO education_registry.persons BY NAME
                SELECT 'D' || range AS student_id, 'CAMPUS' AS street, '45402' AS zip FROM range(73);
            INSERT INTO cleaned_learners.credentials BY NAME SELECT * FROM (VALUES
                ('mssc', 'T2', 'P1', 'award', DATE '2012-05-01', 'Oak College', '00100000'),
                ('mssc', 'T1', 'P1', 'award', DATE '2012-07-01', 'Oak College', '00100000'),
                ('mssc', 'T5', 'P1', 'attempt', DATE '2011-01-01', 'Elm College', NULL),
                ('mssc', 'T3', 'P2', 'award', DATE '2010-01-01', NULL, NULL),
                ('mssc', 'T4', 'P3', 'attempt', DATE '2010-01-01', NULL, NULL), ('nims', 'T1', 'P4', NULL, NULL, NULL, NULL)
            ) AS t(certifier, record_id, profile_id, event, event_date, training_provider, provider_opeid);
            INSERT INTO education_registry.enrollments VALUES
                ('S1', '00200000', 'First College', DATE '2001-01-11', DATE '2001-05-20'),
                ('S1', '00100000', 'OAK COLLEGE', DATE '2011-08-24', DATE '2011-12-14'),
                ('S1', '00100000', 'OAK COLLEGE', DATE '2012-01-11', DATE '2012-04-25');
            INSERT INTO linked_records.pairs VALUES
                ('student', 'P1', 'S1', 3.0), ('student', 'P2', 'S2', 9.0), ('student', 'P1', 'S3', 1.0),
                ('student', 'P4', 'S1', 2.0), ('student', 'P3', 'S1', 8.0), ('learner', 'P1', 'P3', 1.0),
                ('learner', 'P1', 'P4', 2.0), ('learner', 'P2', 'P3', NULL);
            INSERT INTO linked_records.profile_links VALUES ('P1', 'L1'), ('P2', 'L1'), ('P3', 'L1'), ('P4', 'L2');
            """
        )
        ends = [
            Ends("Q1", "student", "P1", "S1"),
            Ends("Q2", "learner", "P1", "P3"),
            Ends("Q3", "learner", "P3", "P4"),
            Ends("Q4", "student", "P1", "S1"),
        ]
        anchors = anchors_of(con, ends)
        assert (anchors[0].left_record_id, anchors[0].student_id, anchors[0].right_record_id) == ("T1", "S1", "")
        assert (anchors[1].right_certifier, anchors[1].right_record_id) == ("mssc", "T4")
        return {sides.pair_id: sides for sides in read_sides(con, ends, {"mssc": "Skill Council"}, CHANGES)}


def test_both_records_are_shown_field_by_field(shown) -> None:
    sides = shown["Q1"]
    assert (sides.left_from, sides.right_from) == ("Skill Council (mssc)", "Education registry")
    lines = {line.label: line for line in sides.lines}
    assert lines["Last name"].state == "differ"
    assert lines["Date of birth"].left == (("1980-01-02", False),)
    assert lines["Last four digits"].state == "left_only"
    assert "Middle name" not in lines


def test_other_forms_of_a_learner_stand_beside_a_student(shown) -> None:
    assert shown["Q1"].left_forms == ("ANNA · JONES · 1980-01-03", "ANNE · SMITH · 1980-01-02")
    assert shown["Q1"].right_forms == ()


def test_other_forms_do_not_give_away_that_two_profiles_are_linked(shown) -> None:
    """All three profiles are one learner; the page shows only what the sender itself said."""
    assert shown["Q2"].left_forms == ("ANNE · SMITH · 1980-01-02",)
    assert shown["Q2"].right_forms == ()


def test_a_senders_person_id_is_shown_beside_one_of_the_same_sender_only(shown) -> None:
    assert "Sender's person id" in {line.label for line in shown["Q2"].lines}
    assert "Sender's person id" not in {line.label for line in shown["Q3"].lines}
    assert "Sender's person id" not in {line.label for line in shown["Q1"].lines}


def _notes(sides: Sides) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    return {note.label: (note.left, note.right) for note in sides.notes}


def test_how_common_both_names_are_stands_there_in_words(shown) -> None:
    left, right = _notes(shown["Q1"])["Full name in the registry"]
    assert left == ("2 people in the registry bear this full name",)
    assert right == ("1 person in the registry bears this full name",)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "nobody in"),
        (9, "9 people in"),
        (10, "about 10 people"),
        (367, "about 400 people"),
        (1449, "about 1,000 people"),
    ],
)
def test_numbers_of_bearers_are_round_where_they_are_large(number, words) -> None:
    assert bearers(number).startswith(words)


def test_the_likeliest_other_candidate_of_either_side_is_shown(shown) -> None:
    """Of a learner under any of its names; not the learner's other names themselves."""
    left, right = _notes(shown["Q1"])["Likeliest other candidate"]
    assert left == ("ANN SMITH · 1955-07-08 · 1 ELM ST · 45402",)
    assert right == ("NANCY JONES · CAMPUS · 45402",)
    left, right = _notes(shown["Q2"])["Likeliest other candidate"]
    assert (left, right) == (("NANCY JONES · CAMPUS · 45402",), ("ANNE SMITH · 1980-01-02",))


def test_who_else_lives_there_is_shown_by_name_and_year(shown) -> None:
    left, right = _notes(shown["Q1"])["Others in the registry at this address"]
    assert (left, right) == (("ANN SMITH, born 1955",), ("BOB SMYTH, born 1979",))


def test_of_a_dormitory_only_the_number_is_told(shown) -> None:
    left, right = _notes(shown["Q3"])["Others in the registry at this address"]
    assert (left, right) == ((), ("about 70 students",))


def test_training_is_shown_where_both_sides_have_it_and_the_shared_institution_first(shown) -> None:
    left, right = _notes(shown["Q1"])["Trained or enrolled"]
    assert left == ("Oak College (00100000), award 2012-05-01 to 2012-07-01",)
    assert right == (
        "OAK COLLEGE (00100000), enrolled 2011-08-24 to 2012-04-25",
        "First College (00200000), enrolled 2001-01-11 to 2001-05-20",
    )
    assert "Trained or enrolled" not in _notes(shown["Q2"])


def test_context_follows_what_is_shown(shown) -> None:
    """An altered record is asked for by its altered name, or the page would contradict itself."""
    assert {line.label: line for line in shown["Q4"].lines}["Last name"].left != ()
    left, _ = _notes(shown["Q4"])["Full name in the registry"]
    assert left == ("nobody in the registry bears this full name",)
    same = ("Likeliest other candidate", "Others in the registry at this address", "Trained or enrolled")
    assert all(_notes(shown["Q4"])[label] == _notes(shown["Q1"])[label] for label in same)


def test_no_more_lines_than_can_be_read(shown) -> None:
    assert _cut(list("abcd")) == ("a", "b", "c", "d")
    assert _cut(list("abcdef")) == ("a", "b", "c", "and 3 more")


@pytest.fixture(scope="module")
def page() -> str:
    line = compare("Last name", ATTACK, "SMITH")
    return render("manufacturing", "b001", [Sides("Q1", ATTACK, "Education registry", (line,), (ATTACK,))]).decode()


def test_values_cannot_become_markup(page) -> None:
    assert "<img" not in page
    assert page.count("</script>") == 2
    data = json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)[1])
    assert data["pairs"][0]["left_from"] == ATTACK


def test_policy_allows_the_pages_own_script_and_style_only(page) -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert "http" not in policy
    for kind, pattern in (("script", r"<script>(.*?)</script>"), ("style", r"<style>(.*?)</style>")):
        digest = hashlib.sha256(re.search(pattern, page, re.DOTALL)[1].encode()).digest()
        assert f"{kind}-src 'sha256-{base64.b64encode(digest).decode()}'" in policy


def test_nothing_is_loaded_and_no_text_is_set_as_markup(page) -> None:
    own = re.sub(r'id="data">.*?</script>', "", page, flags=re.DOTALL)
    assert not re.search(r"https?://|src=|@import|url\(|innerHTML|insertAdjacentHTML|document\.write|eval\(", own)


def test_the_page_is_blind_to_scores(page) -> None:
    data = json.loads(re.search(r'id="data">(.*?)</script>', page, re.DOTALL)[1])
    assert set(data["pairs"][0]) == {
        "pair_id",
        "left_from",
        "right_from",
        "lines",
        "left_forms",
        "right_forms",
        "notes",
    }
    assert set(data) == {"industry", "batch", "digest", "reasons", "pairs"}


def test_same_content_same_bytes(page) -> None:
    line = compare("Last name", ATTACK, "SMITH")
    again = render("manufacturing", "b001", [Sides("Q1", ATTACK, "Education registry", (line,), (ATTACK,))])
    assert again.decode() == page


def test_as_many_keys_are_told_as_there_are_reasons(monkeypatch) -> None:
    assert f"(keys 1 to {len(REASONS)}, before you decide)" in render("manufacturing", "b001", []).decode()
    monkeypatch.setitem(REASONS, "other", "Something else")
    assert "(keys 1 to 7, before you decide)" in render("manufacturing", "b001", []).decode()
