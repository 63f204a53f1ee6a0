"""Profiles become learners, learners find their student records. Predicting never trains.

Heavy libraries are loaded by the step that needs them.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg

from assets import environment, pictures
from assets.clearinghouse.linkage_report import compare_with_last, declared_fields, publish_report
from assets.describe import hop_asset
from assets.materialize import digest_of, materialize
from assets.resources import SideResource
from assets.run_tags import NEW_IDS
from checks import gate
from checks.suites.clearinghouse.linked_records import RULES
from credential_pipeline.clearinghouse.clerical_review.decisions import digest, review_folder
from credential_pipeline.clearinghouse.clerical_review.reviews import read_review
from credential_pipeline.engines.linkage.model import choose, fingerprint, locate
from credential_pipeline.foundation.registry.model import LinkageModels
from credential_pipeline.foundation.storage.snapshots import Version
from credential_pipeline.foundation.storage.staging import Staged

_INHERITED = "learner ids inherited from"
_STATUSES = "SELECT status, count(*) AS learners FROM linked_records.learners GROUP BY 1 ORDER BY 1"
_WEIGHTS = """
SELECT level AS weight, CAST(sum(value) AS BIGINT) AS learners FROM linked_records.diagnostics
WHERE metric = 'best_student' GROUP BY level ORDER BY CAST(level AS INTEGER)
"""
_CHANGES = """
SELECT event, count(DISTINCT learner_id) FROM linked_records.learner_events
WHERE revision = (SELECT max(revision) FROM linked_records.learner_events) GROUP BY 1 ORDER BY 1
"""


@hop_asset(
    "linked_records",
    RULES,
    deps=["cleaned_learners", "education_registry"],
    kinds=["splink"],
    description="Probabilistic linkage with a pinned model; same input, same links.",
)
def linked_records(context: dg.AssetExecutionContext, clearinghouse: SideResource) -> Iterator[gate.Outcome]:
    """Link the industry's profiles."""
    name = context.partition_key
    models = clearinghouse.root / "models"

    def named() -> LinkageModels:
        return clearinghouse.industry(name).linkage.models

    def build(staged: Staged) -> None:
        from credential_pipeline.clearinghouse.linked_records.learner_ids import attach_last
        from credential_pipeline.clearinghouse.linked_records.link import link
        from credential_pipeline.engines.linkage.engine import opened

        # No input of the hop: with the same inputs there is nothing to inherit, and nothing is built.
        new_ids = context.run.tags.get(NEW_IDS) == "true"
        staged.facts[_INHERITED] = attach_last(staged.con, clearinghouse.store, name, new_ids=new_ids)
        compare_with_last(staged, clearinghouse.store)
        industry = clearinghouse.industry(name)
        with opened(industry.linkage.engine, environment.spark()) as engine:
            link(
                staged.con,
                industry,
                declared=declared_fields(clearinghouse.registry, name),
                review=read_review(clearinghouse.root, name),
                profiles_model=choose("profiles", named().profiles, models),
                registry_model=choose("registry", named().registry, models),
                engine=engine,
            )

    def describe(version: Version) -> Mapping[str, Any]:
        with clearinghouse.store.read(version) as con:
            counts = con.execute(_STATUSES).fetchall()
            changes = con.execute(_CHANGES).fetchall()
            # The page is made of the published version alone, so an unchanged hop mends it where it is missing.
            report = publish_report(con, clearinghouse, name, version)
            return {
                **report,
                _INHERITED: str(version.manifest.facts.get(_INHERITED, "unknown")),
                **{f"learners {status}": int(learners) for status, learners in counts},
                **{f"learner ids {event} in the last change": int(ids) for event, ids in changes},
                "learners by status": pictures.bars(con, _STATUSES, "Learners by status"),
                "match weights": pictures.bars(con, _WEIGHTS, "Learners by the match weight of their best student"),
            }

    yield from materialize(
        context,
        clearinghouse,
        "linked_records",
        RULES,
        build,
        reads=["cleaned_learners", "education_registry"],
        inputs=lambda: {
            "industry": digest_of(clearinghouse.industry(name).linkage.model_dump_json()),
            "profiles model": fingerprint(locate("profiles", named().profiles, models)),
            "registry model": fingerprint(locate("registry", named().registry, models)),
            "decisions": digest(review_folder(clearinghouse.root, name)),
            "declared fields": digest_of(repr(declared_fields(clearinghouse.registry, name))),
        },
        describe=describe,
    )
