"""Composition root of the clearinghouse's code location; ``workspace.yaml`` loads it.

It stands here and not in ``credential_pipeline``, where one might look first: the domain does not know Dagster.
"""

import dagster as dg

from assets.clearinghouse import automation
from assets.clearinghouse.hops import HOPS
from assets.hop_asset import hop_assets
from assets.resources import declared_resource
from assets.sources import source_assets
from credential_pipeline.foundation.names import Side

defs = dg.Definitions(
    assets=[*hop_assets(HOPS), *source_assets(Side.CLEARINGHOUSE)],
    jobs=[automation.JOB, automation.LOOK, automation.RETURNS],
    schedules=[automation.MONTHLY, automation.LOOKS],
    sensors=[automation.landing, automation.released, automation.UP_TO_DATE],
    resources={"clearinghouse": declared_resource(Side.CLEARINGHOUSE)},
    executor=dg.in_process_executor,
)
