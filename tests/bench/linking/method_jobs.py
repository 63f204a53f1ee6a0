"""One of the other methods on one world, in a process of its own, which writes its links as the product's are exported.

Libraries are loaded and files read before the clock starts; only those that the method needs, because memory is the process's.
"""

import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pandas as pd

from tests.bench.linking import methods, splink_methods
from tests.bench.measure import answer

METHODS = {
    "exact": "exact join",
    "recordlinkage": "recordlinkage, ECM",
    "documented": "Splink, documented model",
    "tuned": "Splink, tuned",
}
"""Job -> what tables call it."""
LEAST = 0.5
"""Probability from which pairs become links."""


def best_right(found: pd.DataFrame, least: float = LEAST) -> pd.DataFrame:
    """Each left record's best right record from a probability upwards; ties go to the smaller id."""
    kept = found[found["probability"] >= least]
    ordered = kept.sort_values(["left_id", "probability", "right_id"], ascending=[True, False, True])
    return ordered.drop_duplicates("left_id")


def _job(method: Callable[[methods.Tables], pd.DataFrame], *libraries: str) -> Callable[..., dict[str, Any]]:
    def run(world: str, target: str, *, duplicates: bool) -> dict[str, Any]:
        for library in libraries:
            import_module(library)
        tables = methods.read(Path(world), duplicates=duplicates)
        used = time.process_time()
        found = method(tables)
        links = found[found["probability"] >= LEAST] if duplicates else best_right(found)
        cpu = time.process_time() - used
        _write(links, target, duplicates=duplicates)
        return {"cpu": cpu}

    return run


def _write(links: pd.DataFrame, target: str, *, duplicates: bool) -> None:
    if duplicates:
        for side in ("left_id", "right_id"):
            links[side] = links[side].str.split(" ", n=1).str[1]
        links.to_csv(target, index=False)
        return
    parts = links["left_id"].str.split(" ", n=1)
    pd.DataFrame(
        {
            "certifier": parts.str[0],
            "record_id": parts.str[1],
            "student_id": links["right_id"],
            "match_probability": links["probability"],
        }
    ).to_csv(target, index=False)


if __name__ == "__main__":
    answer(
        {
            "exact": _job(methods.exact),
            "recordlinkage": _job(methods.record_linkage, "recordlinkage"),
            "documented": _job(splink_methods.documented, "splink.comparison_library"),
            "tuned": _job(splink_methods.tuned, "splink.comparison_library"),
        }
    )
