"""Which sealed package of an industry is the one to read: a pointer beside the packages, swapped as a whole.

The pointer is a convenience of the transfer, not a proof: whoever reads a package verifies its signature.
"""

from pathlib import Path

from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.durable import write_atomically

_POINTER = "CURRENT"


def point(folder: Path, package: Path) -> None:
    """Make a package the one to read."""
    write_atomically(folder / _POINTER, package.name.encode())


def pointed(folder: Path, hop: str) -> Path:
    """The package to read.

    Args:
        folder: Transfer folder of one industry.
        hop: The hop that makes such packages, for the message.

    Raises:
        SafeError: ``E_NO_PACKAGE``: none has arrived.
    """
    try:
        name = (folder / _POINTER).read_text().strip()
    except OSError:
        message = (
            f"No package has arrived in {folder}; run {hop} on the side that sends it, or correct the transfer folder."
        )
        raise SafeError("E_NO_PACKAGE", message) from None
    return folder / Path(name).name


def is_there(folder: Path, package: str | None) -> bool:
    """Whether a package still lies in the transfer folder and is the one to read."""
    try:
        return bool(package) and (folder / _POINTER).read_text().strip() == package and (folder / package).is_dir()
    except OSError:
        return False
