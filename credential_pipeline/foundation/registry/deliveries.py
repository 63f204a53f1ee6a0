"""How a certifier's deliveries follow one another: their order, what a later one replaces, and what the sender says of each.

Not here: the layout of a file (feeds.py), and what a delivery in fact replaced (credential_pipeline/clearinghouse/raw_feeds).
"""

import re
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from credential_pipeline.foundation.registry.strict import Strict, one_of

BY_NAME: Final = "name"
NOTHING: Final = "nothing"
ALL: Final = "all"
ROWS: Final = "rows"
RECORDS: Final = "records"
SIDECAR: Final = "sidecar"
"""The sequence number stands in the file beside the delivery, not in its name."""


def _check_sequence(value: str) -> str:
    return value if value == SIDECAR else _check_pattern(value)


def _check_plain_pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error:
        message = "give a regular expression that such a line matches, for example '^HDR'"
        raise ValueError(message) from None
    return value


def _check_pattern(value: str) -> str:
    try:
        groups = re.compile(value).groups
    except re.error:
        groups = 0
    if not groups:
        message = r"give a regular expression with the number in parentheses, for example '_v(\d+)\.csv$'"
        raise ValueError(message)
    return value


class Deliveries(Strict):
    r"""What is agreed with the sender on the order of its deliveries; the key ``deliveries`` of a certifier.

    Attributes:
        replaces: ``name``: a file takes the place of the earlier one of its name; ``all``: each delivery is complete and takes
            the place of every earlier one; ``nothing``: each adds to all others, whatever its name.
        sequence: Where the number that orders deliveries stands: a regular expression over the file name with the number, or
            year, month and version, in parentheses; or ``sidecar``. None: they are in the order in which they came.
        manifest: Every delivery is accompanied by a ``.delivery.yml`` or ``.sha256``, and waits until that is there.
        trailer: Regular expression of a last line that is no row and says how many rows there are, the number in parentheses.
        trailer_counts: ``rows``; or ``records``: every line of the file, the trailer itself included.
        header_record: Regular expression of a first line that is no row and names no columns, as files of fixed width have it.
    """

    replaces: Annotated[str, one_of(BY_NAME, NOTHING, ALL)] = BY_NAME
    sequence: Annotated[str | None, Field(max_length=200), AfterValidator(lambda v: v and _check_sequence(v))] = None
    manifest: bool = False
    trailer: Annotated[str | None, Field(max_length=200), AfterValidator(lambda v: v and _check_pattern(v))] = None
    trailer_counts: Annotated[str, one_of(ROWS, RECORDS)] = ROWS
    header_record: Annotated[
        str | None, Field(max_length=200), AfterValidator(lambda v: v and _check_plain_pattern(v))
    ] = None

    def sequence_in(self, name: str) -> tuple[int, ...] | None:
        """The number in a file name, None if there is none: its parts in the order of the parentheses."""
        if self.sequence is None or self.sequence == SIDECAR:
            return None
        found = re.search(self.sequence, name)
        parts = found.groups() if found else ()
        return (
            tuple(int(part) for part in parts) if parts and all(part and part.isdecimal() for part in parts) else None
        )
