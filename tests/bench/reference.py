"""What the same machine needs at least: DuckDB alone reads the rows that a run reads and writes them as Parquet."""

import tempfile
from pathlib import Path

from credential_pipeline.foundation.storage.engine import connect
from tests.bench.measure import answer

_DROPS = ("clearinghouse/education", "enclave/reference")


def read_and_write(home: str) -> dict[str, float]:
    """Copy every table of the registry's and the reference population's drops, unsorted and unchanged."""
    with tempfile.TemporaryDirectory() as folder, connect(threads=2) as con:
        for table in sorted(path for drop in _DROPS for path in (Path(home) / drop).iterdir()):
            con.execute(
                f"COPY (FROM read_parquet('{table}/*.parquet')) TO '{folder}/{table.name}.parquet' "
                "(FORMAT parquet, COMPRESSION zstd)"
            )
    return {}


if __name__ == "__main__":
    answer({"read_and_write": read_and_write})
