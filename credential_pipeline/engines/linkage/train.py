"""Unsupervised training: a model out of two tables, what each of its weights rests on, and pinning it.

u is counted over random pairs (exactly, where a level is plain equality), m comes from several passes of expectation
maximisation, the prior from the matches that they find. Each pass looks at pairs that agree on one field, because it
says nothing about the comparisons that use that field. Training happens rarely and its result is pinned. Not here:
which pairs are looked at (samples), the estimates themselves (estimation), and prediction.
"""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from importlib.metadata import version
from pathlib import Path

import numpy as np

from credential_pipeline.engines.linkage import estimation
from credential_pipeline.engines.linkage.blocking import RULES, usable
from credential_pipeline.engines.linkage.comparisons import Comparison, comparisons
from credential_pipeline.engines.linkage.estimation import TYPICAL_SHARE, Estimate, Levels, Patterns
from credential_pipeline.engines.linkage.fields import Wanted, make_features, shared_fields
from credential_pipeline.engines.linkage.frequencies import make_default_digits, make_known_names
from credential_pipeline.engines.linkage.model import REQUIRED, Model, Weights, save
from credential_pipeline.engines.linkage.samples import (
    FALLBACK_PASS,
    PASSES,
    Pass,
    agreeing_pairs,
    enough_hold,
    exact_shares,
    random_pairs,
)
from credential_pipeline.engines.linkage.sql import Here, count
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Relation, Scratch, scratch

SEED = 20_261_122
U_PAIRS = 3_000_000
ROUNDS = 12
"""How often u is cleared of the matches that the round before found."""
MIN_MATCHES = 20
"""A comparison counts as trained by passes that expect so many matches in it."""
NEVER_TYPICAL = ("name", "birth_date")
"""Comparisons that must meet enough matches in these data; others are typical where they are too few."""

_LOG = logging.getLogger(__name__)


def train(
    con: Connection,
    family: str,
    left: Relation,
    right: Relation | None,
    *,
    training_version: str = "",
    seed: int = SEED,
    u_pairs: int = U_PAIRS,
    typical_share: float = TYPICAL_SHARE,
) -> Model:
    """Train the model of one family.

    Args:
        con: The connection.
        family: Name of the family.
        left: Record table, numbered by what it records, so that the samples are the same in any row order.
        right: Record table of the other side, None to pair the left one with itself.
        training_version: Version of the tables, for the sidecar.
        seed: Seed of the random pairs.
        u_pairs: Number of random pairs.
        typical_share: Weight of the typical m in the result: more for a model that is to serve other populations too.

    Raises:
        SafeError: ``E_TRAINING`` if the tables lack a field that every model needs, or show a level that no pass could train.
    """
    fields = _with_required(family, shared_fields(con, left, right))
    chosen = comparisons(fields)
    rows = (count(con, left), count(con, right or left))
    with scratch(con) as work:
        seen = _look(work, left, right, rows, chosen, seed, u_pairs)
    fit = _fit(chosen, seen, typical_share)
    meta = {
        "family": family,
        "versions": {name: version(name) for name in ("splink", "duckdb")},
        "training_tables": training_version or "unversioned",
        "blocking_rules": [rule.name for rule in usable(RULES, fields)],
        "passes": [item.name for item in seen.passes],
        "seed": seed,
        "typical_share": typical_share,
        "random_pairs": int(seen.random.pairs.sum()),
        "expected_matches": {
            item.name: round(estimate.matches, 1) for item, estimate in zip(seen.passes, fit.estimates, strict=True)
        },
        "provenance": _provenance(chosen, seen, fit),
        "reviewed_by": None,
    }
    _LOG.info("trained the linkage model %s over %d comparisons", family, len(chosen))
    return Model(family, fit.weights(chosen), fit.prior, rows[0], rows[1], meta)


