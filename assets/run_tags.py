"""Tags by which a person tells a run something, from the command line or in Dagster's launchpad."""

NEW_IDS = "credential_pipeline/new_ids"
"""``true``: where the learner ids given out before are lost for good, every learner may get a new one."""
