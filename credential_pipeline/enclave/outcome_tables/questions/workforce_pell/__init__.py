"""Would Workforce Pell pay for a programme: completion, placement, value-added earnings and tuition, and what the law says.

``law`` reads the numbers of the law, ``careers`` finds who began and who completed, ``window`` chooses whose record is judged,
``evidence`` says what is known of it, rounded by ``printing`` as it will be published, ``judging`` judges it, ``answers`` puts counts
and cells together, and ``meanings`` says what they mean. Not here: which programmes there are (the registry).
"""

from credential_pipeline.enclave.outcome_tables.questions.workforce_pell.answers import answer
from credential_pipeline.enclave.outcome_tables.questions.workforce_pell.meanings import DEFINITIONS

__all__ = ["DEFINITIONS", "answer"]
