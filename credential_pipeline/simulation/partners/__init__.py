"""Partners of a simulated clearinghouse: whom it asks, and who asks it. Not here: what the pipeline itself answers."""
