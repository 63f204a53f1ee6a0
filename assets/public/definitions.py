"""Composition root of the public side's code location; ``workspace.yaml`` loads it."""

import dagster as dg

from assets.hop_asset import hop_asset
from assets.public import automation, published_outcomes
from assets.resources import side_resource
from credential_pipeline.foundation.names import Side

HOPS = (published_outcomes.HOP,)

defs = dg.Definitions(
    assets=[hop_asset(hop) for hop in HOPS],
    jobs=[automation.JOB],
    schedules=[automation.MONTHLY],
    sensors=[automation.ARRIVALS],
    resources={"public": side_resource(Side.PUBLIC)},
    executor=dg.in_process_executor,
)
