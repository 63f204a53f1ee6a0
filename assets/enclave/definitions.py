"""Composition root of the enclave's code location; ``workspace.yaml`` loads it."""

import dagster as dg

from assets.enclave import automation
from assets.enclave.hops import HOPS
from assets.hop_asset import hop_assets
from assets.resources import declared_resource
from assets.sources import source_assets
from credential_pipeline.foundation.names import Side

defs = dg.Definitions(
    assets=[*hop_assets(HOPS), *source_assets(Side.ENCLAVE)],
    jobs=[automation.JOB, automation.LOOK],
    schedules=[automation.MONTHLY, automation.LOOKS],
    sensors=[automation.ARRIVALS, automation.UP_TO_DATE],
    resources={"enclave": declared_resource(Side.ENCLAVE)},
    executor=dg.in_process_executor,
)
