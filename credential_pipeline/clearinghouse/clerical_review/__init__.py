"""Clerical review: people look at pairs of records, and what they decide holds in every later run.

Belongs here: which pairs are shown (sampling), the page that shows them, the reading of decisions, agreement between
reviewers, the store of decisions and the estimate of precision and recall that a reviewed sample gives. Does not belong
here: how pairs are scored (``linkage``) and how a decision takes effect on learners and students (``linked_records``).
"""
