"""A batch with planted pairs, and files of reviewers who read it or do not.

Not here: batches without planted pairs (review_import_world.py).
"""

import datetime
import random

import pytest

from credential_pipeline.clearinghouse.clerical_review import steward
from credential_pipeline.clearinghouse.clerical_review.anchors import Found
from credential_pipeline.clearinghouse.clerical_review.batches import (
    SAMPLE,
    Batch,
    Known,
    Pair,
    StratumSize,
    shown_pairs,
    write,
)
from credential_pipeline.clearinghouse.clerical_review.consistency import Node
from credential_pipeline.clearinghouse.clerical_review.decisions import Anchor, make_review_folder
from credential_pipeline.clearinghouse.clerical_review.planting import PLANTED
from credential_pipeline.clearinghouse.clerical_review.sampling import Stratum
from credential_pipeline.clearinghouse.clerical_review.settle import take_in
from credential_pipeline.foundation.errors import SafeError

HEADER = "batch,pair_id,decision,reason,reviewer,seconds,shown_at,decided_at"
LINKED, APART = Stratum("student", "10_up", linked=True), Stratum("student", "near", linked=False)
FLOOR = 3.0
START = datetime.datetime(2026, 3, 1, 9, 0, tzinfo=datetime.UTC)


def _pair(name: str, stratum: Stratum) -> Pair:
    return Pair(name, Anchor("student", "mssc", name, student_id=f"S{name}"), stratum.name, "b001")


def _batch(**more) -> Batch:
    """Forty pairs, of which half are linked, and sixteen planted ones among them."""
    pairs = [_pair(f"Q{n:02d}", LINKED if n % 2 else APART) for n in range(40)]
    planted = [
        Known(_pair(f"K{n:02d}", LINKED if n % 2 else APART), "match" if n % 2 else "no_match", 3 * n)
        for n in range(PLANTED)
    ]
    facts = {
        "population": (StratumSize(LINKED, 1000), StratumSize(APART, 500)),
        "planted": tuple(planted),
        "reading_seconds": FLOOR,
    }
    return Batch("b001", 1, SAMPLE, "manufacturing", "v", "f", 1, tuple(pairs), **(facts | more))


BATCH = _batch()
RIGHT = {pair.pair_id: "match" if n % 2 else "no_match" for n, pair in enumerate(BATCH.pairs)} | BATCH.truth
ORDER = [pair.pair_id for pair in shown_pairs(BATCH)]
TIMES = dict(zip(ORDER, random.Random(1).choices(range(4, 40), k=len(ORDER)), strict=True))


def lookup(anchors):
    """Every row and student is there."""
    return [Found(Node(anchor.left_record_id), Node(anchor.student_id, is_student=True)) for anchor in anchors]


def rows(reviewer: str, said: dict[str, str], seconds=TIMES, batch: str = "b001") -> list[list[str]]:
    """Lines as the page writes them: one pair after the other, without a break."""
    made, now = [], START
    for pair in said:
        then = now + datetime.timedelta(seconds=seconds[pair])
        moments = [at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z" for at in (now, then)]
        made.append([batch, pair, said[pair], "", reviewer, f"{seconds[pair]:.3f}", *moments])
        now = then
    return made


def make_folder(tmp_path):
    made = make_review_folder(tmp_path / "home", "manufacturing")
    write(made, BATCH, b"page")
    return made


def giving(folder, tmp_path):
    """Import files, each a list of lines."""

    def take(*files: list[list[str]], single: bool = False):
        paths = []
        for number, lines in enumerate(files):
            paths.append(tmp_path / f"file{number}.csv")
            paths[-1].write_text("\n".join([HEADER, *(",".join(line) for line in lines), ""]))
        return take_in(folder, paths, lookup, single=single)

    return take


def refusing(folder, give):
    """Import what must be refused in one line and leave nothing behind but the memory of it; gives the refusal."""

    def refuse(*files) -> SafeError:
        before = _state(folder)
        with pytest.raises(SafeError) as refusal:
            give(*files)
        assert _state(folder) == before
        assert "\n" not in refusal.value.message
        assert "Nothing was imported." in refusal.value.message
        return refusal.value

    return refuse


def _state(folder) -> dict[str, bytes]:
    passing = {".lock", steward.REFUSED}
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name not in passing
    }


def _ordered(said: dict[str, str]) -> dict[str, str]:
    return {pair: said[pair] for pair in ORDER}
