"""The side that knows who people are: feeds, education registry, linkage, and the limited extract that leaves.

Imports nothing of another side.
"""
