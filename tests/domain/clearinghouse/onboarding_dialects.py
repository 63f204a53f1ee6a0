"""Feeds of senders whom nobody has described, each with the fields that its columns are; every person in them is made up."""

import csv
import io
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from credential_pipeline.simulation.names import read

IGNORED = "ignored"


@dataclass(frozen=True)
class Dialect:
    """A file and what it holds: column -> the canonical field it is (or ``ignored``)."""

    name: str
    content: bytes
    truth: dict[str, str]


class People:
    """Made-up people and what they did."""

    def __init__(self, seed: int, size: int = 240) -> None:
        self.rng = random.Random(seed)
        first = [row["name"].title() for row in read("first_names.csv")][:150]
        last = [row["name"].title() for row in read("surnames.csv")][:200]
        self.rows: list[dict[str, Any]] = []
        for number in range(size):
            person = number // 2 if number % 3 else number
            rng = random.Random(f"{seed}-{person}")
            born = date(1960, 1, 1) + timedelta(rng.randrange(15_000))
            event = date(2015, 1, 1) + timedelta(self.rng.randrange(2_500))
            self.rows.append({
                "person": 70_000 + person * 7,
                "first": rng.choice(first),
                "middle": rng.choice([*"ABCDEJKLMRST", ""]),
                "last": rng.choice(last),
                "born": born,
                "sex": rng.choice("MF"),
                "state": rng.choice(["OH", "TX", "VA", "CA", "MI", "NC"]),
                "zip": f"{rng.randrange(10_000, 99_999)}",
                "city": rng.choice(["Springfield", "Dayton", "Round Rock", "Norfolk", "Fresno"]),
                "street": f"{rng.randrange(1, 999)} {rng.choice(['Oak', 'Main', 'Mill'])} {rng.choice(['St', 'Ave', 'Road'])}",
                "email": f"{rng.choice(first).lower()}{rng.randrange(99)}@example.org",
                "phone": f"({rng.randrange(201, 989)}) {rng.randrange(200, 999)}-{rng.randrange(1000, 9999)}",
                "last4": f"{rng.randrange(1, 9999):04d}",
                "event": event,
                "expires": event + timedelta(1095),
                "pass": self.rng.random() < 0.75,
                "score": self.rng.randrange(300, 900),
                "pick": self.rng.randrange(1 << 30),
                "row": 900_000 + number * 13 + self.rng.randrange(12),
                "school": rng.choice(["Lakeside Community College", "Northern Technical Institute", "Valley High School"]),
            })  # fmt: skip


def table(
    columns: dict[str, Callable[[dict[str, Any]], object]], people: People, delimiter: str, before: str = ""
) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(columns)
    for row in people.rows:
        writer.writerow([make(row) for make in columns.values()])
    return before + out.getvalue()


def one_of(*values: str) -> Callable[[dict[str, Any]], str]:
    return lambda row: values[row["pick"] % len(values)]


def made(
    name: str,
    seed: int,
    delimiter: str,
    columns: dict[str, tuple[str, Callable[[dict[str, Any]], object]]],
    encoding: str = "utf-8",
    before: str = "",
    size: int = 240,
) -> Dialect:
    people = People(seed, size)
    text = table({column: make for column, (_, make) in columns.items()}, people, delimiter, before)
    return Dialect(name, text.encode(encoding), {column: field for column, (field, _) in columns.items()})


