"""What the result of a hop depends on, and whether anything of it is new."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assets.code_version import code_version
from assets.digests import digest_of
from assets.hop import Hop, Step
from checks import gate
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage import manifest
from credential_pipeline.foundation.storage.snapshots import Version, all_inputs


@dataclass(frozen=True)
class Inputs:
    """What a result would be made from now.

    Attributes:
        reads: Versions of the same side.
        others: Code, rules, registry, files and keys, by name.
    """

    reads: Sequence[Version]
    others: Mapping[str, str]

    @property
    def fingerprint(self) -> str:
        """Equal inputs give equal results."""
        return manifest.fingerprint(all_inputs(self.reads, self.others))


def gather_inputs(hop: Hop, step: Step) -> Inputs:
    """Gather what a hop's result depends on.

    Raises:
        SafeError: What it reads is not published, or an input refuses, for example because there is no agreement.
    """
    reads = [step.current(snapshot) for snapshot in hop.reads]
    registry = {"registry": registry_digest(hop, step)} if hop.contract.partitioned else {}
    own = {"code": code_version(hop.module), "rules": gate.fingerprint(hop.rules)}
    return Inputs(reads, {**own, **registry, **hop.depends(step)})


def registry_digest(hop: Hop, step: Step) -> str:
    """Hash of what the hop asks of the YAML of its own industry and certifiers."""
    asked = step.side.industry(step.partition).model_dump_json(include={"industry", *hop.asks})
    return digest_of(asked, *(certifier.model_dump_json() for certifier in step.certifiers))


def unchanged(hop: Hop, step: Step, inputs: Inputs) -> Version | None:
    """The current version if it is whole and was made from just these inputs."""
    try:
        current = step.side.store.find(hop.contract, step.partition)
        if current is None or current.manifest.fingerprint != inputs.fingerprint:
            return None
        for table in hop.contract:
            current.path(table.name)
    except SafeError as error:
        if error.code == "E_SCHEMA_NEWER":
            raise
        return None  # A damaged version is built again, as its message tells the reader to do.
    return current if hop.intact(step, current) else None
