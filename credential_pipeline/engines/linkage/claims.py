"""A student who is surely somebody already is less likely to be another one, too: by how often that happens in these data.

Each left record is weighed by itself, as if nobody else were there. Yet where people rarely have two left records, a twin or a
stranger of the same name gives itself away: the student that it is most like is taken, by one that is more like it. How often a
student is met by a second left record is estimated from the same pairs, without labels, and set against how often one would be met
by chance, so that rows of one person that were not joined lose nothing where they are common. Not here: the weights of pairs
(evidence), and which of them are links (resolve).
"""

import numpy as np

from credential_pipeline.engines.linkage.resolve import MAX_ODDS_WEIGHT, Floats
from credential_pipeline.engines.linkage.sql import Sql
from credential_pipeline.foundation.storage.relation import Relation

PRIOR_STUDENTS = 20.0
"""That a claim says nothing weighs as much as so many students who are met."""
ITERATIONS = 200
TOLERANCE = 1e-6


def weigh_claims(
    sql: Sql, scored: Relation, forms: Relation, settled: Relation, *, left: str, right: str, right_rows: int
) -> Relation:
    """Weigh each pair once more, by whether another left record is the right one already.

    Args:
        sql: What executes it.
        scored: The left and right id and match_weight, one row per pair.
        forms: One row for each way in which a left id is known, which are as many records of one person.
        settled: The left and right id of what people decided: such a left record claims these right ones surely, and no other.
        left: Column of the left id.
        right: Column of the right id.
        right_rows: Size of the population on the right.

    Returns:
        The same columns and rows; weights are as they were or lower, and the best left record of each right one keeps its own.
    """
    claims = _claims(sql, scored, forms, settled, left, right)
    met = sql.execute(
        f"SELECT taken, bits, sum(forms)::DOUBLE AS n FROM {claims} WHERE place > 1 AND NOT decided GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    students, more = sql.execute(
        f"""
        SELECT coalesce(sum(taken::DECIMAL(18, 3)), 0)::DOUBLE, coalesce(sum(taken::DECIMAL(18, 3) * (forms - 1)), 0)::DOUBLE
        FROM {claims} WHERE place = 1
        """
    ).fetchall()[0]
    ratio = _ratio(np.array(met, dtype=np.float64).reshape(-1, 3), students, more, right_rows)
    weighed = sql.table(
        "claimed",
        f"""
        SELECT {left}, {right},
               CASE WHEN place = 1 THEN match_weight ELSE round(match_weight + log2(1 - taken + taken * {ratio}), 6) END AS match_weight
        FROM {claims}
        """,
    )
    sql.drop(claims)
    return weighed


def _claims(sql: Sql, scored: Relation, forms: Relation, settled: Relation, left: str, right: str) -> Relation:
    """The pairs with their place at the right record, how surely its best is it, the log2 odds of each, and forms of the left one."""
    # Odds are rounded before they are summed, so that the order of the sum cannot show.
    return sql.table(
        "claims",
        f"""
        WITH odds AS (
            SELECT {left}, {right}, match_weight, power(2.0, least(match_weight, {MAX_ODDS_WEIGHT})) AS odds FROM {scored}),
        every AS (SELECT {left}, sum(round(odds, 3)::DECIMAL(38, 3))::DOUBLE AS total FROM odds GROUP BY {left}),
        likely AS (
            SELECT o.*, 1 + greatest(e.total - odds, 0.0) AS others, coalesce(d.is_decided, false) AS decided,
                   CASE WHEN s.is_right THEN 1.0 WHEN d.is_decided THEN 0.0
                        ELSE odds / (1 + greatest(e.total, odds)) END AS probability
            FROM odds o JOIN every e USING ({left})
            LEFT JOIN (SELECT DISTINCT {left}, true AS is_decided FROM {settled}) d USING ({left})
            LEFT JOIN (SELECT DISTINCT {left}, {right}, true AS is_right FROM {settled}) s USING ({left}, {right})),
        ranked AS (
            SELECT *, row_number() OVER claim AS place, max(probability) OVER (PARTITION BY {right}) AS taken
            FROM likely
            WINDOW claim AS (PARTITION BY {right} ORDER BY probability DESC, match_weight DESC, {left})),
        known AS (SELECT {left}, count(*) AS forms FROM {forms} GROUP BY {left})
        SELECT {left}, {right}, match_weight, place, forms, decided, round(taken, 3) AS taken, round(log2(odds / others), 1) AS bits
        FROM ranked JOIN known USING ({left})
        """,
    )


def _ratio(met: Floats, students: float, more: float, right_rows: int) -> float:
    """How many times as often as by chance a student who is met is met once more; 1 at most.

    Args:
        met: One row a kind of pair behind the best of its student: probability of the best, log2 odds of the pair, number of them.
        students: Expected number of students who are met.
        more: Expected number of further records of theirs that were joined before.
        right_rows: Size of the population.
    """
    by_chance = students / max(right_rows, 1)
    ratio = 1.0
    if not by_chance:
        return ratio
    taken, odds, pairs = met[:, 0], 2.0 ** met[:, 1], met[:, 2]
    for _ in range(ITERATIONS):
        lowered = odds * (1.0 - taken + taken * ratio)
        again = more + float((pairs * taken * lowered / (1.0 + lowered)).sum())
        new = min((again / by_chance + PRIOR_STUDENTS) / (students + PRIOR_STUDENTS), 1.0)
        if abs(new - ratio) < TOLERANCE:
            break
        ratio = new
    return round(ratio, 9)
