"""Tags by which a person tells a run something, from the command line or in Dagster's launchpad."""

NEW_IDS = "credential_pipeline/new_ids"
"""``true``: where the learner ids given out before are lost for good, every learner may get a new one."""

SMALLER_REGISTRY = "credential_pipeline/smaller_registry"
"""``true``: an education registry that holds far fewer rows than its last version is right."""
STARTED_BY = "credential_pipeline/started_by"
"""Command line, ui, schedule, sensor, backfill or automation."""
INDUSTRY = "credential_pipeline/industry"
"""The industry that a run works on."""
SIDE = "credential_pipeline/side"
"""The side that a run works on."""
