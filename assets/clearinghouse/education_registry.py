"""The clearinghouse's own persons, enrollments and degrees; one version for all industries.

Heavy libraries are loaded by the step that needs them.
"""

from collections.abc import Mapping

from assets.digests import digest_of_files
from assets.hop import Hop, Step
from checks.suites.clearinghouse.education_registry import RULES
from credential_pipeline.foundation.contracts.education_registry import SNAPSHOT
from credential_pipeline.foundation.storage.staging import Staged


def _depends(step: Step) -> Mapping[str, str]:
    return {"drops": digest_of_files(step.root / "education")}


def _build(step: Step, staged: Staged) -> None:
    from credential_pipeline.clearinghouse.education_registry.load import load_education_registry

    load_education_registry(staged.con, step.root / "education")


HOP = Hop(
    contract=SNAPSHOT,
    rules=RULES,
    build=_build,
    depends=_depends,
    description="Names and addresses in the same standard form as the profiles.",
)
