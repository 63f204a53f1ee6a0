"""Writes the public files of a proposed release: ``python -m assets.public.render FOLDER INDUSTRY RELEASE``.

Reads ``FOLDER/<table>.parquet`` and ``FOLDER/notice.txt``, nothing else but the registry, and writes ``FOLDER/public/``.
"""

import sys
import warnings
from pathlib import Path

from assets import environment
from credential_pipeline.foundation.contracts import outcome_release
from credential_pipeline.foundation.recipes.sql import literal
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.public.published_outcomes.for_review import write_files


def main(folder: Path, industry: str, release: str) -> None:
    """Write the files.

    Args:
        folder: With the tables and the notice.
        industry: The partition.
        release: Id of the release.
    """
    warnings.filterwarnings("ignore")
    registry = environment.registry()
    with connect(environment.memory_limit(), environment.threads(), folder / "spill") as con:
        con.execute("CREATE SCHEMA published_outcomes")
        for table in outcome_release.SNAPSHOT:
            path = folder / f"{table.name}.parquet"
            if path.is_file():
                rows = f"SELECT * FROM read_parquet({literal(str(path))})"
                con.execute(f'CREATE VIEW published_outcomes."{table.name}" AS {rows}')
        notice = (folder / "notice.txt").read_text(encoding="utf-8")
        certifiers = registry.certifiers_of(industry)
        written = environment.today().isoformat()
        write_files(con, folder / "public", registry.industry(industry), certifiers, notice, release, written)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
