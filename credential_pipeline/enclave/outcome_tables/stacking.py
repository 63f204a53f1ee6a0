"""How credentials stack: how many different ones a learner of the cohort was awarded in the industry."""

from credential_pipeline.enclave.outcome_tables.categories import choose_scope, gives_certifiers, scopes_of
from credential_pipeline.enclave.outcome_tables.cells import CELLS, Share, share_cells
from credential_pipeline.enclave.outcome_tables.counts import COUNTS
from credential_pipeline.enclave.outcome_tables.earlier import Earlier
from credential_pipeline.enclave.outcome_tables.groups import Ladder
from credential_pipeline.enclave.outcome_tables.ladder import Rule, Rungs, Size, merged
from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.enclave.outcome_tables.sizes import part_sizes
from credential_pipeline.enclave.outcome_tables.thresholds import NEWCOMER
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import statement

_MOST = 4
#: Quantities of learners by the number of their credentials; also the definitions.
STACKS = (*(f"stack_{n}" for n in range(1, _MOST)), *(f"stack_{n}_plus" for n in range(2, _MOST + 1)))


def stack(work: Scratch, units: Relation, awards: Relation) -> Relation:
    """One row per learner of the cohort: how many different credentials there are, and ``number``, which ends at 4.

    Every certifier's credentials count, whenever awarded.

    Returns:
        pid, certifier (of the attributed award), credentials, number, and lead and horizon (always true, always NULL).
    """
    return work.table(
        "stacks",
        f"""
        SELECT u.pid, u.certifier, a.credentials, CAST(least(a.credentials, {_MOST}) AS VARCHAR) AS number,
               true AS lead, CAST(NULL AS INTEGER) AS horizon
        FROM {units} AS u JOIN (SELECT pid, count(*) AS credentials FROM {awards} GROUP BY pid) AS a USING (pid)
        WHERE u.lead
        """,
    )


def walk_stacks(work: Scratch, stacks: Relation, plan: Plan, ladder: Ladder, earlier: Earlier) -> None:
    """Decide from which number of credentials on learners are told apart no more; the ladder learns it."""
    top = _MOST
    if plan.thresholds is not None:
        rule = Rule(plan.thresholds.counts, earlier.of("stack"))
        sizes = part_sizes(work, stacks, plan, "number")
        tops = {
            by_certifier: _top(sizes.within(shown), rule)
            for by_certifier, shown in scopes_of(ladder, labelled=True).items()
        }
        top = tops[choose_scope(tops, ladder, earlier, "stack")]
    ladder.rungs["stack", ""] = Rungs(_labels(top))


def _labels(top: int) -> dict[str, str]:
    if not top:
        return {}
    return {str(n): f"stack_{n}" if n < top else f"stack_{top}_plus" for n in range(1, _MOST + 1)}


def _top(found: dict[str, Size], rule: Rule) -> int:
    """The largest open end with which every part is large enough; 0 if learners cannot be told apart."""
    sizes = [found[number] for number in sorted(found)]
    for top in range(len(sizes), 1, -1):
        end = merged(sizes[top - 1 :])
        least = rule.least if rule.known(f"stack_{top}_plus") else rule.least * NEWCOMER
        if end.fills(least) and all(size.fills(rule.least) for size in sizes[: top - 1]):
            return top
    return 0


def stack_counts(work: Scratch, stacks: Relation, ladder: Ladder) -> Relation:
    """Learners by the number of their credentials, and the credentials, overall and by certifier."""
    rows = sorted(ladder.rungs["stack", ""].labels.items())
    labels = work.rows("labels", {"number": "VARCHAR", "label": "VARCHAR"}, rows)
    return COUNTS.rows(
        work,
        statement(__package__, "stack_counts.sql", stacks=stacks, labels=labels),
        {"by_certifier": gives_certifiers(ladder, "stack")},
    )


def stack_cells(work: Scratch, counts: Relation, plan: Plan) -> Relation:
    """The mean ``credentials_per_learner`` and the share of learners with 1, 2, 3, 4 or more."""
    cohort = f"{plan.lead}cohort"
    means = CELLS.rows(work, statement(__package__, "stack_means.sql", counts=counts), {"cohort": cohort})
    shares = [Share("stacking", "stacking_share", name, part=name, total=cohort) for name in STACKS]
    return CELLS.union(work, means, share_cells(work, counts, *shares))
