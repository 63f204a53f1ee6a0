"""Jobs of contest.py, each run in a process of its own. Libraries are loaded before the clock starts, each by its own job."""

import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from credential_pipeline.foundation.contracts import SNAPSHOTS
from credential_pipeline.foundation.storage.engine import Connection, connect
from credential_pipeline.foundation.storage.snapshots import Store
from tests.bench.linking import peers
from tests.bench.measure import answer


def attach(con: Connection, home: Path, industry: str, parts: int) -> None:
    """Make the inputs of the linking hop visible, with one in so many profiles."""
    store = Store(home / "clearinghouse" / "store")
    store.current(SNAPSHOTS["cleaned_learners"], industry).attach(con)
    store.current(SNAPSHOTS["education_registry"]).attach(con)
    con.execute("ALTER VIEW cleaned_learners.profiles RENAME TO all_profiles")
    con.execute(
        "CREATE VIEW cleaned_learners.profiles AS SELECT * FROM cleaned_learners.all_profiles "
        f"WHERE ('0x' || substr(md5(profile_id), 1, 8))::BIGINT % {parts} = 0"
    )


def _ours(con: Connection, target: str) -> None:
    import_module("tests.bench.linking.engine").link_profiles(con, target)


def _job(method: Callable[[Connection, str], None], *libraries: str) -> Callable[..., dict[str, Any]]:
    def run(home: str, industry: str, parts: int, target: str) -> dict[str, Any]:
        for library in libraries:
            import_module(library)
        with connect() as con:
            attach(con, Path(home), industry, parts)
            used = time.process_time()
            method(con, "found")
            cpu = time.process_time() - used
            con.execute(f"COPY (SELECT profile_id, student_id FROM found ORDER BY ALL) TO '{target}' (FORMAT parquet)")
        return {"cpu": cpu}

    return run


if __name__ == "__main__":
    answer(
        {
            "ours": _job(_ours, "tests.bench.linking.engine"),
            "exact": _job(peers.exact),
            "recordlinkage": _job(peers.record_linkage, "recordlinkage"),
            "splink": _job(peers.splink_documented, "splink.comparison_library"),
            "tuned": _job(peers.splink_tuned, "splink.comparison_library"),
        }
    )
