"""WHO sends WHAT, as data: industries and certifiers in YAML, a strict model, and the checks across files.

A new certifier is one file in ``certifiers/``, a new industry one file in ``industries/``; start from
``certifiers/_template.yml``. Not here: how a recipe step works (credential_pipeline/foundation/recipes) and any path or secret.
"""
