"""The enclave's hops, in the order of the chain.

What follows a proposal is added here, and not in the module of its hop, so that a packet is no reason to propose anew.
"""

import dataclasses

from assets.enclave import (
    accepted_extract,
    outcome_release,
    outcome_tables,
    person_keys,
    reference_population,
    release_acts,
)

HOPS = (
    accepted_extract.HOP,
    reference_population.HOP,
    person_keys.HOP,
    outcome_tables.HOP,
    dataclasses.replace(outcome_release.HOP, for_readers=release_acts.follow),
)
