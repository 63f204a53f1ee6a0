"""What must hold before anything goes back to a partner: only what is agreed, of its own people, nobody who opted out, every row counted.

What agreements allow stands in tables of the hop's own (``partners``, ``agreed_fields``, ``partner_programmes``, ``own_files``); whose
people are a partner's is looked for again here, in the tables that the hop reads.
"""

from checks.rule import Rule, contract_rules, none_where
from credential_pipeline.foundation.contracts.return_files import SNAPSHOT
from credential_pipeline.foundation.layouts import LAYOUTS
from credential_pipeline.foundation.registry.profiles import PROFILES

_PERSONAL = {
    "report_rows": ("student_tracker_report",),
    "pdp_cohort": ("pdp_cohort", "pdp_cohort_since_2025"),
    "pdp_course": ("pdp_course", "pdp_course_since_2025"),
    "completers": ("completers",),
}
"""Table with a row a person, to the layouts of its fields."""
_FEWEST = PROFILES["standard"].min_learners
_OUTCOMES = ("found", "not_found", "blocked", "out_of_scope")

_CAMPUS = "p.school_code || CASE p.branch WHEN '00' THEN '' ELSE p.branch END"
"""With what an OPEID begins if it is the partner's: six digits for all campuses, eight for one."""
_STUDENTS = f"""(
    SELECT DISTINCT p.partner, t.student_id FROM return_files.partners p
    JOIN (SELECT student_id, opeid FROM education_registry.enrollments
          UNION ALL SELECT student_id, opeid FROM education_registry.degrees) t
        ON starts_with(t.opeid, {_CAMPUS})
    WHERE p.role = 'institution')"""
"""Students of each institution that is a partner: partner, student_id."""
_PEOPLE = f"""(
    SELECT partner, 'institution' AS role, student_id AS person FROM {_STUDENTS}
    UNION ALL
    SELECT DISTINCT p.partner, p.role, k.learner_id
    FROM return_files.partners p JOIN linked_records.links k ON k.certifier = p.of WHERE p.role = 'certifier')"""
"""Whom a report may tell a partner of: partner, role, and the student of an institution or the learner of a certifier."""
_COMPLETED = """(
    SELECT DISTINCT g.partner, g.programme, k.learner_id FROM return_files.partner_programmes g
    JOIN cleaned_learners.credentials c
        ON c.certifier = g.certifier AND c.credential_code = g.credential_code
        AND rpad(replace(c.provider_opeid, '-', ''), 8, '0') = g.opeid
    JOIN linked_records.links k ON k.certifier = c.certifier AND k.record_id = c.record_id)"""
"""Whom a state may be told of: partner, programme, learner_id."""

_STUDENT = "coalesce(d.kept_student_id, t.student_id)"
"""The student of a row that stands there by an id that gave way to another one, as an institution's own file may have it."""


def _outside_agreement(table: str) -> Rule:
    """No field of a table on people is filled that the partner's agreement does not open."""
    fields = [field.name for layout in _PERSONAL[table] for field in LAYOUTS[layout]]
    agreed = ", ".join(f"bool_or(field = '{name}') AS {name}_agreed" for name in fields)
    filled = " OR ".join(f"({name} IS NOT NULL AND NOT {name}_agreed)" for name in fields)
    return none_where(
        f"no_field_outside_the_agreement_in_{table}",
        "What the agreement does not name, or withholds, is empty; without an agreement there is no row.",
        f"return_files.{table} LEFT JOIN (SELECT partner, true AS any_agreed, {agreed} FROM return_files.agreed_fields"
        f" WHERE \"table\" = '{table}' GROUP BY partner) a USING (partner)",
        f"any_agreed IS NULL OR {filled}",
        named_by=("partner",),
    )


def _outside_institution(kind: str) -> Rule:
    """No row of a PDP file is on a student whom the registry does not know as one of the institution, unless it is from its own file."""
    return none_where(
        f"nobody_outside_the_institution_in_pdp_{kind}",
        "An institution gets its own students; of others it keeps the rows of its own file, to which nothing is added.",
        f"""(
            SELECT f.partner, CASE WHEN f.learner_id IS NULL THEN f.student_id ELSE l.student_id END AS student_id
            FROM return_files.pdp_{kind} f LEFT JOIN linked_records.learners l USING (learner_id)
            LEFT JOIN return_files.own_files w ON w.partner = f.partner AND w.kind = '{kind}'
            WHERE f.learner_id IS NOT NULL OR w.partner IS NULL) r
            ANTI JOIN {_STUDENTS} o USING (partner, student_id)""",
        "true",
        named_by=("partner",),
    )


