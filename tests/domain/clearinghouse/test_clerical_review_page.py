"""The page: blind, inert, self-contained; and what it shows of a pair."""

import base64
import hashlib
import json
import re

import pytest

from credential_pipeline.clearinghouse.clerical_review.page import render
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


@pytest.fixture(scope="module")
def shown() -> dict[str, Sides]:
    with connect(threads=1) as con:
        con.execute(
            f"""
            CREATE SCHEMA cleaned_learners; CREATE SCHEMA education_registry; CREATE SCHEMA linked_records;
            CREATE TABLE cleaned_learners.profiles (profile_id VARCHAR, certifier VARCHAR, person_ref VARCHAR, phone VARCHAR, {_COLUMNS});
            CREATE TABLE education_registry.persons (student_id VARCHAR, {_COLUMNS});
            CREATE TABLE cleaned_learners.credentials (certifier VARCHAR, record_id VARCHAR, profile_id VARCHAR);
            CREATE TABLE linked_records.profile_links (profile_id VARCHAR, learner_id VARCHAR);
            INSERT INTO cleaned_learners.profiles BY NAME SELECT * FROM (VALUES
                ('P1', 'mssc', 'R1', 'ANN', 'SMITH', DATE '1980-01-02', '1234'),
                ('P2', 'mssc', 'R1', 'ANNE', 'SMITH', DATE '1980-01-02', NULL),
                ('P3', 'mssc', 'R2', 'ANNA', 'JONES', DATE '1980-01-03', NULL),
                ('P4', 'nims', 'R2', 'NANCY', 'JONES', NULL, NULL)
            ) AS t(profile_id, certifier, person_ref, first_name, last_name, birth_date, ssn_last4);
            INSERT INTO education_registry.persons BY NAME
                SELECT 'S1' AS student_id, 'ANN' AS first_name, 'SMYTH' AS last_name, DATE '1980-01-02' AS birth_date;
            INSERT INTO cleaned_learners.credentials VALUES
                ('mssc', 'T2', 'P1'), ('mssc', 'T1', 'P1'), ('mssc', 'T3', 'P2'), ('mssc', 'T4', 'P3'), ('nims', 'T1', 'P4');
            INSERT INTO linked_records.profile_links VALUES ('P1', 'L1'), ('P2', 'L1'), ('P3', 'L1'), ('P4', 'L2');
            """
        )
        ends = [
            Ends("Q1", "student", "P1", "S1"),
            Ends("Q2", "learner", "P1", "P3"),
            Ends("Q3", "learner", "P3", "P4"),
        ]
        anchors = anchors_of(con, ends)
        assert (anchors[0].left_record_id, anchors[0].student_id, anchors[0].right_record_id) == ("T1", "S1", "")
        assert (anchors[1].right_certifier, anchors[1].right_record_id) == ("mssc", "T4")
        return {sides.pair_id: sides for sides in read_sides(con, ends, {"mssc": "Skill Council"})}


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
    assert set(data["pairs"][0]) == {"pair_id", "left_from", "right_from", "lines", "left_forms", "right_forms"}
    assert set(data) == {"industry", "batch", "digest", "reasons", "pairs"}


def test_same_content_same_bytes(page) -> None:
    line = compare("Last name", ATTACK, "SMITH")
    again = render("manufacturing", "b001", [Sides("Q1", ATTACK, "Education registry", (line,), (ATTACK,))])
    assert again.decode() == page
