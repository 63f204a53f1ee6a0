"""Protected person keys by a cascade of passes; no direct identifier goes beyond this hop.

Heavy libraries are loaded by the step that needs them.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg

from assets import environment, pictures
from assets.describe import hop_asset
from assets.materialize import digest_of, materialize
from assets.resources import SideResource
from checks import gate
from checks.suites.enclave.person_keys import RULES
from credential_pipeline.engines.linkage.model import choose, fingerprint, locate
from credential_pipeline.foundation.storage.snapshots import Version
from credential_pipeline.foundation.storage.staging import Staged


@hop_asset(
    "person_keys",
    RULES,
    deps=["accepted_extract", "reference_population"],
    kinds=["splink"],
    description="Each link names the module and the pass that made it; ties get no key.",
)
def person_keys(context: dg.AssetExecutionContext, enclave: SideResource) -> Iterator[gate.Outcome]:
    """Assign keys to the industry's learners."""
    name = context.partition_key
    models = enclave.root / "models"

    def named() -> str | None:
        return enclave.industry(name).linkage.models.reference

    def build(staged: Staged) -> None:
        from credential_pipeline.enclave.person_keys.assign import assign
        from credential_pipeline.engines.linkage.engine import opened

        industry, model = enclave.industry(name), choose("reference", named(), models)
        with opened(industry.linkage.engine, environment.spark()) as engine:
            assign(staged.con, industry, model=model, engine=engine)

    def describe(version: Version) -> Mapping[str, Any]:
        query = (
            "SELECT coalesce(module, status) AS module, count(*) AS learners FROM person_keys.person_links"
            " GROUP BY 1 ORDER BY 2 DESC, 1"
        )
        with enclave.store.read(version) as con:
            return {"keys by module": pictures.bars(con, query, "Learners by the module that keyed them")}

    yield from materialize(
        context,
        enclave,
        "person_keys",
        RULES,
        build,
        reads=["accepted_extract", "reference_population"],
        inputs=lambda: {
            "industry": digest_of(enclave.industry(name).linkage.model_dump_json()),
            "reference model": fingerprint(locate("reference", named(), models)),
        },
        describe=describe,
    )
