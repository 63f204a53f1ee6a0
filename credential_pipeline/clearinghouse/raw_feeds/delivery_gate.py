"""The gate of each delivery: all reasons for which it waits, from its own figures and from its sender's other deliveries.

Not here: the reasons themselves (hold.py, hold_fields.py, hold_size.py), and in which order deliveries are looked at (decide.py).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from credential_pipeline.clearinghouse.raw_feeds import hold, hold_fields, hold_size, remarks
from credential_pipeline.clearinghouse.raw_feeds.measures import NOTHING, Measure, RecordIds
from credential_pipeline.clearinghouse.raw_feeds.names_reversed import votes
from credential_pipeline.clearinghouse.raw_feeds.pile import Pile
from credential_pipeline.clearinghouse.raw_feeds.rows_known import KnownRows
from credential_pipeline.clearinghouse.raw_feeds.shares import Shares
from credential_pipeline.foundation.registry.deliveries import Deliveries
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Relation


@dataclass(frozen=True)
class Gate:
    """What the gate knows of one certifier's deliveries.

    Attributes:
        con: Connection in which the relations live.
        agreed: What is agreed with the sender.
        pile: The deliveries as they were read.
        measures: Their rows.
        ids: Asks for their record ids.
        shares: Their fields.
        names: Names of their first rows; None if the feed has not both.
        known: Asks for the rows that they share under other record ids.
    """

    con: Connection
    agreed: Deliveries
    pile: Pile
    measures: Mapping[int, Measure]
    ids: RecordIds
    shares: Shares
    names: Relation | None
    known: KnownRows

    def holds(self, number: int, past: hold_size.Past) -> Iterator[hold.Hold]:
        """The reasons for which a delivery waits, the most telling first."""
        figures = self.measures.get(number, NOTHING)
        yield from hold.as_it_came(self.pile.arrivals[number], self.pile.told[number], figures, self.agreed)
        yield from hold.unreadable(figures)
        yield from hold.known_rows(figures, self.known.rows(number, past.beside))
        fields = self.shares.get(number)
        if fields:
            others = [self.shares[one] for one in past.others if one in self.shares]
            yield from hold_fields.dates(fields)
            yield from hold_fields.unreadable(fields, others)
            yield from hold_fields.alike(fields, others)
            yield from hold_fields.one_day(fields, others)
            yield from hold_fields.emptied(fields, others)
            yield from hold_fields.unmarked(fields, others)
        if self.names is not None and past.others:
            yield from hold_fields.reversed_names(votes(self.con, self.names, number, past.others))
        yield from hold_size.unusual(number, figures, past, self.ids)

    def remarks(self, number: int, past: hold_size.Past) -> Iterator[tuple[str, str]]:
        """What a delivery that counts gives reason to ask its sender: codes of NOTICES with figures."""
        fields = self.shares.get(number)
        if fields:
            yield from remarks.old(fields, [self.shares[one] for one in past.others if one in self.shares])
