"""The steward's lists: people who asked that nothing of them be shared, and what was taken back since.

Both are CSV files below the clearinghouse's home. Not here: what certifiers and schools say in their own files (raw_feeds,
education_registry), and whom it all concerns (linked_records).
"""
