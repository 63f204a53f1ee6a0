"""The categories of the groups of people: certifiers, credentials, cohorts, ages and others, coarsened until each is large enough.

The ladder is walked before anything is tabulated, from the units and where they are at every horizon. Not here: its
arithmetic (ladder.py), and sectors, settings and the other parts of shares (categories.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from credential_pipeline.enclave.outcome_tables.earlier import Earlier
from credential_pipeline.enclave.outcome_tables.grouping import GROUP
from credential_pipeline.enclave.outcome_tables.ladder import (
    UNKNOWN,
    Rule,
    Rungs,
    Size,
    band_label,
    merge_bands,
    merged,
    pool,
    rolled_up,
)
from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.enclave.outcome_tables.sizes import group_sizes
from credential_pipeline.foundation.storage.relation import Relation, Scratch

OTHER = "other"
#: A state needs that many times the learners of another category: of so many states small ones would be hidden in part.
STATE_TIMES = 5
_COLUMNS = dict.fromkeys(("dimension", "within", "category", "label"), "VARCHAR") | {"silent": "BOOLEAN"}


@dataclass
class Ladder:
    """The rungs of all dimensions, as they are decided one after the other.

    Attributes:
        horizons: Horizons at which categories must be large enough; None if nothing is coarsened.
        rungs: (dimension, within what) to its rungs; what is missing stays as it is.
    """

    horizons: tuple[int, ...] | None = None
    rungs: dict[tuple[str, str], Rungs] = field(default_factory=dict)

    def relation(self, work: Scratch) -> Relation:
        """The rungs as rows: dimension, within, category, label, silent."""
        rows = [
            (dimension, within, category, label, label in rungs.silent)
            for (dimension, within), rungs in sorted(self.rungs.items())
            for category, label in sorted(rungs.labels.items())
        ]
        return work.rows("rungs", _COLUMNS, rows)


def group_ladder(
    work: Scratch, follow_ups: Relation, plan: Plan, earlier: Earlier, told: frozenset[int] | None = None
) -> Ladder:
    """Decide what becomes of every category of every dimension.

    Args:
        work: Where the rows live.
        follow_ups: Where each unit is at each horizon, with its categories as they are.
        plan: The settings, for the profile, the age bands and the families of credentials.
        earlier: The categories of the last release.
        told: Horizons that are told of everybody, which categories must be large enough for; None for all.
    """
    least = plan.thresholds
    if least is None:
        return Ladder()
    sizes = group_sizes(work, follow_ups, plan, least.money, told)
    ladder = Ladder(sizes.horizons)
    certifiers = pool(
        sizes.of("certifier"), Rule(least.money, earlier.of("certifier"), fewest=1), label=OTHER, always=()
    )
    ladder.rungs["certifier", ""] = certifiers
    for certifier, label in certifiers.labels.items():
        inside = sizes.of("credential", certifier)
        rule = Rule(least.money, earlier.of("credential", certifier))
        kept = label == certifier and label not in certifiers.silent
        ladder.rungs["credential", certifier] = (
            pool_credentials(inside, plan.families_of(certifier), rule) if kept else rolled_up(inside)
        )
    for dimension, bands in (("age_band", plan.age_bands), ("cohort", plan.cohort_bands)):
        ladder.rungs[dimension, ""] = _bands(sizes.of(dimension), bands, Rule(least.money, earlier.of(dimension)))
    for dimension in ("sex", "race", "ethnicity", "state"):
        fewest = least.money * (STATE_TIMES if dimension == "state" else 1)
        ladder.rungs[dimension, ""] = pool(sizes.of(dimension), Rule(fewest, earlier.of(dimension)))
    return ladder


def pool_credentials(sizes: dict[str, Size], families: dict[str, str], rule: Rule) -> Rungs:
    """Credentials of one certifier: what is too small goes into its family, what still is, into ``other``.

    Args:
        sizes: Credential to size.
        families: Credential to the name of its family, where it has one.
        rule: When a credential or a family stands alone.
    """
    home = {code: code for code in sizes}
    for family in sorted({families[code] for code in sizes if code in families}):
        small = [code for code in sizes if families.get(code) == family and not rule.alone(code, sizes[code])]
        if len(small) > 1 and rule.alone(f"family:{family}", merged(sizes[code] for code in small)):
            home |= dict.fromkeys(small, f"family:{family}")
    inside = {name: merged(sizes[code] for code in sizes if home[code] == name) for name in set(home.values())}
    rungs = pool(inside, rule, label=OTHER, always=())
    return replace(rungs, labels={code: rungs.labels[name] for code, name in sorted(home.items())})


def _bands(found: dict[str, Size], given: Sequence[tuple[str, int, int]], rule: Rule) -> Rungs:
    """Bands merge with a neighbour; who is in none of them stays in the totals, unless they are many."""
    bands = {(low, high): found[label] for label, low, high in given if label in found}
    joined = merge_bands(bands, rule)
    groups = {band_label(band): merged(bands[own] for own in joined if joined[own] == band) for band in joined.values()}
    shown = [label for label, size in groups.items() if size.fills(rule.least)]
    if len(shown) < rule.fewest:
        return rolled_up(found)
    labels = {label: band_label(joined[low, high]) for label, low, high in given if label in found}
    if UNKNOWN not in found:
        return Rungs(labels)
    silent = not rule.alone(UNKNOWN, found[UNKNOWN])
    return Rungs(labels | {UNKNOWN: UNKNOWN}, frozenset({UNKNOWN} if silent else ()))


def relabel(work: Scratch, units: Relation, follow_ups: Relation, ladder: Ladder) -> tuple[Relation, Relation]:
    """The units and their follow-ups with the labels of their groups and sectors instead of their categories.

    Every unit is in exactly one label of every dimension; where the dimension was given up, in ``all``. Where sectors
    were given up, they are missing. Follow-ups that got labels are given back: their room is what the largest tables take.
    """
    if ladder.horizons is None:
        return units, follow_ups
    rungs = ladder.relation(work)
    within = dict.fromkeys(GROUP, "''") | {"credential": "u.certifier"}
    joins = " ".join(
        f"JOIN {rungs} AS {name}_rung ON {name}_rung.dimension = '{name}' AND {name}_rung.category = u.{name} "
        f"AND {name}_rung.within = {place}"
        for name, place in within.items()
    )
    labels = ", ".join(f"{name}_rung.label AS {name}" for name in GROUP)
    coarse = work.table("units", f"SELECT u.* REPLACE ({labels}) FROM {units} AS u {joins}")
    chosen = ", ".join(f"u.{name} AS {name}" for name in GROUP)
    followed = work.table(
        "follow_ups",
        f"""
        SELECT f.* REPLACE ({chosen}, nullif(s.label, 'all') AS sector)
        FROM {follow_ups} AS f JOIN {coarse} AS u USING (uid)
        LEFT JOIN {rungs} AS s ON s.dimension = 'sector' AND s.category = f.sector
        """,
    )
    work.drop(follow_ups)
    return coarse, followed