@dataclass(frozen=True)
class _Seen:
    """What training looks at.

    Attributes:
        passes: The passes that the tables allow.
        random: Patterns of random pairs.
        found: Patterns of the pairs of each pass.
        exact: Comparison -> share of all pairs that agree exactly, where that is counted.
        possible: Number of all pairs, scaled down as the sample of the first pass is.
    """

    passes: list[Pass]
    random: Patterns
    found: list[Patterns]
    exact: dict[str, float]
    possible: float


def _look(
    work: Scratch,
    left: Relation,
    right: Relation | None,
    rows: tuple[int, int],
    chosen: Sequence[Comparison],
    seed: int,
    u_pairs: int,
) -> _Seen:
    """Compare the random pairs and those of each pass.

    Raises:
        SafeError: ``E_TRAINING`` if a level is open in no pass.
    """
    con, within = work.con, right is None
    known, defaults = make_known_names(Here(work), right or left), make_default_digits(Here(work), right or left)
    features = [
        make_features(Here(work), [Wanted(table, f"SELECT record FROM {table}")], known, defaults)
        for table in ((left, right) if right else (left,))
    ]
    sides = features[0], features[-1]
    possible = rows[0] * rows[1] if right else rows[0] * (rows[0] - 1) / 2
    passes = [item for item in PASSES if enough_hold(con, item, sides)]
    if not any("birth_date" in item.blocks for item in passes) and enough_hold(con, FALLBACK_PASS, sides):
        passes.append(FALLBACK_PASS)
    random = estimation.find_patterns(con, *sides, random_pairs(rows, seed, u_pairs, within=within), chosen)
    found, scales = [], []
    for item in passes:
        query, number = agreeing_pairs(con, item, sides, within=within)
        found.append(estimation.find_patterns(con, *sides, query, chosen))
        scales.append(number / max(found[-1].pairs.sum(), 1))
    _refuse_untrained(chosen, passes, [random, *found])
    exact = exact_shares(con, chosen, sides, random, possible, within=within)
    return _Seen(passes, random, found, exact, possible / (scales or [1.0])[0])


def pin(model: Model, folder: Path, *, trained_by: str, trained_on: date) -> Path:
    """Save a model as ``<family>_<date>_<hash of its weights>``; return the path of the JSON file.

    Args:
        model: A trained model.
        folder: Where; made if missing.
        trained_by: Who trained it, for the sidecar.
        trained_on: When.
    """
    digest = hashlib.sha256(repr((model.weights, model.prior)).encode()).hexdigest()[:10]
    meta = {"trained_by": trained_by, "trained_on": trained_on.isoformat(), **model.meta}
    return save(replace(model, name=f"{model.name}_{trained_on:%Y%m%d}_{digest}", meta=meta), folder)


def _with_required(family: str, fields: tuple[str, ...]) -> tuple[str, ...]:
    """The fields, if the required ones are among them: a model without is refused wherever it is loaded, so none is made.

    Raises:
        SafeError: ``E_TRAINING``, naming the fields.
    """
    missing = [name for name in REQUIRED if name not in fields]
    if missing:
        message = (
            f"linkage training: next to no row on one side of {family} holds {' or '.join(missing)}, without which no model can "
            "be used; give feeds that hold it, run the pipeline, then train"
        )
        raise SafeError("E_TRAINING", message)
    return fields


def _refuse_untrained(chosen: Sequence[Comparison], passes: Sequence[Pass], shown: Sequence[Patterns]) -> None:
    """Every level that the tables show must be open in some pass.

    Raises:
        SafeError: ``E_TRAINING``, naming the first such level.
    """
    for item in chosen:
        if any(item.name not in run.blocks for run in passes):
            continue
        levels = item.level_names
        counts = sum(found.counts(item.name, len(levels)) for found in shown)
        seen = [level for level, pairs in zip(levels, np.atleast_1d(counts), strict=True) if pairs > 0]
        level = seen[0] if seen else levels[0]
        message = (
            f"linkage training: no pass could train {item.name}.{level}; too few rows hold what the other passes need "
            f"({', '.join(run.name for run in (*PASSES, FALLBACK_PASS) if item.name not in run.blocks)})"
        )
        raise SafeError("E_TRAINING", message)


