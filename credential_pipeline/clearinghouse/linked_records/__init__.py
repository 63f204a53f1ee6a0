"""Profiles become learners, learners meet students of the education registry.

Belongs here: which tables are linked and what a link means (status, review, learner id). Does not belong here: how
records are compared and scored (``linkage``).
"""
