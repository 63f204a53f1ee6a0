"""The certifiers' report cards of an industry: what people send back beside the tables of linked_records.

Like the linkage report they stand apart from the hop, so that a word of theirs is no reason to link again.
"""

import datetime
from collections.abc import Mapping
from typing import Any

import dagster as dg

from assets.clearinghouse import linkage_report
from assets.code_version import code_version
from assets.hop import Published
from credential_pipeline.clearinghouse.raw_feeds.sights import FILE, read_receipts
from credential_pipeline.foundation.contracts import cleaned_learners, linked_records, raw_feeds


def write(published: Published) -> Mapping[str, Any]:
    """Write the linkage report, and the cards wherever one is missing or of other facts; tell where they are."""
    from credential_pipeline.clearinghouse.report_cards.publish import CardsOf, publish_cards

    step = published.step
    told = dict(linkage_report.write(published))
    versions = [step.current(one) for one in (raw_feeds.SNAPSHOT, cleaned_learners.SNAPSHOT, linked_records.SNAPSHOT)]
    cards = publish_cards(
        step.side.store.connect,
        versions,
        CardsOf(step.root, step.partition, step.side.registry, code_version(__name__)),
        read_receipts(step.root / FILE),
        datetime.datetime.now(datetime.UTC),
    )
    told |= {
        f"report card of {page.parent.name}": dg.MetadataValue.path(str(page.relative_to(step.root.parent)))
        for page in cards
    }
    return told
