"""Suites of the hops of the enclave, one module a hop."""
