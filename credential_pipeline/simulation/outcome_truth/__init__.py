"""The true outcome cells: what a perfect linkage would give, from the true identities and the files on disk.

An implementation of its own, which shares no code with the pipeline. Who is counted: persons who have a protected key and
opted out nowhere. Not here: identities and faults (truth.py), what the awards did (effects.py).
"""
