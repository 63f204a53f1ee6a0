"""One method on one FEBRL task, in a process of its own: what it found and how that scores.

Libraries are loaded and data read before the clock starts; only those that the method needs, because memory is the
process's.
"""

import time
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

from tests.bench.linking import febrl, methods
from tests.bench.linking.scores import Score, best_right, one_to_one, pairs_score
from tests.bench.measure import answer

THRESHOLD = 0.5


def judge(task: febrl.Task, scored: methods.Scored) -> dict[str, Score]:
    """Scores of scored pairs by the way in which links are taken from them."""
    pairs = [(left, right) for left, right, probability in scored if probability >= THRESHOLD]
    judged = {"pairs ≥ .5": pairs_score(pairs, task.true, ordered=task.right is not None)}
    if task.right is not None:
        judged["best right"] = pairs_score(best_right(scored, THRESHOLD).items(), task.true)
        judged["one to one"] = pairs_score(one_to_one(scored, THRESHOLD).items(), task.true)
    return judged


def _job(method: Callable[[febrl.Task], methods.Scored], *libraries: str) -> Callable[[str, str], dict[str, Any]]:
    def run(name: str, fields: str) -> dict[str, Any]:
        task = _ready(name, fields, libraries)
        used = time.process_time()
        scored = method(task)
        cpu = time.process_time() - used
        return {"cpu": cpu, "scores": {way: vars(score) for way, score in judge(task, scored).items()}}

    return run


def ours(name: str, fields: str) -> dict[str, Any]:
    """The product: its training command's steps and the whole of its hop, with the thresholds and rules that it has."""
    task = _ready(name, fields, ["tests.bench.linking.febrl_hop"])
    hop = import_module("tests.bench.linking.febrl_hop")
    used = time.process_time()
    links = hop.link_by_hop(task.left, task.right)
    cpu = time.process_time() - used
    score = pairs_score(links, task.true, ordered=task.right is not None)
    return {"cpu": cpu, "scores": {"links of the hop": vars(score)}}


def parts(name: str, fields: str) -> dict[str, Any]:
    """Parts of the product's engine put together as no hop does it."""
    task = _ready(name, fields, ["tests.bench.linking.engine"])
    engine = import_module("tests.bench.linking.engine")
    used = time.process_time()
    linked = engine.link_tables(task.left, task.right)
    cpu = time.process_time() - used
    scores = {way: pairs_score(pairs, task.true, ordered=task.right is not None) for way, pairs in linked.items()}
    return {"cpu": cpu, "scores": {way: vars(score) for way, score in scores.items()}}


def _ready(name: str, fields: str, libraries: Iterable[str]) -> febrl.Task:
    for library in libraries:
        import_module(library)
    return febrl.load(name, fields)


if __name__ == "__main__":
    answer(
        {
            "exact": _job(methods.exact),
            "recordlinkage": _job(methods.record_linkage, "recordlinkage"),
            "splink": _job(methods.splink_documented, "splink.comparison_library", "duckdb"),
            "ours": ours,
            "parts": parts,
        }
    )
