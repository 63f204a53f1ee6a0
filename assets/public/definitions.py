"""Composition root of the public side's code location; ``workspace.yaml`` loads it."""

import dagster as dg

from assets.hop_asset import hop_asset
from assets.public import automation, published_outcomes
from assets.resources import side_resource
from assets.sources import source_assets
from credential_pipeline.foundation.names import Side

HOPS = (published_outcomes.HOP,)

defs = dg.Definitions(
    assets=[*(hop_asset(hop) for hop in HOPS), *source_assets(Side.PUBLIC)],
    jobs=[automation.JOB, automation.LOOK],
    schedules=[automation.MONTHLY, automation.LOOKS],
    sensors=[automation.ARRIVALS, automation.UP_TO_DATE],
    resources={"public": side_resource(Side.PUBLIC)},
    executor=dg.in_process_executor,
)
