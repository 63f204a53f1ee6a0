"""Loads the enclave's own records: reference persons, annual wages and employers.

Not here: assigning person keys (person_keys), anything about earnings beyond adding up a year (outcome_tables).
"""
