"""Writes a StudentTracker request: ASCII, tabs, no quotes, names cut to the layout's lengths, never a Social Security number.

Not here: reading one (request.py), and who is asked about (the hops).
"""

from pathlib import Path
from typing import Final

from credential_pipeline.engines.exchange.student_tracker.request import LONGEST_RETURN_FIELD, QUERY_TYPES, Header
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.durable import write_atomically
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import statement

NEEDED: Final = ("first_name", "middle_name", "last_name", "name_suffix", "birth_date", "search_date", "return_field")
"""Columns of the people to ask about."""
LONGEST_NAME: Final = 40


def written_name(name: str) -> str:
    """The name of who asks, as a header can hold it."""
    return "".join(letter for letter in name if letter.isascii() and letter.isprintable()).strip()[:LONGEST_NAME]


def write_request(work: Scratch, people: Relation, path: Path, header: Header) -> int:
    """Write a request, ordered by return field; return how many people it asks about.

    Args:
        work: Makes relations.
        people: One row a person: :data:`NEEDED`.
        path: The file to write.
        header: Who asks, when and what for.

    Raises:
        SafeError: ``E_REQUEST_RETURN_FIELD``: a return field is empty, doubled, too long or not plain ASCII.
        ValueError: The header holds an unknown query type or a code of another length.
    """
    if header.query_type not in QUERY_TYPES or (len(header.school_code), len(header.branch)) != (6, 2):
        message = "a header needs a known query type, six digits of a school and two of a branch"
        raise ValueError(message)
    made = work.table("request_written", statement(__package__, "written.sql", people=people))
    rows, fields, good = work.con.execute(
        f"SELECT count(*), count(DISTINCT return_field), count(*) FILTER (length(return_field) <= {LONGEST_RETURN_FIELD}"
        f" AND regexp_full_match(return_field, '[ -~]+')) FROM {made}"
    ).fetchall()[0]
    if not rows == fields == good:
        message = f"a return field must be told apart from all others and be plain text of at most {LONGEST_RETURN_FIELD} characters"
        raise SafeError("E_REQUEST_RETURN_FIELD", message)
    codes = {"school_code": header.school_code, "branch": header.branch}
    body = work.con.execute(statement(__package__, "detail_lines.sql", made=made), codes).fetchall()[0][0]
    first = (
        "H1",
        header.school_code,
        header.branch,
        written_name(header.name),
        f"{header.file_date:%Y%m%d}",
        header.query_type,
        "I",
    )
    lines = ["\t".join(first), *([body] if rows else []), f"T1\t{rows + 2}"]
    write_atomically(path, "\r\n".join(lines).encode("ascii") + b"\r\n")
    work.drop(made)
    return int(rows)
