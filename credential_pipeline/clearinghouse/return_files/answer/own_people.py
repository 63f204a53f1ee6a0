"""Whom a certifier reported itself: found by the certifier's own words, also where the education registry knows nobody of the name.

Not here: whom the registry knows (find.py), and which of the two answers a row (scope.sql).
"""

from typing import Final

from credential_pipeline.clearinghouse.return_files.answer.find import in_standard_form
from credential_pipeline.foundation import standard_form as form
from credential_pipeline.foundation.recipes.scripts import add_to_latin
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import statement

_NAMES: Final = ("first_name", "last_name", "previous_last_name")


def find_own_people(work: Scratch, asked: Relation, partners: Relation, elsewhere: Relation) -> Relation:
    """Find the people whom certifiers reported themselves.

    Args:
        work: Makes the relations.
        asked: As :func:`asked_people` gives it.
        partners: As :func:`partners_table` gives it.
        elsewhere: Students whom a wish of another industry may be about.

    Returns:
        asked, partner, of, learner_id, blocked.
    """
    add_to_latin(work.con)
    people = work.table(
        "own_asked", f"FROM ({in_standard_form(asked)}) JOIN (SELECT asked, partner FROM {asked}) USING (asked)"
    )
    letters = {name: ", ".join(f"{form.letters_of_name(one)} AS {one}" for one in names)
               for name, names in (("asked", _NAMES[:2]), ("profiles", _NAMES))}  # fmt: skip
    sources = {
        "asked": work.table("own_asked", f"SELECT * REPLACE ({letters['asked']}) FROM {people}"),
        "profiles": work.table(
            "own_profiles",
            f"SELECT * REPLACE ({letters['profiles']}) FROM cleaned_learners.profiles"
            f" SEMI JOIN (SELECT of AS certifier FROM {partners} WHERE role = 'certifier') USING (certifier)",
        ),
    }
    sql = statement(__package__, "own_people.sql", partners=partners, elsewhere=elsewhere, **sources)
    return work.table("own_people", sql)
