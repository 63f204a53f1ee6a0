"""What lies in the clearinghouse's folders in which somebody may say "do not share", as digests, under one name each.

A hop notes the digest of what it read; the extract compares it with what lies there when it is built and handed over.
"""

from collections.abc import Mapping

from assets.digests import digest_of, digest_of_files
from assets.hop import Step
from credential_pipeline.clearinghouse.linked_records.elsewhere import attach_elsewhere
from credential_pipeline.clearinghouse.opt_outs.lists import FOLDER, RESCISSIONS
from credential_pipeline.clearinghouse.raw_feeds.decisions import read_decisions
from credential_pipeline.clearinghouse.stale_blocks import refuse_stale
from credential_pipeline.foundation.contracts import education_registry, linked_records, raw_feeds
from credential_pipeline.foundation.contracts.cleaned_learners import SNAPSHOT as CLEANED

FEEDS, DROPS, OPT_OUTS, TAKEN_BACK, ELSEWHERE = "feeds", "drops", "opt-outs", "rescissions", "opt-outs elsewhere"


def feeds_digest(step: Step) -> str:
    """Deliveries of the industry, and what people decided on them."""
    decided = sorted((*delivery, one.kind) for delivery, one in read_decisions(step.root, step.partition).items())
    return digest_of(digest_of_files(step.root / "inbox" / step.partition), *map(repr, decided))


def drops_digest(step: Step) -> str:
    """The education registry's drops."""
    return digest_of_files(step.root / "education")


def opt_outs_digest(step: Step) -> str:
    """The steward's lists, with what was taken back."""
    return digest_of_files(step.root / FOLDER)


def rescissions_digest(step: Step) -> str:
    """What was taken back alone, for hops that ask no more than whether a fall of the blocks is meant."""
    return digest_of_files(step.root / FOLDER / RESCISSIONS)


def opt_outs_elsewhere(step: Step, *, anew: bool = False) -> str:
    """What certifiers said in other industries of people who are in this one, too; ``anew`` as in attach_elsewhere."""
    store = step.side.store
    with store.connect() as con:
        step.current(CLEANED).attach(con, tables=("profiles",))
        return digest_of(*attach_elsewhere(con, store, step.partition, anew=anew))


def lists(step: Step) -> Mapping[str, tuple[str | None, str]]:
    """Where somebody may say "do not share": what the linked records have heard of it, and what lies there now."""
    feeds, drops, clean, linked = (
        step.current(snapshot)
        for snapshot in (raw_feeds.SNAPSHOT, education_registry.SNAPSHOT, CLEANED, linked_records.SNAPSHOT)
    )
    return {
        "the deliveries": (feeds.manifest.inputs.get(FEEDS), feeds_digest(step)),
        "the registry's drops": (drops.manifest.inputs.get(DROPS), drops_digest(step)),
        "the lists of opt-outs": (linked.manifest.inputs.get(OPT_OUTS), opt_outs_digest(step)),
        "the opt-outs of other industries": (linked.manifest.inputs.get(ELSEWHERE), opt_outs_elsewhere(step)),
        feeds.snapshot.name: (clean.manifest.inputs.get(feeds.snapshot.name), feeds.name),
        clean.snapshot.name: (linked.manifest.inputs.get(clean.snapshot.name), clean.name),
        drops.snapshot.name: (linked.manifest.inputs.get(drops.snapshot.name), drops.name),
    }


def refuse_what_is_stale(step: Step) -> None:
    """Refuse to let anything leave while linkage has not heard all that may say "do not share".

    Raises:
        SafeError: ``E_STALE_BLOCKS``.
    """
    found = lists(step)
    heard = {name: digest for name, (digest, _) in found.items()}
    refuse_stale(step.partition, heard, {name: digest for name, (_, digest) in found.items()})
