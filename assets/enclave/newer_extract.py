"""Whether what is to be published was counted from the last extract that came: whoever opted out since would still be in it."""

from collections.abc import Mapping

from assets.enclave.accepted_extract import ARRIVING
from assets.hop import Step
from credential_pipeline.foundation.contracts import accepted_extract, outcome_tables, person_keys
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.snapshots import Version

_COUNTED_FROM = (outcome_tables.SNAPSHOT, person_keys.SNAPSHOT, accepted_extract.SNAPSHOT)


def refuse_newer_extract(step: Step, version: Version) -> None:
    """Refuse figures that an extract has come after.

    Args:
        step: The industry, at the enclave.
        version: The version of ``outcome_release`` that is to be published.

    Raises:
        SafeError: ``E_OUTDATED``: a newer extract was opened, or lies in the transfer folder; or what is wrong with a package there.
    """
    made_from: Mapping[str, str] = version.manifest.inputs
    for snapshot in _COUNTED_FROM:
        found = step.side.store.find(snapshot, step.partition)
        if found is None or made_from.get(snapshot.name) != found.name:
            raise _outdated(step, f"{snapshot.name} is newer")
        made_from = found.manifest.inputs
    if ARRIVING.waiting(step) not in {"", made_from.get("package")}:
        raise _outdated(step, "an extract has come that is not opened yet")


def _outdated(step: Step, why: str) -> SafeError:
    message = (
        f"What is proposed for {step.partition} was counted before the last extract came ({why}), and may count somebody who has opted "
        f"out since: run {step.partition} on the enclave's side. If its figures stay the same the approvals hold, otherwise propose anew."
    )
    return SafeError("E_OUTDATED", message)
