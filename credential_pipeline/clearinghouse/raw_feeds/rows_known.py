"""Whether a delivery holds rows of other deliveries under other record ids: a spreadsheet made ``1200.0`` of an id, or took its zeros.

Rows are the same that tell of one name, birth date, credential and day. Not here: rows with one record id (contested.py).
"""

from collections.abc import Collection
from dataclasses import dataclass

from credential_pipeline.clearinghouse.raw_feeds.stage import LINES_PER_FILE
from credential_pipeline.foundation.recipes.sql import literal
from credential_pipeline.foundation.registry.feeds import Certifier
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Relation, Scratch

_TOLD_BY = ("first_name", "last_name", "birth_date", "credential_code", "event_date")
_NEEDED = {"last_name", "credential_code", "event_date"}


@dataclass(frozen=True)
class KnownRows:
    """Asks how many rows of a delivery others hold under other record ids.

    Attributes:
        con: Connection with the relation.
        repeated: Rows of which several deliveries hold the same: number, row, record_id; None if the feed tells too little of a row.
    """

    con: Connection
    repeated: Relation | None

    def rows(self, number: int, others: Collection[int]) -> int:
        """Rows of a delivery that stand in others, none of which has their record id.

        Args:
            number: The delivery.
            others: Numbers of those whose rows count beside its own.
        """
        if self.repeated is None or not others:
            return 0
        found = self.con.execute(
            f"""
            WITH other AS (FROM {self.repeated} WHERE list_contains($others, number))
            SELECT count(*) FROM {self.repeated} WHERE number = $number AND row IN (SELECT row FROM other)
            AND record_id NOT IN (SELECT record_id FROM other)
            """,
            {"others": sorted(others), "number": number},
        ).fetchall()
        return int(found[0][0])


def known_rows(work: Scratch, stage: Relation, judged: Relation, certifier: Certifier) -> KnownRows:
    """Find the rows of which several deliveries hold the same; in one pass over all of them.

    Args:
        work: Makes the relation.
        stage: The staged rows.
        judged: What was found of each row by itself.
        certifier: Whose rows they are.
    """
    sources = {name: certifier.columns[name].source for name in _TOLD_BY if name in certifier.columns}
    if not all(sources.get(name) for name in _NEEDED):
        return KnownRows(work.con, None)
    told = ", ".join(f"lower(trim(coalesce(source[{literal(source)}], '')))" for source in sources.values() if source)
    row = f"hash({told})"
    repeated = work.table(
        "repeated_rows",
        f"""
        WITH several AS (
            SELECT {row} AS row FROM {stage} WHERE reason_code IS NULL
            GROUP BY 1 HAVING min(place // {LINES_PER_FILE}) < max(place // {LINES_PER_FILE})
        )
        SELECT j.number, s.row, j.record_id
        FROM (SELECT place, {row} AS row FROM {stage} WHERE reason_code IS NULL) AS s SEMI JOIN several USING (row)
        JOIN {judged} AS j USING (place) WHERE j.reason_code IS NULL
        """,
    )
    return KnownRows(work.con, repeated)
