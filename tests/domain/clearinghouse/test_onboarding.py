"""Files of unknown senders: what is proposed, what is asked, and that no person's value is told.

Not here: the layouts of dates (test_onboarding_dates.py).
"""

import gzip
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
import yaml

from credential_pipeline.clearinghouse.onboarding.dry_run import try_out
from credential_pipeline.clearinghouse.onboarding.propose import propose
from credential_pipeline.clearinghouse.onboarding.reading import read_table
from credential_pipeline.clearinghouse.onboarding.words import words_of
from credential_pipeline.clearinghouse.onboarding.yaml_text import certifier_yaml, trial_document
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.registry.load import load_registry
from credential_pipeline.foundation.storage.engine import connect
from tests.domain.clearinghouse.onboarding_dialects import DIALECTS, HELD_OUT, Dialect
from tests.domain.clearinghouse.onboarding_world import CANARY, HEADER, asked, proposed, rows, taken_for, tried


def right(folder: Path, dialect: Dialect) -> list[bool]:
    found = taken_for(proposed(folder, dialect.content))
    return [bool(set(wanted.split("|")) & found[column]) for column, wanted in dialect.truth.items()]


@pytest.mark.parametrize("make", [*DIALECTS, *HELD_OUT])
def test_columns_of_unknown_dialects_are_found(tmp_path, make):
    dialect = make()
    told = right(tmp_path, dialect)
    assert sum(told) >= 0.9 * len(told), [c for c, ok in zip(dialect.truth, told, strict=True) if not ok]


@pytest.mark.parametrize("make", [*DIALECTS, *HELD_OUT])
def test_a_proposal_loads_and_reads_nearly_every_row(tmp_path, make):
    dialect = make()
    proposal = proposed(tmp_path, dialect.content, dialect.name)
    (tmp_path / "certifiers").mkdir()
    (tmp_path / "certifiers" / f"{dialect.name}.yml").write_text(certifier_yaml(proposal), encoding="utf-8")
    certifier = load_registry(tmp_path).certifier(dialect.name)
    assert {*certifier.source_columns, *certifier.ignored} == set(proposal.table.header)
    trial = tried(tmp_path, proposal)
    assert trial.refused == ""
    waiting = trial.set_aside.pop("UNKNOWN_EVENT", (0, ()))[0]
    assert not trial.set_aside
    assert trial.rows == trial.accepted + trial.duplicates + waiting == 240
    assert trial.duplicates < 5


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("StudentEmployeeID", ["person", "person", "id"]),
        ("clientcandidateid", ["person", "person", "id"]),
        ("E-Mail", ["e", "email"]),
        ("NCCER Card #", ["nccer", "card", "id"]),
        ("Date of Birth", ["date", "birth"]),
        ("SSN (last 4)", ["ssn", "last", "4"]),
        ("Prüfungsdatum", ["issued"]),
        ("Result(Pass/Fail)", ["result", "pass", "fail"]),
        ("D.O.B. (MM/DD/YY)", ["birth"]),
        ("S.S.N. Last 4", ["ssn", "last", "4"]),
        ("Geburtsdatum TT.MM.JJJJ", ["birth"]),
        ("Exam_Date_YYYYMMDD", ["exam", "date"]),
    ],
)
def test_names_of_columns_are_taken_apart(name, words):
    assert list(words_of(name)) == words


