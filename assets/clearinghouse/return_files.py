"""What partners get back under their agreements, written into their folders after its gate, with each disclosure on record.

Heavy libraries are loaded by the step that needs them.
"""

import datetime
from collections.abc import Mapping
from typing import Any

from assets.clearinghouse.heard import lists, refuse_what_is_stale
from assets.digests import digest_of, digest_of_files
from assets.hop import Hop, Published, Step
from checks.suites.clearinghouse.return_files import RULES
from credential_pipeline.clearinghouse.opted_out_elsewhere import attach_opted_out, heard_elsewhere
from credential_pipeline.clearinghouse.return_files.partners import FOLDER, OWN_PDP, REQUESTS, RETURNS, Given, is_odd
from credential_pipeline.clearinghouse.return_files.released import newest_outcomes
from credential_pipeline.foundation.contracts import cleaned_learners, education_registry, linked_records, raw_feeds
from credential_pipeline.foundation.contracts.return_files import SNAPSHOT
from credential_pipeline.foundation.storage.snapshots import Version
from credential_pipeline.foundation.storage.staging import Staged

_GIVEN_TO = "given to"


def _given(step: Step) -> Given:
    return Given(
        industry=step.industry,
        certifiers=step.certifiers,
        partners=step.root / FOLDER,
        published=newest_outcomes(step.side.published_of(step.partition)),
        today=step.date,
    )


def _depends(step: Step) -> Mapping[str, str]:
    given = _given(step)
    left = [given.partners / one.partner / folder for one in given.in_force for folder in (REQUESTS, OWN_PDP)]
    heard = {name: digest for name, (_, digest) in lists(step).items()}
    return {
        "partners": digest_of(*(one.model_dump_json() for one in given.in_force)),
        "what partners left": digest_of(
            digest_of_files(*(place for place in left if not is_odd(place))),
            *(f"{place.parent.name}/{place.name}" for place in left if is_odd(place)),
        ),
        "published": digest_of(str(given.published.parent.name) if given.published else ""),
        "who opted out in other industries": _heard_elsewhere(step),
        **heard,
    }


def _heard_elsewhere(step: Step) -> str:
    with step.side.store.connect() as con:
        attach_opted_out(con, step.side.store, step.partition)
        return digest_of(*heard_elsewhere(con))


def _build(step: Step, staged: Staged) -> None:
    from credential_pipeline.clearinghouse.return_files.build import build

    refuse_what_is_stale(step)
    attach_opted_out(staged.con, step.side.store, step.partition)
    build(staged.con, _given(step))


def _deliver(step: Step, staged: Staged) -> None:
    from credential_pipeline.clearinghouse.return_files.deliver import deliver, partners_given

    refuse_what_is_stale(step)
    delivered = deliver(staged.con, _given(step), step.root, datetime.datetime.now(datetime.UTC))
    staged.facts[_GIVEN_TO] = partners_given(delivered)
    staged.facts["deliveries"] = {one.partner: one.folder.name for one in delivered}


def _intact(step: Step, version: Version) -> bool:
    folders = version.manifest.facts.get("deliveries", {})
    return all(
        (step.root / FOLDER / partner / RETURNS / step.partition / name).is_dir() for partner, name in folders.items()
    )


def _describe(published: Published) -> Mapping[str, Any]:
    return {_GIVEN_TO: published.facts.get(_GIVEN_TO, "nobody")}


HOP = Hop(
    contract=SNAPSHOT,
    rules=RULES,
    build=_build,
    reads=[raw_feeds.SNAPSHOT, education_registry.SNAPSHOT, cleaned_learners.SNAPSHOT, linked_records.SNAPSHOT],
    after_all=[linked_records.SNAPSHOT],
    asks=("name", "returns", "certifiers", "programmes"),
    depends=_depends,
    before_publish=_deliver,
    intact=_intact,
    describe=_describe,
    kinds=["csv"],
    description="Each partner gets what its agreement says, of its own people; who opted out is in no file.",
)
