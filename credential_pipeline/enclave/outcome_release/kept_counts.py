"""The counts that a release was made of, so that a later proposal knows of which figures few learners came or left.

They are kept in the enclave, since the version of the tables may be destroyed by then. Not here: the attack that needs them.
"""

import json
from dataclasses import replace
from pathlib import Path

from credential_pipeline.enclave.outcome_release.attack.few_learners import Apart
from credential_pipeline.enclave.outcome_release.ledger import Entry, chain, entries
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.durable import canonical_json, sha256, write_atomically
from credential_pipeline.foundation.storage.engine import Connection

FEW = 10
"""From so many learners on that one group, of holders or of those who tried, has gained or lost, nobody is taken to know who else
came or left; but each certifier of the one who did so among its own holders."""
_COUNTS = (
    "SELECT count_id, CAST(learners AS BIGINT), CAST(value AS BIGINT) FROM outcome_tables.counts ORDER BY count_id"
)
_GROUPS = "SELECT count_id FROM outcome_tables.counts WHERE quantity IN ('cohort', 'award_held', 'tried', 'sitters')"
"""Whose award is revoked stays in the cohort and in all shares of it, but leaves everything that is told of those who hold one."""
_CELLS = (
    "SELECT cell_id, n_count_id, coalesce(numerator_count_id, n_count_id) FROM outcome_tables.outcomes"
    " WHERE n_count_id IS NOT NULL AND (NOT ? OR certifier NOT IN ('all', 'other')) ORDER BY cell_id"
)


def keep_counts(con: Connection, home: Path, entry: Entry) -> Entry:
    """Keep the counts of what is proposed, and give its entry the hash of them; what was released stays as it is.

    Args:
        con: Connection with the view ``outcome_tables.counts``.
        home: Folder of the enclave, in which the folder of the public file is there.
        entry: The release.
    """
    if any((one.industry, one.release) == (entry.industry, entry.release) for one in entries(chain(home).lines())):
        return entry
    write_atomically(_file(home, entry), canonical_json(_counts(con)))
    return replace(entry, counts=sha256(_file(home, entry)))


def few_apart(con: Connection, home: Path, entry: Entry) -> dict[str, Apart] | None:
    """The figures behind which few learners more or less stand than in an earlier release, if few came or left at all.

    Args:
        con: Connection with the views ``outcome_tables.counts`` and ``.outcomes``.
        home: Folder of the enclave.
        entry: An earlier release.

    Returns:
        How far the two are apart behind each such figure, by cell. Where many came or left: behind a certifier's own figures from
        which it knows one learner more or less. None where the release kept no counts to tell it.

    Raises:
        SafeError: ``E_RELEASE_FILE``: the counts that were kept are missing or altered.
    """
    if not entry.counts:
        return None
    require_counts(home, entry)
    then = {name: _both(kept) for name, kept in json.loads(_file(home, entry).read_bytes()).items()}
    now = {name: _both(kept) for name, kept in _counts(con).items() if name in then}
    apart = {name: abs(learners - then[name][0]) for name, (learners, _) in now.items()}
    groups = [apart[name] for (name,) in con.execute(_GROUPS).fetchall() if name in apart]
    # Where nobody came or left, what moves is what became known of learners who stay.
    most = max(groups, default=0)
    if not most:
        return {}
    # Where many did, a certifier still knows which one of its own holders came or left; nobody knows why others moved.
    many_apart = most >= FEW
    rows = con.execute(_CELLS, [many_apart]).fetchall()
    cells = ((cell, n, apart.get(n, FEW), apart.get(part, FEW)) for cell, n, part in rows)
    # One learner more or less can move others in or out of a part, as those whom it was compared with.
    few = [(cell, n, many) for cell, n, many, part in cells if (many == 1 if many_apart else 0 < max(many, part) < FEW)]
    return {cell: Apart(many, now[n][1] - then[n][1]) for cell, n, many in few}


def _counts(con: Connection) -> dict[str, int | list[int]]:
    """The learners of each count, and also what it counts where one learner can count several times."""
    rows = con.execute(_COUNTS).fetchall()
    return {name: learners if learners == value else [learners, value] for name, learners, value in rows}


def _both(kept: int | list[int]) -> tuple[int, int]:
    """Learners, and what is counted."""
    return (kept, kept) if isinstance(kept, int) else (kept[0], kept[1])


def require_counts(home: Path, entry: Entry) -> None:
    """Refuse a release whose counts are not what they were; of one that kept none there is nothing to say.

    Raises:
        SafeError: ``E_RELEASE_FILE``: the counts that were kept are missing or altered.
    """
    kept = _file(home, entry)
    if entry.counts and (not kept.is_file() or sha256(kept) != entry.counts):
        message = f"release {entry.release}: the file of its counts, {kept.name}, is missing or altered; restore it"
        raise SafeError("E_RELEASE_FILE", message)


def _file(home: Path, entry: Entry) -> Path:
    return (home / entry.file).with_suffix(".counts.json")
