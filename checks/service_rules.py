"""What detail reports of the StudentTracker service, where they stand for a registry, must tell of the learners: of most, of all to the end, of these.

Not here: what refuses a report when it is read (engines/exchange/student_tracker).
"""

from checks.rule import number

# How likely chance alone leaves everybody without an answer who comes after the last one with an answer; ids are in no order of people's.
_CHANCE_OF_THE_END = """
    WITH heard AS (SELECT profile_id, decided_by = 'unanswered' AS missing FROM linked_records.profile_links
                   WHERE decided_by IN ('student_tracker', 'unanswered')),
    bounds AS (SELECT max(profile_id) FILTER (NOT missing) AS last FROM heard)
    SELECT pow(greatest(avg(missing::INTEGER) FILTER (profile_id <= last), 1 / greatest(count(*), 2)),
               count(*) FILTER (profile_id > last))
    FROM heard CROSS JOIN bounds"""

SERVICE_RULES = (
    number(
        "service_answered_most",
        "Where detail reports stand for a registry, most people have an answer; else a report lacks lines, or is older than the feeds:"
        " put it there whole, or ask again.",
        "SELECT coalesce(avg(CAST(coalesce(decided_by, '') = 'unanswered' AS INTEGER)), 0) FROM linked_records.profile_links"
        " WHERE EXISTS (FROM education_registry.student_tracker_answers)",
        at_most=0.2,
        severity="warn",
    ),
    number(
        "service_answered_to_the_end",
        "A report in the order of its request breaks off where everybody from one profile id on has no answer, which chance"
        " hardly does; put it there whole, or ask again about those who are new.",
        _CHANCE_OF_THE_END,
        at_least=1e-6,
        severity="warn",
    ),
    number(
        "service_answers_are_about_the_industry",
        "A detail report of which no return field is a profile's answers somebody else's request; put the answer to yours there.",
        "SELECT count(*) FROM (SELECT count(*) AS answers, count(p.profile_id) AS known FROM"
        " education_registry.student_tracker_answers a LEFT JOIN cleaned_learners.profiles p USING (profile_id))"
        " WHERE answers > 0 AND known = 0",
        at_most=0,
        severity="warn",
    ),
)
