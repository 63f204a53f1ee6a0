"""Where holders work: whether the first job is in the industry, who stays, who leaves for where and at what pay."""

from credential_pipeline.enclave.outcome_tables.asking import Answer, together
from credential_pipeline.enclave.outcome_tables.given import Given
from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.enclave.outcome_tables.questions.work import first_job, leaving
from credential_pipeline.foundation.storage.relation import Scratch

DEFINITIONS = (*first_job.DEFINITIONS, *leaving.DEFINITIONS)


def answer(work: Scratch, given: Given, plan: Plan) -> Answer:
    """All figures on first jobs, stayers and leavers."""
    return together(work, first_job.answer(work, given, plan), leaving.answer(work, given, plan))
