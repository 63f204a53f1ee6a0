"""The weights of people in every replicate: a bootstrap over people, times a draw whether the link of each is right.

A replicate gives each person a weight of Poisson(1), which is the bootstrap for data in which people come one by one, and
drops people whose link turns out wrong, with the probability that the linkage itself gives. People whose link is as
good as certain are drawn in packs: people in a pack share their weights. A pack is a chance collection of people, so that
the spread of a sum over packs is that of a sum over people, and a large group costs no more than a small one.

Not here: where the probabilities come from (links.py).
"""

from dataclasses import dataclass
from math import exp, factorial

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]
Ints = NDArray[np.int64]
Packs = NDArray[np.int32]

#: Seed of both streams of draws; the same people always have the same weights.
SEED = 20_050_101
#: People whose links are as good as certain share weights in so many packs. The spread of a figure is then off by about
#: sqrt(1 / (2 PACKS)), one part in 32, beside one in 20 that 200 replicates leave.
PACKS = 512
#: A link of at least this probability is never drawn as wrong.
CERTAIN = 0.995
#: Links below are left out when a figure is repeated.
THRESHOLDS = (0.9, 0.99)
_LEVELS = 1 << 16


@dataclass(frozen=True)
class Replicates:
    """Weights of everybody.

    Attributes:
        pack: By person number (1, 2, ...; place 0 is nobody's) to the pack.
        weights: By pack and replicate; whole numbers.
        right: By pack, the probability that the links of its people are right: 1 in the first packs, then ascending.
        certain: How many packs are of people with certain links.
        below: For each of the other thresholds, how many packs of doubtful links are below it.
    """

    pack: Packs
    weights: Reals
    right: Reals
    certain: int
    below: tuple[int, ...]

    @property
    def packs(self) -> int:
        """How many packs there are."""
        return len(self.right)

    def weight_of(self, person: Ints) -> Reals:
        """Weights of people by person and replicate, for what is not a sum of groups."""
        return np.asarray(self.weights[self.pack[person]], np.float64)


def draw(probability: Reals, replicates: int, packs: int = PACKS) -> Replicates:
    """Draw the weights.

    Args:
        probability: Of people 1, 2, ... in order, that the links to the person are right.
        replicates: How many replicates.
        packs: How many packs people with certain links are spread over.
    """
    doubtful = np.flatnonzero(probability < CERTAIN)
    doubtful = doubtful[np.argsort(probability[doubtful], kind="stable")]
    common = min(packs, len(probability))
    pack = np.zeros(len(probability) + 1, np.int32)
    pack[1:] = np.arange(len(probability)) % max(common, 1)
    pack[doubtful + 1] = common + np.arange(len(doubtful))
    right = np.ones(common + len(doubtful))
    right[common:] = probability[doubtful]
    weights = _poisson()[_uniform(0, len(right), replicates)].astype(np.float64)
    wrong = _uniform(1, len(doubtful), replicates) >= np.rint(probability[doubtful] * _LEVELS)[:, None]
    weights[common:][wrong] = 0.0
    below = tuple(int(np.searchsorted(probability[doubtful], threshold)) for threshold in THRESHOLDS)
    return Replicates(pack=pack, weights=weights, right=right, certain=common, below=below)


def _uniform(stream: int, rows: int, columns: int) -> NDArray[np.uint16]:
    """Whole numbers below 2^16, from a generator that counts, so that machine, order and threads play no part."""
    numbers = rows * columns
    raw = np.random.Philox(key=SEED + stream).random_raw(-(-numbers // 4))
    return np.asarray(np.asarray(raw, "<u8").view("<u2")[:numbers].reshape(rows, columns), np.uint16)


def _poisson() -> NDArray[np.uint8]:
    """From a uniform number below 2^16 to a number of the Poisson distribution of mean 1."""
    edges = np.cumsum([exp(-1) / factorial(k) for k in range(9)]) * _LEVELS
    return np.asarray(np.searchsorted(np.rint(edges), np.arange(_LEVELS), side="right"), np.uint8)
