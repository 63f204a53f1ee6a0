"""What a hop promises: one module per snapshot, with every table's columns, types, key, side and sensitivity.

A hop reads and writes these tables and knows nothing else of its neighbours. Not here: rules about values (checks/suites).
"""

from credential_pipeline.foundation.contracts import (
    accepted_extract,
    census_extract,
    cleaned_learners,
    education_registry,
    linked_records,
    outcome_release,
    outcome_tables,
    person_keys,
    published_outcomes,
    raw_feeds,
    reference_population,
    return_files,
)
from credential_pipeline.foundation.contracts.table import Column, Snapshot, Table

SNAPSHOTS: dict[str, Snapshot] = {
    module.SNAPSHOT.name: module.SNAPSHOT
    for module in (
        raw_feeds,
        education_registry,
        cleaned_learners,
        linked_records,
        census_extract,
        accepted_extract,
        reference_population,
        person_keys,
        outcome_tables,
        outcome_release,
        published_outcomes,
        return_files,
    )
}

__all__ = ["SNAPSHOTS", "Column", "Snapshot", "Table"]
