"""The side that knows what people earn: protected keys instead of names, confidential tables, the release that leaves.

Imports nothing of another side.
"""
