"""Partners of the simulated pilot: what they leave, and how they answer. Not here: what they get (clearinghouse/return_files)."""