def _one_person(table: str) -> Rule:
    """A row's learner and student are linked; a student may stand there by an id that gave way to another one."""
    return none_where(
        f"one_person_in_a_row_of_{table}",
        "What one person earned, told under the id of another, would be two disclosures and both wrong.",
        f"return_files.{table} t JOIN linked_records.learners l USING (learner_id)"
        " LEFT JOIN education_registry.duplicate_students d ON d.student_id = t.student_id",
        f"t.student_id IS NOT NULL AND {_STUDENT} IS DISTINCT FROM l.student_id",
        named_by=("partner",),
    )


_COUNTED = (
    none_where(
        "request_rows_add_up",
        "Whoever is asked for is found, not found, blocked or none of the partner's; nobody is missing.",
        "return_files.requests",
        "state = 'answered' AND rows IS DISTINCT FROM found + not_found + blocked + out_of_scope",
        named_by=("partner", "request_id"),
    ),
    none_where(
        "answers_as_counted",
        "The numbers that a partner reads are those of the rows that were answered.",
        "(SELECT partner, request_id, count(*) AS all_rows, "
        + ", ".join(f"count(*) FILTER (outcome = '{name}') AS {name}_rows" for name in _OUTCOMES)
        + " FROM return_files.answers GROUP BY ALL) a"
        " FULL JOIN (SELECT * FROM return_files.requests WHERE state = 'answered') r USING (partner, request_id)",
        "all_rows IS DISTINCT FROM rows OR "
        + " OR ".join(f"{name}_rows IS DISTINCT FROM {name}" for name in _OUTCOMES),
        named_by=("partner", "request_id"),
    ),
    none_where(
        "report_rows_as_answered",
        "Whoever is found has rows that tell something, whoever is not has one that tells nothing, and nobody else has any.",
        "(SELECT * FROM return_files.answers WHERE outcome <> 'blocked') a FULL JOIN (SELECT partner, request_id, row,"
        " count(*) AS lines, count(*) FILTER (told <> 'none') AS telling FROM return_files.report_rows GROUP BY ALL) r"
        " USING (partner, request_id, row)",
        "outcome IS NULL OR lines IS NULL OR telling <> CASE WHEN outcome = 'found' THEN lines ELSE 0 END"
        " OR (outcome <> 'found' AND lines > 1)",
        named_by=("partner", "request_id"),
    ),
)
_SCOPE = (
    none_where(
        "nobody_outside_the_partner_s_people_in_report_rows",
        "An institution is told of its own students alone, a certifier of people whom it reported itself.",
        "return_files.report_rows r LEFT JOIN return_files.partners p USING (partner)"
        f" ANTI JOIN {_PEOPLE} o ON o.partner = r.partner AND o.role = p.role"
        " AND o.person = CASE p.role WHEN 'certifier' THEN r.learner_id ELSE r.student_id END",
        "told <> 'none'",
        named_by=("partner", "request_id"),
    ),
    none_where(
        "nobody_outside_the_partner_s_people_is_counted",
        "That somebody opted out is told of a partner's own people alone.",
        "return_files.answers r LEFT JOIN return_files.partners p USING (partner)"
        f" ANTI JOIN {_PEOPLE} o ON o.partner = r.partner AND o.role = p.role"
        " AND o.person = CASE p.role WHEN 'certifier' THEN r.learner_id ELSE r.student_id END",
        "outcome IN ('found', 'blocked')",
        named_by=("partner", "request_id"),
    ),
    none_where(
        "certifiers_read_their_own_credentials",
        "What another certifier reported of its people is not a certifier's to read.",
        "return_files.report_rows JOIN return_files.partners USING (partner)",
        "role = 'certifier' AND credential_certifier <> of",
        named_by=("partner", "request_id"),
    ),
    _outside_institution("cohort"),
    _outside_institution("course"),
    *(
        none_where(
            f"no_other_institution_in_pdp_{kind}",
            "A file of another institution would be a disclosure of its students.",
            f"(SELECT DISTINCT partner, institution_id FROM return_files.pdp_{kind}) LEFT JOIN return_files.partners p USING (partner)",
            "role IS DISTINCT FROM 'institution' OR NOT (ltrim(institution_id, '0') = ltrim(school_code, '0') OR starts_with("
            f"repeat('0', greatest(0, 8 - length(institution_id))) || institution_id, {_CAMPUS}))",
            named_by=("partner",),
        )
        for kind in ("cohort", "course")
    ),
    none_where(
        "nobody_outside_the_state_s_programs_in_completers",
        "A state is told of those who completed a program that is taught there.",
        f"return_files.completers ANTI JOIN {_COMPLETED} o USING (partner, programme, learner_id)",
        "true",
        named_by=("partner",),
    ),
    none_where(
        "no_other_state_s_programs_in_programme_rates",
        "A state judges its own programs.",
        "return_files.programme_rates ANTI JOIN return_files.partner_programmes USING (partner, programme)",
        "true",
        named_by=("partner",),
    ),
)
_PERSONS = tuple(_one_person(table) for table in _PERSONAL)
_AGREED = (
    none_where(
        "report_tells_what_is_agreed",
        "Enrollments, degrees and credentials are told to whom the agreement gives them.",
        "return_files.report_rows r ANTI JOIN (SELECT DISTINCT partner, share FROM return_files.agreed_fields) a"
        " ON a.partner = r.partner AND a.share = r.told || 's'",
        "told <> 'none'",
        named_by=("partner", "request_id"),
    ),
    *(_outside_agreement(table) for table in _PERSONAL),
    *(
        none_where(
            f"{table}_agreed",
            "Figures go to whom the agreement gives aggregates.",
            f"return_files.{table} ANTI JOIN (SELECT DISTINCT partner FROM return_files.agreed_fields WHERE \"table\" = '{table}')"
            " USING (partner)",
            "true",
            named_by=("partner",),
        )
        for table in ("partner_figures", "programme_rates")
    ),
)
_BLOCKED = (
    none_where(
        "report_tells_of_those_found",
        "A row on somebody who was not found, is blocked or is none of the partner's would be a disclosure.",
        "return_files.report_rows r ANTI JOIN (SELECT * FROM return_files.answers WHERE outcome = 'found') a"
        " USING (partner, request_id, row)",
        "told <> 'none'",
        named_by=("partner", "request_id"),
    ),
    none_where(
        "blocked_people_listed_nowhere",
        "Not even that nobody was found may be said of somebody who is blocked.",
        "return_files.report_rows r JOIN return_files.answers a USING (partner, request_id, row)",
        "outcome = 'blocked'",
        named_by=("partner", "request_id"),
    ),
    *(
        none_where(
            f"no_blocked_person_in_{table}",
            "Whoever opted out at the certifier, at the school or in person is in no file.",
            f"return_files.{table} t LEFT JOIN linked_records.learners l USING (learner_id)"
            " LEFT JOIN education_registry.duplicate_students d ON d.student_id = t.student_id"
            f" LEFT JOIN education_registry.persons p ON p.student_id = {_STUDENT}"
            " LEFT JOIN (SELECT DISTINCT student_id FROM linked_records.learners WHERE blocked) b"
            f" ON b.student_id = {_STUDENT}",
            "coalesce(l.blocked, false) OR coalesce(p.ferpa_block, false) OR b.student_id IS NOT NULL",
            named_by=("partner",),
        )
        for table in _PERSONAL
    ),
)

