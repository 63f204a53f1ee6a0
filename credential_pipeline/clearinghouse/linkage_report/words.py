"""What the page says in sentences. Not here: tables and drawings (sections.py)."""

import math

from credential_pipeline.clearinghouse.linkage_report.about import About
from credential_pipeline.clearinghouse.linkage_report.metrics import Group, Metrics
from credential_pipeline.clearinghouse.linkage_report.safe import ENOUGH, FLOOR, count, share

MINUS = "\N{MINUS SIGN}"
TENTH = 0.0005
"""Least difference of shares that rounds to a tenth of a percentage point."""

RACE = (
    "The clearinghouse does not hold race or ethnicity, neither from certifiers nor from the registry, so match rates by"
    " race cannot be told here."
)
PROXIES = (
    "Guesses of race or origin from names are not used in their place.",
    (
        "They err often, and most for the people they are about, so that a gap between guessed groups would measure the guess"
        " as much as the linkage."
    ),
    (
        "Names are held for linking, under agreements that do not provide for inferring a protected trait, and an inferred"
        " trait brings the duties of a stated one."
    ),
    "Nobody on these files was asked, and a label made from a name treats people as something that they may not be.",
)
EXPECTED = (
    "These errors are what the model itself expects: the probabilities of the links say how many of them are false, those"
    " of the best candidates that were not linked say how many were missed. Matches that no blocking rule found are not in"
    " them, and where the model is wrong about its own certainty, so are they."
)


def headline(metrics: Metrics, everybody: Group) -> list[str]:
    """The page in a few sentences."""
    total = everybody.people
    profiles, records = int(metrics.value("profiles")), int(metrics.value("records"))
    said = [
        f"{count(records)} feed rows name {count(profiles)} distinct profiles; these are {count(total)} learners.",
        (
            f"{share(everybody.count('linked'), total).text} of the learners are linked to a student of the registry;"
            f" {share(everybody.count('ambiguous'), total).text} are ambiguous, {share(everybody.count('unlinked'), total).text}"
            f" unlinked and {share(everybody.count('blocked'), total).text} blocked from sharing."
        ),
    ]
    if everybody.links >= ENOUGH:
        said.append(
            f"The model expects {precision(everybody)} of the links to be right and {missed(everybody)} of the matches to be"
            " missed."
        )
    waiting = int(metrics.value("review_pairs"))
    many = count(waiting) if waiting >= FLOOR else f"Fewer than {FLOOR}" if waiting else "No"
    return [*said, f"{many} pairs wait for a person to look at them."]


def precision(group: Group) -> str:
    """Share of right links that the model expects."""
    return f"{1 - group.false / group.links:.2%}" if group.links >= ENOUGH else "\N{EN DASH}"


def missed(group: Group) -> str:
    """Share of the matches that the model expects to have missed."""
    right = group.links - group.false
    return f"{group.missed / (group.missed + right):.2%}" if group.links >= ENOUGH else "\N{EN DASH}"


def review(metrics: Metrics) -> list[str]:
    """What people who looked at samples found; how to have them look if nobody did."""
    said = []
    for dimension, level, pairs in _REVIEWED:
        for metric, what in (("est_precision", "of the links are right"), ("est_recall", "of the matches were linked")):
            found = metrics.find(metric, dimension, level)
            if found is None:
                continue
            low, high = (metrics.find(f"{metric}_{end}", dimension, level) for end in ("low", "high"))
            interval = f" (95 % interval {low.value:.2%} to {high.value:.2%})" if low and high else ""
            said.append(f"{pairs}: {found.value:.2%} {what}{interval}; {count(found.n)} pairs were judged.")
    return said or ["Not reviewed yet: run review export, and import the decisions."]


_REVIEWED = (
    ("all", "all", "All pairs"),
    ("hop", "student", "Learners and students"),
    ("hop", "learner", "Profiles of one learner"),
)


def weight(probability: float) -> float:
    """The match weight of a probability: log2 of its odds."""
    return math.log2(probability / (1 - probability))


_CHANGES = {
    "links_gained": "{n} feed rows found a student that they had not.",
    "links_lost": "{n} feed rows lost the student that they had.",
    "links_moved": "{n} feed rows moved to another student.",
    "learners_merged": "{n} learners hold rows of several learners of the last version (merged).",
    "learners_split": "{n} learners of the last version are several now (split).",
    "records_added": "{n} feed rows are new.",
    "records_gone": "{n} feed rows are there no more.",
}


def changes(metrics: Metrics, about: About) -> list[str]:
    """What is different from the version before."""
    if about.damaged:
        return ["What changed cannot be told: earlier versions on disk are damaged."]
    if not about.previous:
        return ["There is no earlier version to compare with."]
    said = []
    changed = metrics.find("change_share_linked")
    if changed:
        way = "rose" if changed.value > 0 else "fell"
        said.append(
            f"The share of linked learners {way} by {points(abs(changed.value))} percentage points."
            if is_shown(changed.value, changed.n)
            else "The share of linked learners hardly changed."
        )
    found = {figure.level: figure for figure in metrics.levels("change")}
    moved = sum(figure.value for key, figure in found.items() if key.startswith("links_"))
    if moved:
        said.append(
            f"{share(int(moved), next(iter(found.values())).n).text} of the feed rows of both versions changed their link."
        )
    said += [text.format(n=count(int(found[key].value))) for key, text in _CHANGES.items() if key in found]
    return said or ["Nothing differs from the version before: the same links, the same learners."]


def is_shown(value: float, people: int) -> bool:
    """Whether a difference of shares is large enough to be told: a tenth of a point, and ten people."""
    return abs(value) >= TENTH and abs(value) * people >= FLOOR


def points(value: float) -> str:
    """A difference of shares in percentage points."""
    return f"{100 * value:.1f}"


def signed_points(value: float) -> str:
    """A difference of shares in percentage points, with its sign."""
    return f"{'+' if value > 0 else MINUS}{points(abs(value))}"
