"""How the linkage of an industry went: the table linked_records.diagnostics, in counts, rates and weights only.

People are counted as learners, each once, or once for every certifier that reported them. Not here: any decision on
a pair, and how the figures are shown (linkage_report), where small numbers are hidden.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from credential_pipeline.clearinghouse.linked_records.identities import Identities
from credential_pipeline.clearinghouse.linked_records.inputs import Inputs
from credential_pipeline.clearinghouse.linked_records.learners import Learners
from credential_pipeline.clearinghouse.linked_records.students import Students
from credential_pipeline.engines.linkage import diagnose
from credential_pipeline.engines.linkage.blocking import RULES, usable
from credential_pipeline.engines.linkage.fields import FIELDS
from credential_pipeline.engines.linkage.model import Model
from credential_pipeline.foundation.contracts.linked_records import WEIGHT_BIN
from credential_pipeline.foundation.recipes.name_marks import NO_FAMILY_NAME
from credential_pipeline.foundation.recipes.sql import literal
from credential_pipeline.foundation.recipes.text import PLACEHOLDERS
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Relation, Scratch, relation, scratch
from credential_pipeline.foundation.storage.sql import statement

TARGET = "linked_records.diagnostics"
GROUPS = ("sex", "birth_decade", "has_birth_date", "fields", "decided_by")
"""Breakdowns of learners; certifiers are a breakdown too, in which a learner may stand several times."""
LAST = "last_linked_records"
"""Schema of the version with which figures are compared, where the caller attached one; that from which ids are inherited is another,
for other tables of it must be whole."""
COMPARED = ("links", "diagnostics")
"""Tables of that version that are looked at."""


@dataclass(frozen=True)
class Models:
    """The models of a linkage.

    Attributes:
        profiles: Model of profiles to one another.
        registry: Model of learners to students.
    """

    profiles: Model
    registry: Model


@dataclass(frozen=True)
class Setting:
    """What a linkage was run with, as far as the figures name it.

    Attributes:
        link_threshold: Probability from which the best student is linked.
        review_threshold: Probability from which an undecided learner is put to a person.
        declared: Certifier -> fields that its layout in the registry maps.
    """

    link_threshold: float
    review_threshold: float
    declared: Mapping[str, Sequence[str]] = field(default_factory=dict)


def write_diagnostics(
    work: Scratch,
    inputs: Inputs,
    models: Models,
    setting: Setting,
    *,
    identities: Identities,
    learners: Learners,
    students: Students,
    best: Relation,
) -> None:
    """Create linked_records.diagnostics.

    Args:
        work: Makes relations in a connection with the other tables of linked_records.
        inputs: What was linked.
        models: With which models.
        setting: Thresholds and declared fields.
        identities: The identities of the profiles.
        learners: How profiles were clustered.
        students: How students were found.
        best: The best student of each learner in the end.
    """
    con = work.con
    diagnose.start(con, TARGET)
    sides = students.sides
    shared = diagnose.add_presence(con, TARGET, {"learners": sides.form_records, "students": sides.students})
    _add_totals(con, profiles=identities.of_profiles, identities=identities.known, students=sides.students)
    diagnose.add_count(con, TARGET, "threshold", setting.link_threshold, "link")
    diagnose.add_count(con, TARGET, "threshold", setting.review_threshold, "review")
    links = relation(con, "linked_records.profile_links")
    known = work.table(
        "diagnosed_profiles", statement(__package__, "diagnosed_profiles.sql", links=links, profiles=inputs.profiles)
    )
    add_group_rates(work, known)
    weights = f"(SELECT match_weight, status FROM {best} WHERE match_weight IS NOT NULL)"
    diagnose.add_histogram(con, TARGET, weights, "best_student", by="status", width=WEIGHT_BIN)
    for family, candidates, fields in (
        ("registry", students.pairs, shared),
        ("profiles", learners.candidates, learners.fields),
    ):
        rules = [rule.name for rule in usable(RULES, fields)]
        diagnose.add_rules(con, TARGET, candidates.pairs, rules, family)
        diagnose.add_skipped_blocks(con, TARGET, candidates.forecast, family)
    add_unlinkable(con, known)
    add_declared(con, inputs.profiles, setting.declared)
    diagnose.add_model(con, TARGET, models.profiles, learners.fields)
    diagnose.add_model(con, TARGET, models.registry, shared)
    if diagnose.exists(con, LAST, "links"):
        add_changes(con)


def _add_totals(con: Connection, *, profiles: Relation, identities: Relation, students: Relation) -> None:
    for metric, source in (
        ("records", "linked_records.links"),
        ("profiles", profiles),
        ("identities", identities),
        ("learners", "linked_records.learners"),
        ("students", students),
        ("review_pairs", "linked_records.review_queue"),
    ):
        diagnose.add_count(con, TARGET, metric, con.execute(f"SELECT count(*) FROM {source}").fetchall()[0][0])


def add_group_rates(work: Scratch, known: Relation) -> None:
    """Add how many are linked and how many errors the model expects, by what is known of people.

    Args:
        work: Makes relations in a connection with the table of figures.
        known: One row a profile: learner, certifier, what it knows, status, p, has_student, decided_by.
    """
    learners = work.table("diagnosed_learners", statement(__package__, "diagnosed_learners.sql", known=known))
    reported = work.table(
        "diagnosed_reported",
        f"""
        WITH known AS (
            SELECT certifier, max(status) AS status, max(p) AS p, bool_or(has_student) AS has_student
            FROM {known} GROUP BY certifier, learner)
        SELECT certifier, status, has_student, count(*) AS n, sum(p) AS p FROM known GROUP BY ALL
        """,
    )
    for dimensions, source in ((("all", *GROUPS), learners), (("certifier",), reported)):
        diagnose.add_rates(work.con, TARGET, source, "status", dimensions, people="n")
        diagnose.add_expected_errors(work.con, TARGET, source, dimensions)


def add_unlinkable(con: Connection, known: Relation) -> None:
    """Count the profiles that say too little to be linked with any certainty, under their first reason.

    Args:
        con: Connection with the table of figures.
        known: As for :func:`add_group_rates`.
    """
    words, no_family = (", ".join(literal(word) for word in listed) for listed in (PLACEHOLDERS, NO_FAMILY_NAME))
    one_letter = "coalesce(length({0}) > 1 AND replace({0}, {0}[1], '') = '', false)"
    con.execute(
        f"""
        INSERT INTO {TARGET}
        WITH judged AS (
            SELECT certifier, status IN ('linked', 'blocked') AND has_student AS linked,
                   CASE WHEN first_name IN ({words}) OR last_name IN ({no_family})
                             OR {one_letter.format("first_name")} OR {one_letter.format("last_name")} THEN 'placeholder_name'
                        WHEN first_name IS NULL THEN 'no_first_name'
                        WHEN birth_date IS NULL AND NOT address AND NOT last_four THEN 'name_only' END AS reason
            FROM {known})
        SELECT 'unlinkable', reason, certifier, avg(linked::INTEGER), count(*)
        FROM judged WHERE reason IS NOT NULL GROUP BY ALL
        UNION ALL
        SELECT 'profiles', 'certifier', certifier, count(*), count(*) FROM judged GROUP BY ALL
        ORDER BY ALL
        """
    )


def add_declared(con: Connection, profiles: Relation, declared: Mapping[str, Sequence[str]]) -> None:
    """Add for every field that a certifier's layout maps in which share of its profiles a value stands."""
    identifying = {"first_name", "name_suffix", "previous_last_name", "street", "city", "state", "zip", "person_ref"}
    identifying |= {column for columns in FIELDS.values() for column in columns}
    names = sorted({name for fields in declared.values() for name in fields} & identifying)
    if not names:
        return
    counts = ", ".join(f"count({name})" for name in names)
    query = f"SELECT certifier, count(*), {counts} FROM {profiles} GROUP BY certifier ORDER BY certifier"
    for certifier, rows, *present in con.execute(query).fetchall():
        for name, n in zip(names, present, strict=True):
            if name in declared.get(certifier, ()):
                diagnose.add_count(con, TARGET, "declared_field", round(n / rows, 6), certifier, name, n=rows)


