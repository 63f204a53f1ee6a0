"""Linkage beyond one machine: the statements of linkage, written for DuckDB, run on Spark.

Belongs here: the session (:mod:`session`), what stands in for DuckDB's connection (:mod:`statements`), the translation
of SQL (:mod:`dialect`) and of string similarity (:mod:`similarity`). The only place that imports PySpark. Does not
belong here: any step of linkage; there is one text for both engines.
"""
