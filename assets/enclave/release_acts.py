"""What follows a proposal that passed its gate: the packet for its reviewers and, in a simulated home, the demo people's acts.

It stands apart from the hop, so that the looks of the packet are no reason to propose anew. People elsewhere act by the command
line (``release propose | approve | publish``).
"""

import datetime
from collections.abc import Mapping
from typing import Any

import dagster as dg

from assets.hop import Published
from credential_pipeline.enclave.outcome_release import demo
from credential_pipeline.enclave.outcome_release.acts import APPROVALS, Statement, standing
from credential_pipeline.enclave.outcome_release.hand_over import Sealing, publish
from credential_pipeline.enclave.outcome_release.ledger import chain
from credential_pipeline.enclave.outcome_release.revisions import Revisions, find_revisions
from credential_pipeline.foundation.progress import PROGRESS


def follow(published: Published) -> Mapping[str, Any]:
    """Write the packet where it is missing, let the demo people of a simulated home act, and tell how far the release is."""
    from credential_pipeline.enclave.outcome_release.packet import FEW_EMPLOYERS, write_packet

    step, release = published.step, str(published.facts["release"])
    few = int(published.facts.get(FEW_EMPLOYERS, 0))
    packet = write_packet(published.con, step.root, step.partition, release, published.version.name, few)
    calendar, when = step.industry.disclosure.calendar, datetime.datetime.now(datetime.UTC)
    statement = demo.next_statement(step.root, step.partition, release, published.version.name, calendar, step.date)
    revisions = find_revisions(published.con, step.root, step.partition, release)
    if demo.has_demo_people(step.root):
        _as_demo(published, statement, when, revisions)
    return {
        "release": release,
        "state": _state(published, statement),
        "against the last release": revisions.words if revisions.release else "the first release",
        "review packet": dg.MetadataValue.path(str(packet.relative_to(step.root.parent))),
    }


def _as_demo(published: Published, statement: Statement, when: datetime.datetime, revisions: Revisions) -> None:
    step = published.step
    found = standing(chain(step.root).lines(), step.partition)
    if found is None or found.statement != statement or not found.published:
        if revisions.held and not statement.revisions:
            PROGRESS.warning(
                "%s release %s is held for a person: %s", step.partition, statement.release, revisions.words
            )
            return
        demo.sign(step.root, statement, when)
        PROGRESS.info(
            "%s release %s approved by two demo reviewers (simulated home)", step.partition, statement.release
        )
    place = Sealing(step.root, step.industry, step.side.folder_of_releases(step.partition), step.date, when)
    publish(published.version, statement, place)


def _state(published: Published, statement: Statement) -> str:
    found = standing(chain(published.step.root).lines(), published.step.partition)
    if found is None or found.statement.version != published.version.name:
        if statement.kind == "additional":
            return "to be proposed in the next period of the calendar, or before as a correction"
        return f"to be proposed as a {statement.kind} release"
    return "published" if found.published else f"{len(found.approvals)} of {APPROVALS} approvals"
