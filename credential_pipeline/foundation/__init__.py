"""What every part stands on: names, errors, table contracts, the registry, storage, recipes and public code lists.

Not here: anything that knows a hop.
"""
