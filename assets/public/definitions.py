"""Composition root of the public side's code location; ``workspace.yaml`` loads it."""

import dagster as dg

from assets.public import automation, published_outcomes
from assets.resources import side_resource
from credential_pipeline.foundation.names import Side

defs = dg.Definitions(
    assets=dg.load_assets_from_modules([published_outcomes]),
    jobs=[automation.JOB],
    schedules=[automation.MONTHLY],
    sensors=[automation.ARRIVALS],
    resources={"public": side_resource(Side.PUBLIC)},
    executor=dg.in_process_executor,
)