RULES = (
    *_BLOCKED,
    *_SCOPE,
    *_PERSONS,
    *_AGREED,
    *_COUNTED,
    none_where(
        "figures_of_enough_people",
        "A figure on a few people tells of each of them.",
        "return_files.partner_figures",
        f"(status = 1) <> (value IS NOT NULL) OR (status = 1 AND n < {_FEWEST})",
        named_by=("partner", "measure"),
    ),
    none_where(
        "figures_protected",
        "Where the few cannot be protected by hiding others, the partner is told no figure of that part: tell less detail of it.",
        "return_files.partner_figures",
        "status = -1 AND unit = 'count' AND subject NOT IN ('intake', 'outcomes')",
        "warn",
        named_by=("partner", "dimension"),
    ),
    none_where(
        "programme_rates_explained",
        "A rate that cannot be evaluated says why.",
        "return_files.programme_rates",
        "(status = 1) <> (value IS NOT NULL) OR (status = -1 AND coalesce(reason, '') = '')",
        named_by=("partner",),
    ),
    none_where(
        "requests_readable",
        "A request that could not be read waits for the partner to send it again; the others are answered.",
        "return_files.requests",
        "state = 'refused'",
        "warn",
        named_by=("partner", "request_id", "reason_code"),
    ),
    *contract_rules(SNAPSHOT),
)