def comptia() -> Dialect:
    exams = ("220-1101", "220-1102", "N10-008", "SY0-601", "CS0-003")
    titles = ("A+ Core 1", "A+ Core 2", "Network+", "Security+", "CySA+")
    return made("comptia", 1, "\t", {
        "Candidate ID": ("person_ref", lambda r: f"COMP001{r['person']:09d}"),
        "First Name": ("first_name", lambda r: r["first"]),
        "Last Name": ("last_name", lambda r: r["last"]),
        "Date of Birth": ("birth_date", lambda r: f"{r['born']:%d-%b-%Y}"),
        "Email Address": ("email", lambda r: r["email"]),
        "State/Province": ("state", lambda r: r["state"]),
        "Postal Code": ("zip", lambda r: r["zip"]),
        "Exam Series Code": ("credential_code", one_of(*exams)),
        "Exam Name": ("credential_title", one_of(*titles)),
        "Exam Date": ("event_date", lambda r: f"{r['event']:%d-%b-%Y}"),
        "Result": ("result", lambda r: "Pass" if r["pass"] else "Fail"),
        "Score": (IGNORED, lambda r: r["score"]),
        "Test Center": ("training_provider|ignored", lambda r: r["school"]),
        "Country": (IGNORED, lambda r: "USA"),
    })  # fmt: skip


def nccer() -> Dialect:
    titles = (
        "Core Curriculum",
        "Electrical Level One",
        "Electrical Level Two",
        "Pipefitting Level One",
        "Carpentry Level One",
    )
    return made("nccer", 2, ",", {
        "NCCER Card #": ("person_ref", lambda r: r["person"]),
        "Name": ("full_name", lambda r: f"{r['last']}, {r['first']} {r['middle']}".strip()),
        "Date Scored": ("event_date", lambda r: f"{r['event'].month}/{r['event'].day}/{r['event'].year}"),
        "Certification Type": ("training_setting|event|ignored", one_of("Craft", "Assessment")),
        "Credential Type": ("event|ignored", one_of("Module", "Level")),
        "Certification Name": ("credential_title", one_of(*titles)),
        "Blue/Silver/Gold Card": (IGNORED, one_of("Blue", "Silver", "Gold")),
    })  # fmt: skip


def pearson() -> Dialect:
    return made("pearson", 3, "|", {
        "registrationid": ("record_id", lambda r: r["row"]),
        "clientcandidateid": ("person_ref", lambda r: f"C{r['person']}"),
        "candidatefirstname": ("first_name", lambda r: r["first"]),
        "candidatelastname": ("last_name", lambda r: r["last"]),
        "dateofbirth": ("birth_date", lambda r: f"{r['born']:%Y/%m/%d}"),
        "emailaddress": ("email", lambda r: r["email"]),
        "examseriescode": ("credential_code", one_of("AB1-001", "AB1-002", "XK0-100", "XK0-101")),
        "examdate": ("event_date", lambda r: f"{r['event']:%Y/%m/%d} {r['pick'] % 10 + 8:02d}:{r['pick'] % 60:02d}:00 GMT"),
        "examscore": (IGNORED, lambda r: r["score"]),
        "examgrade": ("result", lambda r: ("pass" if r["pass"] else "fail") if r["pick"] % 29 else "no_show"),
        "testcentercode": (IGNORED, lambda r: 4000 + r["pick"] % 60),
        "examlanguage": (IGNORED, lambda r: "ENU"),
    })  # fmt: skip


def certiport() -> Dialect:
    before = "Certiport Portal Export\r\nReport: Exam results by organization\r\nGenerated 05/02/2021\r\n"
    exams = ("Word Associate (Office 2019)", "Excel Associate (Office 2019)", "Python Programming", "Network Security")
    return made("certiport", 4, ",", {
        "StudentEmployeeID": ("person_ref", lambda r: r["person"]),
        "LastName": ("last_name", lambda r: r["last"]),
        "FirstName": ("first_name", lambda r: r["first"]),
        "Exam": ("credential_title", one_of(*exams)),
        "ExamDate": ("event_date", lambda r: f"{r['event']:%m/%d/%Y}"),
        "Score": (IGNORED, lambda r: r["score"]),
        "Result(Pass/Fail)": ("result", lambda r: "Pass" if r["pass"] else "Fail"),
        "TestCenter": ("training_provider|ignored", lambda r: r["school"]),
        "Minutes": (IGNORED, lambda r: r["pick"] % 50),
    }, before=before)  # fmt: skip


