"""What must hold before the registry is linked against."""

from checks.drop_rules import dates_rules, findings, named, share_rule, words_rule
from checks.rule import Severity, compared_rule, contract_rules, none_where, number, share_where
from credential_pipeline.foundation.contracts.education_registry import SNAPSHOT

ORPHANS = 0.05
"""Share of enrollments, or of degrees, of nobody above which ids were written differently."""
_OF_KNOWN: tuple[tuple[str, float, Severity], ...] = (("mostly_", ORPHANS, "block"), ("", 0.0, "warn"))
BLOCKED = 0.005
"""Share of blocked students from which a fall to less than half is no chance."""
LISTED_TWICE = 0.05
"""Share of student ids that gave way to another one, above which the registry was put together wrongly."""
FALL = f"""
    SELECT count(*) FROM (
        SELECT count(*) AS persons, count(*) FILTER (ferpa_block) AS blocked FROM education_registry.persons
    ) AS now CROSS JOIN previous_education_registry.blocks AS before
    WHERE (now.blocked + before.rescinded = 0 AND before.blocked > 0)
       OR (before.blocked >= {BLOCKED} * before.persons
           AND (now.blocked + before.rescinded) * before.persons < before.blocked * now.persons / 2)
"""
"""Counts one where far fewer students are blocked than in the last version."""

KEPT = 0.8
"""Share of the last version's rows below which a part of the registry is missing."""
FEWEST = 20
"""Rows of the last version from which on they are compared."""
_COUNTED = " UNION ALL ".join(
    f"SELECT '{name}' AS \"table\", count(*) AS rows FROM education_registry.{name}"
    for name in ("persons", "enrollments", "degrees")
)
SHRUNK = f"""
    SELECT "table", before.rows AS before, now.rows AS now
    FROM previous_education_registry.row_counts AS before JOIN ({_COUNTED}) AS now USING ("table")
    WHERE before.rows >= {FEWEST} AND now.rows < {KEPT} * before.rows
"""
"""The tables that hold far fewer rows than in the last version: table, before, now."""
TURNED = 0.05
"""Share of enrollments that end before they begin above which two columns were exchanged."""
_TERMS = "(SELECT begin_date, end_date FROM education_registry.enrollments WHERE begin_date IS NOT NULL AND end_date IS NOT NULL)"
_BACKWARDS = "begin_date > end_date"

INDEXED = """
    SELECT abs(held.n - indexed.n) + (held.digest IS DISTINCT FROM indexed.digest)::INTEGER
    FROM (SELECT count(*) AS n, sum(hash(student_id)::HUGEINT) AS digest FROM education_registry.persons) AS held,
         (SELECT count(*) AS n, sum(hash(student_id)::HUGEINT) AS digest FROM education_registry.person_index) AS indexed
"""
"""Zero where both tables hold the same ids; comparing digests costs a look at each, joining them ten times as much."""

_NO_BIRTH_DATE = (
    "birth_date IS NULL AND student_id NOT IN (SELECT profile_id FROM education_registry.student_tracker_answers)"
)
"""Reports of the StudentTracker service tell no birth date, and nobody is searched for among those whom they tell of."""

