"""All the evidence on pairs in one go: Splink's score, then relatives, then what matches show in these data.

Not here: each of these steps (predict, family and weighing, calibration), and what the weights decide (resolve).
"""

from collections.abc import Mapping, Sequence

from credential_pipeline.engines.linkage.calibration import fit
from credential_pipeline.engines.linkage.family import Families
from credential_pipeline.engines.linkage.model import Model
from credential_pipeline.engines.linkage.predict import ALL, LEAST_WEIGHT, score
from credential_pipeline.engines.linkage.sql import Sql, count
from credential_pipeline.engines.linkage.weighing import Fitted, weigh
from credential_pipeline.foundation.storage.relation import Relation


def weigh_within(
    sql: Sql, model: Model, families: Families, records: Relation, pairs: Relation, fields: Sequence[str]
) -> Relation:
    """Weigh pairs of one table, however low; a record may have several matches, so nothing is calibrated.

    Args:
        sql: What executes it.
        model: The pinned model.
        families: How often two people of one family look like one.
        records: Record table.
        pairs: left_record, right_record.
        fields: Fields that the table holds.

    Returns:
        As :func:`credential_pipeline.engines.linkage.weighing.weigh`.
    """
    rows = count(sql, records)
    scored = score(sql, model, left=records, right=None, pairs=pairs, fields=fields, right_rows=rows, min_weight=ALL)
    weighed = weigh(sql, families, model, Fitted.pinned(model, rows), scored, fields, rows)
    sql.drop(scored)
    return weighed


def weigh_across(
    sql: Sql,
    model: Model,
    families: Families,
    *,
    left: Relation,
    right: Relation,
    pairs: Relation,
    fields: Sequence[str],
    right_rows: int,
    frequencies: Mapping[str, Relation] | None = None,
) -> Relation:
    """Weigh pairs of a table and a population in which each record has one match at most.

    Args:
        sql: What executes it.
        model: The pinned model.
        families: How often two people of one family look like one.
        left: Record table.
        right: Record table of the population, or of the part of it that is looked at.
        pairs: left_record, right_record.
        fields: Fields that both sides hold.
        right_rows: Size of the population.
        frequencies: As for :func:`credential_pipeline.engines.linkage.predict.score`.

    Returns:
        As :func:`credential_pipeline.engines.linkage.weighing.weigh`.
    """
    scored = score(
        sql,
        model,
        left=left,
        right=right,
        pairs=pairs,
        fields=fields,
        right_rows=right_rows,
        min_weight=LEAST_WEIGHT,
        frequencies=frequencies,
    )
    fitted = fit(sql, families, model, scored, fields, (count(sql, left), right_rows))
    weighed = weigh(sql, families, model, fitted, scored, fields, right_rows)
    sql.drop(scored)
    return weighed
