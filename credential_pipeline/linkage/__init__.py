"""The record linkage engine that hops 3 and 4b share.

Belongs here: how two records are compared, blocked, scored and resolved, and the pinned models. This is the only
place that imports Splink, and only its public interface. Does not belong here: which tables of a hop are linked, and
what a link means there (``linked_records``, ``person_keys``).

The way of a linkage: :mod:`fields` brings two tables into one comparable shape, :mod:`blocking` finds the candidate
pairs, :mod:`predict` scores them with a pinned :mod:`model` (it never trains), :mod:`resolve` decides. :mod:`train`
makes models, :mod:`diagnose` tells in counts and rates how it went.
"""
