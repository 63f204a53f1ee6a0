"""Verbatim rows become standardised identities and credential events.

Not here: reading files (raw_feeds), deciding that two profiles are one person (linked_records).
"""