@pytest.mark.parametrize(
    "words",
    [
        ("Y", "N"),
        ("ja", "nein"),
        ("Oui", "Non"),
        ("sí", "no"),
        ("0", "1"),
        ("TRUE", "FALSE"),
        ("Opt-Out", "Opt-In"),
        ("X", ""),
        ("do not share", ""),
    ],
)
def test_every_unused_column_of_marks_might_be_an_opt_out(tmp_path, words):
    lines = [f"{n},Smith,Ann,1990-05-14,,X1,2015-03-14,P,{words[n % 2]},A{n % 3}" for n in range(20)]
    proposal = proposed(tmp_path, rows(*lines, header=f"{HEADER},Zq Flg,Batch"))
    assert "Zq Flg" in proposal.ignored
    (question,) = [one for _, one in proposal.notes.of("block_flag") if "'Zq Flg'" in one.text]
    assert "must not be shared" in question.text
    assert "'Batch'" not in asked(proposal, "block_flag")
    assert "'Zq Flg' holds" in " ".join(certifier_yaml(proposal).replace("#", "").split())


@pytest.mark.parametrize("name", ["Release Consent", "Opt Out"])
def test_opted_out_means_the_same_in_a_column_of_consents(tmp_path, name):
    lines = [f"{n},Smith,Ann,1990-05-14,,X1,2015-03-14,P,{'Opted Out' if n % 2 else 'Opted In'}" for n in range(20)]
    (step,) = proposed(tmp_path, rows(*lines, header=f"{HEADER},{name}")).columns["block_flag"]["recipe"]
    assert (step["map"]["Opted Out"], step["map"]["Opted In"], step["map"]["*"]) == ("Y", "N", "Y")


def book_of(path: Path, *sheets: str) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name in sheets:
        sheet = book.create_sheet(name)
        for line in rows(*(f"{n},{name[:1]}mith,Ann,1990-05-14,,X1,2015-03-14,P" for n in range(30))).splitlines():
            sheet.append(line.split(","))
    book.create_sheet("Blank")
    book.save(path)
    return path


def test_a_sheet_is_named_where_there_are_several(tmp_path):
    path = book_of(tmp_path / "file.xlsx", "Results 2015", "Members")
    for name in (None, "Nobody"):
        with pytest.raises(SafeError, match=r"say which sheet with --sheet: 'Results 2015', 'Members' "):
            read_table(path, name)
    proposal = propose("acme", read_table(path, "Members"))
    assert set(proposal.table.column(1)) == {"Mmith"}
    (tmp_path / "certifiers").mkdir()
    (tmp_path / "certifiers" / "acme.yml").write_text(certifier_yaml(proposal), encoding="utf-8")
    assert load_registry(tmp_path).certifier("acme").feed.sheet == "Members"
    with connect("1GB", 1, tmp_path) as con:
        trial = try_out(con, trial_document(proposal), path)
    assert (trial.refused, trial.accepted) == ("", 30)
    alone = propose("acme", read_table(book_of(tmp_path / "one.xlsx", "Results")))
    assert "sheet" not in certifier_yaml(alone)
    (tmp_path / "text.csv").write_text(rows("1,Smith,Ann,1990-05-14,,X1,2015-03-14,P"), encoding="utf-8")
    with pytest.raises(SafeError, match="leave --sheet out"):
        read_table(tmp_path / "text.csv", "Results")


def test_a_missing_birth_date_is_told_with_what_it_costs(tmp_path):
    proposal = proposed(
        tmp_path,
        "ID,Last Name,First Name,Email,Exam,Exam Date\n1,Smith,Ann,a@b.org,X1,2015-03-04\n2,Day,Al,c@d.org,X1,2015-03-05\n",
    )
    assert "names with email" in asked(proposal, "birth_date")
    assert "birth_date" in proposal.absent


def test_without_ids_of_rows_columns_that_tell_them_apart_are_taken(tmp_path):
    lines = [f"Smith,Ann,1990-05-14,X{number % 3},2015-03-{number % 9 + 10}" for number in range(27)]
    proposal = proposed(tmp_path, rows(*lines, header="Last Name,First Name,DOB,Exam Code,Exam Date"))
    assert proposal.columns["record_id"] == {"derived": ["Last Name", "First Name", "DOB", "Exam Code", "Exam Date"]}
    assert "18 rows would still have the id of another one" in asked(proposal, "record_id")


