"""Which pairs are shown: a stratified random sample, thick near the threshold and thin elsewhere.

Strata are hop x band x linked. The band is ``near`` for pairs of the review queue, else a band of the match weight. Half of a
batch goes to the pairs near the threshold, in proportion to their number; the rest goes to the other strata in
proportion to the square root of their size, at least :data:`AT_LEAST` to each, so that every stratum can be estimated and no large
one eats the batch. Within a stratum pairs are drawn by a hash of seed and id: the same data and seed give the same batch.
Not here: the estimate that a sample gives (estimate.py).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from credential_pipeline.clearinghouse.clerical_review.decisions import MATCH, NO_MATCH
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Relation, scratch

NEAR_SHARE = 0.5
"""Share of a batch for pairs near the threshold, as far as there are any."""
AT_LEAST = 2
"""Pairs of every stratum, as far as it has them."""
EDGES = (0.0, 10.0)
"""Match weights (bits) at which one band ends and the next begins."""
NEAR = "near"

_BAND = f"""
    CASE WHEN q.pair_id IS NOT NULL THEN '{NEAR}' WHEN p.match_weight IS NULL THEN 'identical'
         WHEN p.match_weight < {EDGES[0]} THEN 'below_{EDGES[0]:.0f}'
         WHEN p.match_weight < {EDGES[1]} THEN '{EDGES[0]:.0f}_to_{EDGES[1]:.0f}' ELSE '{EDGES[1]:.0f}_up' END"""


@dataclass(frozen=True, order=True)
class Stratum:
    """Pairs that are alike for sampling."""

    hop: str
    band: str
    linked: bool

    @property
    def name(self) -> str:
        """One word for files."""
        return f"{self.hop}-{self.band}-{'linked' if self.linked else 'apart'}"


@dataclass(frozen=True)
class Drawn:
    """A pair of the sample."""

    pair_id: str
    hop: str
    left_id: str
    right_id: str
    stratum: Stratum


@dataclass(frozen=True)
class Sample:
    """What was drawn, in the order in which it is shown, and from how many.

    Attributes:
        pairs: The pairs of the batch.
        population: Undecided pairs of every stratum, also of those of which none was drawn.
        settled: Pairs that people had decided before: (hop, linked, decision) -> number.
    """

    pairs: list[Drawn]
    population: dict[Stratum, int]
    settled: dict[tuple[str, bool, str], int]


def allocate(population: Mapping[Stratum, int], size: int) -> dict[Stratum, int]:
    """How many pairs each stratum gives, see above.

    Args:
        population: Pairs that may be drawn, by stratum.
        size: Pairs of the batch; fewer are given only where there are not as many.

    Raises:
        SafeError: ``E_BATCH_SIZE``: the batch is too small to hold one pair of every stratum.
    """
    strata = {stratum: n for stratum, n in sorted(population.items()) if n > 0}
    if size < len(strata):
        message = f"--size {size} is too small for the {len(strata)} strata of this industry: give {AT_LEAST * len(strata)} or more."
        raise SafeError("E_BATCH_SIZE", message)
    size = min(size, sum(strata.values()))
    floor = AT_LEAST if size >= AT_LEAST * len(strata) else 1
    given = {stratum: min(n, floor) for stratum, n in strata.items()}
    near = {stratum: float(n) for stratum, n in strata.items() if stratum.band == NEAR}
    far = {stratum: math.sqrt(n) for stratum, n in strata.items() if stratum.band != NEAR}
    quota = min(round(size * NEAR_SHARE), sum(int(n) for n in near.values()))
    _fill(given, strata, near, min(max(quota - sum(given[s] for s in near), 0), size - sum(given.values())))
    _fill(given, strata, far, size - sum(given.values()))
    _fill(given, strata, near, size - sum(given.values()))
    return given


def _fill(given: dict[Stratum, int], strata: Mapping[Stratum, int], weight: Mapping[Stratum, float], more: int) -> None:
    """Share ``more`` pairs out by weight; what a stratum cannot give goes to the others."""
    open_strata = [stratum for stratum in weight if given[stratum] < strata[stratum]]
    while more > 0 and open_strata:
        total = sum(weight[stratum] for stratum in open_strata)
        shares = {stratum: more * weight[stratum] / total for stratum in open_strata}
        # Largest remainders first; ties go by name.
        ranked = sorted(open_strata, key=lambda s: (int(shares[s]) - shares[s], s))
        rest = more - sum(int(share) for share in shares.values())
        for place, stratum in enumerate(ranked):
            wanted = int(shares[stratum]) + (1 if place < rest else 0)
            taken = min(wanted, strata[stratum] - given[stratum])
            given[stratum] += taken
            more -= taken
        open_strata = [stratum for stratum in open_strata if given[stratum] < strata[stratum]]


def draw(con: Connection, size: int, seed: int | str, taken: set[str] | frozenset[str] = frozenset()) -> Sample:
    """Draw a batch.

    Args:
        con: Connection with linked_records.{pairs, review_queue}.
        size: Pairs of the batch.
        seed: Seed of the draw and of the order; who knows it can tell from an id whether it may have been drawn.
        taken: Ids of pairs that stand in earlier batches; they count as population, but are not drawn again.

    Raises:
        SafeError: ``E_BATCH_SIZE``, or ``E_NO_PAIRS`` if no pair is left.
    """
    with scratch(con) as work:
        frame = work.table(
            "frame",
            f"""
            SELECT p.pair_id, p.hop, p.left_id, p.right_id, {_BAND} AS band, p.linked, p.reviewed,
                   p.pair_id IN (SELECT unnest(?::VARCHAR[])) AS taken
            FROM linked_records.pairs p LEFT JOIN linked_records.review_queue q USING (pair_id)
            """,
            [sorted(taken)],
        )
        return _draw(con, frame, size, seed)


def _draw(con: Connection, frame: Relation, size: int, seed: int | str) -> Sample:
    """Draw from the pairs of a frame, with their band and whether they are taken."""
    # An unsure pair was drawn and stays in its stratum, but is not shown again.
    counted = con.execute(
        f"SELECT hop, band, linked, count(*), count(*) FILTER (NOT taken AND reviewed IS NULL) FROM {frame} "
        f"WHERE reviewed IS NULL OR reviewed NOT IN ('{MATCH}', '{NO_MATCH}') GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    population = {Stratum(hop, band, linked): n for hop, band, linked, n, _ in counted}
    given = allocate({Stratum(hop, band, linked): n for hop, band, linked, _, n in counted}, size)
    if not given:
        raise SafeError("E_NO_PAIRS", "No pair is left to review: every pair stands in a batch or is decided.")
    rows = con.execute(
        f"""
        WITH wanted AS (
            SELECT unnest(?::VARCHAR[]) AS hop, unnest(?::VARCHAR[]) AS band, unnest(?::BOOLEAN[]) AS linked,
                   unnest(?::BIGINT[]) AS n),
        placed AS (
            SELECT f.*, w.n, row_number() OVER (PARTITION BY hop, band, linked ORDER BY md5(? || pair_id), pair_id) AS place
            FROM {frame} f JOIN wanted w USING (hop, band, linked)
            WHERE NOT taken AND reviewed IS NULL)
        SELECT pair_id, hop, left_id, right_id, band, linked FROM placed WHERE place <= n
        ORDER BY md5(? || pair_id), pair_id
        """,
        [
            [stratum.hop for stratum in given],
            [stratum.band for stratum in given],
            [stratum.linked for stratum in given],
            list(given.values()),
            f"draw {seed} ",
            f"order {seed} ",
        ],
    ).fetchall()
    settled = con.execute(
        f"SELECT hop, linked, reviewed, count(*) FROM {frame} WHERE reviewed IN ('{MATCH}', '{NO_MATCH}') "
        "GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    return Sample(
        pairs=[
            Drawn(pair_id, hop, left, right, Stratum(hop, band, linked))
            for pair_id, hop, left, right, band, linked in rows
        ],
        population=population,
        settled={(hop, linked, decision): n for hop, linked, decision, n in settled},
    )
