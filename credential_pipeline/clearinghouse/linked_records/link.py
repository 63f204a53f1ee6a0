"""The hop: reads profiles, credentials and the registry's persons, creates the tables of linked_records.

Not here: how identities cluster (learners.py) and how students are found (students.py).
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from credential_pipeline.clearinghouse.clerical_review.reviews import NOTHING, Review
from credential_pipeline.clearinghouse.linked_records import learners, reviewed, students
from credential_pipeline.clearinghouse.linked_records.diagnostics import Setting, write_diagnostics
from credential_pipeline.clearinghouse.linked_records.merging import merge_learners
from credential_pipeline.clearinghouse.linked_records.outputs import write_outputs
from credential_pipeline.engines.linkage.engine import DUCKDB, Engine
from credential_pipeline.engines.linkage.model import Model, shipped
from credential_pipeline.engines.linkage.scratch import scratch
from credential_pipeline.foundation.storage.engine import Connection


class Thresholds(Protocol):
    """The thresholds of an industry."""

    @property
    def link_threshold(self) -> float:
        """Probability from which a pair is linked."""

    @property
    def review_threshold(self) -> float:
        """Probability from which an undecided pair is put to a person."""

    @property
    def max_candidate_pairs(self) -> int:
        """Candidate pairs above which the linkage refuses to begin."""


class Industry(Protocol):
    """What the hop needs to know of an industry."""

    @property
    def linkage(self) -> Thresholds:
        """Its thresholds."""


def link(
    con: Connection,
    industry_config: Industry,
    *,
    profiles_model: Model | None = None,
    registry_model: Model | None = None,
    declared: Mapping[str, Sequence[str]] | None = None,
    review: Review = NOTHING,
    engine: Engine = DUCKDB,
) -> None:
    """Create every table of linked_records; learner ids are inherited where the last version is there.

    Args:
        con: Connection with the views cleaned_learners.{profiles, credentials} and education_registry.{persons,
            person_index}, and, if there is one, the last version's memory of learner ids in previous_linked_records.
        industry_config: The industry's configuration, for its thresholds.
        profiles_model: Model of profiles to one another; the shipped one if None.
        registry_model: Model of profiles to students; the shipped one if None.
        declared: Certifier -> fields that its layout maps, for the figures on fields that stay empty.
        review: What people decided on pairs, which outranks any score.
        engine: Where the heavy steps run.
    """
    limits = industry_config.linkage
    profiles, registry = profiles_model or shipped("profiles"), registry_model or shipped("registry")
    with scratch(con):
        counts = reviewed.take_decisions(con, review.decisions)
        learners.find_identities(con)
        most = limits.max_candidate_pairs
        learners.find_learners(con, profiles, limits.link_threshold, max_pairs=most, engine=engine)
        students.find_students(
            con, registry, limits.link_threshold, limits.review_threshold, max_pairs=most, engine=engine
        )
        merge_learners(con, profiles)
        write_outputs(con, limits.review_threshold)
        write_diagnostics(
            con, profiles, registry, Setting(limits.link_threshold, limits.review_threshold, declared or {})
        )
        reviewed.write_figures(con, "linked_records.diagnostics", counts, review.figures)