def members(number: int, *, each: int, header: str = "Member", repeats: int = 1) -> str:
    """Rows of people who have so many each; a first column whose values stand in so many rows each."""
    names = [("Smith", "Ann"), ("Day", "Al"), ("Poe", "Eve"), ("Lee", "Bo"), ("Ray", "Cy")]
    lines = []
    for n in range(number):
        who = n // each
        last, first = names[who % 5]
        born = f"{1960 + who % 37}-{1 + who % 12:02}-{1 + who % 28:02}"
        lines.append(f"M{1000 + 7 * (n // repeats)},{last},{first},{born},X{n % 3},2015-03-{n % 9 + 10}")
    return rows(*lines, header=f"{header},Last Name,First Name,DOB,Exam Code,Exam Date")


@pytest.mark.parametrize("header", ["Member", "Candidate No", "Learner ID"])
def test_an_id_that_never_repeats_where_people_do_is_the_rows(tmp_path, header):
    proposal = proposed(tmp_path, members(60, each=3, header=header))
    assert proposal.columns["record_id"] == {"from": header, "recipe": ["trim"]}
    assert "person_ref" not in proposal.columns
    assert f"'{header}' differs in every row. Is it the id of the row" in asked(proposal, "record_id")


@pytest.mark.parametrize("header", ["Member", "Candidate No", "Learner ID"])
def test_an_id_that_repeats_no_more_than_people_do_may_be_either(tmp_path, header):
    proposal = proposed(tmp_path, members(60, each=1, header=header))
    assert proposal.columns["record_id"] == {"derived": [header, "Exam Code", "Exam Date"]}
    assert proposal.columns["person_ref"]["from"] == header
    question = asked(proposal, "record_id")
    assert f"'{header}' differs in every one of 60 rows" in question
    assert f"record_id: {{from: '{header}', recipe: [trim]}}" in question


@pytest.mark.parametrize(("number", "each", "repeats"), [(12, 3, 1), (60, 3, 3), (60, 1, 2)])
def test_an_id_that_repeats_or_of_few_rows_is_the_persons(tmp_path, number, each, repeats):
    proposal = proposed(tmp_path, members(number, each=each, repeats=repeats))
    assert proposal.columns["person_ref"]["from"] == "Member"
    assert asked(proposal, "record_id").startswith("No column is an id of the row")


def test_another_id_of_the_person_takes_the_place_of_one_that_is_the_rows(tmp_path):
    lines = members(60, each=3).splitlines()
    wider = [f"{line},{'Learner ID' if n == 0 else f'L{9000 + 3 * ((n - 1) // 3)}'}" for n, line in enumerate(lines)]
    proposal = proposed(tmp_path, "\n".join(wider) + "\n")
    assert proposal.columns["person_ref"]["from"] == "Learner ID"
    assert proposal.columns["record_id"] == {"from": "Member", "recipe": ["trim"]}


def test_a_consent_is_an_opt_out_turned_round(tmp_path):
    lines = [f"{n},Smith,Ann,X1,2015-03-04,{'Yes' if n % 3 else 'No'}" for n in range(9)]
    proposal = proposed(
        tmp_path, rows(*lines, header="Row ID,Last Name,First Name,Exam Code,Exam Date,Release Consent")
    )
    (step,) = proposal.columns["block_flag"]["recipe"]
    assert step["map"] == {"": "Y", "Yes": "N", "No": "Y", "*": "Y"}


@pytest.mark.parametrize("make", [*DIALECTS, *HELD_OUT])
def test_no_value_of_a_person_is_written(tmp_path, make):
    dialect = make()
    proposal = proposed(tmp_path, dialect.content)
    text = certifier_yaml(proposal) + " ".join(question.text for question in proposal.notes.questions)
    personal = [
        name
        for name, fields in taken_for(proposal).items()
        if fields & {"first_name", "last_name", "full_name", "email", "phone", "street"}
    ]
    words = set(yaml.safe_load(yaml.safe_dump(text)).replace("'", " ").replace(",", " ").split())
    for name in personal:
        values = {value for value in proposal.table.column(proposal.table.header.index(name)) if value}
        assert not values & words


