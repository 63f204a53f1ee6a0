"""A canary learner, known by a name that nobody else has, walks through the pipeline, also where it fails.

Afterwards her name, birth date and e-mail are looked for everywhere but in the few places that may hold identities.
"""

import json
import re
from pathlib import Path

import duckdb
import pytest

from credential_pipeline.foundation.contracts import SNAPSHOTS
from credential_pipeline.foundation.names import Sensitivity
from tests.boundary.search import occurrences
from tests.pipeline.conftest import Answer, command
from tests.pipeline.reviewing import planted, write_decisions

NAME = "QUUXINGTON"
WORDS = (NAME.encode(), NAME.title().encode(), b"zebulonia@", b"1987-03-19", b"03/19/1987")

#: What may hold identities: the sides' inputs, their locked logs and keys, and the store of tables called identified.
_IDENTIFIED = (
    "clearinghouse/inbox",
    "clearinghouse/archive",
    "clearinghouse/education",
    "clearinghouse/vault.log",
    "clearinghouse/review/manufacturing/b001/batch.html",
    "enclave/reference",
    "enclave/vault.log",
    "truth",
)


@pytest.fixture(scope="module")
def spoiled(tmp_path_factory) -> tuple[Path, list[Answer]]:
    """A home with the canary in every input, run to the end and then into several failures."""
    home = tmp_path_factory.mktemp("canary") / "home"
    answers = [command(home, "simulate", "--learners", "400", "--registry-size", "2500", "--industry", "manufacturing")]
    assert answers[0].code == 0, answers[0].err
    feed = max((home / "clearinghouse" / "inbox" / "manufacturing" / "mssc").glob("*.csv"))
    _plant_in_feed(feed)
    _plant(home / "clearinghouse" / "education" / "persons", "student_id = 'S-CANARY', ferpa_block = 'N'")
    _plant(home / "enclave" / "reference" / "persons", "person_key = 'K-CANARY'")
    answers.append(command(home, "run", "manufacturing"))
    assert answers[-1].code == 0, answers[-1].err
    answers.append(command(home, "status", "manufacturing"))
    answers.append(
        command(home, "export", "quarantine", "manufacturing", "--out", str(home / "public" / "quarantine.csv"))
    )
    answers.append(
        command(home, "export", "deliveries", "manufacturing", "--out", str(home / "public" / "deliveries.csv"))
    )
    # Before reviewers have said anything, so that nothing is linked anew on the way to the failures.
    answers += _failures(home, feed)
    answers += _review(home)
    answers += _ledgers(home)
    return home, answers


def _ledgers(home: Path) -> list[Answer]:
    """Who asks the ledgers and the releases is told of her by ids only."""
    folder = home / "clearinghouse" / "store" / "linked_records" / "manufacturing"
    path = folder / (folder / "CURRENT").read_text() / "learners.parquet"
    ((learner_id,),) = duckdb.execute(f"SELECT learner_id FROM '{path}' WHERE student_id = 'S-CANARY'").fetchall()
    answers = [
        command(home, "ledger", "who", learner_id),
        command(home, "ledger", "verify"),
        command(home, "release", "status", "manufacturing"),
    ]
    assert "1 disclosures hold this learner" in answers[0].out
    assert [answer.code for answer in answers] == [0, 0, 0], [answer.err for answer in answers]
    return answers


def _review(home: Path) -> list[Answer]:
    """Every pair goes to reviewers, hers too; what they say of her comes back, first with a mistake in it."""
    answers = [command(home, "review", "export", "manufacturing", "--size", "100000")]
    assert answers[0].code == 0, answers[0].err
    folder = home / "clearinghouse" / "review" / "manufacturing"
    batch, known = json.loads((folder / "b001" / "batch.json").read_text()), planted(folder)
    pairs = {pair["pair_id"]: pair["anchor"]["student_id"] for pair in batch["pairs"] if pair["pair_id"] not in known}
    hers = next(pair for pair, student in pairs.items() if student == "S-CANARY")
    file = home / "public" / "decisions.csv"
    for decision in (NAME, "match"):
        write_decisions(file, "r1", known | {hers: decision})
        answers.append(command(home, "review", "import", "manufacturing", "--single", str(file)))
    assert [answer.code for answer in answers] == [0, 1, 0], [answer.err for answer in answers]
    return answers


def _plant_in_feed(feed: Path) -> None:
    """Take the last good row of the feed and make it the canary's; add a row of hers that cannot be read."""
    lines = feed.read_text().rstrip("\n").split("\n")
    header = lines[0].split(",")
    row = dict(zip(header, lines[1].split(","), strict=True))
    for column in header:
        if column in {"Last Name", "LastName"}:
            row[column] = NAME.title()
        elif "DOB" in column or "Birth" in column:
            row[column] = "03/19/1987"
        elif "mail" in column:
            row[column] = "zebulonia@example.org"
    first = header[0]
    rows = [{**row, first: "CANARY-1"}, {**row, first: "CANARY-2"}]
    text = [",".join(entry[column] for column in header) for entry in rows]
    feed.write_text("\n".join([*lines, text[0], text[1] + ",one,too,many"]) + "\n")


