"""How often one person's two records agree in *this* data, estimated from the scored pairs without labels.

A pinned model knows how often the fields of one person agreed where it was trained. A feed with more errors, or with addresses of
this year instead of ten years ago, shows other shares, and probabilities that do not know it are wrong. So the shares are estimated
once more over the candidates of a sample of left records, by expectation maximisation (Dempster, Laird and Rubin 1977) in which
chance and families are held fixed, each left record has one match at most, and the pinned shares weigh as much as
:data:`PRIOR_MATCHES` matches. The model stays pinned, and the same input gives the same result. Not here: what chance and families
are (the model, family).
"""

from collections.abc import Mapping, Sequence

import numpy as np

from credential_pipeline.engines.linkage.comparisons import comparison
from credential_pipeline.engines.linkage.family import Families, positions, shares
from credential_pipeline.engines.linkage.model import Model
from credential_pipeline.engines.linkage.resolve import Floats, Ints
from credential_pipeline.engines.linkage.sql import Sql
from credential_pipeline.engines.linkage.weighing import COMPATIBLE, Fitted, chance_gain, log_rivals
from credential_pipeline.foundation.storage.relation import Relation

SAMPLE = 20_000
"""Left records over whose candidates the shares are estimated."""
PRIOR_MATCHES = 200.0
"""The pinned shares weigh as much as so many matches."""
MOST_EXPECTED = 0.97
"""However complete a registry is, somebody is missing."""
ITERATIONS = 60
TOLERANCE = 1e-5


def fit(
    sql: Sql, families: Families, model: Model, scored: Relation, fields: Sequence[str], rows: tuple[int, int]
) -> Fitted:
    """Estimate the shares of a match in these data.

    Args:
        sql: What executes it.
        families: Relatives in the population.
        model: The pinned model that scored the pairs.
        scored: Of :func:`credential_pipeline.engines.linkage.predict.score`.
        fields: Fields of the score.
        rows: How many records the left and the right side have.
    """
    fields = [name for name in fields if name in model.weights]
    parts = max(rows[0] // SAMPLE, 1)
    codes = ", ".join(f"gamma_{name}" for name in fields)
    found = sql.execute(
        f"SELECT left_record, match_weight, {codes} FROM {scored} WHERE left_record % {parts} = 0 "
        f"ORDER BY left_record, right_record"
    ).fetchall()
    fitted = Fitted.pinned(model, rows[1])
    if not found:
        return fitted
    table = np.array(found, dtype=np.float64)
    _, owner = np.unique(table[:, 0], return_inverse=True)
    places = {name: positions(name, table[:, 2 + i].astype(np.int64)) for i, name in enumerate(fields)}
    chance = table[:, 1] * np.log(2.0) - np.log(fitted.expected) - _log_matches(places, fitted.m)
    chance = chance + chance_gain(families, model)[places["name"]] * np.log(2.0)
    if "birth_date" in places:
        chance = chance + families.date_gain(model)[places["birth_date"]] * np.log(2.0)
    people = max(rows[0] / parts, 1.0)
    for _ in range(ITERATIONS):
        against = np.log(fitted.absent / fitted.expected) - chance - _log_matches(places, fitted.m)
        rivals = log_rivals(families, fitted, places, fields)
        odds = np.exp(-np.clip(np.logaddexp(against, rivals), -60.0, 60.0))
        total = np.bincount(owner, weights=odds)
        match = odds / (1.0 + total[owner])
        expected = _expected(float(match.sum()), people, model.prior_for(rows[1]) * rows[1])
        new = Fitted(_matches_by_level(model, places, match), expected, 1.0 - expected)
        moved = max(float(np.abs(new.m[name] - fitted.m[name]).max()) for name in fields)
        fitted = new
        if moved < TOLERANCE:
            break
    # Sums depend on the order of rows in their last digits.
    return Fitted(
        {name: np.round(m, 9) for name, m in fitted.m.items()}, round(fitted.expected, 9), round(fitted.absent, 9)
    )


def _expected(matches: float, people: float, usual: float) -> float:
    """Matches that a left record has, drawn a little to what the model expects."""
    return float(min((matches + PRIOR_MATCHES * usual) / (people + PRIOR_MATCHES), MOST_EXPECTED))


def _log_matches(places: Mapping[str, Ints], m: Mapping[str, Floats]) -> Floats:
    return np.asarray(np.sum([np.log(np.append(m[name], 1.0))[place] for name, place in places.items()], axis=0))


def _matches_by_level(model: Model, places: Mapping[str, Ints], match: Floats) -> dict[str, Floats]:
    """Shares of the levels among expected matches, drawn to the pinned ones; levels of missing parts stay as they are."""
    made = {}
    for name, place in places.items():
        usual = shares(model, name, 0)
        counts = np.bincount(place[place >= 0], weights=match[place >= 0], minlength=len(usual))
        held = np.array([level in COMPATIBLE for level in comparison(name).level_names])
        open_usual = np.where(held, 0.0, usual)
        open_counts = np.where(held, 0.0, counts)
        total = open_counts.sum() + PRIOR_MATCHES
        seen = (open_counts + PRIOR_MATCHES * open_usual / open_usual.sum()) / total * open_usual.sum()
        made[name] = np.where(held, usual, seen)
    return made
