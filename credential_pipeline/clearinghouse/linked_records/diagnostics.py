"""How the linkage of an industry went: the table linked_records.diagnostics, in counts, rates and weights only.

People are counted as learners, each once, or once for every certifier that reported them. Not here: any decision on
a pair, and how the figures are shown (linkage_report), where small numbers are hidden.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from credential_pipeline.clearinghouse.linked_records.learners import ENTITIES, IDENTITIES, RECORDS
from credential_pipeline.clearinghouse.linked_records.students import BEST, FORM_RECORDS, STUDENT_RECORDS
from credential_pipeline.engines.linkage import diagnose
from credential_pipeline.engines.linkage.blocking import RULES, usable
from credential_pipeline.engines.linkage.fields import FIELDS, shared_fields
from credential_pipeline.engines.linkage.model import Model
from credential_pipeline.foundation.recipes.sql import literal
from credential_pipeline.foundation.recipes.text import PLACEHOLDERS
from credential_pipeline.foundation.storage.engine import Connection

TARGET = "linked_records.diagnostics"
GROUPS = ("sex", "birth_decade", "has_birth_date", "fields", "decided_by")
"""Breakdowns of learners; certifiers are a breakdown too, in which a learner may stand several times."""
PREVIOUS = "previous_linked_records"
"""Schema of the last published version, where the caller attached one."""
COMPARED = ("links", "diagnostics")
"""Tables of the last version that are looked at."""
SKIPPED = "_skipped"
"""Ending of the table (rule, blocks, records) that tells which blocks were too large, where blocking keeps one."""

_LEARNERS = "tmp_diagnosed_learners"
_REPORTED = "tmp_diagnosed_reported"
_PROFILES = "tmp_diagnosed_profiles"


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


def write_diagnostics(con: Connection, profiles: Model, registry: Model, setting: Setting) -> None:
    """Create linked_records.diagnostics.

    Args:
        con: Connection with the other tables of linked_records and the temporary tables of the steps before.
        profiles: Model of profiles to one another.
        registry: Model of learners to students.
        setting: Thresholds and declared fields.
    """
    diagnose.start(con, TARGET)
    students = diagnose.add_presence(con, TARGET, {"learners": FORM_RECORDS, "students": STUDENT_RECORDS})
    within = shared_fields(con, RECORDS)
    _add_totals(con)
    diagnose.add_count(con, TARGET, "threshold", setting.link_threshold, "link")
    diagnose.add_count(con, TARGET, "threshold", setting.review_threshold, "review")
    _make_groups(con)
    for dimensions, source in ((("all", *GROUPS), _LEARNERS), (("certifier",), _REPORTED)):
        diagnose.add_rates(con, TARGET, source, "status", dimensions, people="n")
        diagnose.add_expected_errors(con, TARGET, source, dimensions)
    weights = f"(SELECT match_weight, status FROM {BEST} WHERE match_weight IS NOT NULL)"
    diagnose.add_histogram(con, TARGET, weights, "best_student", by="status", width=2)
    for family, pairs, fields in (
        ("registry", "tmp_student_pairs", students),
        ("profiles", "tmp_entity_pairs", within),
    ):
        diagnose.add_rules(con, TARGET, pairs, [rule.name for rule in usable(RULES, fields)], family)
        diagnose.add_skipped_blocks(con, TARGET, pairs + SKIPPED, family)
    _add_unlinkable(con)
    _add_declared(con, setting.declared)
    diagnose.add_model(con, TARGET, profiles, within)
    diagnose.add_model(con, TARGET, registry, students)
    if diagnose.exists(con, PREVIOUS, "links"):
        add_changes(con)


def _add_totals(con: Connection) -> None:
    for metric, source in (
        ("records", "linked_records.links"),
        ("profiles", IDENTITIES),
        ("identities", ENTITIES),
        ("learners", "linked_records.learners"),
        ("students", STUDENT_RECORDS),
        ("review_pairs", "linked_records.review_queue"),
    ):
        diagnose.add_count(con, TARGET, metric, con.execute(f"SELECT count(*) FROM {source}").fetchall()[0][0])


def _make_groups(con: Connection) -> None:
    """Count learners by what their profiles know together and how they were decided: ``n`` and the sum ``p`` of theirs.

    Whose profiles contradict one another in the sex counts as not stated.
    """
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE {_PROFILES} AS
        SELECT hash(l.learner_id) AS learner, p.certifier, p.first_name, p.last_name, p.sex, p.birth_date,
               p.zip IS NOT NULL AS address, p.ssn_last4 IS NOT NULL AS last_four,
               l.status, l.match_probability::DECIMAL(9, 6) AS p, l.student_id IS NOT NULL AS has_student, l.decided_by
        FROM linked_records.profile_links l JOIN cleaned_learners.profiles p USING (profile_id)
        """
    )
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE {_LEARNERS} AS
        WITH known AS (
            SELECT max(status) AS status, max(p) AS p, bool_or(has_student) AS has_student, max(decided_by) AS decided_by,
                   CASE WHEN min(sex) = max(sex) THEN min(sex) END AS sex, year(min(birth_date)) // 10 * 10 AS birth_decade,
                   bool_or(address) AS address, bool_or(last_four) AS last_four
            FROM {_PROFILES} GROUP BY learner),
        counted AS (SELECT * EXCLUDE (p), count(*) AS n, sum(p) AS p FROM known GROUP BY ALL)
        SELECT *, CASE WHEN birth_decade IS NULL THEN 'no' ELSE 'yes' END AS has_birth_date,
               concat_ws('+', 'name', CASE WHEN birth_decade IS NOT NULL THEN 'birth_date' END,
                         CASE WHEN address THEN 'address' END, CASE WHEN last_four THEN 'ssn_last4' END) AS fields
        FROM counted
        """
    )
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE {_REPORTED} AS
        WITH known AS (
            SELECT certifier, max(status) AS status, max(p) AS p, bool_or(has_student) AS has_student
            FROM {_PROFILES} GROUP BY certifier, learner)
        SELECT certifier, status, has_student, count(*) AS n, sum(p) AS p FROM known GROUP BY ALL
        """
    )


