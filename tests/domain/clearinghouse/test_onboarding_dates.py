"""Dates of unknown senders: which layout is found, what names of columns add, and when a person is asked."""

from datetime import date

import pytest

from credential_pipeline.clearinghouse.onboarding.dates import has_serials, read_dates
from credential_pipeline.clearinghouse.onboarding.hints import layout_hint
from credential_pipeline.clearinghouse.onboarding.yaml_text import certifier_yaml
from credential_pipeline.clearinghouse.raw_feeds.written_dates import forms
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.registry.load import load_registry
from credential_pipeline.foundation.storage.engine import connect
from tests.domain.clearinghouse.onboarding_world import HEADER, asked, proposed, rows, tried


@pytest.mark.parametrize(
    ("values", "layout", "others"),
    [
        (["03-Jan-2020", "14-Feb-1999"], "%d-%b-%Y", ()),
        (["2020-01-03", "1999-02-14"], "%Y-%m-%d", ()),
        (["01/03/2020", "02/14/1999"], "%m/%d/%Y", ()),
        (["03/01/2020", "14/02/1999"], "%d/%m/%Y", ()),
        (["03/01/2020", "04/02/1999"], "%m/%d/%Y", ("%d/%m/%Y",)),
        (["03.03.2020"], "%d.%m.%Y", ()),
        (["20200103", "19991214"], "%Y%m%d", ()),
        (["01032020", "12141999"], "%m%d%Y", ()),
        (["2020-01-03 08:15:00", "2020-02-14 00:00:00"], "%Y-%m-%d %H:%M:%S", ()),
        (["2020/01/03 08:15:00 GMT"], "%Y/%m/%d %H:%M:%S GMT", ()),
        (["January 3, 2020", "May 14, 1999"], "%B %d, %Y", ()),
        (["1/3/2020 12:00 AM", "2/14/1999 5:15 PM"], "%m/%d/%Y %I:%M %p", ()),
    ],
)
def test_layouts_of_dates(values, layout, others):
    dated = read_dates(values)
    assert dated is not None
    assert (dated.layout, dated.others) == (layout, others)


def test_placeholders_do_not_move_the_span_of_dates():
    dated = read_dates(["1900-01-01", "2015-03-04", "2016-05-06", "0000-00-00"])
    assert dated is not None
    assert (dated.first, dated.last, dated.share) == (date(2015, 3, 4), date(2016, 5, 6), 1.0)


@pytest.mark.parametrize("values", [["3/1/20", "14/2/99"], ["43833", "36205"], ["abc"], []])
def test_what_is_no_date_with_four_digits_of_a_year(values):
    assert read_dates(values) is None


def test_month_and_day_are_not_guessed(tmp_path):
    proposal = proposed(
        tmp_path, rows("1,Smith,Ann,1990-05-14,,X1,03/04/2015,P", "2,Jones,Bob,1991-01-20,,X1,05/06/2016,P")
    )
    assert proposal.columns["event_date"] == {"from": "Exam Date", "recipe": [{"parse_date": "?"}]}
    assert '"%m/%d/%Y" or "%d/%m/%Y"' in asked(proposal, "event_date")
    (tmp_path / "certifiers").mkdir()
    (tmp_path / "certifiers" / "acme.yml").write_text(certifier_yaml(proposal), encoding="utf-8")
    with pytest.raises(SafeError, match=r"columns\.event_date.*parse_date"):
        load_registry(tmp_path)
    assert tried(tmp_path, proposal).accepted == 2


def test_another_column_of_the_file_proves_the_order(tmp_path):
    proposal = proposed(
        tmp_path, rows("1,Smith,Ann,14/05/1990,,X1,03/04/2015,P", "2,Jones,Bob,20/01/1991,,X1,05/06/2016,P")
    )
    assert proposal.columns["event_date"]["recipe"] == [{"parse_date": "%d/%m/%Y"}]
    assert "'DOB'" in asked(proposal, "event_date")


