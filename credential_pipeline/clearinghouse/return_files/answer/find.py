"""Who of the registry is meant by a row of a request: the model of the registry decides, and each row is judged for itself.

What another row or another partner asks changes no answer, so nothing is fitted to the rows; and what is handed out is as certain as a
disclosure must be, so the threshold lies above that of the linkage. A row that finds nobody proves nothing. Not here: whether the
partner may be told (scope.sql).
"""

from dataclasses import dataclass
from typing import Final

from credential_pipeline.engines.linkage.blocking import RULES, make_pairs, usable
from credential_pipeline.engines.linkage.family import usual_families
from credential_pipeline.engines.linkage.fields import make_records, open_index
from credential_pipeline.engines.linkage.model import Model
from credential_pipeline.engines.linkage.predict import LEAST_WEIGHT, score
from credential_pipeline.engines.linkage.resolve import best_right
from credential_pipeline.engines.linkage.sql import Here, Sql, count
from credential_pipeline.engines.linkage.weighing import Fitted, weigh
from credential_pipeline.foundation import standard_form as form
from credential_pipeline.foundation.recipes.scripts import add_to_latin
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import statement

MAX_PAIRS: Final = 50_000_000
FIELDS: Final = ("name", "birth_date", "ssn_last4", "middle_name", "name_suffix")
"""What a request can tell of a person; always the same, so that no row depends on what others fill in."""


@dataclass(frozen=True)
class Certainty:
    """From which probability a row's student is told of; no share of wrong ones is traded against the number of answers."""

    link_threshold: float = 0.9
    review_threshold: float = 0.9
    max_wrong_share: float = 1.0


def find_people(work: Scratch, asked: Relation, index: Relation, model: Model) -> Relation:
    """Find the student of each row.

    Args:
        work: Makes the relations.
        asked: asked (a number), first_name, middle_name, last_name, name_suffix, birth_date, ssn_last4: as written.
        index: The registry's person index.
        model: The pinned model of the family ``registry``.

    Returns:
        asked, student_id, match_probability of the rows that found somebody.
    """
    add_to_latin(work.con)
    people = work.table("asked_people", in_standard_form(asked))
    left = make_records(work, people, id_column="asked")
    right = open_index(work, index, id_column="student_id")
    sql = Here(work)
    exact = work.table("asked_exact", statement(__package__, "exact.sql", asked=left, students=right))
    rest = work.table("asked_open", f"FROM {left} ANTI JOIN (SELECT left_record AS record FROM {exact}) USING (record)")
    found = make_pairs(sql, rest, right, usable(RULES, FIELDS), MAX_PAIRS)
    pairs = work.table("asked_pairs", f"SELECT left_record, right_record FROM {found.pairs} UNION ALL FROM {exact}")
    weighed = _weigh(sql, model, left, right, pairs)
    named = work.table(
        "asked_scored",
        f"SELECT l.id AS asked, r.id AS student_id, s.match_weight FROM {weighed} s"
        f" JOIN {left} l ON l.record = s.left_record JOIN {right} r ON r.record = s.right_record",
    )
    best = best_right(sql, named, left="asked", right="student_id", limits=Certainty())
    return work.table("asked_found", f"SELECT asked, student_id, match_probability FROM {best} WHERE status = 'linked'")


def in_standard_form(asked: Relation) -> str:
    """The rows in the standard form of the registry, as SQL that needs ``add_to_latin``."""
    suffixes = ", ".join([form.written_suffix("name_suffix"), *(form.suffix_at_end(name) for name in form.NAME_FORMS)])
    listed = ", ".join(f"{make(name)} AS {name}" for name, make in form.NAME_FORMS.items())
    return (
        f"SELECT asked, {listed}, coalesce({suffixes}) AS name_suffix,"
        f" {form.birth_date('birth_date')} AS birth_date, {form.ssn_last4('ssn_last4')} AS ssn_last4 FROM {asked}"
    )


def _weigh(sql: Sql, model: Model, left: Relation, right: Relation, pairs: Relation) -> Relation:
    """The pairs weighed by the pinned model and by what families usually look like."""
    rows = count(sql, right)
    scored = score(
        sql, model, left=left, right=right, pairs=pairs, fields=FIELDS, right_rows=rows, min_weight=LEAST_WEIGHT
    )
    return weigh(sql, usual_families(model, FIELDS), model, Fitted.pinned(model, rows), scored, FIELDS, rows)
