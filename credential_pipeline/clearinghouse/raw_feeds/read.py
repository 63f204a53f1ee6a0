"""Reads what came for an industry into the tables of raw_feeds, and tells what was new.

Every delivery is read, also one that waits or counts no longer: whoever asks in it that nothing be shared is heard. Conservation
is asserted for each: rows in = accepted + quarantined + duplicate. Not here: what becomes of deliveries (decide.py).
"""

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

from credential_pipeline.clearinghouse.raw_feeds.arrivals import Arrival, Known, arrivals
from credential_pipeline.clearinghouse.raw_feeds.blocked import write_blocks
from credential_pipeline.clearinghouse.raw_feeds.decide import Case, Verdict, decide
from credential_pipeline.clearinghouse.raw_feeds.deliveries import assert_conservation, write_deliveries
from credential_pipeline.clearinghouse.raw_feeds.delivery_gate import Gate
from credential_pipeline.clearinghouse.raw_feeds.hold import ids_taken
from credential_pipeline.clearinghouse.raw_feeds.judge import Turn, judge_rows, reused_ids, settle_rows, write_rows
from credential_pipeline.clearinghouse.raw_feeds.measures import RecordIds, measure
from credential_pipeline.clearinghouse.raw_feeds.names_reversed import sample_names
from credential_pipeline.clearinghouse.raw_feeds.pile import Pile, name_after_the_first, put_down
from credential_pipeline.clearinghouse.raw_feeds.records import Records
from credential_pipeline.clearinghouse.raw_feeds.rows_known import known_rows
from credential_pipeline.clearinghouse.raw_feeds.shares import measure_shares, write_shares
from credential_pipeline.clearinghouse.raw_feeds.sights import Sight
from credential_pipeline.clearinghouse.raw_feeds.stage import create_stage
from credential_pipeline.foundation.contracts.raw_feeds import ACCEPTED, REPLAYED, SNAPSHOT
from credential_pipeline.foundation.recipes.sql import literal
from credential_pipeline.foundation.registry.feeds import Certifier
from credential_pipeline.foundation.registry.load import Registry
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Relation, Scratch, scratch


@dataclass
class Look:
    """What a look at an industry's inbox found out.

    Attributes:
        sights: Every delivery that lies there.
        accepted: Certifier and hash of each whose rows go on.
    """

    sights: list[Sight] = field(default_factory=list)
    accepted: list[tuple[str, str]] = field(default_factory=list)

    def add(self, pile: Pile, verdicts: Mapping[int, Verdict]) -> None:
        """Note what was found of one certifier."""
        self.sights += [one.sight for one in pile.arrivals.values() if one.is_fact]
        accepted = (pile.arrivals[number] for number, verdict in verdicts.items() if verdict.state == ACCEPTED)
        self.accepted += [(one.sight.certifier, one.file.sha256) for one in accepted]


def read_feeds(  # the last three are for keeping and for tests
    con: Connection,
    inbox: Path,
    industry: str,
    registry: Registry,
    known: Known | None = None,
    today: date | None = None,
    records: Path | None = None,
) -> Look:
    """Read every delivery of an industry and create the tables of the raw_feeds contract.

    Args:
        con: Connection with the schema ``raw_feeds``.
        inbox: Folder that holds ``<industry>/<certifier>/*``.
        industry: Name of the industry.
        registry: The loaded registry.
        known: What was known of deliveries before, and where their bytes are kept; nothing if None.
        today: Day after which an event date lies in the future; today in UTC if None.
        records: Where the file of raw_feeds.records is written, which becomes a view of it; a table in memory if None.

    Raises:
        SafeError: E_NO_DELIVERY, E_INBOX (see inbox.py), E_CONSERVATION (a defect of this hop).
    """
    certifiers = sorted(registry.certifiers_of(industry), key=lambda one: one.certifier)
    for table in SNAPSHOT:
        columns = ", ".join(f'"{name}" {kind}' for name, kind in table.schema.items())
        con.execute(f"CREATE OR REPLACE TABLE raw_feeds.{table.name} ({columns})")
    look = Look()
    before = known or Known()
    with tempfile.TemporaryDirectory() as folder:
        path = records or Path(folder) / "records.parquet"
        with Records(path) as written:
            for certifier in certifiers:
                with scratch(con) as work:
                    came = arrivals(inbox, industry, certifier, before)
                    day = today or datetime.now(tz=UTC).date()
                    _read_certifier(work, came, certifier, before, day, look, written)
        con.execute("DROP TABLE raw_feeds.records")
        kind = "TABLE" if records is None else "VIEW"
        con.execute(f"CREATE {kind} raw_feeds.records AS FROM read_parquet({literal(str(path))})")
    for certifier in certifiers:
        assert_conservation(con, certifier.certifier)
    return look


def _read_certifier(
    work: Scratch,
    came: Iterator[Arrival],
    certifier: Certifier,
    known: Known,
    today: date,
    look: Look,
    written: Records,
) -> None:
    con, stage = work.con, create_stage(work, certifier)
    pile = Pile()
    for arrival in came:
        put_down(stage, arrival, known.archive, pile)
    name_after_the_first(stage, pile)
    judged = judge_rows(work, stage, certifier, today)
    gate = Gate(
        con=con,
        agreed=certifier.deliveries,
        pile=pile,
        measures=measure(con, stage, judged),
        ids=RecordIds(con, judged),
        shares=measure_shares(con, stage, judged, certifier, today),
        names=sample_names(work, stage, certifier),
        known=known_rows(work, stage, judged, certifier),
    )
    case = Case(
        agreed=certifier.deliveries,
        arrivals=pile.arrivals,
        faults=pile.faults,
        measures=gate.measures,
        places=pile.places(certifier.deliveries),
        decisions=known.decisions,
        accepted_before=known.sights.accepted,
        holds=gate.holds,
        remarks=gate.remarks,
    )
    verdicts, settled = _settled(work, stage, judged, case, certifier)
    stage.drop(number for number, verdict in verdicts.items() if verdict.state == REPLAYED)
    write_deliveries(con, settled, stage, case, verdicts, pile.readings)
    labels = {number: pile.arrivals[number].delivery for number, one in verdicts.items() if one.state != REPLAYED}
    write_shares(con, certifier.certifier, labels, gate.shares)
    written.add(con, stage, settled, certifier)
    write_rows(con, stage, settled, certifier.certifier)
    write_blocks(con, stage, settled, certifier)
    look.add(pile, verdicts)


def _settled(
    work: Scratch, stage: Relation, judged: Relation, case: Case, certifier: Certifier
) -> tuple[dict[int, Verdict], Relation]:
    """What becomes of deliveries and of their rows; anew where the rows show that a delivery has to wait."""
    while True:
        verdicts = decide(case)
        settled = settle_rows(work, stage, judged, _turns(case, verdicts), certifier)
        found = {
            number: rows
            for number, rows in reused_ids(work.con, settled).items()
            if number not in case.taken and ids_taken(case.measures[number], rows)
        }
        if not found:
            return verdicts, settled
        work.drop(settled)
        case = replace(case, taken={**case.taken, **found})


def _turns(case: Case, verdicts: Mapping[int, Verdict]) -> dict[int, Turn]:
    """What rows need to know of their delivery; those of a replay are no rows."""
    place_of = {place: turn for turn, place in enumerate(sorted(set(case.places.values())))}
    return {
        number: Turn(place_of[case.places[number]], turn, None if verdict.state == ACCEPTED else verdict.code)
        for turn, (number, verdict) in enumerate(verdicts.items())
        if verdict.state != REPLAYED
    }
