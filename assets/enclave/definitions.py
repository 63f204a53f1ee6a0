"""Composition root of the enclave's code location; ``workspace.yaml`` loads it."""

import dagster as dg

from assets.enclave import automation
from assets.enclave.hops import HOPS
from assets.hop_asset import hop_assets
from assets.resources import side_resource
from credential_pipeline.foundation.names import Side

defs = dg.Definitions(
    assets=hop_assets(HOPS),
    jobs=[automation.JOB],
    schedules=[automation.MONTHLY],
    sensors=[automation.ARRIVALS],
    resources={"enclave": side_resource(Side.ENCLAVE)},
    executor=dg.in_process_executor,
)
