"""Reads a file of a sender whom the registry does not know, and proposes how the registry could describe it.

Nothing is decided here: what the file does not prove becomes an open question. Not here: reading what a known sender delivers
(raw_feeds), whose steps the dry run uses.
"""