def _add_unlinkable(con: Connection) -> None:
    """Count the profiles that say too little to be linked with any certainty, under their first reason."""
    words = ", ".join(literal(word) for word in PLACEHOLDERS)
    one_letter = "coalesce(length({0}) > 1 AND replace({0}, {0}[1], '') = '', false)"
    con.execute(
        f"""
        INSERT INTO {TARGET}
        WITH judged AS (
            SELECT certifier, status IN ('linked', 'blocked') AND has_student AS linked,
                   CASE WHEN first_name IN ({words}) OR last_name IN ({words})
                             OR {one_letter.format("first_name")} OR {one_letter.format("last_name")} THEN 'placeholder_name'
                        WHEN first_name IS NULL THEN 'no_first_name'
                        WHEN birth_date IS NULL AND NOT address AND NOT last_four THEN 'name_only' END AS reason
            FROM {_PROFILES})
        SELECT 'unlinkable', reason, certifier, avg(linked::INTEGER), count(*)
        FROM judged WHERE reason IS NOT NULL GROUP BY ALL
        UNION ALL
        SELECT 'profiles', 'certifier', certifier, count(*), count(*) FROM judged GROUP BY ALL
        ORDER BY ALL
        """
    )


def _add_declared(con: Connection, declared: Mapping[str, Sequence[str]]) -> None:
    """Add for every field that a certifier's layout maps in which share of its profiles a value stands."""
    identifying = {"first_name", "name_suffix", "previous_last_name", "street", "city", "state", "person_ref"}
    identifying |= {column for columns in FIELDS.values() for column in columns}
    names = sorted({name for fields in declared.values() for name in fields} & identifying)
    if not names:
        return
    counts = ", ".join(f"count({name})" for name in names)
    query = f"SELECT certifier, count(*), {counts} FROM cleaned_learners.profiles GROUP BY certifier ORDER BY certifier"
    for certifier, rows, *present in con.execute(query).fetchall():
        for name, n in zip(names, present, strict=True):
            if name in declared.get(certifier, ()):
                diagnose.add_count(con, TARGET, "declared_field", round(n / rows, 6), certifier, name, n=rows)


def add_changes(con: Connection) -> None:
    """Add what is different from the last published version in :data:`PREVIOUS`; nothing where nothing is.

    A version that changes nothing must have the same figures as the one before, or all that is built on it would
    have to be built again; so differences of nought are left out.
    """
    con.execute(
        f"""
        INSERT INTO {TARGET}
        WITH old AS (
            SELECT dimension, level, coalesce(sum(n) FILTER (metric = 'share_linked'), 0) AS linked, sum(n) AS people
            FROM {PREVIOUS}.diagnostics WHERE metric LIKE 'share_%' GROUP BY ALL),
        new AS (
            SELECT dimension, level, coalesce(sum(n) FILTER (metric = 'share_linked'), 0) AS linked, sum(n) AS people
            FROM {TARGET} WHERE metric LIKE 'share_%' GROUP BY ALL)
        SELECT 'change_share_linked', dimension, level, round(n.linked / n.people - o.linked / o.people, 6), o.people
        FROM new n JOIN old o USING (dimension, level)
        WHERE dimension <> 'decided_by' AND round(n.linked / n.people - o.linked / o.people, 6) <> 0
        ORDER BY ALL
        """
    )
    # Only whether ids are the same counts, and numbers are compared much faster than texts.
    hashed = (
        "hash(certifier, record_id) AS key, hash(learner_id) AS learner, "
        "CASE WHEN student_id IS NOT NULL THEN hash(student_id) END AS student"
    )
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE tmp_changed_links AS
        SELECT o.learner AS old_learner, n.learner AS new_learner, o.student AS old_student,
               n.student AS new_student, o.learner IS NULL AS added, n.learner IS NULL AS gone
        FROM (SELECT {hashed} FROM {PREVIOUS}.links) o FULL JOIN (SELECT {hashed} FROM linked_records.links) n USING (key)
        """
    )
    con.execute(
        f"""
        INSERT INTO {TARGET}
        WITH kept AS (FROM tmp_changed_links WHERE NOT added AND NOT gone),
        figures AS (
            SELECT count(*) FILTER (added) AS records_added, count(*) FILTER (gone) AS records_gone,
                   count(*) FILTER (NOT added AND NOT gone AND old_student IS NULL AND new_student IS NOT NULL) AS links_gained,
                   count(*) FILTER (NOT added AND NOT gone AND old_student IS NOT NULL AND new_student IS NULL) AS links_lost,
                   count(*) FILTER (NOT added AND NOT gone AND old_student <> new_student) AS links_moved,
                   (SELECT count(*) FROM (SELECT new_learner FROM kept GROUP BY 1
                    HAVING min(old_learner) <> max(old_learner))) AS learners_merged,
                   (SELECT count(*) FROM (SELECT old_learner FROM kept GROUP BY 1
                    HAVING min(new_learner) <> max(new_learner))) AS learners_split,
                   (SELECT count(*) FROM kept) AS kept
            FROM tmp_changed_links)
        SELECT 'change', 'all', name, value, kept
        FROM (UNPIVOT figures ON COLUMNS(* EXCLUDE (kept)) INTO NAME name VALUE value)
        WHERE value <> 0 ORDER BY ALL
        """
    )
