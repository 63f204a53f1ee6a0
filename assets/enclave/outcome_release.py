"""Disclosure control over all tables at once, an attacker on the result, and the files as readers would get them: a proposal.

Heavy libraries are loaded by the step that needs them. Not here: the acts by which it becomes public (release_acts.py).
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from assets.digests import digest_of
from assets.enclave import preview
from assets.hop import Chart, Hop, Published, Step
from checks.suites.enclave.outcome_release import RULES
from credential_pipeline.enclave.outcome_release.packet import FEW_EMPLOYERS
from credential_pipeline.enclave.outcome_release.releases import EARLIER, Binding, known_before, read_notice, take_over
from credential_pipeline.engines.handover.agreement import require_agreement
from credential_pipeline.foundation.contracts import outcome_tables
from credential_pipeline.foundation.contracts.outcome_release import SNAPSHOT
from credential_pipeline.foundation.storage.staging import Staged

_STATUS = """
SELECT CASE status WHEN 1 THEN 'shown' WHEN 5 THEN 'hidden' ELSE 'not available' END AS status, count(*) AS figures
FROM outcome_release.published_outcomes GROUP BY 1 ORDER BY 2 DESC
"""


def _depends(step: Step) -> Mapping[str, str]:
    require_agreement(step.industry, step.date)
    current = step.side.store.readable(SNAPSHOT, step.partition)
    release = current.manifest.facts.get("release", "") if current else ""
    return {
        EARLIER: known_before(step.root, step.partition, release),
        "notice": digest_of(read_notice(step.root)),
    }


def _build(step: Step, staged: Staged) -> None:
    from credential_pipeline.enclave.outcome_release.propose import propose

    words = [read_notice(step.root), step.industry.model_dump_json()]
    words += [certifier.model_dump_json() for certifier in step.certifiers]
    binding = Binding(words=digest_of(*words), tables=step.current(outcome_tables.SNAPSHOT).name)
    proposal = propose(staged.con, step.root, step.partition, step.industry.disclosure, binding)
    staged.learn(EARLIER, proposal.known)
    versions = step.side.store.versions(SNAPSHOT, step.partition)
    approved = next((one for one in versions if one.name == proposal.approved and one.is_whole()), None)
    if approved is None:
        preview.render(step, staged, proposal.entry.release)
    else:
        take_over(staged.con, approved)
    staged.facts |= {
        "release": proposal.entry.release,
        "entry": asdict(proposal.entry),
        "profile": proposal.entry.profile,
        "figures shown": proposal.shown,
        "figures hidden": proposal.hidden,
        "figures hidden for what an attack found": proposal.mended,
        FEW_EMPLOYERS: proposal.few_employers,
        "earlier releases attacked with": proposal.earlier,
    }


def _describe(published: Published) -> Mapping[str, Any]:
    return {key: value for key, value in published.facts.items() if key not in {"gate_seconds", "entry"}}


HOP = Hop(
    contract=SNAPSHOT,
    rules=RULES,
    build=_build,
    reads=[outcome_tables.SNAPSHOT],
    asks=(
        "name",
        "naics",
        "certifiers",
        "cohorts",
        "attribution",
        "horizons",
        "base_year",
        "programmes",
        "disclosure",
        "agreement",
    ),
    depends=_depends,
    describe=_describe,
    charts={"figures by status": Chart("Figures shown, hidden and not available", _STATUS)},
    kinds=["highs", "scipy"],
    description="Figures are marked and rounded by the profile of the industry, attacked, and proposed for release.",
)
