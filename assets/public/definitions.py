"""Composition root of the public side's code location; ``workspace.yaml`` loads it."""

import dagster as dg

from assets.hop_asset import hop_assets
from assets.public import automation
from assets.public.hops import HOPS
from assets.resources import side_resource
from credential_pipeline.foundation.names import Side

defs = dg.Definitions(
    assets=hop_assets(HOPS),
    jobs=[automation.JOB],
    schedules=[automation.MONTHLY],
    sensors=[automation.ARRIVALS],
    resources={"public": side_resource(Side.PUBLIC)},
    executor=dg.in_process_executor,
)
