"""Suites of the hops of the clearinghouse, one module a hop."""
