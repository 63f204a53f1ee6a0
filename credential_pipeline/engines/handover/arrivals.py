"""What arrives, and what this side has accepted before: an older package, from before an opt-out, does not come back.

A package is found by its signed number, so no pointer beside the packages can be replayed, renamed or blown up. What was
accepted is remembered in a ledger of this side, together with the head of the sender's ledger that the package witnessed.
Not here: what is in a package (receive.py).
"""

from datetime import datetime
from pathlib import Path

from credential_pipeline.engines.handover.keys import VerifyKey
from credential_pipeline.engines.handover.manifest import PackageManifest
from credential_pipeline.engines.handover.package import label, packages, read_manifest
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.chain import Chain, Head, Line


def newest(folder: Path, sender: VerifyKey, hop: str) -> Path:
    """The package with the largest number.

    Args:
        folder: Transfer folder of one industry.
        sender: Whom all packages must be from.
        hop: The hop that makes such packages, for the message.

    Raises:
        SafeError: ``E_NO_PACKAGE``: none has arrived; or what is wrong with one of them: another could be older.
    """
    arrived = [_numbered(package, sender) for package in packages(folder, sender)]
    if not arrived:
        message = (
            f"No package has arrived in {folder}; run {hop} on the side that sends it (a release also waits for its approvals), or "
            f"correct the transfer folder."
        )
        raise SafeError("E_NO_PACKAGE", message)
    return max(arrived)[1]


def witnesses(outbox: Path, sender: VerifyKey) -> list[Head]:
    """What the packages below an outbox, a folder for each industry, say of the length of their sender's ledger."""
    folders = sorted(path for path in outbox.glob("*") if path.is_dir())
    return [read_manifest(package, sender).ledger for folder in folders for package in packages(folder, sender)]


def _numbered(package: Path, sender: VerifyKey) -> tuple[int, Path]:
    manifest = read_manifest(package, sender)
    if package.name != manifest.package_id:
        message = f"{label(package)} does not bear the name of its package: somebody renamed it. Remove it."
        raise SafeError("E_PACKAGE_UNEXPECTED", message)
    return manifest.number, package


class Arrivals:
    """The ledger of packages that one side has accepted."""

    def __init__(self, home: Path) -> None:
        """Use, or on the first write make, ``<home>/arrivals.jsonl``."""
        self.chain = Chain(home, home / "arrivals.jsonl", "arrivals")

    def refuse_replay(self, manifest: PackageManifest, package: Path) -> None:
        """Refuse a package that is older than the last one of its kind and industry.

        Raises:
            SafeError: ``E_PACKAGE_REPLAYED``; ``E_SENDER_LEDGER``: the sender's ledger is shorter than it was;
                ``E_LEDGER_BROKEN``.
        """
        last = self._last(manifest)
        if last is None:
            return
        number, ledger = int(last.facts["number"]), Head.read(last.facts["ledger"])
        if manifest.number < number or (manifest.number == number and manifest.package_id != last.facts["package_id"]):
            message = (
                f"{label(package)} has number {manifest.number}, and number {number} was accepted on {last.when[:10]}: it is "
                f"an older one. Remove it, and ask the sender for the newest."
            )
            raise SafeError("E_PACKAGE_REPLAYED", message)
        if manifest.ledger.lines < ledger.lines or (
            manifest.ledger.lines == ledger.lines and manifest.ledger != ledger
        ):
            message = (
                f"{label(package)} says that the sender's ledger holds {manifest.ledger.lines} lines; it held "
                f"{ledger.lines} before. Ask the sender to put the ledger back and to seal again."
            )
            raise SafeError("E_SENDER_LEDGER", message)

    def remember(self, manifest: PackageManifest, when: datetime) -> None:
        """Write down that a package was accepted; nothing happens if it was the last one already."""
        last = self._last(manifest)
        if last is None or last.facts["package_id"] != manifest.package_id or last.facts["number"] != manifest.number:
            facts = {
                "package_id": manifest.package_id,
                "kind": manifest.content.kind,
                "industry": manifest.content.industry,
                "number": manifest.number,
                "ledger": vars(manifest.ledger),
            }
            self.chain.append("accepted", facts, when)

    def _last(self, manifest: PackageManifest) -> Line | None:
        wanted = (manifest.content.kind, manifest.content.industry)
        found = [line for line in self.chain.lines() if (line.facts["kind"], line.facts["industry"]) == wanted]
        return found[-1] if found else None
