"""The published tables of person_keys: keys in place of identifiers. Not here: any decision on a row."""

from credential_pipeline.foundation.contracts.person_keys import SNAPSHOT
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.keep import keep
from credential_pipeline.foundation.storage.relation import Relation, Scratch, relation, scratch
from credential_pipeline.foundation.storage.sql import statement

_EVENT = "certifier, credential_code, event, result, event_date, training_setting, provider_opeid"


def write_outputs(con: Connection, links: Relation) -> None:
    """Create the tables of person_keys out of the decided links.

    Two rows with one key are one person: one learner, all credentials.

    Args:
        con: Connection with the views accepted_extract.* and reference_population.persons.
        links: row_id, person_key, match_weight, match_probability, status, module, pass.
    """
    extract, credentials, enrollments, degrees, coverage = (
        relation(con, f"accepted_extract.{name}")
        for name in ("learners", "credentials", "enrollments", "degrees", "coverage")
    )
    persons = relation(con, "reference_population.persons")
    with scratch(con) as work:
        person_links = keep(con, SNAPSHOT, "person_links", link_rows(work, extract, links))
        keep(con, SNAPSHOT, "learners", describe_learners(work, person_links, extract, persons))
        keep(con, SNAPSHOT, "credentials", with_age(work, keyed(work, credentials, person_links), persons))
        keep(con, SNAPSHOT, "enrollments", keyed(work, enrollments, person_links))
        keep(con, SNAPSHOT, "degrees", keyed(work, degrees, person_links))
        keep(con, SNAPSHOT, "unkeyed_credentials", unkeyed(work, credentials, person_links))
        keep(con, SNAPSHOT, "coverage", extend_coverage(work, coverage, person_links))


def link_rows(work: Scratch, extract: Relation, links: Relation) -> Relation:
    """Every row of the extract with its key, or why it has none: the columns of ``person_links``.

    Args:
        work: Where the rows live.
        extract: ``accepted_extract.learners``.
        links: What was decided; a row without a decision is unlinked.
    """
    return work.view(
        "person_links",
        f"""
        SELECT e.row_id, CASE WHEN k.status = 'linked' THEN k.person_key END AS person_key,
               coalesce(k.match_probability, 0.0) AS match_probability, e.link_probability,
               coalesce(k.status, 'unlinked') AS status, k.module, k.pass
        FROM {extract} AS e LEFT JOIN {links} AS k USING (row_id)
        """,
    )


def describe_learners(work: Scratch, person_links: Relation, extract: Relation, persons: Relation) -> Relation:
    """One row a key: person_key, birth_year, sex, race, ethnicity, state, death_year.

    Args:
        work: Where the rows live.
        person_links: Of :func:`link_rows`.
        extract: ``accepted_extract.learners``, for the state.
        persons: ``reference_population.persons``, for all else.
    """
    return work.view(
        "learners",
        statement(__package__, "keyed_learners.sql", person_links=person_links, extract=extract, persons=persons),
    )


def keyed(work: Scratch, rows: Relation, person_links: Relation) -> Relation:
    """The credentials, enrollments or degrees of those with a key, the key in place of the row's token."""
    return work.view(
        "keyed",
        f"""
        SELECT k.person_key, r.* EXCLUDE (row_id)
        FROM {rows} AS r JOIN {person_links} AS k USING (row_id)
        WHERE k.person_key IS NOT NULL
        """,
    )


def with_age(work: Scratch, credentials: Relation, persons: Relation) -> Relation:
    """The credentials with ``age``: completed years on the day of the event, so that no date of birth goes further.

    Args:
        work: Where the rows live.
        credentials: Of :func:`keyed`.
        persons: ``reference_population.persons``; of several dates of birth the most frequent counts, then the first.
    """
    return work.view(
        "aged",
        f"""
        WITH dates AS (
            SELECT person_key, birth_date, count(*) AS times FROM {persons} WHERE birth_date IS NOT NULL GROUP BY ALL
        ), born AS (
            SELECT person_key, arg_max(birth_date, (times, DATE '9999-01-01' - birth_date)) AS birth_date
            FROM dates GROUP BY person_key
        )
        SELECT c.*, CAST(date_sub('year', b.birth_date, c.event_date) AS INTEGER) AS age
        FROM {credentials} AS c LEFT JOIN born AS b USING (person_key)
        """,
    )


def unkeyed(work: Scratch, credentials: Relation, person_links: Relation) -> Relation:
    """The credentials of those without a key, numbered in the order of what they say, which tells of nobody."""
    return work.view(
        "unkeyed",
        f"""
        SELECT {_EVENT}, row_number() OVER (ORDER BY {_EVENT}) AS row_number
        FROM {credentials} AS c LEFT JOIN {person_links} AS k USING (row_id)
        WHERE k.person_key IS NULL
        """,
    )


def extend_coverage(work: Scratch, coverage: Relation, person_links: Relation) -> Relation:
    """Reason and learners: those of the extract's ledger, with the extracted ones split by whether they got a key."""
    return work.view(
        "coverage",
        f"""
        SELECT reason, learners FROM {coverage} WHERE reason <> 'extracted'
        UNION ALL SELECT 'no_person_key', count(*) FROM {person_links} WHERE person_key IS NULL
        UNION ALL SELECT 'keyed', count(*) FROM {person_links} WHERE person_key IS NOT NULL
        """,
    )
