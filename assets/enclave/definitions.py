"""Composition root of the enclave's code location; ``workspace.yaml`` loads it."""

import dagster as dg

from assets.enclave import (
    accepted_extract,
    automation,
    outcome_release,
    outcome_tables,
    person_keys,
    reference_population,
)
from assets.hop_asset import hop_asset
from assets.resources import side_resource
from assets.sources import source_assets
from credential_pipeline.foundation.names import Side

HOPS = (
    accepted_extract.HOP,
    reference_population.HOP,
    person_keys.HOP,
    outcome_tables.HOP,
    outcome_release.HOP,
)

defs = dg.Definitions(
    assets=[*(hop_asset(hop) for hop in HOPS), *source_assets(Side.ENCLAVE)],
    jobs=[automation.JOB, automation.LOOK],
    schedules=[automation.MONTHLY, automation.LOOKS],
    sensors=[automation.ARRIVALS, automation.UP_TO_DATE],
    resources={"enclave": side_resource(Side.ENCLAVE)},
    executor=dg.in_process_executor,
)
