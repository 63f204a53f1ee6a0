"""The clearinghouse's own persons, enrollments and degrees; one version for all industries.

Heavy libraries are loaded by the step that needs them.
"""

from collections.abc import Mapping
from typing import Any

from assets.clearinghouse.heard import DROPS, TAKEN_BACK, drops_digest, rescissions_digest
from assets.hop import Hop, Published, Step
from assets.run_tags import SMALLER_REGISTRY
from checks.suites.clearinghouse.education_registry import FALL, ORPHANS, RULES, SHRUNK
from credential_pipeline.clearinghouse.opt_outs.lists import OptOuts, read_rescissions
from credential_pipeline.foundation.contracts.education_registry import SNAPSHOT
from credential_pipeline.foundation.storage.staging import Staged


def _depends(step: Step) -> Mapping[str, str]:
    return {DROPS: drops_digest(step), TAKEN_BACK: rescissions_digest(step)}


def _build(step: Step, staged: Staged) -> None:
    from credential_pipeline.clearinghouse.education_registry.blocks import compare_blocks
    from credential_pipeline.clearinghouse.education_registry.last_rows import compare_rows
    from credential_pipeline.clearinghouse.education_registry.load import load_education_registry

    load_education_registry(staged.con, step.root / "education")
    compare_rows(staged.con, step.side.store, accepted=step.run_tags.get(SMALLER_REGISTRY) == "true")
    compare_blocks(staged.con, step.side.store, OptOuts(rescissions=read_rescissions(step.root)).rescinded_by("school"))


def _describe(published: Published) -> Mapping[str, Any]:
    return {"student ids that gave way to another one": published.version.rows("duplicate_students")}


def _explain(_step: Step, staged: Staged) -> str:
    from credential_pipeline.clearinghouse.education_registry.blocks import explain_blocks
    from credential_pipeline.clearinghouse.education_registry.last_rows import explain_rows
    from credential_pipeline.foundation.drop_findings import explain_findings

    fewer = explain_rows(staged.con, SHRUNK)
    blocks = explain_blocks(staged.con) if staged.con.execute(FALL).fetchall()[0][0] else ""
    return " ".join(filter(None, (fewer, blocks))) or explain_findings(staged.con, SNAPSHOT, "education", ORPHANS)


HOP = Hop(
    contract=SNAPSHOT,
    rules=RULES,
    build=_build,
    depends=_depends,
    describe=_describe,
    explain=_explain,
    description="Names and addresses in the same standard form as the profiles; who stands there twice is one person.",
)
