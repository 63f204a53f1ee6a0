"""Readers and writers of files in public layouts that others read and send.

Not here: who may be told what (the hops), and the code lists of a layout where they are data (foundation/reference).
"""
