"""``release propose | approve | publish | correct | withdraw | status | enroll``: the acts of people on a release.

Each is signed with the person's own key, written into the ledger, and shown in Dagster as an observation of the proposal.
"""

from __future__ import annotations

import argparse
import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from assets import environment
from assets.console import grammar
from credential_pipeline.foundation.contracts.outcome_release import SNAPSHOT
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.names import Side

if TYPE_CHECKING:
    from credential_pipeline.enclave.outcome_release.acts import Standing, Statement
    from credential_pipeline.foundation.registry.model import Industry
    from credential_pipeline.foundation.storage.chain import Chain
    from credential_pipeline.foundation.storage.snapshots import Version


WORDS = ("enroll", "propose", "correct", "withdraw", "approve", "publish", "status")


def add(below: grammar.Commands) -> None:
    """Say what the acts take.

    Args:
        below: The actions of ``release``.
    """
    _add_enroll(below)
    propose = _industry(
        below, "propose", "propose the current figures as the release of this period", _propose, "--key my.key"
    )
    correct = _industry(
        below,
        "correct",
        "propose the current figures in place of the last release",
        _correct,
        '--reason "two deliveries came late" --key my.key',
    )
    withdraw = _industry(
        below,
        "withdraw",
        "propose that a release is taken back",
        _withdraw,
        '--release r0001-0123abcd --reason "a wage file was wrong" --key my.key',
    )
    approve = _industry(below, "approve", "approve what is proposed", _approve, "--release r0001-0123abcd --key my.key")
    _industry(below, "publish", "send what two others have approved to the public side", _publish)
    _industry(below, "status", "what is proposed, who approved it, what was released", _status)
    _options(propose, correct, withdraw, approve)


def _options(
    propose: argparse.ArgumentParser,
    correct: argparse.ArgumentParser,
    withdraw: argparse.ArgumentParser,
    approve: argparse.ArgumentParser,
) -> None:
    """What several acts take."""
    for parser in (propose, correct, withdraw, approve):
        parser.add_argument("--key", type=Path, required=True, metavar="FILE", help="the acting person's own key")
    for parser in (propose, correct):
        parser.add_argument(
            "--accept-revisions",
            type=grammar.one_line,
            default="",
            metavar="WHY",
            help="why it is right that much of what is public changes; approvers see it",
        )
    for parser in (correct, withdraw):
        parser.add_argument("--reason", type=grammar.one_line, required=True, help="readers see it")
    approve.add_argument(
        "--kind", choices=["regular", "correction", "withdrawal"], default="regular", help="of the proposal (regular)"
    )
    for parser in (withdraw, approve):
        parser.add_argument("--release", required=True, metavar="ID", help="as the review packet names it")


def _add_enroll(below: grammar.Commands) -> None:
    enroll = grammar.command(
        below,
        "enroll",
        "make the key of somebody who may propose and approve",
        "release enroll first_reviewer --key first-reviewer.key",
        _enroll,
    )
    enroll.add_argument("name", metavar="NAME", help="lower-case letters, digits and underscores")
    enroll.add_argument(
        "--key", type=Path, required=True, metavar="FILE", help="where that person's private key is written"
    )


def _industry(
    below: grammar.Commands, word: str, summary: str, execute: grammar.Execute, more: str = ""
) -> argparse.ArgumentParser:
    acted = execute if word == "status" else _on_record(word, execute)
    parser = grammar.command(below, word, summary, f"release {word} manufacturing {more}".strip(), acted)
    parser.add_argument("industry", metavar="INDUSTRY")
    return parser


def _enroll(arguments: argparse.Namespace) -> int:
    from credential_pipeline.enclave.outcome_release.people import People

    person = People(_home()).enroll(arguments.name, arguments.key.absolute())
    _ledger().append("enrolled", {"name": person.name, "fingerprint": person.fingerprint}, _now())
    print(f"{person.name} may propose and approve; fingerprint {person.fingerprint}; private key in {arguments.key}")
    return 0


def _propose(arguments: argparse.Namespace) -> int:
    from credential_pipeline.enclave.outcome_release import acts

    industry, version = _current(arguments)
    statement = acts.Statement(
        industry.industry, version.manifest.facts["release"], version.name, revisions=arguments.accept_revisions
    )
    acts.refuse_off_calendar(_ledger().lines(), statement, industry.disclosure.calendar, environment.today())
    return _proposed(statement, version, arguments)


