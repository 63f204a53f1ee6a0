"""Which Spark an installation uses. Not here: anything that needs Spark, Splink or DuckDB, so that reading it costs nothing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from credential_pipeline.foundation.errors import SafeError


@dataclass(frozen=True)
class Cluster:
    """The Spark that an installation uses.

    Attributes:
        master: Its master URL.
        conf: Further Spark properties.
        folder: Folder that all of its machines see, for what goes over and comes back; the spill folder if None.
    """

    master: str = "local[2]"
    conf: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None


def read_properties(path: Path) -> dict[str, str]:
    """Read a file like Spark's own ``spark-defaults.conf``: a property and its value on each line, # before comments.

    Raises:
        SafeError: ``E_SPARK``: there is no such file, or a line has no value.
    """
    try:
        lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    except (OSError, UnicodeDecodeError):
        message = (
            f"The file of Spark properties {path} cannot be read; mend CREDENTIAL_PIPELINE_SPARK_CONF or the file."
        )
        raise SafeError("E_SPARK", message) from None
    found = {}
    for number, line in enumerate(lines, start=1):
        if not line or line.startswith("#"):
            continue
        name, *value = re.split(r"\s*[=\s]\s*", line, maxsplit=1)
        if not name.startswith("spark.") or not any(value):
            message = f"Line {number} of {path} is no Spark property; write a name that begins with spark. and a value."
            raise SafeError("E_SPARK", message)
        found[name] = value[0]
    return found
