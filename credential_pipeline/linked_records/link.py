"""The hop: reads profiles, credentials and the registry's persons, creates the tables of linked_records.

Not here: how identities cluster (learners.py) and how students are found (students.py).
"""

from typing import Protocol

from credential_pipeline.linkage.model import Model, shipped
from credential_pipeline.linkage.scratch import scratch
from credential_pipeline.linked_records import learners, students
from credential_pipeline.linked_records.merging import merge_learners
from credential_pipeline.linked_records.outputs import write_diagnostics, write_outputs
from credential_pipeline.storage.engine import Connection


class Thresholds(Protocol):
    """The thresholds of an industry."""

    @property
    def link_threshold(self) -> float:
        """Probability from which a pair is linked."""

    @property
    def review_threshold(self) -> float:
        """Probability from which an undecided pair is put to a person."""


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
) -> None:
    """Create linked_records.{learners, links, profile_links, review_queue, diagnostics}.

    Args:
        con: Connection with the views cleaned_learners.{profiles, credentials} and education_registry.persons.
        industry_config: The industry's configuration, for its thresholds.
        profiles_model: Model of profiles to one another; the shipped one if None.
        registry_model: Model of profiles to students; the shipped one if None.
    """
    limits = industry_config.linkage
    profiles, registry = profiles_model or shipped("profiles"), registry_model or shipped("registry")
    with scratch(con):
        learners.find_identities(con)
        learners.find_learners(con, profiles, limits.link_threshold)
        students.find_students(con, registry, limits.link_threshold, limits.review_threshold)
        merge_learners(con, profiles)
        write_outputs(con, limits.review_threshold)
        write_diagnostics(con, profiles, registry)
