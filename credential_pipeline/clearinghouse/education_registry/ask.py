"""Asks the StudentTracker service about an industry's learners, for an organization without a registry of its own.

One row a profile, whose id is the return field; so the report says of each profile whether it was found. Nobody is asked about who asked
not to be shared, for a request names people to others. Not here: the layout of the file (engines/exchange), and reading the report
(student_tracker.py).
"""

from datetime import date
from pathlib import Path

from credential_pipeline.clearinghouse.opt_outs.lists import OptOuts
from credential_pipeline.engines.exchange.student_tracker.request import Header
from credential_pipeline.engines.exchange.student_tracker.request_writer import write_request
from credential_pipeline.foundation import standard_form as form
from credential_pipeline.foundation.recipes.scripts import add_to_latin
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import statement


def ask_about_learners(
    work: Scratch, path: Path, header: Header, since: date, opt_outs: OptOuts, remembered: Relation | None = None
) -> int:
    """Write a request about everybody who may be named; return how many profiles it names.

    Args:
        work: Makes relations, in a connection with the views of ``cleaned_learners``.
        path: The file to write.
        header: Who asks, when, and for which kind of query.
        since: Search date of every row.
        opt_outs: The steward's lists.
        remembered: ``linked_records.block_statements``, where learners were linked before: once said, always meant.

    Raises:
        SafeError: As :func:`write_request`.
    """
    letters = {name: form.letters_of_name(f"p.{name}") for name in ("first_name", "last_name", "previous_last_name")}
    listed = ", ".join(f"{made} AS {name}" for name, made in letters.items())
    named = work.table("named", f"SELECT p.* EXCLUDE ({', '.join(letters)}), {listed} FROM cleaned_learners.profiles p")
    withheld = work.table(
        "withheld", statement(__package__, "withheld.sql", named=named, wishes=_wishes(work, opt_outs, remembered))
    )
    people = work.table(
        "people",
        "SELECT first_name, middle_name, last_name, name_suffix, birth_date, $since AS search_date,"
        f" profile_id AS return_field FROM cleaned_learners.profiles ANTI JOIN {withheld} USING (profile_id)"
        " WHERE first_name IS NOT NULL AND birth_date IS NOT NULL",
        {"since": since},
    )
    return write_request(work, people, path, header)


def _wishes(work: Scratch, opt_outs: OptOuts, remembered: Relation | None) -> Relation:
    """Whom a wish names; one that was taken back still counts here, since a request can wait for the linkage to hear it."""
    add_to_latin(work.con)
    columns = ("certifier", "record_id", "person_ref", "first_name", "last_name")
    rows = work.rows(
        "entries",
        dict.fromkeys(columns, "VARCHAR") | {"birth_date": "DATE"},
        [(*(getattr(entry, name) for name in columns), entry.birth_date) for entry in opt_outs.entries],
    )
    letters = ", ".join(
        f"{form.letters_of_name(form.NAME_FORMS[name](name))} AS {name}" for name in ("first_name", "last_name")
    )
    said = f"SELECT * REPLACE ({letters}) FROM {rows}"
    if remembered is not None:
        said += f" UNION ALL SELECT {', '.join(columns)}, birth_date FROM {remembered}"
    return work.table("wishes", said)
