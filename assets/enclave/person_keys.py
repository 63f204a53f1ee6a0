"""Protected person keys by a cascade of passes; no direct identifier goes beyond this hop.

Heavy libraries are loaded by the step that needs them.
"""

from collections.abc import Mapping

from assets import environment
from assets.hop import Chart, Hop, Step
from checks.suites.enclave.person_keys import RULES
from credential_pipeline.engines.linkage.model import choose, fingerprint, locate
from credential_pipeline.foundation.contracts import accepted_extract, reference_population
from credential_pipeline.foundation.contracts.person_keys import SNAPSHOT
from credential_pipeline.foundation.storage.staging import Staged

_MODULES = """
SELECT coalesce(module, status) AS module, count(*) AS learners FROM person_keys.person_links
GROUP BY 1 ORDER BY 2 DESC, 1
"""


def _depends(step: Step) -> Mapping[str, str]:
    named = step.industry.linkage.models.reference
    return {"reference model": fingerprint(locate("reference", named, step.root / "models"))}


def _build(step: Step, staged: Staged) -> None:
    from credential_pipeline.enclave.person_keys.assign import assign
    from credential_pipeline.engines.linkage.engine import opened

    industry = step.industry
    model = choose("reference", industry.linkage.models.reference, step.root / "models")
    with opened(industry.linkage.engine, environment.spark()) as engine:
        assign(staged.con, industry, model=model, engine=engine)


HOP = Hop(
    contract=SNAPSHOT,
    rules=RULES,
    build=_build,
    reads=[accepted_extract.SNAPSHOT, reference_population.SNAPSHOT],
    asks=("linkage",),
    depends=_depends,
    charts={"keys by module": Chart("Learners by the module that keyed them", _MODULES)},
    kinds=["splink"],
    description="Each link names the module and the pass that made it; ties get no key.",
)
