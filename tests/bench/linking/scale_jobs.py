"""Jobs of scale.py, each run in a process of its own. Imports are done before the clock starts."""

from pathlib import Path
from typing import Any

from credential_pipeline.foundation.storage.engine import connect
from tests.bench.linking import engine
from tests.bench.measure import answer


def exact_join(world: str, memory_limit: str, threads: int | None) -> dict[str, Any]:
    """The floor: one join on first name, last name and birth date."""
    with connect(memory_limit, threads) as con:
        engine.attach_scale_world(con, Path(world))
        pairs = con.execute(
            "SELECT count(*) FROM cleaned_learners.profiles JOIN education_registry.persons USING (first_name, last_name, birth_date)"
        ).fetchall()[0][0]
    return {"pairs": pairs}


def index(world: str, memory_limit: str, threads: int | None) -> dict[str, Any]:
    """The index of the registry, which its own step makes once for all industries."""
    engine.make_person_index(Path(world), memory_limit)
    return {}


def link(world: str, target: str, memory_limit: str, threads: int | None) -> dict[str, Any]:
    """The hop's linkage, without the orchestration around it."""
    with connect(memory_limit, threads) as con:
        engine.attach_scale_world(con, Path(world))
        return {"pairs": engine.link_profiles(con, Path(target))}


if __name__ == "__main__":
    answer({"exact_join": exact_join, "index": index, "link": link})
