"""The newest released figures of an industry, as anybody can read them. Not here: what is told of them to whom."""

from pathlib import Path

OUTCOMES = "outcomes.csv"
_LATEST = "LATEST"


def newest_outcomes(folder: Path) -> Path | None:
    """The ``outcomes.csv`` of the newest release that stands; None while there is none.

    Args:
        folder: The public folder of an industry, where ``LATEST`` names the folder of the release.
    """
    try:
        name = (folder / _LATEST).read_text(encoding="utf-8").strip()
    except OSError:
        return None
    path = folder / Path(name).name / OUTCOMES
    return path if path.is_file() else None
