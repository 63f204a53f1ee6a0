"""The enclave's hops, in the order of the chain."""

from assets.enclave import accepted_extract, outcome_release, outcome_tables, person_keys, reference_population

HOPS = (
    accepted_extract.HOP,
    reference_population.HOP,
    person_keys.HOP,
    outcome_tables.HOP,
    outcome_release.HOP,
)
