"""Public code lists and price series as CSV files, every row with its source and the date it describes.

Not here: anything that is about persons, and anything that the registry configures.
"""
