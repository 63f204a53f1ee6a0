"""Loads the clearinghouse's own records: students, enrollments and degrees, in standard form.

Not here: matching them with learners (linked_records).
"""