@dataclass(frozen=True)
class _Fit:
    m: Levels
    u: Levels
    prior: float
    estimates: tuple[Estimate, ...]

    def weights(self, chosen: Sequence[Comparison]) -> Weights:
        """Rounded to significant digits, so that the order of a parallel sum does not show."""
        return {
            item.name: {
                level: (_significant(m), _significant(u))
                for level, m, u in zip(item.level_names, self.m[item.name], self.u[item.name], strict=True)
            }
            for item in chosen
        }


def _fit(chosen: Sequence[Comparison], seen: _Seen, typical_share: float) -> _Fit:
    """Alternate between m, which needs u, and u, which must be cleared of matches."""
    usual_m, usual_u = estimation.typical(chosen, 0), estimation.typical(chosen, 1)
    m, prior = usual_m, 0.0
    estimates: tuple[Estimate, ...] = ()
    open_patterns = [
        Patterns({name: level for name, level in found.levels.items() if name not in item.blocks}, found.pairs)
        for item, found in zip(seen.passes, seen.found, strict=True)
    ]
    for _ in range(ROUNDS):
        u = estimation.without_matches(seen.random, seen.exact, m, prior, usual_u)
        estimates = tuple(estimation.maximise(patterns, u, usual_m) for patterns in open_patterns)
        m = {}
        for item in chosen:
            counts = [estimate.counts[item.name] for estimate in estimates if item.name in estimate.counts]
            total = np.sum(counts, axis=0)
            m[item.name] = estimation.blend(total, usual_m[item.name], typical_share)
            if total.sum() < MIN_MATCHES:
                m[item.name] = usual_m[item.name] / usual_m[item.name].sum()
        prior = _prior(seen, estimates, m)
    return _Fit(m, u, _significant(prior), estimates)


def _prior(seen: _Seen, estimates: Sequence[Estimate], m: Levels) -> float:
    """Matches of the first pass, divided by the share of all matches that agree on its field."""
    block = seen.passes[0].blocks[0]
    known = seen.random.counts(block, len(m[block])).sum() / max(seen.random.pairs.sum(), 1)
    return float(min(estimates[0].matches / max(m[block][0] * known, 0.05) / seen.possible, 0.5))


def _provenance(chosen: Sequence[Comparison], seen: _Seen, fit: _Fit) -> dict[str, dict[str, dict[str, str]]]:
    """What m and u of every level rest on.

    Raises:
        SafeError: ``E_TRAINING`` if a comparison that is never typical met too few matches.
    """
    made: dict[str, dict[str, dict[str, str]]] = {}
    for item in chosen:
        levels = item.level_names
        runs = [(run, found) for run, found in zip(seen.passes, seen.found, strict=True) if item.name not in run.blocks]
        matches = sum(
            float(estimate.counts[item.name].sum()) for estimate in fit.estimates if item.name in estimate.counts
        )
        if matches < MIN_MATCHES and item.name in NEVER_TYPICAL:
            message = (
                f"linkage training: too few matches to train {item.name}.{levels[0]} (expected {matches:.0f}, needed "
                f"{MIN_MATCHES}); give a larger or fuller feed"
            )
            raise SafeError("E_TRAINING", message)
        drawn = seen.random.counts(item.name, len(levels))
        shown = [found.counts(item.name, len(levels)) > 0 for _, found in runs]
        made[item.name] = {}
        for place, level in enumerate(levels):
            by = [run.name for (run, _), open_there in zip(runs, shown, strict=True) if open_there[place]]
            m = f"estimated ({', '.join(by)})" if by and matches >= MIN_MATCHES else "typical"
            counted = "counted" if item.name in seen.exact and place == 0 else "sampled"
            made[item.name][level] = {"m": m, "u": counted if counted == "counted" or drawn[place] else "typical"}
    return made


def _significant(value: float, digits: int = 6) -> float:
    return float(f"{value:.{digits}g}")