def add_changes(con: Connection) -> None:
    """Add what is different from the last published version in :data:`LAST`; nothing where nothing is.

    A version that changes nothing must have the same figures as the one before, or all that is built on it would
    have to be built again; so differences of zero are left out.
    """
    before, now = relation(con, f"{LAST}.diagnostics"), relation(con, TARGET)
    con.execute(f"INSERT INTO {TARGET} {statement(__package__, 'changed_rates.sql', before=before, now=now)}")
    # Only whether ids are the same counts, and numbers are compared much faster than texts.
    hashed = (
        "hash(certifier, record_id) AS key, hash(learner_id) AS learner, "
        "CASE WHEN student_id IS NOT NULL THEN hash(student_id) END AS student"
    )
    with scratch(con) as work:
        changed = work.table(
            "changed_links",
            f"""
            SELECT o.learner AS old_learner, n.learner AS new_learner, o.student AS old_student,
                   n.student AS new_student, o.learner IS NULL AS added, n.learner IS NULL AS gone
            FROM (SELECT {hashed} FROM {LAST}.links) o FULL JOIN (SELECT {hashed} FROM linked_records.links) n USING (key)
            """,
        )
        con.execute(f"INSERT INTO {TARGET} {statement(__package__, 'changed_links.sql', changed=changed)}")
