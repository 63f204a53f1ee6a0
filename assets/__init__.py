"""When and where: thin Dagster definitions for three code locations, and the command line.

Each side has a package here; its ``definitions.py`` is the composition root that ``workspace.yaml`` loads. The sides import
nothing of each other.
"""
