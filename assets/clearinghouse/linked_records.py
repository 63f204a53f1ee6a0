"""Hop 3: profiles become learners, learners find their student records. Predicting never trains.

Heavy libraries are loaded by the step that needs them.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg

from assets import pictures
from assets.describe import hop_asset
from assets.materialize import digest_of, materialize
from assets.resources import SideResource
from checks import gate
from checks.suites.linked_records import RULES
from credential_pipeline.storage.snapshots import Version
from credential_pipeline.storage.staging import Staged

_STATUSES = "SELECT status, count(*) AS learners FROM linked_records.learners GROUP BY 1 ORDER BY 1"
_WEIGHTS = """
SELECT level AS weight, CAST(value AS BIGINT) AS pairs FROM linked_records.diagnostics
WHERE metric = 'match_weight_histogram' ORDER BY TRY_CAST(level AS DOUBLE)
"""


@hop_asset(
    "linked_records",
    RULES,
    deps=["cleaned_learners", "education_registry"],
    kinds=["splink"],
    description="Probabilistic linkage with a pinned model; same input, same links.",
)
def linked_records(context: dg.AssetExecutionContext, clearinghouse: SideResource) -> Iterator[gate.Outcome]:
    """Link the industry's profiles."""
    name = context.partition_key

    def build(staged: Staged) -> None:
        from credential_pipeline.linked_records.link import link

        link(staged.con, clearinghouse.industry(name))

    def describe(version: Version) -> Mapping[str, Any]:
        with clearinghouse.store.read(version) as con:
            counts = con.execute(_STATUSES).fetchall()
            return {f"learners {status}": int(learners) for status, learners in counts} | {
                "learners by status": pictures.bars(con, _STATUSES, "Learners by status"),
                "match weights": pictures.bars(con, _WEIGHTS, "Pairs by match weight"),
            }

    yield from materialize(
        context,
        clearinghouse,
        "linked_records",
        RULES,
        build,
        reads=["cleaned_learners", "education_registry"],
        inputs=lambda: {"industry": digest_of(clearinghouse.industry(name).linkage.model_dump_json())},
        describe=describe,
    )
