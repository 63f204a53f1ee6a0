"""A batch: which pairs it holds, how they were drawn, and the two files in the restricted zone that keep it.

``batch.json`` knows the strata; the page beside it does not, so that reviewers stay blind. Neither tells the planted pairs
from the others; a file of the steward does (steward.py). Not here: how pairs are drawn (sampling.py) and planted
(planting.py), and how the page looks (page.py).
"""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from credential_pipeline.clearinghouse.clerical_review import steward
from credential_pipeline.clearinghouse.clerical_review.decisions import Anchor
from credential_pipeline.clearinghouse.clerical_review.sampling import Sample, Stratum
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.names import NAME
from credential_pipeline.foundation.storage.durable import write_atomically
from credential_pipeline.foundation.storage.private_files import private_folder

BATCH_FILE = "batch.json"
PAGE = "batch.html"
SAMPLE, ADJUDICATION = "sample", "adjudication"
_FORMAT = 1


@dataclass(frozen=True)
class Pair:
    """A pair of a batch.

    Attributes:
        pair_id: Its id.
        anchor: The feed rows and the student that it is tied to.
        stratum: Where it was drawn; empty in an adjudication.
        origin: Batch in which it was drawn; its own, but for an adjudication.
    """

    pair_id: str
    anchor: Anchor
    stratum: str
    origin: str


@dataclass(frozen=True)
class StratumSize:
    """A stratum and how many undecided pairs it held when the batch was drawn."""

    stratum: Stratum
    pairs: int


@dataclass(frozen=True)
class Settled:
    """Pairs that people had decided before the batch was drawn."""

    hop: str
    linked: bool
    decision: str
    pairs: int


@dataclass(frozen=True)
class Known:
    """A planted pair, tied to rows and a stratum as any other, its answer, and its place among all pairs of the page."""

    pair: Pair
    answer: str
    place: int


@dataclass(frozen=True)
class Batch:
    """One batch.

    Attributes:
        name: Its name.
        number: Its place in the order of the industry's batches, from 1.
        kind: ``sample`` or ``adjudication``.
        industry: Its industry.
        version: The version of linked_records that it was drawn from.
        frame: Hash of model and thresholds; batches of one frame can be pooled.
        seed: Seed of the draw.
        pairs: Its pairs in the order in which they are shown, without the planted ones.
        population: The strata.
        settled: What had been decided before.
        planted: Its planted pairs, which nothing is ever decided or estimated from.
        reading_seconds: The time below which nobody reads a pair; 0 where times are not looked at.
    """

    name: str
    number: int
    kind: str
    industry: str
    version: str
    frame: str
    seed: int
    pairs: tuple[Pair, ...]
    population: tuple[StratumSize, ...] = ()
    settled: tuple[Settled, ...] = field(default=())
    planted: tuple[Known, ...] = ()
    reading_seconds: float = 0.0

    @cached_property
    def truth(self) -> Mapping[str, str]:
        """Planted pair -> its answer."""
        return {known.pair.pair_id: known.answer for known in self.planted}

    @cached_property
    def ids(self) -> frozenset[str]:
        """All pairs of the page, the planted ones included."""
        return frozenset(pair.pair_id for pair in self.pairs) | self.truth.keys()


def of_sample(sample: Sample) -> tuple[tuple[StratumSize, ...], tuple[Settled, ...]]:
    """Population and settled pairs of a sample, as a batch keeps them."""
    sizes = tuple(StratumSize(stratum, n) for stratum, n in sorted(sample.population.items()))
    settled = tuple(Settled(hop, linked, decision, n) for (hop, linked, decision), n in sorted(sample.settled.items()))
    return sizes, settled


def load_batches(folder: Path) -> list[Batch]:
    """The batches of an industry in their order.

    Raises:
        SafeError: ``E_BATCH``: a batch.json was altered or cut off; ``E_PLANTED``: the answers to its planted pairs were.
    """
    found = [_load(folder, path) for path in sorted(folder.glob(f"*/{BATCH_FILE}"))]
    return sorted(found, key=lambda batch: batch.number)


def _load(folder: Path, path: Path) -> Batch:
    try:
        raw = json.loads(path.read_bytes())
        if raw.pop("format") != _FORMAT:
            raise ValueError
        shown = [Pair(**{**pair, "anchor": Anchor(**pair["anchor"])}) for pair in raw.pop("pairs")]
        # A batch of an earlier version has neither planted pairs nor times.
        truth = steward.read_answers(folder, path.parent.name, raw.pop("planted", ""))
        pairs = tuple(pair for pair in shown if pair.pair_id not in truth)
        planted = tuple(
            Known(pair, truth[pair.pair_id], place) for place, pair in enumerate(shown) if pair.pair_id in truth
        )
        sizes = tuple(StratumSize(Stratum(**size["stratum"]), size["pairs"]) for size in raw.pop("population"))
        settled = tuple(Settled(**entry) for entry in raw.pop("settled"))
        batch = Batch(pairs=pairs, population=sizes, settled=settled, planted=planted, **raw)
        if len(planted) != len(truth):
            raise ValueError
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        message = f"{path} is damaged: put back the copy from the backup, or move its folder away and export anew."
        raise SafeError("E_BATCH", message) from None
    return batch


def new_name(batches: Sequence[Batch], folder: Path, wanted: str | None) -> tuple[str, int]:
    """Name and number of the next batch.

    Args:
        batches: The batches that there are.
        folder: Folder of the industry's reviews.
        wanted: Name that was asked for.

    Raises:
        SafeError: ``E_NAME`` or ``E_BATCH_EXISTS``.
    """
    number = max((batch.number for batch in batches), default=0) + 1
    name = wanted if wanted is not None else f"b{number:03d}"
    if not NAME.match(name):
        message = "--batch: a batch's name has lower-case letters, digits and underscores only, at most 40 of them."
        raise SafeError("E_NAME", message)
    if (folder / name).exists():
        raise SafeError("E_BATCH_EXISTS", f"Batch {name} is there already: choose another name with --batch.")
    return name, number


def write(folder: Path, batch: Batch, page: bytes) -> Path:
    """Write the page and then ``batch.json``, without which a batch does not exist; return the page's path."""
    target = private_folder(folder / batch.name)
    write_atomically(target / PAGE, page)
    seal = steward.write_answers(folder, batch.name, batch.truth)
    write_atomically(target / BATCH_FILE, json.dumps(_plain(batch, seal), indent=1, sort_keys=True).encode())
    return target / PAGE


def shown_pairs(batch: Batch) -> list[Pair]:
    """All pairs of the page in their order, the planted ones in their places."""
    pairs = list(batch.pairs)
    for known in sorted(batch.planted, key=lambda known: known.place):
        pairs.insert(known.place, known.pair)
    return pairs


def _plain(batch: Batch, seal: str) -> dict[str, Any]:
    pairs = [dataclasses.asdict(pair) for pair in shown_pairs(batch)]
    return {"format": _FORMAT, **dataclasses.asdict(batch), "pairs": pairs, "planted": seal}