def test_two_digit_years_and_serials_are_asked_for(tmp_path):
    short = proposed(tmp_path, rows("1,Smith,Ann,5/14/90,,X1,2015-03-04,P", "2,Jones,Bob,1/20/91,,X1,2016-05-06,P"))
    assert "two-digit years" in asked(short, "birth_date")
    serial = proposed(tmp_path, rows("1,Smith,Ann,33007,,X1,2015-03-04,P", "2,Jones,Bob,33258,,X1,2016-05-06,P"))
    assert "spreadsheet" in asked(serial, "birth_date")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("D.O.B. (MM/DD/YY)", ("mdy", "")),
        ("Exam Date [DD-MON-YYYY]", ("dmy", "%d-%b-%Y")),
        ("Geburtsdatum TT.MM.JJJJ", ("dmy", "%d.%m.%Y")),
        ("Naissance (JJ/MM/AAAA)", ("dmy", "%d/%m/%Y")),
        ("Date yyyymmdd", ("ymd", "%Y%m%d")),
        ("Date of Birth", None),
        ("Program Day Y", None),
        ("MM/MM/YYYY", None),
    ],
)
def test_layouts_in_names_of_columns(name, hint):
    found = layout_hint(name)
    assert (found and (found.order, found.layout)) == hint


@pytest.mark.parametrize(("says", "layout"), [("MM/DD/YYYY", "%m/%d/%Y"), ("DD/MM/YYYY", "%d/%m/%Y")])
def test_the_name_of_a_column_chooses_between_layouts_that_its_values_leave_open(tmp_path, says, layout):
    proposal = proposed(
        tmp_path,
        rows(
            "1,Smith,Ann,03/04/1990,,X1,2015-03-04,P",
            "2,Jones,Bob,05/06/1991,,X1,2016-05-06,P",
            header=HEADER.replace("DOB", f"D.O.B. ({says})"),
        ),
    )
    assert proposal.columns["birth_date"]["recipe"][0] == {"parse_date": layout}
    assert f"read as its name says, {layout}" in asked(proposal, "birth_date")
    assert not any(question.blocks for question in proposal.notes.questions)


def test_values_outrank_what_the_name_of_a_column_says(tmp_path):
    header = HEADER.replace("DOB", "DOB (DD/MM/YYYY)")
    lines = ("1,Smith,Ann,05/14/1990,,X1,2015-03-04,P", "2,Jones,Bob,01/20/1991,,X1,2016-05-06,P")
    proposal = proposed(tmp_path, rows(*lines, header=header))
    assert proposal.columns["birth_date"]["recipe"][0] == {"parse_date": "%m/%d/%Y"}
    assert "says DD/MM/YYYY, but its values prove %m/%d/%Y" in asked(proposal, "birth_date")


@pytest.mark.parametrize(
    ("name", "born"),
    [
        ("D.O.B. (MM/DD/YY)", ["05/14/90", "01/20/91"]),
        ("D.O.B. (MMDDYY)", ["051490", "012091"]),
        ("Birth", ["14-Mar-90", "20 Jan 91"]),
    ],
)
def test_years_of_two_digits_are_asked_for_whatever_their_layout(tmp_path, name, born):
    lines = [f"{n},Smith,Ann,{day},,X1,2015-03-14,P" for n, day in enumerate(born)]
    proposal = proposed(tmp_path, rows(*lines, header=HEADER.replace("DOB", name)))
    assert proposal.columns["birth_date"]["recipe"][0] == {"parse_date": "?"}
    assert "two-digit years" in asked(proposal, "birth_date")


def test_a_few_years_of_two_digits_among_full_ones_are_counted(tmp_path):
    lines = [f"{n},Smith,Ann,05/{n + 10}/{90 if n < 2 else 1990},,X1,2015-03-14,P" for n in range(20)]
    proposal = proposed(tmp_path, rows(*lines))
    assert proposal.columns["birth_date"]["recipe"][0] == {"parse_date": "%m/%d/%Y"}
    assert "2 rows of 'DOB' have two-digit years" in asked(proposal, "birth_date")


@pytest.mark.parametrize(("text", "serial"), [("10000", True), ("59999", True), ("41000.5", True), ("60601", False)])
def test_proposal_and_intake_know_a_spreadsheets_day_by_one_pattern(text: str, *, serial: bool) -> None:
    """A day after 2064 is none; so begin ZIP codes of Illinois and Texas."""
    condition = forms("%Y-%m-%d", "text")["SPREADSHEET_NUMBER"]
    with connect(threads=1) as con:
        told = con.execute(f"SELECT {condition} FROM (SELECT ? AS text)", [text]).fetchall()[0][0]
    assert (has_serials([text]), told) == (serial, serial)
