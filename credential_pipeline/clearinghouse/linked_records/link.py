"""The hop: reads profiles, credentials and the registry's persons, creates the tables of linked_records.

Not here: how identities cluster (learners.py) and how students are found (students.py).
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

from credential_pipeline.clearinghouse.clerical_review.reviews import NOTHING, Review
from credential_pipeline.clearinghouse.linked_records import outputs
from credential_pipeline.clearinghouse.linked_records.answered import take_answers
from credential_pipeline.clearinghouse.linked_records.blocks import People, follow_wishes
from credential_pipeline.clearinghouse.linked_records.diagnostics import TARGET, Models, Setting, write_diagnostics
from credential_pipeline.clearinghouse.linked_records.identities import Identities, find_identities
from credential_pipeline.clearinghouse.linked_records.inputs import Inputs, inputs
from credential_pipeline.clearinghouse.linked_records.learner_ids import assign_ids
from credential_pipeline.clearinghouse.linked_records.learner_ledger import write_ledger
from credential_pipeline.clearinghouse.linked_records.learners import Learners, find_learners
from credential_pipeline.clearinghouse.linked_records.merging import Merged, merge_learners
from credential_pipeline.clearinghouse.linked_records.pairs import gather_pairs, write_pairs, write_queue
from credential_pipeline.clearinghouse.linked_records.reviewed import Decided, take_decisions, write_figures
from credential_pipeline.clearinghouse.linked_records.statements import Wishes
from credential_pipeline.clearinghouse.linked_records.students import Students, find_families, find_students
from credential_pipeline.clearinghouse.opt_outs.lists import NOTHING as NO_OPT_OUTS
from credential_pipeline.clearinghouse.opt_outs.lists import OptOuts
from credential_pipeline.engines.linkage.engine import DUCKDB, Engine
from credential_pipeline.engines.linkage.family import Families, usual_families
from credential_pipeline.engines.linkage.fields import FIELDS
from credential_pipeline.engines.linkage.model import Model, shipped
from credential_pipeline.foundation.registry.model import Industry, Linkage
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Scratch, scratch


def link(
    con: Connection,
    industry: Industry,
    *,
    profiles_model: Model | None = None,
    registry_model: Model | None = None,
    declared: Mapping[str, Sequence[str]] | None = None,
    review: Review = NOTHING,
    opt_outs: OptOuts = NO_OPT_OUTS,
    today: date | None = None,
    engine: Engine = DUCKDB,
) -> None:
    """Create every table of linked_records; learner ids are inherited where the last version is there.

    Args:
        con: Connection with the views cleaned_learners.{profiles, credentials, blocks} and education_registry.{persons,
            person_index, duplicate_students, student_tracker_answers}, and, where there is one, the last version's memory of
            learner ids in previous_linked_records and of opt-outs in previous_opt_outs, what was said in other industries in
            other_opt_outs, and the version with which figures are compared in last_linked_records.
        industry: The industry, for its thresholds.
        profiles_model: Model of profiles to one another; the shipped one if None.
        registry_model: Model of profiles to students; the shipped one if None.
        declared: Certifier -> fields that its layout maps, for the figures on fields that stay empty.
        review: What people decided on pairs, which outranks any score.
        opt_outs: The steward's lists of opt-outs and rescissions.
        today: Day on which new blocks of schools become known; today in UTC if None.
        engine: Where the heavy steps run.
    """
    models = Models(profiles_model or shipped("profiles"), registry_model or shipped("registry"))
    with scratch(con) as work:
        wishes = Wishes(opt_outs, industry.industry, today or datetime.now(tz=UTC).date())
        _link(work, inputs(con), models, industry.linkage, declared or {}, review, wishes, engine)


def _link(
    work: Scratch,
    read: Inputs,
    models: Models,
    limits: Linkage,
    declared: Mapping[str, Sequence[str]],
    review: Review,
    wishes: Wishes,
    engine: Engine,
) -> None:
    """The hop from its inputs to its tables, step by step."""
    con = work.con
    decided = take_decisions(work, review.decisions)
    identities, learners, students, merged = _find(work, read, models, limits, decided, engine)
    of_profiles = identities.of_profiles
    profile_persons = outputs.place_profiles(work, of_profiles, learners.members, merged.persons)
    rows = outputs.place_rows(work, profile_persons, read.profiles, read.credentials)
    ids = assign_ids(work, rows)
    write_ledger(work, ids)
    persons = People(profile_persons, rows, merged, students.candidates, ids)
    people = outputs.describe_people(
        work,
        profile_persons=profile_persons,
        blocked=follow_wishes(work, read, persons, wishes),
        merged=merged.persons,
        best=merged.best,
        ids=ids.given,
    )
    outputs.write_links(con, people, profile_persons, merged.best, read.credentials)
    pairs = gather_pairs(work, of_profiles, learners, students, merged, decided)
    write_pairs(con, pairs)
    write_queue(con, pairs, merged.best, students.candidates, limits.review_threshold)
    write_diagnostics(
        work,
        read,
        models,
        Setting(limits.link_threshold, limits.review_threshold, declared),
        identities=identities,
        learners=learners,
        students=students,
        best=merged.best,
    )
    write_figures(con, TARGET, decided.counts, review.figures)


def _find(
    work: Scratch, read: Inputs, models: Models, limits: Linkage, decided: Decided, engine: Engine
) -> tuple[Identities, Learners, Students, Merged]:
    """Who is one identity, one learner, which student, and one person."""
    identities = find_identities(work, read.profiles, decided)
    families = (
        usual_families(models.registry, list(FIELDS))
        if read.is_answered
        else find_families(work, models.registry, read.index, engine)
    )
    learners = find_learners(
        work, models.profiles, limits, identities, decided, families=families, profiles=read.profiles, engine=engine
    )
    students = _students(work, read, models, limits, identities, decided, families, learners, engine)
    best, of_profiles = students.best, identities.of_profiles
    return (
        identities,
        learners,
        students,
        merge_learners(work, models.profiles, families, learners, best, decided, of_profiles),
    )


def _students(
    work: Scratch,
    read: Inputs,
    models: Models,
    limits: Linkage,
    identities: Identities,
    decided: Decided,
    families: Families,
    learners: Learners,
    engine: Engine,
) -> Students:
    """The best student of each learner: by what the service answered where it was asked, else by the model."""
    if read.is_answered:
        return take_answers(work, identities, decided, members=learners.members, index=read.index, answers=read.answers)
    return find_students(
        work,
        models.registry,
        limits,
        identities,
        decided,
        families=families,
        members=learners.members,
        index=read.index,
        engine=engine,
    )