RULES = (
    *contract_rules(SNAPSHOT),
    number(
        "every_student_indexed_once",
        "A student who is missing from the index, or stands in it twice, is never linked, or always ambiguous.",
        INDEXED,
        at_most=0,
    ),
    share_where(
        "names_present",
        "A student without a family name can be linked to nobody.",
        "education_registry.persons",
        "last_name IS NULL",
        at_most=0.05,
        severity="block",
    ),
    share_where(
        "birth_dates_present",
        "Without birth dates a name alone decides, and names are shared by many.",
        "education_registry.persons",
        _NO_BIRTH_DATE,
        at_most=0.5,
        severity="block",
    ),
    share_where(
        "birth_dates_mostly_present",
        "Every student without a birth date is harder to link.",
        "education_registry.persons",
        _NO_BIRTH_DATE,
        at_most=0.1,
    ),
    share_where(
        "no_birth_date_in_excess",
        "A date shared by one student in a hundred is a placeholder, and blocking on it explodes.",
        "(SELECT count(*) AS students, sum(count(*)) OVER () AS everybody FROM education_registry.persons"
        " WHERE birth_date IS NOT NULL GROUP BY birth_date)",
        "students > greatest(100, everybody / 100)",
        at_most=0.0,
    ),
    none_where(
        "blocks_decided",
        "Whether a student opted out must be yes or no; unknown would be shared.",
        "education_registry.persons",
        "ferpa_block IS NULL",
    ),
    number(
        "blocks_not_collapsed",
        "When most students who opted out are no longer said to, a column was lost, and all of them would be shared.",
        FALL,
        at_most=0,
    ),
    number(
        "registry_not_shrunk",
        "A fifth of the people, enrollments or degrees less than last time is a part that was forgotten, until a person says not.",
        f"SELECT count(*) FROM ({SHRUNK})",
        at_most=0,
        blame=f'SELECT "table", before - now FROM ({SHRUNK})',
    ),
    compared_rule(
        "previous_education_registry",
        "Every earlier version on disk is damaged: nothing tells whether people or blocks were lost since; count them.",
    ),
    share_where(
        "enrollments_mostly_end_after_they_begin",
        "Many enrollments end before they begin: begin_date and end_date are exchanged; deliver them the right way round.",
        _TERMS,
        _BACKWARDS,
        at_most=TURNED,
        severity="block",
    ),
    share_where(
        "enrollments_end_after_they_begin",
        "An enrollment that ends before it begins has a wrong date, and lies in no year that can be trusted.",
        _TERMS,
        _BACKWARDS,
        at_most=0.0,
    ),
    number(
        "duplicates_give_way",
        "An id that gave way and still stands there is a person twice; one that leads to nobody loses a person.",
        "SELECT count(*) FROM education_registry.duplicate_students d"
        " LEFT JOIN education_registry.persons gone ON gone.student_id = d.student_id"
        " LEFT JOIN education_registry.persons kept ON kept.student_id = d.kept_student_id"
        " WHERE gone.student_id IS NOT NULL OR kept.student_id IS NULL",
        at_most=0,
    ),
    number(
        "duplicates_stay_blocked",
        "Whoever was blocked under one of several ids is blocked as one person, or would be shared.",
        "SELECT count(*) FROM education_registry.duplicate_students d"
        " JOIN education_registry.persons kept ON kept.student_id = d.kept_student_id"
        " WHERE (d.ferpa_block OR d.kept_ferpa_block) AND NOT kept.ferpa_block",
        at_most=0,
    ),
    number(
        "students_listed_once",
        "Many students under several ids: they were made one person each; export duplicate_students and ask the schools.",
        "SELECT duplicates / greatest(students + duplicates, 1) FROM"
        " (SELECT count(*) AS duplicates FROM education_registry.duplicate_students),"
        " (SELECT count(*) AS students FROM education_registry.persons)",
        at_most=LISTED_TWICE,
        severity="warn",
    ),
    *dates_rules(SNAPSHOT),
    words_rule(SNAPSHOT),
    number(
        "every_record_read",
        "Records of a PDP file or a detail report that tell neither an enrollment nor a degree are counted, kind by kind, and not read.",
        f"SELECT coalesce(sum(found), 0) FROM {findings(SNAPSHOT, 'not read')}",
        at_most=0,
        severity="warn",
        blame=named(SNAPSHOT, "not read"),
    ),
    *(
        share_rule(
            SNAPSHOT,
            f"{name}_{how}of_known_students",
            f"What belongs to nobody in the registry is lost: {name} are written with other ids than persons, or persons are missing.",
            "unknown",
            name,
            "student_id",
            at_most=most,
            severity=severity,
        )
        for name in ("enrollments", "degrees")
        for how, most, severity in _OF_KNOWN
    ),
)
