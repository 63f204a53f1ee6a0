"""Which columns a table carries on from the tables that its hop reads, as far as the contracts tell it.

Two contracts that share a column mean the same thing by it, so it is enough to say from which tables rows come. Columns that are
made on the way (ids, counts, probabilities) have no line here; how they are made stands in their descriptions.
"""

import dagster as dg

from credential_pipeline.foundation.contracts import SNAPSHOTS
from credential_pipeline.foundation.contracts.table import Snapshot, Table

#: Table -> tables whose columns it carries on where both have them.
CARRIES = {
    "cleaned_learners.credentials": ("raw_feeds.records",),
    "linked_records.links": ("cleaned_learners.credentials",),
    "census_extract.learners": ("cleaned_learners.profiles", "education_registry.persons"),
    "census_extract.credentials": ("cleaned_learners.credentials",),
    "census_extract.enrollments": ("education_registry.enrollments",),
    "census_extract.degrees": ("education_registry.degrees",),
    **{f"accepted_extract.{table.name}": (f"census_extract.{table.name}",) for table in SNAPSHOTS["accepted_extract"]},
    "person_keys.learners": ("reference_population.persons",),
    "person_keys.credentials": ("accepted_extract.credentials",),
    "person_keys.unkeyed_credentials": ("accepted_extract.credentials",),
    "person_keys.enrollments": ("accepted_extract.enrollments",),
    "outcome_release.published_outcomes": ("outcome_tables.outcomes",),
    "outcome_release.definitions": ("outcome_tables.definitions",),
    **{
        f"published_outcomes.{table.name}": (f"outcome_release.{table.name}",) for table in SNAPSHOTS["outcome_release"]
    },
}


def qualified(table: Table, column: str) -> str:
    """A column's name among all columns of a hop's tables."""
    return f"{table.name}.{column}"


def column_lineage(snapshot: Snapshot) -> dg.TableColumnLineage | None:
    """The columns that a hop's tables carry on; none if it carries none."""
    found: dict[str, list[dg.TableColumnDep]] = {}
    for table in snapshot:
        for name in CARRIES.get(f"{snapshot.name}.{table.name}", ()):
            hop, source = name.split(".")
            held = SNAPSHOTS[hop].table(source)
            for column in table.columns:
                if column in held.columns:
                    found.setdefault(qualified(table, column.name), []).append(
                        dg.TableColumnDep(asset_key=hop, column_name=qualified(held, column.name))
                    )
    return dg.TableColumnLineage(found) if found else None
