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
    ran = run(home, "run", "manufacturing", "--until", "linked_records", drawn=False)
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
    assert (named.match_probability.astype(float) > 0.99).all()
