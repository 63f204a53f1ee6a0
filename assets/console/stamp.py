"""Whether anything that a side's run depends on has changed since its last good run, at the cost of a look at file times.

A shortcut of the command line: the gate finds the same by content, hop by hop, but recording every verdict again in
Dagster takes longer than a person who types ``run`` twice should wait. Any doubt, such as another date, means a full run.
"""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from assets import environment
from assets.code_version import code_version
from credential_pipeline.foundation.names import Side
from credential_pipeline.foundation.registry.load import Registry
from credential_pipeline.foundation.storage.durable import write_atomically

_FOLDER = "stamps"
#: What a run leaves behind without depending on it.
_PASSING = {_FOLDER, "spill", "opened", "audit", "vault.log", ".lock"}


def unchanged(side: Side, industry: str, hops: Sequence[str], registry: Registry, date: str) -> bool:
    """True if the last run of these hops ended well and nothing that it depends on looks different since."""
    try:
        return _path(side, industry).read_text() == _stamp(side, industry, hops, registry, date)
    except OSError:
        return False


def keep(side: Side, industry: str, hops: Sequence[str], registry: Registry, date: str) -> None:
    """Remember how everything looked after a run that ended well."""
    path = _path(side, industry)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_atomically(path, _stamp(side, industry, hops, registry, date).encode())


def forget(side: Side, industry: str) -> None:
    """Drop the stamp before a run, so that a run that is cut off leaves none."""
    _path(side, industry).unlink(missing_ok=True)


def _path(side: Side, industry: str) -> Path:
    return environment.side_home(side) / _FOLDER / industry


def _stamp(side: Side, industry: str, hops: Sequence[str], registry: Registry, date: str) -> str:
    others = set(registry.industry_names) - {industry}
    transfer = environment.transfer()
    carried = {
        Side.CLEARINGHOUSE: [transfer.extracts],
        Side.ENCLAVE: [transfer.extracts, transfer.releases],
        Side.PUBLIC: [transfer.releases],
    }
    digest = hashlib.sha256(
        f"{[code_version(f'assets.{side.value}.{hop}') for hop in hops]}{hops}{registry!r}{date}".encode()
    )
    for root in (environment.side_home(side), *carried[side]):
        for line in _listing(root, others):
            digest.update(line.encode())
    return digest.hexdigest()


def _listing(root: Path, others: set[str]) -> Iterator[str]:
    for path in sorted(root.rglob("*")):
        parts = set(path.relative_to(root).parts)
        if path.is_file() and not parts & (_PASSING | others):
            stat = path.stat()
            yield f"{path}\0{stat.st_size}\0{stat.st_mtime_ns}\n"
