"""The clearinghouse's hops, in the order of the chain.

Its reports are added here, and not in the module of its hop, so that a style sheet is no reason to link again.
"""

import dataclasses

from assets.clearinghouse import (
    census_extract,
    cleaned_learners,
    education_registry,
    linked_records,
    raw_feeds,
    report_cards,
    return_files,
)

HOPS = (
    raw_feeds.HOP,
    education_registry.HOP,
    cleaned_learners.HOP,
    dataclasses.replace(linked_records.HOP, for_readers=report_cards.write),
    census_extract.HOP,
    return_files.HOP,
)