def _plant(folder: Path, changes: str) -> None:
    source = next(folder.glob("*.parquet"))
    columns = {row[0] for row in duckdb.execute(f"DESCRIBE SELECT * FROM '{source}'").fetchall()}
    wanted = dict(part.split(" = ") for part in changes.split(", "))
    wanted |= {"last_name": f"'{NAME}'", "birth_date": "DATE '1987-03-19'"}
    wanted |= {"email": "'zebulonia@example.org'"} if "email" in columns else {}
    replaced = ", ".join(f"{value} AS {name}" for name, value in wanted.items())
    query = f"COPY (SELECT * REPLACE ({replaced}) FROM '{source}' LIMIT 1) TO '{folder / 'canary.parquet'}' (FORMAT parquet)"
    duckdb.execute(query)


def _failures(home: Path, feed: Path) -> list[Answer]:
    answers = []
    good = feed.read_bytes()
    # The first row as header: an unknown header must not be echoed, for it may be a person.
    feed.write_bytes(b"\n".join(reversed(good.rstrip(b"\n").split(b"\n"))) + b"\n")
    answers.append(command(home, "run", "manufacturing", "--until", "raw_feeds"))
    feed.write_bytes(good)
    persons = home / "clearinghouse" / "education" / "persons" / "canary.parquet"
    kept = persons.read_bytes()
    persons.write_bytes(b"not a Parquet file, but holds " + WORDS[0])
    answers.append(command(home, "run", "manufacturing"))
    persons.write_bytes(kept)
    reference = home / "enclave" / "reference" / "persons"
    text = "person_key,first_name,last_name,birth_date\nK1,Zebulonia," + NAME + "," + NAME + "\n"
    (reference / "broken.csv").write_text(text)
    answers.append(command(home, "run", "manufacturing"))
    (reference / "broken.csv").unlink()
    assert all(answer.code == 1 for answer in answers), [answer.err for answer in answers]
    return answers


def test_the_canary_went_through(spoiled):
    home, _ = spoiled
    folder = home / "clearinghouse" / "store" / "cleaned_learners" / "manufacturing"
    path = folder / (folder / "CURRENT").read_text() / "profiles.parquet"
    assert duckdb.execute(f"SELECT count(*) FROM '{path}' WHERE last_name = '{NAME}'").fetchall() == [(1,)]


def test_reviewers_saw_her(spoiled):
    home, _ = spoiled
    folder = home / "clearinghouse" / "review" / "manufacturing"
    assert WORDS[0] in (folder / "b001" / "batch.html").read_bytes()
    assert b"S-CANARY" in (folder / "decisions.csv").read_bytes()


def test_nothing_that_was_printed_names_her(spoiled):
    _, answers = spoiled
    for answer in answers:
        for word in WORDS:
            assert word.decode() not in answer.out + answer.err


def test_no_file_outside_the_identified_places_names_her(spoiled):
    """Neither its name nor its content, Dagster's databases and the ledgers included; tables are looked at below."""
    home, _ = spoiled
    words = re.compile(b"|".join(re.escape(word) for word in WORDS))
    allowed = [pattern for place in _IDENTIFIED for pattern in (place, f"{place}/*")]
    assert occurrences(home, words, [*allowed, "*.parquet"]) == {}


def test_no_table_beyond_the_identified_ones_names_her(spoiled):
    home, _ = spoiled
    allowed = {
        f"{snapshot.name}/{table.name}.parquet"
        for snapshot in SNAPSHOTS.values()
        for table in snapshot
        if table.sensitivity is Sensitivity.IDENTIFIED
    }
    looked_at = 0
    for path in [*home.glob("*/store/**/*.parquet"), *(home / "public").rglob("*.parquet")]:
        snapshot = path.relative_to(home).parts[2]
        if f"{snapshot}/{path.name}" in allowed:
            continue
        looked_at += 1
        hits = duckdb.execute(
            f"SELECT count(*) FROM (SELECT CAST(t AS VARCHAR) AS line FROM '{path}' AS t)"
            f" WHERE line ILIKE '%{NAME}%' OR line ILIKE '%zebulonia@%'"
        ).fetchall()[0][0]
        assert hits == 0, path.relative_to(home)
    assert looked_at > 10


def test_the_locked_logs_are_locked(spoiled):
    home, _ = spoiled
    for path in home.glob("*/vault.log"):
        assert path.stat().st_mode & 0o077 == 0


def test_no_identifier_beyond_the_keys():
    forbidden = {
        "first_name",
        "last_name",
        "birth_date",
        "street",
        "email",
        "ssn_last4",
        "student_id",
        "row_id",
        "phone",
    }
    for name in ("person_keys", "outcome_tables", "outcome_release", "published_outcomes"):
        for table in SNAPSHOTS[name]:
            if (name, table.name) != ("person_keys", "person_links"):
                assert not forbidden & set(table.column_names), (name, table.name)
