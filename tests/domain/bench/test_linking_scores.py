"""The benchmarks' own sums: scores on cases done by hand, and bounds that are held or marked as missed.

Not here: the worlds that are scored (test_linking_worlds.py).
"""

from dataclasses import replace

import pandas as pd
import pytest

from credential_pipeline.foundation.storage.engine import connect
from tests.bench.linking import bounds, judging, method_jobs, methods, pilot, scale, world
from tests.bench.linking.scores import Score


def test_scores_are_those_of_the_definitions():
    score = Score(found=8, true=10, right=6)
    assert (score.precision, score.recall) == (0.75, 0.6)
    assert score.f1 == pytest.approx(2 * 0.75 * 0.6 / (0.75 + 0.6))


def test_nothing_found_scores_nothing():
    assert Score(0, 5, 0).precision == Score(0, 5, 0).f1 == Score(0, 0, 0).f1 == 0.0


def _judgement(folder, links):
    feed = [
        {"certifier": "guild", "record_id": str(n), "first_name": name, "last_name": "Lee", "birth_date": "1990-01-02"}
        for n, name in enumerate(("Ann", "Bob", "Cy", "Di"), start=1)
    ]
    persons = [
        {"student_id": student, "first_name": name, "last_name": "Lee", "birth_date": "1990-01-02"}
        for student, name in (("A", "Ann"), ("A2", "Anne"), ("B", ""), ("D", "Di"))
    ]
    whose = {"A": "1", "A2": "1", "B": "2", "D": "4"}
    truth = [
        {
            "certifier": "guild",
            "record_id": str(n),
            "person_id": str(n),
            "household": str(min(n, 3)),
            "sex": "FM"[n % 2],
        }
        for n in range(1, 5)
    ]
    truth[1]["notes"] = "role"
    students = [
        {"student_id": student, "person_id": person, "household": str(min(int(person), 3))}
        for student, person in whose.items()
    ]
    layout = world.Layout("guild")
    rows = [{**row, "credential_code": "A", "event_date": "2012-01-01"} for row in feed]
    world.write(folder, {layout: rows}, persons, truth, students)
    columns = ("certifier", "record_id", "student_id", "match_probability")
    world.write_csv(
        folder / "links.csv", columns, [dict(zip(columns, ("guild", *link), strict=True)) for link in links]
    )
    return judging.judge(folder, folder / "links.csv")


def test_any_row_of_the_right_student_is_right_and_a_link_of_somebody_unknown_is_wrong(tmp_path):
    judged = _judgement(tmp_path, [("1", "A2", "1.0"), ("2", "", ""), ("3", "D", "0.97"), ("4", "D", "0.9")])
    assert judged.score == Score(found=3, true=3, right=2)
    assert judged.bands == ((1, 1), (1, 0), (1, 1))
    assert judged.lost == ((1, "no link | role | first- last= birth= street- digits-"),)
    assert judged.wrong == ((1, "a relative, is not in the registry | firstx last= birth= street- digits-"),)


def test_a_row_that_a_method_never_mentions_is_unlinked(tmp_path):
    assert _judgement(tmp_path, [("1", "A", "1.0")]).score == Score(found=1, true=3, right=1)


def test_pairs_of_duplicates_count_once_in_either_order(tmp_path):
    truth = [{"certifier": "g", "record_id": str(n), "person_id": person} for n, person in enumerate("aaab")]
    world.write_csv(tmp_path / "truth.csv", world.TRUTH, truth)
    pairs = [("0", "1"), ("1", "0"), ("2", "3")]
    world.write_csv(
        tmp_path / "pairs.csv",
        ("left_id", "right_id"),
        [{"left_id": left, "right_id": right} for left, right in pairs],
    )
    assert judging.judge_pairs(tmp_path, tmp_path / "pairs.csv").score == Score(found=2, true=3, right=1)


def test_a_must_that_is_missed_is_marked_and_counts():
    good = judging.Judged(Score(1000, 1000, 999), ((900, 900), (50, 50), (50, 49)))
    line, missed = bounds.line("usual", "this product", good, 10.0, 0.5, held=True)
    assert not missed
    assert "0.990 (0.998) ✓" in line
    few = judging.Judged(Score(900, 1000, 899))
    assert bounds.line("usual", "this product", few, 10.0, 0.5, held=True)[1]
    assert not bounds.line("usual", "exact join", few, 10.0, 0.5, held=False)[1], "other methods are held to nothing"
    assert bounds.sure([good])[1] is False
    assert bounds.sure([judging.Judged(Score(9, 9, 9), ((1000, 997), (0, 0), (0, 0)))])[1]


def test_a_gap_between_groups_above_the_bound_counts_as_missed():
    groups = {"race": {"a": Score(99, 100, 99), "b": Score(97, 100, 97)}}
    judged = judging.Judged(Score(196, 200, 196), groups=groups)
    assert judged.gap("race") == pytest.approx(0.02)
    lines, missed = bounds.group_lines("usual", "this product", judged, held=True)
    assert missed
    assert "0.0200" in lines[0]
    assert not bounds.group_lines("heavy", "this product", judged, held=True)[1]


def test_each_left_record_keeps_its_best_right_one_in_any_order():
    rows = [("1", "A", 0.6), ("1", "B", 0.9), ("2", "B", 0.8), ("2", "A", 0.8), ("3", "C", 0.49)]
    for given in (rows, rows[::-1]):
        found = pd.DataFrame(given, columns=["left_id", "right_id", "probability"])
        kept = method_jobs.best_right(found)
        assert list(zip(kept["left_id"], kept["right_id"], strict=True)) == [("1", "B"), ("2", "A")]


def test_an_exact_join_reads_the_raw_tables_as_anybody_would_prepare_them(tmp_path):
    _judgement(tmp_path, [])
    tables = methods.read(tmp_path, duplicates=False)
    assert tables.columns == {"first_name", "last_name", "birth_date"}
    found = methods.exact(tables)
    assert set(zip(found["left_id"], found["right_id"], strict=True)) == {("guild 1", "A"), ("guild 4", "D")}


def test_pilot_counts_links_by_group():
    with connect() as con:
        con.execute(
            "CREATE TEMP TABLE judged AS SELECT * FROM (VALUES ('F', 'A', NULL, 'A'), ('F', 'B', 'B', 'C'), "
            "('M', NULL, NULL, 'D'), ('M', 'E', 'E', NULL)) t(sex, found, exact, right_one)"
        )
        assert pilot.score(con, "found", "true") == Score(3, 3, 1)
        assert pilot.score(con, "found", "sex = 'F'") == Score(2, 2, 1)
        assert pilot.score(con, "exact", "true") == Score(2, 3, 0)


def test_a_size_above_a_bound_is_marked_and_counts_as_missed():
    good = scale.Measured(cpu=4.0, peak=0.5, ratio=30.0, line="")
    assert "✗" not in scale._verdict(1_000_000, good)[0]
    shown, missed = scale._verdict(1_000_000, replace(good, cpu=11.0))
    assert missed
    assert "10 CPU-s ✗" in shown
    assert not scale._verdict(1_000_000, replace(good, cpu=9.0))[1], "an aim that is missed fails nothing"
    assert scale._verdict(2_000_000, replace(good, ratio=91.0))[1]
