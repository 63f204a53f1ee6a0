"""The extract is verified, opened and loaded on the enclave's side, unchanged.

Not here: person keys (person_keys) and how packages are sealed (handover).
"""
