"""Who earned what before and after the award, where they work, how they trained, and who is not seen.

Everything here counts learners with a protected key and turns wages into aggregates. Not here: whether a figure may be
published (outcome_release), and how it looks (published_outcomes). The entry is :func:`~.tabulation.tabulate`.
"""

from credential_pipeline.enclave.outcome_tables.definitions import definitions
from credential_pipeline.enclave.outcome_tables.tabulation import tabulate

__all__ = ["definitions", "tabulate"]
