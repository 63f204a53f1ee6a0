"""The receiving end of a hop that reads packages: which one, never an older one, and remembered once its gate has passed.

Not here: what is loaded from it (engines/handover/receive.py).
"""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from assets.hop import Step
from credential_pipeline.engines.handover.arrivals import Arrivals, newest
from credential_pipeline.engines.handover.keys import VerifyKey, load_identity, load_sender
from credential_pipeline.engines.handover.package import packages, read_manifest, verify
from credential_pipeline.engines.handover.receive import ReceivingKeys
from credential_pipeline.foundation.storage.staging import Staged


@dataclass(frozen=True)
class Arriving:
    """One link, as its recipient sees it.

    Attributes:
        link: Name of the link's keys.
        sent_by: The hop that seals the packages.
        folder: The transfer folder of an industry.
        recipient: Who we are, as the packages must name us.
    """

    link: str
    sent_by: str
    folder: Callable[[Step], Path]
    recipient: Callable[[Step], str]

    def sender(self, step: Step) -> VerifyKey:
        """Whom packages must be from."""
        return load_sender(step.root, self.link)

    def keys(self, step: Step) -> ReceivingKeys:
        """What opens them."""
        return ReceivingKeys(sender=self.sender(step), identity=load_identity(step.root, self.link))

    def package(self, step: Step) -> Path:
        """The package to read.

        Raises:
            SafeError: There is none, or it is not as it must be, or older than the last one.
        """
        package = newest(self.folder(step), self.sender(step), self.sent_by)
        manifest = verify(package, self.sender(step), self.recipient(step), step.date)
        Arrivals(step.root).refuse_replay(manifest, package)
        return package

    def waiting(self, step: Step) -> str:
        """Name of the newest package in the transfer folder; empty if there is none, as after its destruction.

        Raises:
            SafeError: A package there is not as it must be.
        """
        folder = self.folder(step)
        if not packages(folder, self.sender(step)):
            return ""
        return newest(folder, self.sender(step), self.sent_by).name

    def depends(self, step: Step) -> Mapping[str, str]:
        """What a result depends on: the package and its sender."""
        return {"package": self.package(step).name, "sender": self.sender(step).fingerprint}

    def remember(self, step: Step, staged: Staged) -> None:
        """Write down that the package was accepted: after the gate, before anybody sees the tables."""
        manifest = read_manifest(self.folder(step) / staged.facts["package"], self.sender(step))
        Arrivals(step.root).remember(manifest, datetime.datetime.now(datetime.UTC))
        staged.facts["package number"] = manifest.number
