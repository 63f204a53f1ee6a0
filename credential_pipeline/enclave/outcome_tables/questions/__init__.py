"""The questions that were put to the outcome tables, one module or folder each, with the meaning of its figures.

A question has ``answer(work, given, plan)`` and ``DEFINITIONS``. Not here: the tables that every question rests on.
"""

from collections.abc import Callable
from typing import Final

from credential_pipeline.enclave.outcome_tables.asking import Answer
from credential_pipeline.enclave.outcome_tables.given import Given
from credential_pipeline.enclave.outcome_tables.meaning import Definition
from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.enclave.outcome_tables.questions import (
    comparison,
    education,
    living,
    never_passed,
    own_change,
    stacks,
    versions,
    workforce_pell,
)
from credential_pipeline.enclave.outcome_tables.questions import work as working
from credential_pipeline.foundation.storage.relation import Scratch

ANSWERS: Final[tuple[Callable[[Scratch, Given, Plan], Answer], ...]] = (
    own_change.answer,
    versions.answer,
    working.answer,
    education.answer,
    living.answer,
    comparison.answer,
    never_passed.answer,
    stacks.answer,
    workforce_pell.answer,
)
"""Every question's entry, in the order of the tables."""
DEFINITIONS: Final[tuple[Definition, ...]] = (
    *own_change.DEFINITIONS,
    *stacks.DEFINITIONS,
    *education.DEFINITIONS,
    *living.DEFINITIONS,
    *never_passed.DEFINITIONS,
    *versions.DEFINITIONS,
    *working.DEFINITIONS,
    *comparison.DEFINITIONS,
    *workforce_pell.DEFINITIONS,
)
"""What all their figures mean."""
