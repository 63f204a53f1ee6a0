"""The side that everybody sees: it reads release packages only.

Imports nothing of another side.
"""
