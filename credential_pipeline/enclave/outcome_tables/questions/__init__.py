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

_QUESTIONS: Final = (
    own_change,
    versions,
    working,
    education,
    living,
    comparison,
    never_passed,
    stacks,
    workforce_pell,
)
ANSWERS: Final[tuple[Callable[[Scratch, Given, Plan], Answer], ...]] = tuple(one.answer for one in _QUESTIONS)
"""Every question's entry, in the order of the tables."""
DEFINITIONS: Final[tuple[Definition, ...]] = tuple(meant for one in _QUESTIONS for meant in one.DEFINITIONS)
"""What all their figures mean."""
