"""Everything that was said of people who want nothing shared: by certifiers, by schools and by themselves, now and before.

A wish once heard is remembered until it is taken back by an entry of the steward's list; that a later row or drop no longer
repeats it takes nothing back. Not here: whom the wishes concern (blocks.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from credential_pipeline.clearinghouse.linked_records.block_memory import recall_statements
from credential_pipeline.clearinghouse.linked_records.elsewhere import recall_elsewhere
from credential_pipeline.clearinghouse.linked_records.inputs import Inputs
from credential_pipeline.clearinghouse.opt_outs.delivered import STATEMENT_ID, said_in
from credential_pipeline.clearinghouse.opt_outs.lists import Entry, OptOuts
from credential_pipeline.foundation import standard_form as form
from credential_pipeline.foundation.contracts.linked_records import SNAPSHOT
from credential_pipeline.foundation.recipes.scripts import add_to_latin
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import statement

_ENTRY = {
    "source": "VARCHAR",
    "certifier": "VARCHAR",
    "record_id": "VARCHAR",
    "person_ref": "VARCHAR",
    "student_id": "VARCHAR",
    "first_name": "VARCHAR",
    "last_name": "VARCHAR",
    "birth_date": "DATE",
    "received": "DATE",
    "scope": "VARCHAR",
    "industry": "VARCHAR",
}


@dataclass(frozen=True)
class Wishes:
    """What is heard beside deliveries and registry.

    Attributes:
        opt_outs: The steward's lists.
        industry: The industry that is linked.
        today: Day on which a school's block is first known that the memory lacks.
    """

    opt_outs: OptOuts
    industry: str
    today: date


def gather_statements(work: Scratch, read: Inputs, wishes: Wishes) -> Relation:
    """All statements ever heard.

    Beside the columns of linked_records.block_statements they have rescinded (DATE; NULL if in force) and own (false for what
    was said in another industry). What a school's registry says now cannot be rescinded by a list: mend the registry instead.

    Args:
        work: Makes the relations.
        read: What the hop reads.
        wishes: What is heard beside it.
    """
    listed = _entries(work, "listed", wishes.opt_outs.entries)
    rescissions = _entries(work, "rescissions", wishes.opt_outs.rescissions)
    each = statement(
        __package__,
        "said_now.sql",
        delivered=work.table("delivered", said_in(str(read.blocks))),
        profiles=read.profiles,
        credentials=read.credentials,
        students=read.persons,
        index=read.index,
        duplicates=read.duplicates,
        listed=listed,
        elsewhere=recall_elsewhere(work),
    )
    said = work.table(
        "said_now",
        f"SELECT {STATEMENT_ID} AS statement_id, * EXCLUDE (reason, since, last_said, own),"
        " CASE WHEN bool_or(reason = 'FLAG') THEN 'FLAG' ELSE min(reason) END AS reason,"
        f" min(since) AS since, max(last_said) AS last_said, bool_or(own) AS own FROM ({each}) GROUP BY ALL",
    )
    return work.table(
        "statements",
        statement(__package__, "statements.sql", said=said, before=recall_statements(work), rescissions=rescissions),
        {"today": wishes.today},
    )


def write_statements(work: Scratch, statements: Relation) -> None:
    """Create linked_records.block_statements."""
    columns = ", ".join(SNAPSHOT.table("block_statements").column_names)
    work.con.execute(
        f"CREATE OR REPLACE TABLE linked_records.block_statements AS SELECT {columns} FROM {statements} WHERE own ORDER BY statement_id"
    )


def _entries(work: Scratch, what: str, entries: Sequence[Entry]) -> Relation:
    add_to_latin(work.con)
    written = work.rows(what, _ENTRY, [[getattr(entry, name) for name in _ENTRY] for entry in entries])
    names = {name: form.letters_of_name(f"({form.NAME_FORMS[name](name)})") for name in ("first_name", "last_name")}
    replaced = ", ".join(f"{expression} AS {name}" for name, expression in names.items())
    return work.table(f"{what}_in_letters", f"SELECT * REPLACE ({replaced}) FROM {written}")
