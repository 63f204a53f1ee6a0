"""Suites of the hops of the public side, one module a hop."""
