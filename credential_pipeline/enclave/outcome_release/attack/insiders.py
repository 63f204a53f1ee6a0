"""Insiders: certifiers who hold the exact counts of their own people and take them out of what is published of all."""

from dataclasses import dataclass, replace

import numpy as np

from credential_pipeline.enclave.outcome_release.attack import mend
from credential_pipeline.enclave.outcome_release.attack.book import Book
from credential_pipeline.enclave.outcome_release.attack.judge import Finding, judge
from credential_pipeline.enclave.outcome_release.attack.leftover import NOBODY, NOT
from credential_pipeline.enclave.outcome_release.attack.rules import Rules
from credential_pipeline.enclave.outcome_release.attack.study import Studied, study
from credential_pipeline.engines.disclosure.attack_bounds import Flags


@dataclass(frozen=True)
class Told:
    """What the insiders could tell.

    Attributes:
        tried: How many counts of others they attacked.
        findings: What they found.
        repairs: Cells to hide, one entry a finding.
    """

    tried: int
    findings: list[Finding]
    repairs: list[tuple[str, ...]]


def certifiers(studied: Studied, shown: mend.Cells, rules: Rules) -> Told:
    """Give each certifier the exact counts of its own holders and let it attack all others.

    Needs the judge's knowledge: where the true counts are not known, no insider is tried.

    Args:
        studied: The attacked file.
        shown: Its shown cells.
        rules: What must hold.
    """
    book = studied.solved.book
    truth, who = studied.solved.truth, book.counts["certifier"].to_numpy(str)
    before = {(f.cell_id, f.role) for f in judge(studied.solved, rules)}
    told = Told(0, [], [])
    tried = 0
    for name in sorted(one for one in set(who) - NOBODY if not one.startswith(NOT)):
        own = (who == name) & ~np.isnan(truth)
        if not own.any() or not studied.sound:
            continue
        known = {int(place): (float(truth[place]), float(truth[place])) for place in np.flatnonzero(own)}
        inside = study(book, rules, known=known, only=who != name)
        if not inside.sound:
            # What a certifier knows of its own people cannot be at odds with what is true of them.
            told.findings.append(Finding("contradiction", "", "", 0.0, 0.0, f"the certifier {name}"))
            continue
        tried += inside.tried
        at_least, others = _own_parts(book, inside, own), who != name
        for finding in judge(inside.solved, rules, f"the certifier {name}", only=others):
            if (finding.cell_id, finding.role) in before:
                continue
            place = mend.solved_place(inside.solved, inside, finding)
            if finding.kind == "narrow" and finding.low <= at_least.get(place, -1.0):
                continue
            repair = mend.mend_narrow(inside, shown, place, rules)
            # Where nothing is shown near the count, the insider knows what it knows without the release.
            if repair:
                told.findings.append(finding)
                told.repairs.append(repair)
    return replace(told, tried=tried)


def _own_parts(book: Book, inside: Studied, own: Flags) -> dict[int, float]:
    """Of each number of which an insider's own people are a part, how many these are: it knows so much without the release."""
    truth, place = inside.solved.truth, inside.system.place
    least: dict[int, float] = {}
    for total, parts in book.sums:
        mine = [part for part in parts if own[part]]
        if mine:
            spot = int(place[total])
            least[spot] = max(least.get(spot, 0.0), float(truth[mine].sum()))
    return least
