"""Carry a sealed package into the recipient's inbox, where both are on one machine.

Between machines, a transfer service carries the folder; the recipient verifies it either way. Not here: sealing.
"""

import os
import shutil
import tempfile
from pathlib import Path

from credential_pipeline.engines.handover.keys import VerifyKey
from credential_pipeline.engines.handover.package import PART, SealedPackage, appear, check_package, remove_leftovers
from credential_pipeline.foundation.storage.durable import exclusive
from credential_pipeline.foundation.storage.private_files import open_regular, private_folder, write_failure


def deliver(sealed: SealedPackage, inbox: Path, sender_public_key: VerifyKey) -> Path:
    """Copy a package into the recipient's inbox on the same machine, whole or not at all.

    Returns:
        The folder in the inbox; a whole package of the same id and number that is there already is left as it is.

    Raises:
        SafeError: As :func:`verify` for a damaged package; ``E_NOSPC`` or ``E_WRITE``.
    """
    target = inbox / sealed.package_id
    try:
        private_folder(inbox)
        with exclusive(inbox):
            if target.exists() and check_package(target, sender_public_key).number == sealed.manifest.number:
                return target
            remove_leftovers(inbox, sealed.package_id)
            part = Path(tempfile.mkdtemp(prefix=f"{PART}{sealed.package_id}-", dir=inbox))
            try:
                for source in sorted(sealed.folder.iterdir()):
                    _copy(source, part / source.name)
                check_package(part, sender_public_key)
                appear(part, target)
            finally:
                shutil.rmtree(part, ignore_errors=True)
    except OSError as error:
        raise write_failure(error, inbox) from None
    return target


def _copy(source: Path, target: Path) -> None:
    with os.fdopen(open_regular(source), "rb") as reader, target.open("xb") as writer:
        shutil.copyfileobj(reader, writer, 1 << 20)
        writer.flush()
        os.fsync(writer.fileno())
