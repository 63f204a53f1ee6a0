"""The language of the registry: named recipe steps, each a small function from a SQL expression to a SQL expression.

A recipe is an ordered list of steps on one source column; it compiles to one DuckDB expression, so a million rows cost
one scan. ``raw_feeds`` uses it to see whether a row can be read, ``cleaned_learners`` to read it. Not here: which column
takes which recipe (the registry's YAML) and the common form that all sides share
(credential_pipeline/foundation/standard_form.py).
"""
