"""What may be said of each programme's record: numbers as the release prints them, and why others are not known.

What the release would not show is not used for a verdict either, and a profile with noise gets none at all. Not here: the
judgment (judging.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.enclave.outcome_tables.questions.workforce_pell.judging import Evidence
from credential_pipeline.enclave.outcome_tables.questions.workforce_pell.law import Law, Prices
from credential_pipeline.enclave.outcome_tables.questions.workforce_pell.printing import Printing
from credential_pipeline.enclave.outcome_tables.questions.workforce_pell.window import Window
from credential_pipeline.foundation.registry.programmes import Programme
from credential_pipeline.foundation.storage.relation import Relation, Scratch, relation


@dataclass(frozen=True)
class Record:
    """The numbers of one programme: learners, and value-added earnings before they are rounded."""

    listed: int
    began: int
    completed: int
    followed: int
    placed: int
    earners: int
    value_added: float | None


def read_records(work: Scratch, tallies: Relation, figures: Relation) -> dict[str, Record]:
    """Programme to its numbers.

    Args:
        work: Where the rows live.
        tallies: Of :func:`~.careers.tally`.
        figures: Their figures, for the amount that is published.
    """
    rows = work.con.execute(
        f"""
        SELECT t.programme, t.listed, t.began, t.completed, t.followed, t.placed, len(t.v), f.publishable
        FROM {tallies} AS t JOIN {figures} AS f ON f.setting = t.programme AND f.measure = 'value_added_earnings'
        """
    ).fetchall()
    return {str(programme): Record(*numbers) for programme, *numbers in rows}


def known_gaps(work: Scratch, plan: Plan, prices: Mapping[str, Prices]) -> dict[str, tuple[str, ...]]:
    """Programme to what the sources cannot tell of it, whoever its learners are."""
    credentials = relation(work.con, "person_keys.credentials")
    sent = (
        f"SELECT certifier, bool_or(result = 'fail') FROM {credentials} WHERE provider_opeid IS NOT NULL GROUP BY ALL"
    )
    tells = {str(certifier): bool(failures) for certifier, failures in work.con.execute(sent).fetchall()}
    states = relation(work.con, "reference_population.wage_states")
    used = f"SELECT state FROM {states} WHERE agreement IS NOT NULL AND employers > 0"
    open_states = {state for (state,) in work.con.execute(used).fetchall()}
    return {
        one.id: tuple(
            gap
            for gap, holds in (
                ("not_published", plan.profile.epsilon > 0),
                ("no_provider", one.certifier not in tells),
                ("completion_not_known", not tells.get(one.certifier, True) or one.certifier not in plan.reporting),
                ("prices_not_covered", not _covered(prices[one.id])),
                ("wages_not_covered", one.state not in open_states),
            )
            if holds
        )
        for one in plan.programmes
    }


def _covered(prices: Prices) -> bool:
    return prices.parity is not None and prices.poverty is not None and prices.tuition_covered


def weigh(
    programme: Programme,
    window: Window | None,
    record: Record | None,
    prices: Prices,
    gaps: tuple[str, ...],
    plan: Plan,
    law: Law,
) -> Evidence:
    """What a verdict on a programme may rest on.

    Args:
        programme: The programme.
        window: Whose record is judged; None if no award year can be.
        record: Its numbers; None if there are none.
        prices: At what prices it is judged.
        gaps: Of :func:`known_gaps`.
        plan: The settings, for the profile.
        law: The numbers of the law.
    """
    printing = Printing(plan.profile)
    tuition = None if prices.tuition is None else printing.dollars(prices.tuition)
    known = Evidence(tuition=tuition, gaps=gaps)
    if {"not_published", "no_provider"} & set(gaps):
        return known
    if window is None or record is None:
        return known.lacking("wages_not_covered")
    if printing.learners(record.listed) < law.completers_least:
        enough = printing.learners(record.listed + window.later) >= law.completers_least
        return known.lacking("too_young" if enough else "too_few")
    fewest = max(plan.profile.min_learners, law.matched_least)
    countable = "completion_not_known" not in gaps and programme.weeks is not None
    covered = "wages_not_covered" not in gaps
    enough_pay = record.earners >= max(plan.profile.min_money, law.matched_least)
    few = (countable and record.began < fewest) or record.followed < fewest or not enough_pay
    return Evidence(
        completion=printing.share(record.completed, record.began) if countable and record.began >= fewest else None,
        placement=printing.share(record.placed, record.followed) if covered and record.followed >= fewest else None,
        value_added=printing.dollars(record.value_added)
        if covered and enough_pay and record.value_added is not None
        else None,
        tuition=tuition,
        gaps=gaps,
    ).lacking(*(["too_few"] if few else []))
