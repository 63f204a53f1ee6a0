"""What the rows of an industry's deliveries say of opt-outs, as statements; each has the same id wherever it is heard.

Not here: what is remembered of earlier deliveries (linked_records), and what the lists say (lists.py).
"""

from typing import Final

from credential_pipeline.foundation import standard_form as form
from credential_pipeline.foundation.contracts import cleaned_learners, linked_records
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.snapshots import Store

STATEMENT_ID: Final = (
    "'B' || substr(md5(concat_ws('|', source, coalesce(certifier, ''), coalesce(record_id, ''), coalesce(person_ref, ''),"
    " coalesce(student_id, ''), coalesce(first_name, ''), coalesce(last_name, ''), coalesce(birth_date::VARCHAR, ''), scope,"
    " coalesce(industry, ''), (reason = 'CUT_ROW')::VARCHAR)), 1, 16)"
)
"""SQL for the hash of what was said and of whom."""
_BLOCKS: Final = "blocks"
_COLUMNS: Final = ", ".join(linked_records.SNAPSHOT.table("block_statements").column_names)


def attach_delivered(con: Connection, store: Store, industry: str, schema: str) -> str:
    """Make what an industry's cleaned deliveries say visible; return it as a query, empty if there is nothing.

    Its columns are those of linked_records.block_statements; one wish may stand in several rows.

    Args:
        con: The connection.
        store: Store of the clearinghouse.
        industry: The industry whose deliveries speak, heard by its own linkage or not.
        schema: Where the view goes.

    Raises:
        SafeError: ``E_STALE_BLOCKS``: its cleaned learners are damaged or of another program's form.
    """
    try:
        version = store.find(cleaned_learners.SNAPSHOT, industry)
        if version is None or _BLOCKS not in version.manifest.tables:
            return ""
        version.attach(con, schema, (_BLOCKS,))
    except SafeError as error:
        message = (
            f"What the deliveries of {industry} say of opt-outs can't be read: run cleaned_learners of {industry} again;"
            f" nothing was sent. ({error})"
        )
        raise SafeError("E_STALE_BLOCKS", message) from None
    return f"SELECT {_COLUMNS} FROM (SELECT {STATEMENT_ID} AS statement_id, true AS said_now, * FROM ({said_in(f'{schema}.{_BLOCKS}')}))"


def said_in(blocks: str) -> str:
    """What rows of cleaned_learners.blocks say, as a query: one statement a row, with names as they are compared.

    Args:
        blocks: SQL name of the rows.
    """
    letters = ", ".join(f"{form.letters_of_name(name)} AS {name}" for name in ("first_name", "last_name"))
    return (
        "SELECT 'certifier' AS source, certifier, record_id, person_ref, NULL::VARCHAR AS student_id, first_name, last_name,"
        " birth_date, 'all' AS scope, NULL::VARCHAR AS industry, coalesce(reason_code, 'FLAG') AS reason, since,"
        f" since AS last_said FROM (SELECT * REPLACE ({letters}) FROM {blocks})"
    )
