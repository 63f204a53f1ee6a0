"""Which of the first figures have bands that the replicates give, and of which people each is made.

Not here: how bands are made (uncertainty), and the questions, which say so themselves (asking.py).
"""

from credential_pipeline.enclave.outcome_tables.grouping import BREAKDOWNS
from credential_pipeline.enclave.outcome_tables.groups import Ladder
from credential_pipeline.enclave.outcome_tables.settings import VIEWS
from credential_pipeline.enclave.outcome_tables.uncertainty.bands import BandAsk, MoneyBand, ShareBand, Wanted
from credential_pipeline.foundation.storage.relation import Relation, Scratch

_SCOPES = ((), ("certifier",))
_FOLLOWED: tuple[BandAsk, ...] = (
    ShareBand("wage_matched_share", where="presence <> 'year_not_covered'", of="seen"),
    ShareBand("in_industry_share", where="seen", of="in_industry"),
    *(MoneyBand(f"earnings_{percent}", "real", percent, where="seen") for percent in ("p25", "p50", "p75")),
)
_SECTORS = (ShareBand("sector_share", where="seen", by=("sector",)),)
_PREMIUM = (MoneyBand("in_industry_premium", "real", "p50", where="seen AND horizon >= 1", less="NOT in_industry"),)
_TRIED = (
    ShareBand("first_attempt_pass_rate", of="passed_first"),
    ShareBand("eventual_pass_rate", of="passed"),
)


def wanted_bands(
    work: Scratch, ladder: Ladder, *, follow_ups: Relation, training: Relation, tries: Relation, stacks: Relation
) -> list[Wanted]:
    """The figures that want bands.

    Args:
        work: Where the rows live.
        ladder: The labels of the numbers of credentials.
        follow_ups: Where each unit is at each horizon.
        training: Where each unit trained.
        tries: Who sat for which credential.
        stacks: How many credentials each learner has.
    """
    return [
        Wanted(follow_ups, _FOLLOWED, BREAKDOWNS),
        Wanted(follow_ups, _SECTORS, _SCOPES),
        Wanted(follow_ups, _PREMIUM, ((), ("race",))),
        Wanted(tries, _TRIED, (("certifier",), ("certifier", "credential"))),
        Wanted(stacks, _stacked(ladder), _SCOPES),
        *(_trained(work, training, view, column) for view, column in VIEWS.items()),
    ]


def _trained(work: Scratch, training: Relation, view: str, column: str) -> Wanted:
    rows = work.view("trained", f"SELECT pid, certifier, {column} AS setting FROM {training}")
    return Wanted(rows, (ShareBand("setting_share", definition=view, by=("setting",)),), _SCOPES)


def _stacked(ladder: Ladder) -> tuple[BandAsk, ...]:
    labels = ladder.rungs["stack", ""].labels
    numbers = {label: sorted(number for number, own in labels.items() if own == label) for label in labels.values()}
    shares = [
        ShareBand("stacking_share", of=f"list_contains({own}, number)", definition=label)
        for label, own in sorted(numbers.items())
    ]
    return (*shares, MoneyBand("credentials_per_learner", "credentials", "mean"))