def _correct(arguments: argparse.Namespace) -> int:
    from credential_pipeline.enclave.outcome_release import acts

    industry, version = _current(arguments)
    last = acts.last_released(_ledger().lines(), industry.industry)
    release = version.manifest.facts["release"]
    reason, why = arguments.reason, arguments.accept_revisions
    statement = acts.Statement(industry.industry, release, version.name, "correction", last, reason, why)
    return _proposed(statement, version, arguments)


def _withdraw(arguments: argparse.Namespace) -> int:
    from credential_pipeline.enclave.outcome_release import acts

    industry, version = _current(arguments)
    statement = acts.Statement(
        industry.industry, arguments.release, version.name, "withdrawal", reason=arguments.reason
    )
    return _proposed(statement, version, arguments)


def _proposed(statement: Statement, version: Version, arguments: argparse.Namespace) -> int:
    from credential_pipeline.enclave.outcome_release import acts
    from credential_pipeline.enclave.outcome_release.packet import packet_path
    from credential_pipeline.enclave.outcome_release.people import People, load_person
    from credential_pipeline.enclave.outcome_release.revisions import refuse_revisions

    refuse_revisions(version, statement, _home())
    acts.propose(_ledger(), People(_home()), statement, load_person(arguments.key), _now())
    print(
        f"{statement.kind} release {statement.release} of {statement.industry} is proposed (version {statement.version})"
    )
    print(f"  review: {packet_path(_home(), statement.industry, statement.release)}")
    print(f"  next: two other people run `{_approve_words(statement)}`")
    _show_in_dagster(statement, "proposed")
    return 0


def _approve(arguments: argparse.Namespace) -> int:
    from credential_pipeline.enclave.outcome_release import acts
    from credential_pipeline.enclave.outcome_release.people import People, load_person

    industry, version = _current(arguments)
    person = load_person(arguments.key)
    statement = _proposal(industry.industry, version).statement
    if (statement.release, statement.kind) != (arguments.release, arguments.kind):
        message = (
            f"Proposed is the {statement.kind} release {statement.release}, not the {arguments.kind} {arguments.release}: "
            f"read its packet, and name both (--release, --kind)."
        )
        raise SafeError("E_NOT_PROPOSED", message)
    found = acts.approve(_ledger(), People(_home()), statement, person, _now())
    print(f"{_told(statement)} has {len(found.approvals)} of {acts.APPROVALS} approvals")
    if found.approved:
        print(f"  next: `release publish {industry.industry}`")
    _show_in_dagster(statement, f"approved by {len(found.approvals)}")
    return 0


def _publish(arguments: argparse.Namespace) -> int:
    from credential_pipeline.enclave.outcome_release.hand_over import Sealing, publish

    industry, version = _current(arguments)
    found = _proposal(industry.industry, version)
    statement = found.statement
    if statement.kind != "withdrawal" and not found.published:
        _refuse_newer_extract(statement.industry, version)
    outbox = environment.transfer().releases / industry.industry
    sealed = publish(version, statement, Sealing(_home(), industry, outbox, environment.today(), _now()))
    print(f"release {statement.release} is sealed as package {sealed.package_id}, number {sealed.manifest.number}")
    print(f"  next: `run {industry.industry}` on the public side")
    _show_in_dagster(statement, "withdrawn" if statement.kind == "withdrawal" else "published")
    return 0


def _refuse_newer_extract(industry: str, version: Version) -> None:
    """Refuse to publish who may have opted out since."""
    from assets.enclave.newer_extract import refuse_newer_extract
    from assets.hop import Step
    from assets.resources import side_resource

    refuse_newer_extract(Step(side_resource(Side.ENCLAVE), industry), version)


def _status(arguments: argparse.Namespace) -> int:
    from credential_pipeline.enclave.outcome_release import acts

    industry = environment.registry().industry(arguments.industry).industry
    lines = _ledger().lines()
    for facts in acts.released(lines, industry):
        print(f"{facts['statement']['release']}  {facts['statement']['kind']}  published {facts['when'][:10]}")
    found = acts.standing(lines, industry)
    if found is None or found.published:
        print(f"nothing is proposed for {industry}")
    else:
        by = ", ".join(signed.name for signed in found.approvals) or "nobody yet"
        print(f"{_told(found.statement)}: proposed by {found.proposer.name}, approved by {by}")
    return 0


