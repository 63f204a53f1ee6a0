"""Small inputs that once went wrong, through the command line: who is who must come out right."""

import shutil
from pathlib import Path

import pandas as pd

CASES = Path(__file__).parents[1] / "domain" / "clearinghouse" / "cases"


def put(home: Path, case: str, inbox: tuple[str, ...], persons: tuple[str, ...]) -> None:
    """Put files of a case where its certifier and its registry would leave them."""
    feeds = home / "clearinghouse" / "inbox" / "manufacturing" / "mssc"
    registry = home / "clearinghouse" / "education" / "persons"
    for folder, names in ((feeds, inbox), (registry, persons)):
        for name in names:
            shutil.copyfile(CASES / case / name, folder / f"{case}_{name}")


def test_defaults_titles_and_marks(run, home, tmp_path):
    put(home, "08-first-of-january", ("mssc.csv", "mssc_b.csv"), ("persons.csv",))
    put(home, "20-operators-marks", ("mssc.csv", "mssc_b.csv"), ("persons.csv", "persons_b.csv"))
    # Files of so few rows are unlike the others of their sender, and wait for a person.
    assert run(home, "run", "manufacturing", "--until", "raw_feeds").code == 1
    for name in sorted(path.name for path in (home / "clearinghouse/inbox/manufacturing/mssc").glob("*_mssc*.csv")):
        assert (
            run(home, "deliveries", "release", "manufacturing", f"mssc/{name}", "--reason", "small on purpose").code
            == 0
        )
    ran = run(home, "run", "manufacturing", "--until", "linked_records")
    assert ran.code == 0, ran.err
    assert run(home, "export", "links", "manufacturing", "--out", str(tmp_path / "links.csv")).code == 0
    links = pd.read_csv(tmp_path / "links.csv", dtype=str)
    links = links[links.record_id.str.match("(JAN|JUL|MRK|TIT)")]
    # Ten people share a day and a town, ten others another day: crossed names make nobody anybody else.
    for start, persons in (("JAN", 10), ("JUL", 10), ("MRK", 10), ("TIT", 14)):
        own = links[links.record_id.str.startswith(start)]
        assert own.learner_id.nunique() == len(own) == persons
    # Those of July are not in the registry, which holds others of their day and town.
    assert (links[links.record_id.str.startswith("JUL")].status != "linked").all()
    found = links[links.status == "linked"]
    assert (found.student_id == "X" + found.record_id).all()
    named = links[links.record_id.str.match("(MRK|TIT)")]
    assert set(named.status) == {"linked"}
    # Of initials alone ("R.J.") a brother of the same first letter is not quite ruled out.
    initials = named.record_id == "TIT12"
    assert (named[~initials].match_probability.astype(float) > 0.99).all()
    assert (named[initials].match_probability.astype(float) > 0.95).all()


def test_a_student_who_stands_there_twice_is_linked_as_before(run, home, tmp_path):
    """Case 05: of the linked students 120 stand in the registry again, under other ids."""
    before = linked(run, home, tmp_path / "before.csv")
    folder = home / "clearinghouse" / "education" / "persons"
    case = pd.read_csv(CASES / "05-student-twice" / "persons.csv", dtype=str, keep_default_na=False)
    found = sorted(before[before.status == "linked"].student_id.unique())
    again = [*found[:: len(found) // len(case)]][: len(case)]
    persons = pd.read_parquet(folder / "part-0.parquet").set_index("student_id").loc[again].reset_index()
    persons["student_id"] = case.student_id
    assert list(persons.columns) == list(case.columns)
    persons.to_parquet(folder / "part-1.parquet")
    ran = run(home, "run", "manufacturing", "--until", "linked_records")
    assert ran.code == 0, ran.err
    after = linked(run, home, tmp_path / "after.csv")
    pd.testing.assert_frame_equal(after.drop(columns="match_probability"), before.drop(columns="match_probability"))
    copies = run(home, "export", "duplicate_students", "manufacturing", "--out", str(tmp_path / "copies.csv"))
    assert copies.code == 0, copies.err
    told = pd.read_csv(tmp_path / "copies.csv", dtype=str)
    assert (
        dict(zip(case.student_id, again, strict=True)).items()
        <= dict(zip(told.student_id, told.kept_student_id, strict=True)).items()
    )


def linked(run, home: Path, out: Path) -> pd.DataFrame:
    """The links of every row, in order."""
    assert run(home, "export", "links", "manufacturing", "--out", str(out)).code == 0
    return pd.read_csv(out, dtype=str).sort_values(["certifier", "record_id"], ignore_index=True)
