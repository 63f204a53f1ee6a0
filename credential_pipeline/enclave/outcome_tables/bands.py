"""Which figures have bands that the replicates give, and of which people each is made.

Not here: how bands are made (uncertainty).
"""

from credential_pipeline.enclave.outcome_tables.groups import Ladder
from credential_pipeline.enclave.outcome_tables.settings import VIEWS
from credential_pipeline.enclave.outcome_tables.uncertainty.bands import Band, MoneyBand, ShareBand, bands_of
from credential_pipeline.enclave.outcome_tables.uncertainty.replicates import Replicates
from credential_pipeline.foundation.storage.relation import Relation, Scratch

_ALL = ((), ("certifier",), ("certifier", "credential"), ("age_band",), ("sex",), ("race",))
_SCOPES = ((), ("certifier",))
_FOLLOWED: tuple[Band, ...] = (
    ShareBand("wage_matched_share", where="state <> 'year_not_covered'", of="seen"),
    ShareBand("in_industry_share", where="seen", of="in_industry"),
    *(MoneyBand(f"earnings_{percent}", "real", percent, where="seen") for percent in ("p25", "p50", "p75")),
)
_SECTORS = (ShareBand("sector_share", where="seen", by="sector"),)
_PREMIUM = (MoneyBand("in_industry_premium", "real", "p50", where="seen AND horizon >= 1", less="NOT in_industry"),)
_TRIED = (
    ShareBand("first_attempt_pass_rate", of="passed_first"),
    ShareBand("eventual_pass_rate", of="passes > 0"),
)


def all_bands(
    work: Scratch,
    replicates: Replicates,
    ladder: Ladder,
    *,
    follow_ups: Relation,
    training: Relation,
    tries: Relation,
    stacks: Relation,
) -> Relation:
    """The bands of all cells, to be joined to them."""
    parts = [
        bands_of(work, replicates, follow_ups, _FOLLOWED, _ALL),
        bands_of(work, replicates, follow_ups, _SECTORS, _SCOPES),
        bands_of(work, replicates, follow_ups, _PREMIUM, ((), ("race",))),
        bands_of(work, replicates, tries, _TRIED, (("certifier",), ("certifier", "credential"))),
        _stacked(work, replicates, ladder, stacks),
    ]
    for view, column in VIEWS.items():
        rows = work.view("trained", f"SELECT pid, certifier, {column} AS setting FROM {training}")
        parts.append(
            bands_of(work, replicates, rows, (ShareBand("setting_share", definition=view, by="setting"),), _SCOPES)
        )
    return work.table("bands", " UNION ALL ".join(f"SELECT * FROM {part}" for part in parts))


def _stacked(work: Scratch, replicates: Replicates, ladder: Ladder, stacks: Relation) -> Relation:
    labels = ladder.rungs["stack", ""].labels
    shares = [
        ShareBand(
            "stacking_share",
            of=f"number IN ({', '.join(repr(number) for number, own in sorted(labels.items()) if own == label)})",
            definition=label,
        )
        for label in sorted(set(labels.values()))
    ]
    mean = MoneyBand("credentials_per_learner", "credentials", "mean")
    return bands_of(work, replicates, stacks, [*shares, mean], _SCOPES)
