"""The record linkage engine that ``linked_records`` and ``person_keys`` share.

Belongs here: how two records are compared, blocked, scored and resolved, and the pinned models. This is the only
place that imports Splink, and only its public interface. Does not belong here: which tables of a hop are linked, and
what a link means there (``linked_records``, ``person_keys``).

The way of a linkage: :mod:`fields` brings two tables into one comparable shape, :mod:`blocking` finds the candidate
pairs, :mod:`forecast` refuses what would cost too much, :mod:`predict` scores with a pinned :mod:`model` (it never trains),
:mod:`resolve` decides. :mod:`engine` says where that runs: in DuckDB, or on Spark (:mod:`spark`, :mod:`cluster`). :mod:`train` makes models, out of the pairs that :mod:`samples` chooses, with the
estimates of :mod:`estimation`; :mod:`compare` tells what another model would change, :mod:`diagnose` how a linkage went.
"""
