"""Composition root of the public side's code location; ``workspace.yaml`` loads it."""

import dagster as dg

from assets.hop_asset import hop_assets
from assets.public import automation
from assets.public.hops import HOPS
from assets.resources import declared_resource
from assets.sources import source_assets
from credential_pipeline.foundation.names import Side

defs = dg.Definitions(
    assets=[*hop_assets(HOPS), *source_assets(Side.PUBLIC)],
    jobs=[automation.JOB, automation.LOOK],
    schedules=[automation.MONTHLY, automation.LOOKS],
    sensors=[automation.ARRIVALS, automation.UP_TO_DATE],
    resources={"public": declared_resource(Side.PUBLIC)},
    executor=dg.in_process_executor,
)
