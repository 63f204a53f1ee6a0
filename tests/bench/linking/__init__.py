"""Benchmarks of the linkage: public data, the simulated pilot, unseen made-up worlds, and growth. Not tests."""
