"""Rows of the accepted extract get the protected keys of the reference population.

Belongs here: the cascade of search modules and what leaves the hop (no direct identifier). Does not belong here: how
records are compared and scored (``linkage``).
"""

from credential_pipeline.enclave.person_keys.assign import assign

__all__ = ["assign"]
