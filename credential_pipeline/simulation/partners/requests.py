"""Requests that simulated partners leave: an institution asks for its students, a certifier for its learners.

Each file also asks for a few people of others and a few whom no registry knows. Names are as the partner has them, with its own
errors. The layout is written down here once more, so that the reader is tried on what the product did not write.
"""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq

from credential_pipeline.foundation.registry.load import Registry
from credential_pipeline.foundation.registry.return_agreements import ReturnAgreement
from credential_pipeline.simulation.arrays import Ints, Streams
from credential_pipeline.simulation.education import Students
from credential_pipeline.simulation.faults import write
from credential_pipeline.simulation.folders import EDUCATION, PARTNERS
from credential_pipeline.simulation.identity import identities
from credential_pipeline.simulation.industries import SimulatedIndustry
from credential_pipeline.simulation.people import People
from credential_pipeline.simulation.world import World

MOST = 2_000
"""People of its own that a partner asks for at most."""
_OTHERS = 0.04
_FEWEST = 11
_QUERIES = {"institution": "SE", "certifier": "CO"}
_LONGEST = 20


def leave_requests(
    streams: Streams,
    home: Path,
    registry: Registry,
    people: People,
    students: Students,
    settled: Sequence[SimulatedIndustry],
    world: World,
) -> int:
    """Write a request for each partner that may ask, in place of earlier ones; the number of files.

    Args:
        streams: Named streams of the world.
        home: Folder of the product's data.
        registry: Agreements with partners.
        people: Everybody.
        students: Who is in the registry.
        settled: The simulated industries.
        world: Errors, and the last year of the economy.
    """
    agreements = {one.partner: one for name in settled for one in registry.industry(name.name).returns}
    asking = [one for one in agreements.values() if one.role in _QUERIES and "enrollments" in one.gets]
    for agreement in asking:
        folder = home / PARTNERS / agreement.partner / "requests"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        own = _own(home, registry, agreement, students, settled)
        rng = streams("request", agreement.partner)
        person = _asked(rng, own, len(people))
        lines = list(_lines(streams, rng, agreement, people, person, world))
        (folder / "request.txt").write_text("\n".join(lines) + "\n", encoding="ascii", errors="replace")
    return len(asking)


def _own(
    home: Path,
    registry: Registry,
    agreement: ReturnAgreement,
    students: Students,
    settled: Sequence[SimulatedIndustry],
) -> Ints:
    """Person numbers of the partner's own people."""
    if agreement.role == "certifier":
        return np.unique(np.concatenate([_certified(registry, own, agreement.of) for own in settled]))
    spells = pq.read_table(home / EDUCATION / "enrollments/part-0.parquet", columns=["student_id", "opeid"])
    at_school = spells.filter(
        pc.equal(pc.utf8_slice_codeunits(spells["opeid"].cast("string"), 0, 6), agreement.school_code)
    )
    ids = np.unique(np.asarray(at_school["student_id"].cast("string").to_pylist(), dtype=object))
    return np.asarray(students.person[np.isin(students.student_id, ids)], dtype=np.int64)


def _certified(registry: Registry, own: SimulatedIndustry, certifier: str) -> Ints:
    """Person numbers of everybody to whom a certifier reported anything."""
    names = [one.certifier for one in registry.certifiers_of(own.name)]
    if certifier not in names:
        return np.zeros(0, dtype=np.int64)
    mine = own.shelf.certifier[own.events.credential] == names.index(certifier)
    return np.asarray(own.holders.person[own.events.learner[mine]], dtype=np.int64)


def _asked(rng: np.random.Generator, own: Ints, everybody: int) -> Ints:
    """Some of the partner's own people and a few others, in an order that tells nothing."""
    chosen = rng.permutation(own)[:MOST]
    others = rng.integers(0, everybody, max(_FEWEST, round(_OTHERS * len(chosen))))
    return rng.permutation(np.unique(np.concatenate([chosen, others])))


def _lines(
    streams: Streams,
    rng: np.random.Generator,
    agreement: ReturnAgreement,
    people: People,
    person: Ints,
    world: World,
) -> Iterator[str]:
    year = world.economy.last_year + 2
    day = np.full(len(person), np.datetime64(f"{year - 6}-09-01"))
    stored = write(
        streams("request", agreement.partner, "faults"),
        people,
        identities(people, streams.seed, person, day, ()),
        world.registry.faults,
    )
    code, branch = agreement.school_code or "000000", agreement.branch
    yield "\t".join(["H1", code, branch, agreement.partner.upper()[:40], f"{year}0115", _QUERIES[agreement.role], "I"])
    marks = rng.permutation(10**6)[: len(person)]
    names = (stored.text[name] for name in ("first_name", "middle_name", "last_name", "name_suffix"))
    for mark, born, first, middle, last, suffix in zip(marks.tolist(), stored.birth, *names, strict=True):
        written = "" if np.isnat(born) else str(born).replace("-", "")
        field = f"{mark:06d}" if mark % 10 else f"{mark:06d}, advising"
        yield "\t".join(
            [
                "D1",
                "",
                first[:_LONGEST],
                middle[:1],
                last[:_LONGEST],
                suffix[:5],
                written,
                f"{year - 20}0101",
                "",
                code,
                branch,
                field,
            ]
        )
    yield f"T1\t{len(person) + 2}"
