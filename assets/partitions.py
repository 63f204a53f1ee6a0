"""The one partition dimension: the industries of the registry. Certifiers and deliveries are data, not partitions."""

import dagster as dg

from assets import environment

INDUSTRIES = dg.StaticPartitionsDefinition(sorted(environment.registry().industries))
