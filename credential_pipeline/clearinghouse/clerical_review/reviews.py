"""All that the linkage needs to know of an industry's reviews: the settled decisions and the estimate from them.

Not here: how the linkage follows decisions (``linked_records``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from credential_pipeline.clearinghouse.clerical_review.batches import load_batches
from credential_pipeline.clearinghouse.clerical_review.decisions import Decision, load, review_folder
from credential_pipeline.clearinghouse.clerical_review.estimate import Estimated, figures


@dataclass(frozen=True)
class Review:
    """What people said.

    Attributes:
        decisions: Settled decisions, in the order in which they were made.
        figures: Precision and recall of the reviewed samples, as rows of the diagnostics.
    """

    decisions: Sequence[Decision] = ()
    figures: Sequence[Estimated] = ()


NOTHING = Review()


def read_review(home: Path, industry: str) -> Review:
    """Read the reviews of an industry; nothing if there has been none.

    Args:
        home: The clearinghouse's home.
        industry: Name of the industry.

    Raises:
        SafeError: ``E_DECISIONS`` or ``E_BATCH``: a file was damaged by hand.
    """
    folder = review_folder(home, industry)
    settled = load(folder)
    if not settled:
        return NOTHING
    return Review(settled, figures(load_batches(folder), settled))
