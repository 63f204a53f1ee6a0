"""How many learners stood in each group when a release was made, so that a later proposal knows whether just one came or left.

They are kept in the enclave, since the version of the tables may be destroyed by then. Not here: the attack that needs them.
"""

import json
from dataclasses import replace
from pathlib import Path

from credential_pipeline.enclave.outcome_release.ledger import Entry, chain, entries
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.durable import canonical_json, sha256, write_atomically
from credential_pipeline.foundation.storage.engine import Connection

_GROUPS = (
    "SELECT count_id, CAST(value AS BIGINT) FROM outcome_tables.counts WHERE quantity = 'cohort' ORDER BY count_id"
)


def keep_cohorts(con: Connection, home: Path, entry: Entry) -> Entry:
    """Keep the groups of what is proposed, and give its entry the hash of them; what was released stays as it is.

    Args:
        con: Connection with the view ``outcome_tables.counts``.
        home: Folder of the enclave, in which the folder of the public file is there.
        entry: The release.
    """
    if any((one.industry, one.release) == (entry.industry, entry.release) for one in entries(chain(home).lines())):
        return entry
    write_atomically(_file(home, entry), canonical_json(dict(con.execute(_GROUPS).fetchall())))
    return replace(entry, cohorts=sha256(_file(home, entry)))


def one_learner(con: Connection, home: Path, entry: Entry) -> bool:
    """Whether no group differs by more than one learner from what it was, and one does.

    Args:
        con: Connection with the view ``outcome_tables.counts``.
        home: Folder of the enclave.
        entry: An earlier release; of one that kept no groups it is not known, and not so.

    Raises:
        SafeError: ``E_RELEASE_FILE``: the groups that were kept are missing or altered.
    """
    if not entry.cohorts:
        return False
    kept = _file(home, entry)
    if not kept.is_file() or sha256(kept) != entry.cohorts:
        message = f"release {entry.release}: the file of its groups, {kept.name}, is missing or altered; restore it"
        raise SafeError("E_RELEASE_FILE", message)
    then = json.loads(kept.read_bytes())
    apart = [abs(value - then[group]) for group, value in con.execute(_GROUPS).fetchall() if group in then]
    return max(apart, default=0) == 1


def _file(home: Path, entry: Entry) -> Path:
    return (home / entry.file).with_suffix(".cohorts.json")
