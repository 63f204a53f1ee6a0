"""Does the award get one hired: is the first new job after it in the industry."""

from typing import Final

from credential_pipeline.enclave.outcome_tables.asking import Answer, ShareAsk, ask_shares
from credential_pipeline.enclave.outcome_tables.given import Given
from credential_pipeline.enclave.outcome_tables.grouping import BROAD
from credential_pipeline.enclave.outcome_tables.meaning import Definition
from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.foundation.storage.relation import Scratch
from credential_pipeline.foundation.storage.sql import statement

_JOB: Final = (
    "The first new job is the main employer of the first year after the award in which it is none of the person's main "
    "employers of earlier years that are reported."
)
DEFINITIONS: Final = (
    Definition(
        "first_job_any",
        "first_job_in_industry_share",
        "First new job in the industry",
        f"Of the learners with a new job after the award, the share whose first one is in the industry. {_JOB}",
    ),
    Definition(
        "first_job_newcomers",
        "first_job_in_industry_share",
        "First new job in the industry, newcomers",
        "The same, of those whose main employer was in the industry in no reported year up to that of the award: for them the "
        f"job is a way into the industry. {_JOB}",
    ),
    Definition(
        "new_job_share",
        "new_job_share",
        "With a new job after the award",
        f"Share of the learners with a new job in a reported year after the award, of those for whom the wage files cover one in which the award was not revoked. {_JOB}",
    ),
)


def answer(work: Scratch, given: Given, _plan: Plan) -> Answer:
    """``first_job_in_industry_share`` in two definitions and ``new_job_share``; time plays no part."""
    jobs = work.table("first_jobs", statement(__package__, "first_jobs.sql", persons=given.persons(work)))
    table, measure = "first_job", "first_job_in_industry_share"
    asks = [
        ShareAsk(table, "new_job_share", "followed_to_a_job", "new_job", "followed", "hired"),
        ShareAsk(table, measure, "new_job", "new_job_in_industry", "hired", "in_industry", "first_job_any"),
        ShareAsk(
            table,
            measure,
            "newcomer_job",
            "newcomer_job_in_industry",
            "hired AND newcomer",
            "in_industry",
            "first_job_newcomers",
        ),
    ]
    return ask_shares(work, jobs, asks, BROAD)