def ninth_brain() -> Dialect:
    return made("ninth_brain", 5, ",", {
        "IndividualCertificationId": ("record_id", lambda r: r["row"]),
        "IndividualId": ("person_ref", lambda r: r["person"]),
        "FirstName": ("first_name", lambda r: r["first"]),
        "LastName": ("last_name", lambda r: r["last"]),
        "CertificationId": ("credential_code", lambda r: 100 + r["pick"] % 5),
        "CertificationName": ("credential_title", one_of("Basic Life Support", "EMT Basic", "Paramedic", "Advanced EMT", "First Responder")),
        "CertificationNumber": ("record_id|ignored", lambda r: f"E{r['row'] * 3}"),
        "State": ("state", lambda r: r["state"]),
        "ActivationDate": ("event_date", lambda r: f"{r['event']:%Y-%m-%d}T00:00:00"),
        "ExpirationDate": ("expiration_date", lambda r: f"{r['expires']:%Y-%m-%d}T00:00:00"),
        "IssuingBody": (IGNORED, one_of("NREMT", "State")),
    })  # fmt: skip


def german() -> Dialect:
    return made("german", 6, ";", {
        "Satznummer": ("record_id", lambda r: r["row"]),
        "Teilnehmer-Nr.": ("person_ref", lambda r: r["person"]),
        "Nachname": ("last_name", lambda r: r["last"] if r["pick"] % 9 else "Müller"),
        "Vorname": ("first_name", lambda r: r["first"]),
        "Geburtsdatum": ("birth_date", lambda r: f"{r['born']:%d.%m.%Y}"),
        "Geschlecht": ("sex", lambda r: {"M": "männlich", "F": "weiblich"}[r["sex"]]),
        "Straße": ("street", lambda r: r["street"]),
        "PLZ": ("zip", lambda r: r["zip"]),
        "Ort": ("city", lambda r: r["city"]),
        "Prüfungscode": ("credential_code", one_of("SCHW1", "SCHW2", "ELEK1")),
        "Prüfungsdatum": ("event_date", lambda r: f"{r['event']:%d.%m.%Y}"),
        "Ergebnis": ("result", lambda r: "bestanden" if r["pass"] else "nicht bestanden"),
        "Punkte": (IGNORED, lambda r: r["score"]),
        "Bildungsträger": ("training_provider", lambda r: r["school"]),
    }, encoding="cp1252")  # fmt: skip


def coded_headers() -> Dialect:
    return made("coded_headers", 7, ",", {
        "IC_CAND_ID": ("person_ref", lambda r: r["person"]),
        "IC_LNAME": ("last_name", lambda r: r["last"]),
        "IC_FNAME": ("first_name", lambda r: r["first"]),
        "IC_MI": ("middle_name", lambda r: r["middle"]),
        "IC_DOB": ("birth_date", lambda r: f"{r['born']:%Y%m%d}"),
        "IC_SEX": ("sex", lambda r: {"M": "1", "F": "2"}[r["sex"]]),
        "IC_SSN4": ("ssn_last4", lambda r: r["last4"]),
        "IC_CRT_CD": ("credential_code", one_of("MC01", "MC02", "MC03")),
        "IC_AWARD_DT": ("event_date", lambda r: f"{r['event']:%Y%m%d}"),
        "IC_EXP_DT": ("expiration_date", lambda r: f"{r['expires']:%Y%m%d}"),
        "IC_OUTCM": ("result", lambda r: "P" if r["pass"] else "F"),
        "IC_ST": ("state", lambda r: r["state"]),
        "IC_OPT_OUT": ("block_flag", lambda r: "Y" if r["pick"] % 40 == 0 else "N"),
    })  # fmt: skip