def waiting(industry: str) -> str:
    """A line that says who must do what before the current proposal is public; empty if nobody must."""
    from assets.console.engine import store
    from credential_pipeline.enclave.outcome_release import acts
    from credential_pipeline.enclave.outcome_release.demo import next_statement

    version = store(Side.ENCLAVE).find(SNAPSHOT, industry)
    found = acts.standing(_ledger().lines(), industry)
    if version is None or (found is not None and found.published and found.statement.version == version.name):
        return ""
    if found is None or found.published or found.statement.version != version.name:
        release = version.manifest.facts["release"]
        calendar = environment.registry().industry(industry).disclosure.calendar
        today = environment.today()
        if next_statement(_home(), industry, release, version.name, calendar, today).kind == "additional":
            return (
                f"{industry}: release {release} waits for the period after {acts.period(today, calendar)}, which has had its release; "
                f"if that was wrong or somebody opted out, propose this in its place (`release correct {industry} --reason … --key FILE`)"
            )
        return (
            f"{industry}: release {release} waits for somebody to propose it (`release propose {industry} --key FILE`) and for "
            f"{acts.APPROVALS} others to approve it"
        )
    if found.approved:
        return f"{industry}: {_told(found.statement)}, is approved and waits for `release publish {industry}`"
    left = acts.APPROVALS - len(found.approvals)
    return (
        f"{industry}: {_told(found.statement)}, waits for {left} more approvals by others than {found.proposer.name}: "
        f"`{_approve_words(found.statement)}`"
    )


def _current(arguments: argparse.Namespace) -> tuple[Industry, Version]:
    from assets.console.engine import store

    industry = environment.registry().industry(arguments.industry)
    return industry, store(Side.ENCLAVE).current(SNAPSHOT, industry.industry)


def _proposal(industry: str, version: Version) -> Standing:
    """What is proposed, if it is the current version.

    Raises:
        SafeError: ``E_NOT_PROPOSED``.
    """
    from credential_pipeline.enclave.outcome_release import acts

    found = acts.standing(_ledger().lines(), industry)
    if found is None or (found.statement.kind != "withdrawal" and found.statement.version != version.name):
        message = (
            f"The current figures of {industry} (release {version.manifest.facts['release']}) are not what was proposed: "
            f"run `release propose {industry}`, or `release correct`, first."
        )
        raise SafeError("E_NOT_PROPOSED", message)
    return found


def _approve_words(statement: Statement) -> str:
    """What approvers type."""
    kind = "" if statement.kind == "regular" else f" --kind {statement.kind}"
    return f"release approve {statement.industry} --release {statement.release}{kind} --key FILE"


def _told(statement: Statement) -> str:
    """A proposal in words: what is approved, and what readers will be told."""
    more = f" of {statement.corrects}" if statement.corrects else ""
    why = f" ({statement.reason})" if statement.reason else ""
    revised = f"; much of what is public changes: {statement.revisions}" if statement.revisions else ""
    return f"{statement.kind}{more}, release {statement.release}{why}{revised}"


def _on_record(act: str, execute: grammar.Execute) -> grammar.Execute:
    """Write every refusal of an act into the ledger, wherever it comes from, unless the act has done so itself."""

    def acted(arguments: argparse.Namespace) -> int:
        from credential_pipeline.enclave.outcome_release.acts import REFUSED

        environment.registry().industry(arguments.industry)
        before = len(_ledger().lines())
        try:
            return execute(arguments)
        except SafeError as error:
            if error.code != "E_LEDGER_BROKEN" and len(_ledger().lines()) == before:
                _ledger().append(REFUSED, {"act": act, "industry": arguments.industry, "code": error.code}, _now())
            raise

    return acted


def _show_in_dagster(statement: Statement, what: str) -> None:
    import dagster as dg

    from assets.console import instance

    with instance.instance() as dagster_instance:
        dagster_instance.report_runless_asset_event(
            dg.AssetObservation(
                SNAPSHOT.name,
                partition=statement.industry,
                description=f"Release {statement.release}: {what}.",
                metadata={
                    "release": statement.release,
                    "act": what,
                    "kind": statement.kind,
                    "version": statement.version,
                },
            )
        )


def _home() -> Path:
    return environment.side_home(Side.ENCLAVE)


def _ledger() -> Chain:
    from credential_pipeline.enclave.outcome_release.ledger import chain

    return chain(_home())


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
