"""Profiles become learners, learners find their student records. Predicting never trains.

Heavy libraries are loaded by the step that needs them.
"""

from collections.abc import Mapping
from typing import Any

from assets import environment
from assets.clearinghouse.heard import ELSEWHERE, OPT_OUTS, opt_outs_digest, opt_outs_elsewhere
from assets.hop import Chart, Hop, Published, Step
from assets.run_tags import NEW_IDS
from checks.suites.clearinghouse.linked_records import RULES
from credential_pipeline.clearinghouse.clerical_review.decisions import digest, review_folder
from credential_pipeline.clearinghouse.clerical_review.reviews import read_review
from credential_pipeline.clearinghouse.linked_records import summary
from credential_pipeline.clearinghouse.linked_records.last_version import COMPARED_WITH, attach_compared
from credential_pipeline.clearinghouse.opt_outs.lists import read_opt_outs
from credential_pipeline.engines.linkage.model import choose, fingerprint, locate
from credential_pipeline.foundation.contracts import cleaned_learners, education_registry
from credential_pipeline.foundation.contracts.linked_records import SNAPSHOT
from credential_pipeline.foundation.storage.staging import Staged

_INHERITED = "learner ids inherited from"


def _anew(step: Step) -> bool:
    """Whether the run was told to start without a memory where it is lost."""
    return step.run_tags.get(NEW_IDS) == "true"


def _depends(step: Step) -> Mapping[str, str]:
    named, folder = step.industry.linkage.models, step.root / "models"
    return {
        "profiles model": fingerprint(locate("profiles", named.profiles, folder)),
        "registry model": fingerprint(locate("registry", named.registry, folder)),
        OPT_OUTS: opt_outs_digest(step),
        ELSEWHERE: opt_outs_elsewhere(step, anew=_anew(step)),
        "decisions": digest(review_folder(step.root, step.partition)),
    }


def _build(step: Step, staged: Staged) -> None:
    from credential_pipeline.clearinghouse.linked_records.block_memory import attach_statements
    from credential_pipeline.clearinghouse.linked_records.elsewhere import attach_elsewhere
    from credential_pipeline.clearinghouse.linked_records.learner_ids import attach_last
    from credential_pipeline.clearinghouse.linked_records.link import link
    from credential_pipeline.engines.linkage.engine import opened

    # No inputs of the hop: with the same inputs there is nothing to inherit or compare, and nothing is built.
    new_ids = _anew(step)
    staged.facts[_INHERITED] = attach_last(staged.con, step.side.store, step.partition, new_ids=new_ids)
    attach_statements(staged.con, step.side.store, step.partition, anew=new_ids)
    attach_elsewhere(staged.con, step.side.store, step.partition, anew=new_ids)
    if compared := attach_compared(staged.con, step.side.store, step.partition):
        staged.facts[COMPARED_WITH] = compared
    industry, models = step.industry, step.root / "models"
    with opened(industry.linkage.engine, environment.spark()) as engine:
        link(
            staged.con,
            industry,
            declared={one.certifier: tuple(sorted(one.columns)) for one in step.certifiers},
            review=read_review(step.root, step.partition),
            opt_outs=read_opt_outs(step.root),
            today=step.date,
            profiles_model=choose("profiles", industry.linkage.models.profiles, models),
            registry_model=choose("registry", industry.linkage.models.registry, models),
            engine=engine,
        )


def _describe(published: Published) -> Mapping[str, Any]:
    return {_INHERITED: str(published.facts.get(_INHERITED, "unknown")), **summary.facts(published.con)}


HOP = Hop(
    contract=SNAPSHOT,
    rules=RULES,
    build=_build,
    reads=[cleaned_learners.SNAPSHOT, education_registry.SNAPSHOT],
    asks=("linkage", "certifiers"),
    depends=_depends,
    describe=_describe,
    charts={
        "match weights": Chart("Learners by the match weight of their best student", summary.WEIGHTS, "bars"),
    },
    kinds=["splink"],
    description="Probabilistic linkage with a pinned model; same input, same links.",
)
