"""The enclave's own persons, employers and annual wages; one version for all industries."""

from collections.abc import Mapping
from typing import Any

from assets.digests import digest_of, digest_of_files
from assets.hop import Chart, Hop, Published, Step
from checks.drop_rules import UNREADABLE
from checks.suites.enclave.reference_population import REPEATED, RULES, STRANGERS
from credential_pipeline.enclave.reference_population.load import load_reference_population
from credential_pipeline.enclave.reference_population.wage_file_years import explain_years
from credential_pipeline.foundation.contracts.reference_population import SNAPSHOT
from credential_pipeline.foundation.drop_findings import explain_findings
from credential_pipeline.foundation.progress import PROGRESS
from credential_pipeline.foundation.registry.agreements import covered_states
from credential_pipeline.foundation.storage.staging import Staged

WORTH = min(REPEATED, STRANGERS, UNREADABLE)
_SHUT = """
SELECT state, employers FROM reference_population.wage_states WHERE agreement IS NULL AND employers > 0 ORDER BY state
"""


def _agreements(step: Step) -> Mapping[str, str]:
    """State to the agreement under which its wages may be used today."""
    return covered_states(step.side.registry.wage_agreements, step.date)


def _depends(step: Step) -> Mapping[str, str]:
    agreed = digest_of(*(f"{state} {agreement}" for state, agreement in sorted(_agreements(step).items())))
    return {"drops": digest_of_files(step.root / "reference"), "wage agreements": agreed}


def _build(step: Step, staged: Staged) -> None:
    load_reference_population(staged.con, step.root / "reference", _agreements(step), step.date.year)
    if shut := staged.con.execute(_SHUT).fetchall():
        states = ", ".join(f"{state} ({employers:,} employers)" for state, employers in shut)
        PROGRESS.info("no agreement in force for the wages of %s: they are not used", states)


def _describe(published: Published) -> Mapping[str, Any]:
    rows = published.con.execute(
        "SELECT agreement IS NULL, string_agg(state, ', ' ORDER BY state) FROM reference_population.wage_states"
        " WHERE employers > 0 GROUP BY ALL"
    ).fetchall()
    states = {bool(shut): listed for shut, listed in rows}
    return {"wages used of employers in": states.get(False, ""), "wages not used of employers in": states.get(True, "")}


def _explain(_step: Step, staged: Staged) -> str:
    return " ".join(
        filter(None, (explain_findings(staged.con, SNAPSHOT, "reference", WORTH), explain_years(staged.con)))
    )


HOP = Hop(
    contract=SNAPSHOT,
    rules=RULES,
    build=_build,
    depends=_depends,
    describe=_describe,
    explain=_explain,
    charts={"employers without an agreement": Chart("Employers in states whose wages are not used", _SHUT)},
    description="Quarterly wages are added up to years. Wages of a state without an agreement in force are not used.",
)
