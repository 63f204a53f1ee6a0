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
from assets.resources import side_resource
from credential_pipeline.foundation.names import Side

defs = dg.Definitions(
    assets=dg.load_assets_from_modules(
        [accepted_extract, reference_population, person_keys, outcome_tables, outcome_release]
    ),
    jobs=[automation.JOB],
    schedules=[automation.MONTHLY],
    sensors=[automation.ARRIVALS],
    resources={"enclave": side_resource(Side.ENCLAVE)},
    executor=dg.in_process_executor,
)
