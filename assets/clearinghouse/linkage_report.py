"""The linkage report of an industry: what people read beside the tables of linked_records.

It stands apart from the hop, so that a word or a style sheet of the report is no reason to link again.
"""

from collections.abc import Mapping
from typing import Any

import dagster as dg

from assets.code_version import code_version
from assets.hop import Published
from credential_pipeline.clearinghouse.linked_records.last_version import COMPARED_WITH, DAMAGED


def write(published: Published) -> Mapping[str, Any]:
    """Write the page wherever it is missing or of another version; tell where it is, below the side's home."""
    from credential_pipeline.clearinghouse.linkage_report.publish import publish_report

    step, compared = published.step, published.facts.get(COMPARED_WITH, "")
    path = publish_report(
        published.con,
        step.root,
        step.partition,
        step.side.registry,
        published.version.name,
        "" if compared == DAMAGED else compared,
        damaged=compared == DAMAGED,
        code=code_version(__name__),
    )
    return {"linkage report": dg.MetadataValue.path(str(path.relative_to(step.root.parent)))}