def test_words_that_might_be_names_are_counted_not_told(tmp_path):
    lines = [f"{n},Smith,Ann,1990-05-14,,X1,2015-03-04,{'P' if n % 4 else CANARY}" for n in range(16)]
    proposal = proposed(tmp_path, rows(*lines))
    assert "1 word not shown" in asked(proposal, "event")
    assert CANARY not in certifier_yaml(proposal)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "E_EMPTY"),
        (b"\x00\x01\x02PK\x03\x04", "E_NOT_TEXT"),
        (f"1,{CANARY},Ann,1990-05-14,X1\n2,Smith,Bob,1991-06-15,X1\n".encode(), "E_NO_HEADER"),
        (f"{CANARY}\nSmith\n".encode(), "E_NO_HEADER"),
        (f"ID,Last Name,last  name,Exam Date\n1,{CANARY},Smith,2015-03-04\n".encode(), "E_HEADER_DUPLICATE"),
        (b'{"type": "OpenBadgeCredential"}', "E_FORMAT"),
    ],
)
def test_what_cannot_be_read_is_one_line_that_quotes_nothing(tmp_path, content, code):
    with pytest.raises(SafeError) as caught:
        proposed(tmp_path, content)
    assert caught.value.code == code
    assert CANARY not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_spreadsheets_packed_and_wide_text_are_read_as_well(tmp_path):
    text = rows(*(f"{n},Smith,Zoë,1990-05-14,,X{n % 3},2015-03-{n % 20 + 10},P" for n in range(40)))
    book = openpyxl.Workbook()
    for line in ["Export of 2015", "", *text.splitlines()]:
        book.active.append([datetime.fromisoformat(value) if value[4:5] == "-" else value for value in line.split(",")])
    book.save(tmp_path / "file.xlsx")
    (tmp_path / "file.csv.gz").write_bytes(gzip.compress(text.encode("cp1252"), mtime=0))
    (tmp_path / "file.txt").write_bytes(text.encode("utf-16"))
    facts = {"file.xlsx": ("xlsx", "", 3), "file.csv.gz": ("csv", "cp1252", 1), "file.txt": ("csv", "utf-16", 1)}
    for name, (form, encoding, line) in facts.items():
        proposal = propose("acme", read_table(tmp_path / name))
        assert (proposal.table.format, proposal.table.encoding, proposal.table.header_line) == (form, encoding, line)
        assert proposal.columns["event_date"] == {"from": "Exam Date", "recipe": [{"parse_date": "%Y-%m-%d"}]}
        with connect("1GB", 1, tmp_path) as con:
            trial = try_out(con, trial_document(proposal), tmp_path / name)
        assert (trial.refused, trial.accepted) == ("", 40), name


@pytest.mark.parametrize("end", [",", ""])
def test_rows_that_end_in_a_comma_or_lack_their_empty_end_are_rows(tmp_path, end):
    lines = [f"{n},Smith,Ann,1990-05-14,,X{n % 2},2015-03-{n % 20 + 10}{',P' if end else ''}{end}" for n in range(30)]
    proposal = proposed(tmp_path, rows(*lines))
    assert len(proposal.table.rows) == 30
    assert tried(tmp_path, proposal).accepted == 30


def test_folders_and_missing_files_are_refused(tmp_path):
    for path in (tmp_path, tmp_path / "nothing.csv"):
        with pytest.raises(SafeError, match="E_UNREADABLE"):
            read_table(path)


