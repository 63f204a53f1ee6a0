"""The one partition dimension: the industries of the registry. Certifiers and deliveries are data, not partitions.

Two tables serve all industries and have no partitions: the education registry and the reference population.
"""

import dagster as dg

from assets import environment
from credential_pipeline.foundation.names import Side

INDUSTRIES = dg.StaticPartitionsDefinition(sorted(environment.registry().industries))

#: A backfill asks for all assets without partitions in *one* run if they have the same policy, and no run can hold assets of
#: two code locations. For what is built in one run anyway, the policy says nothing else, so one side has one and one has none.
_SIDES_WITH_POLICY = {Side.CLEARINGHOUSE}


def shared_policy(side: Side) -> dg.BackfillPolicy | None:
    """How a backfill asks for a side's assets that have no partitions."""
    return dg.BackfillPolicy.single_run() if side in _SIDES_WITH_POLICY else None


def in_a_later_run() -> dg.PartitionMapping:
    """Each industry depends on itself, said so that a backfill does not put both assets into one run.

    It puts an asset into its parent's run only where the mapping is of the class for identity.
    """
    return dg.StaticPartitionMapping({name: name for name in INDUSTRIES.get_partition_keys()})
