"""Answers StudentTracker requests from the registry and the linked learners.

Not here: the layout of the files (engines/exchange/student_tracker), and writing and recording what is handed out (deliver.py).
"""
