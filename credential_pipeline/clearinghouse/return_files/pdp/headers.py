"""The headers of the files that institutions left, kept from the build to the delivery of one run. Not here: the rows (files.py).

A partner may lay another file in the place of the one that was read; what goes back has the rows of the first, and so its headers.
"""

from collections.abc import Mapping
from typing import Final

from credential_pipeline.engines.exchange.pdp.columns import COLUMNS, COURSE, Header
from credential_pipeline.foundation.registry.return_agreements import ReturnAgreement
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Relation

CREDENTIAL: Final = "credential_engine_identifier"
HEADERS: Final = "own_headers"
SHAPE: Final = {"partner": "VARCHAR", "kind": "VARCHAR", "place": "INTEGER", "written": "VARCHAR", "name": "VARCHAR"}
"""One column of an accepted file, in its place: as the file calls it, and our name, which is empty where it is unknown here."""
_KEPT: Final = f"return_files.{HEADERS}"


def header_rows(agreement: ReturnAgreement, headers: Mapping[str, Header]) -> list[tuple[object, ...]]:
    """The headers of an institution's accepted files as rows of :data:`SHAPE`, by kind of file."""
    return [
        (agreement.partner, kind, place, written, name)
        for kind, header in headers.items()
        for place, (written, name) in enumerate(zip(header.written, header.names, strict=True))
    ]


def keep_headers(con: Connection, rows: Relation) -> None:
    """Lay the headers beside the tables of the hop; they are no part of its contract and are never published."""
    con.execute(f"CREATE OR REPLACE TABLE {_KEPT} AS SELECT {', '.join(SHAPE)} FROM {rows}")


def kept_headers(con: Connection, agreement: ReturnAgreement) -> Mapping[str, Header]:
    """Kind of file to the header of the one that an institution left and that was accepted; refused files are nobody's model.

    Args:
        con: The connection of the build.
        agreement: Of the institution.
    """
    found = con.execute(
        f"SELECT kind, list(written ORDER BY place), list(name ORDER BY place) FROM {_KEPT} WHERE partner = ? GROUP BY kind",
        [agreement.partner],
    ).fetchall()
    return {kind: Header(kind, tuple(written), tuple(names)) for kind, written, names in found}


def written_as(own: Mapping[str, Header], table: str) -> tuple[tuple[str, str], ...]:
    """Columns of ``pdp_cohort`` or ``pdp_course`` with the headers under which a partner gets them, in their order.

    They are those of the partner's own file of the kind, where one was accepted, so that its systems read ours as they read theirs; the column of
    industry credentials is added at the end where that file lacks it. Else they are the published ones.

    Args:
        own: What :func:`kept_headers` gives.
        table: Name of the table.
    """
    file = table.removeprefix("pdp_")
    published = {column.name: column.field.header for column in COLUMNS[file] if not column.later}
    header = own.get(file)
    if header is None:
        return tuple(published.items())
    mine = {name: written for name, written in zip(header.names, header.written, strict=True) if name}
    added = {CREDENTIAL: published[CREDENTIAL]} if file == COURSE and CREDENTIAL not in mine else {}
    return tuple((mine | added).items())
