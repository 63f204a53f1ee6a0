"""Composition root of the clearinghouse's code location; ``workspace.yaml`` loads it.

It stands here and not in ``credential_pipeline``, where one might look first: the domain does not know Dagster.
"""

import dagster as dg

from assets.clearinghouse import (
    automation,
    census_extract,
    cleaned_learners,
    education_registry,
    linked_records,
    raw_feeds,
)
from assets.resources import side_resource
from credential_pipeline.foundation.names import Side

defs = dg.Definitions(
    assets=dg.load_assets_from_modules(
        [raw_feeds, education_registry, cleaned_learners, linked_records, census_extract]
    ),
    jobs=[automation.JOB],
    schedules=[automation.MONTHLY],
    sensors=[automation.landing],
    resources={"clearinghouse": side_resource(Side.CLEARINGHOUSE)},
    executor=dg.in_process_executor,
)
