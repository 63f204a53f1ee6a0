"""The counts that a release was made of, so that a later proposal knows of which figures just one learner came or left.

They are kept in the enclave, since the version of the tables may be destroyed by then. Not here: the attack that needs them.
"""

import json
from dataclasses import replace
from pathlib import Path

from credential_pipeline.enclave.outcome_release.ledger import Entry, chain, entries
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.durable import canonical_json, sha256, write_atomically
from credential_pipeline.foundation.storage.engine import Connection

FEW = 10
"""From so many learners on that one group, of holders or of those who tried, has gained or lost, nobody is taken to know who else
came or left."""
_COUNTS = "SELECT count_id, CAST(learners AS BIGINT) FROM outcome_tables.counts ORDER BY count_id"
_GROUPS = "SELECT count_id FROM outcome_tables.counts WHERE quantity IN ('cohort', 'tried', 'sitters')"
_CELLS = (
    "SELECT cell_id, n_count_id, coalesce(numerator_count_id, n_count_id) FROM outcome_tables.outcomes"
    " WHERE n_count_id IS NOT NULL ORDER BY cell_id"
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
    write_atomically(_file(home, entry), canonical_json(dict(con.execute(_COUNTS).fetchall())))
    return replace(entry, counts=sha256(_file(home, entry)))


def one_apart(con: Connection, home: Path, entry: Entry) -> frozenset[str]:
    """The figures behind which one learner more or less stands than in an earlier release, if few learners came or left at all.

    Args:
        con: Connection with the views ``outcome_tables.counts`` and ``.outcomes``.
        home: Folder of the enclave.
        entry: An earlier release; of one that kept no counts it is not known.

    Returns:
        Ids of cells.

    Raises:
        SafeError: ``E_RELEASE_FILE``: the counts that were kept are missing or altered.
    """
    if not entry.counts:
        return frozenset()
    require_counts(home, entry)
    then = json.loads(_file(home, entry).read_bytes())
    apart = {name: abs(many - then[name]) for name, many in con.execute(_COUNTS).fetchall() if name in then}
    groups = [apart[name] for (name,) in con.execute(_GROUPS).fetchall() if name in apart]
    if max(groups, default=0) >= FEW:
        return frozenset()
    cells = ((cell, apart.get(n, FEW), apart.get(part, FEW)) for cell, n, part in con.execute(_CELLS).fetchall())
    # One learner more or less can move others in or out of a part, as those whom it was compared with.
    return frozenset(cell for cell, n, part in cells if n <= 1 and 0 < max(n, part) < FEW)


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
