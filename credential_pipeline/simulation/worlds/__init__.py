"""One YAML file for each simulated industry. Not here: code."""
