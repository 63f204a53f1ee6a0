"""Profiles that are alike in all that tells people apart are one identity, and what an identity's profiles know together.

Not here: identities that only resemble one another (learners.py).
"""

from dataclasses import dataclass

from credential_pipeline.clearinghouse.linked_records.reviewed import Decided
from credential_pipeline.engines.linkage.fields import RECORD_COLUMNS
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import statement


@dataclass(frozen=True)
class Identities:
    """Who is one identity.

    Attributes:
        of_profiles: profile_id, identity (smallest profile id of the same exact identity).
        known: One row per identity: identity, and the columns that are compared.
    """

    of_profiles: Relation
    known: Relation


def find_identities(work: Scratch, profiles: Relation, decided: Decided) -> Identities:
    """Take profiles with the same full name and birth date together where nothing else speaks against it.

    Args:
        work: Makes the relations.
        profiles: Profiles of the feeds.
        decided: What people decided: names and birth dates that they found to be more than one person stay apart.
    """
    torn = work.view(
        "torn",
        statement(__package__, "torn.sql", profiles=profiles, cannot=decided.cannot, must_student=decided.must_student),
    )
    of_profiles = work.table("identities", statement(__package__, "identities.sql", profiles=profiles, torn=torn))
    return Identities(of_profiles, _describe(work, profiles, of_profiles))


def _describe(work: Scratch, profiles: Relation, identities: Relation) -> Relation:
    """What the profiles of an identity know together.

    The longest value knows most (a middle name rather than an initial); ties go to the alphabet.
    """
    known = ",\n".join(
        f"max_by(p.{column}, (length({column}::VARCHAR), {column}::VARCHAR)) AS {column}" for column in RECORD_COLUMNS
    )
    columns = ", ".join(f"p.{column}" for column in RECORD_COLUMNS)
    return work.table(
        "entities",
        f"""
        WITH several AS (SELECT identity FROM {identities} GROUP BY identity HAVING count(*) > 1)
        SELECT i.identity, {columns} FROM {identities} i ANTI JOIN several USING (identity)
        JOIN {profiles} p USING (profile_id)
        UNION ALL
        SELECT i.identity, {known} FROM {identities} i SEMI JOIN several USING (identity)
        JOIN {profiles} p USING (profile_id) GROUP BY i.identity
        """,
    )
