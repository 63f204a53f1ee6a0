"""Benchmarks at the pilot's full size: time, memory, and how near the results come to the simulated truth. Not tests."""
