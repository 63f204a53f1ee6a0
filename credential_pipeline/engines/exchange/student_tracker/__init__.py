"""The request file and the detail report of the StudentTracker service.

Not here: whom an answer may name (clearinghouse/return_files/answer).
"""
