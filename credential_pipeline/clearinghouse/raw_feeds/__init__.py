"""Reads what certifiers delivered, strictly, and loses nothing.

Every physical line becomes an accepted row, a quarantined row with a reason, or a duplicate; every file becomes a row
of ``deliveries``. Values stay verbatim. Not here: what values mean (cleaned_learners).
"""
