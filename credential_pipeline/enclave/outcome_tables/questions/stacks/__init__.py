"""How credentials add up: every holder of each, what comes next and when, and what a further one adds.

Not here: how many credentials people have (outcome_tables/stacking.py).
"""

from typing import Final

from credential_pipeline.enclave.outcome_tables.asking import Answer, together
from credential_pipeline.enclave.outcome_tables.following import follow
from credential_pipeline.enclave.outcome_tables.given import Given
from credential_pipeline.enclave.outcome_tables.meaning import Definition
from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.enclave.outcome_tables.questions.stacks import effects, every_award, following_award
from credential_pipeline.foundation.storage.relation import Scratch

DEFINITIONS: Final[tuple[Definition, ...]] = (
    *every_award.DEFINITIONS,
    *following_award.DEFINITIONS,
    *effects.DEFINITIONS,
)


def answer(work: Scratch, given: Given, plan: Plan) -> Answer:
    """All figures of credentials beside the one at which a person is counted."""
    awarded = every_award.number_awards(work, given, plan)
    followed = follow(work, given, awarded, plan)
    labels = every_award.label_credentials(work, given, followed, plan)
    return together(
        work,
        every_award.every_award(work, awarded, followed, labels),
        following_award.following_award(work, given, plan),
        effects.effects(work, awarded, followed, labels, plan),
    )