def state_survey() -> Dialect:
    return made("state_survey", 8, ",", {
        "District Number": (IGNORED, lambda r: 10 + r["pick"] % 3),
        "School Number": (IGNORED, lambda r: 1000 + r["pick"] % 7),
        "Student Number Identifier": ("person_ref", lambda r: f"{r['person']:010d}"),
        "Student Last Name": ("last_name", lambda r: r["last"]),
        "Student First Name": ("first_name", lambda r: r["first"]),
        "Birth Date": ("birth_date", lambda r: f"{r['born']:%m%d%Y}"),
        "Survey Period Code": (IGNORED, lambda r: 5),
        "Fiscal Year": (IGNORED, lambda r: r["event"].year),
        "Industry Certification Identifier": ("credential_code", one_of("ADESK002", "MICRO017", "COMPT001", "NATHA003")),
        "Industry Certification Outcome": ("result", lambda r: "P" if r["pass"] else "F"),
        "Industry Certification Date Earned": ("event_date", lambda r: f"{r['event']:%m%d%Y}"),
        "Career and Professional Academy Identifier": ("training_provider|ignored", one_of("ZZZ", "A12", "B07")),
    })  # fmt: skip


DIALECTS = (comptia, nccer, pearson, certiport, ninth_brain, german, coded_headers, state_survey)


def badges() -> Dialect:
    """Held out while the rules were written: an export of a badge platform."""
    return made("badges", 9, ",", {
        "Badge ID": ("record_id", lambda r: f"{r['row']:08x}-{r['pick'] % 65536:04x}-4abc-8def-{r['pick']:012x}"),
        "Issued To First Name": ("first_name", lambda r: r["first"]),
        "Issued To Last Name": ("last_name", lambda r: r["last"]),
        "Recipient Email": ("email", lambda r: r["email"]),
        "Template ID": ("credential_code", one_of("T-1001", "T-1002", "T-1003")),
        "Template Name": ("credential_title", one_of("Safety Orange Belt", "Robotics Operator I", "Robotics Operator II")),
        "State": ("event", one_of("accepted", "accepted", "accepted", "pending", "revoked")),
        "Issued At": ("event_date", lambda r: f"{r['event']:%Y-%m-%d} 00:00:00"),
        "Expires At": ("expiration_date", lambda r: f"{r['expires']:%Y-%m-%d} 00:00:00"),
        "Issuer Name": (IGNORED, lambda r: "Example Board"),
        "Locale": (IGNORED, lambda r: "en-US"),
    })  # fmt: skip


def college_report() -> Dialect:
    """Held out while the rules were written: what a college's office keys in by hand, months spelled out."""
    return made("college_report", 10, ";", {
        "Student Name (Last, First MI)": ("full_name", lambda r: f"{r['last']}, {r['first']} {r['middle']}".strip()),
        "DOB": ("birth_date", lambda r: f"{r['born']:%B} {r['born'].day}, {r['born'].year}"),
        "Gender": ("sex", lambda r: {"M": "Male", "F": "Female"}[r["sex"]]),
        "Last 4 SSN": ("ssn_last4", lambda r: r["last4"]),
        "Cell Phone": ("phone", lambda r: r["phone"]),
        "Mailing Address": ("street", lambda r: r["street"]),
        "City": ("city", lambda r: r["city"]),
        "Home State": ("state", lambda r: {"OH": "Ohio", "TX": "Texas", "VA": "Virginia", "CA": "California", "MI": "Michigan", "NC": "North Carolina"}[r["state"]]),
        "Zip": ("zip", lambda r: r["zip"]),
        "Program of Study": (IGNORED, one_of("Welding", "Machining", "Nursing")),
        "Industry Credential Earned": ("credential_title", one_of("OSHA 10 Construction", "Certified Nurse Aide", "MSSC Safety")),
        "Date Credential Earned": ("event_date", lambda r: f"{r['event']:%B} {r['event'].day}, {r['event'].year}"),
        "Credit/Noncredit": ("training_setting", one_of("Credit", "Noncredit")),
        "FERPA Hold": ("block_flag", lambda r: "Yes" if r["pick"] % 30 == 0 else "No"),
    })  # fmt: skip


HELD_OUT = (badges, college_report)