def test_codes_that_nobody_knows_are_written_down_to_be_decided(tmp_path):
    lines = [f"{n},Smith,Ann,1990-05-14,,X1,2015-03-{n % 20 + 10},{'01' if n % 4 else '02'}" for n in range(40)]
    proposal = proposed(tmp_path, rows(*lines))
    assert proposal.columns["event"] == {"from": "Result", "recipe": [{"map": {"01": "?", "02": "?"}}]}
    assert "'01', '02' in 'Result'" in asked(proposal, "event")
    assert tried(tmp_path, proposal).accepted == 40
    (tmp_path / "certifiers").mkdir()
    (tmp_path / "certifiers" / "acme.yml").write_text(certifier_yaml(proposal), encoding="utf-8")
    with pytest.raises(SafeError, match=r"columns\.event\.recipe\.1\.map\.01': allowed values: attempt, award"):
        load_registry(tmp_path)


def test_one_column_of_events_and_results_says_which_words_have_no_result(tmp_path):
    words = ("Passed", "Failed", "Renewed", "Revoked", "Renewed")
    lines = [f"{n},Smith,Ann,1990-05-14,,X1,2015-03-{n % 20 + 10},{words[n % 5]}" for n in range(60)]
    proposal = proposed(tmp_path, rows(*lines, header=HEADER.replace("Result", "Status")))
    (step,) = proposal.columns["result"]["recipe"]
    assert step["map"] == {"Passed": "pass", "Failed": "fail", "Renewed": None, "Revoked": None}
    trial = tried(tmp_path, proposal)
    assert (trial.refused, trial.accepted) == ("", 60)
    (tmp_path / "certifiers").mkdir()
    text = certifier_yaml(proposal)
    assert "Renewed: null" in text
    (tmp_path / "certifiers" / "acme.yml").write_text(text, encoding="utf-8")
    assert load_registry(tmp_path).certifier("acme").columns["result"].recipe[0].words == step["map"]


def test_scores_without_results_are_asked_about(tmp_path):
    header = "Row ID,Last Name,First Name,DOB,Exam Code,Exam Date,Exam Score"
    lines = [f"R{n},Smith{n},Ann,1990-01-{n % 28 + 1:02},X{n % 3},2018-03-{n % 28 + 1:02},{50 + n}" for n in range(40)]
    proposal = proposed(tmp_path, rows(*lines, header=header))
    assert "'Exam Score' holds scores" in asked(proposal, "event")
    assert "pass_from" in asked(proposal, "event")


def test_results_among_remarks_are_asked_about(tmp_path):
    header = "Row ID,Last Name,First Name,DOB,Exam Code,Exam Date,Remarks"
    said = ("PASSED", "FAILED", "seat 12 moved", "late by 5 min", "call back", "see file")
    lines = [
        f"R{n},Smith{n},Ann,1990-01-{n % 28 + 1:02},X{n % 3},2018-03-{n % 28 + 1:02},{said[n % 2] if n % 3 else f'{said[2 + n % 4]} {n}'}"
        for n in range(60)
    ]
    proposal = proposed(tmp_path, rows(*lines, header=header))
    assert "result" not in proposal.columns
    assert "'Remarks' tells of results in 40 of 60 rows" in asked(proposal, "event")


def test_a_file_without_a_column_for_the_credential(tmp_path):
    lines = [f"{n},Smith,Ann,1990-05-14,2015-03-{n % 20 + 10}" for n in range(40)]
    proposal = proposed(tmp_path, rows(*lines, header="Certificate No,Last Name,First Name,DOB,Date Issued"))
    assert proposal.columns["credential_code"]["recipe"] == [{"map": {"*": "?"}}]
    assert "has one only" in asked(proposal, "credential_code")
    assert tried(tmp_path, proposal).accepted == 40
    (tmp_path / "certifiers").mkdir()
    (tmp_path / "certifiers" / "acme.yml").write_text(certifier_yaml(proposal), encoding="utf-8")
    with pytest.raises(SafeError, match=r"credentials\.1\.code"):
        load_registry(tmp_path)
