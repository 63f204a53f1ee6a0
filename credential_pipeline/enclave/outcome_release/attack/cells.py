"""What a reader of a public file can write down cell by cell: which counts stand behind it and what it tells of each.

Reads published columns only. The meanings of the measures are those that the methods page tells everyone.
Not here: what adds up to what (book.py), solving it (solve.py) and judging it (judge.py).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from credential_pipeline.enclave.outcome_release.attack.rules import Reals, Rules, decimals, ends, unrounded

Ints = NDArray[np.int64]

DIMENSIONS = [
    "certifier",
    "credential",
    "cohort",
    "age_band",
    "sex",
    "race",
    "ethnicity",
    "state",
    "sector",
    "setting",
    "definition",
]
KEY = ["industry", "attribution", "quantity", *DIMENSIONS, "horizon"]
SHOWN = 1
#: Units of amounts and means, which want more people than counts do.
_OF_MONEY = ("usd", "mean")
#: The attribution under which a learner counts at every award.
EACH = "each"


@dataclass(frozen=True)
class Meaning:
    """The counts behind a measure.

    Attributes:
        n: Quantity of the column n.
        part: Quantity that ``value`` gives: its share of n, or the value itself if ``counted``.
        rest: Quantity n - part.
        splits: Dimensions that tell the parts of this n apart; n itself stands under 'all'.
        counted: True if the value is a count.
        also: Part and rest of n that must be showable for the cell to be published, though no number of them is given.
        persons: Quantity of n where learners count at every award, and this measure counts each of them once; n if None.
    """

    n: str
    part: str | None = None
    rest: str | None = None
    splits: tuple[str, ...] = ()
    counted: bool = False
    also: tuple[str, str] | None = None
    persons: str | None = None

    def whole(self, attribution: str) -> str:
        """The quantity of n under an attribution."""
        return self.persons if self.persons is not None and attribution == EACH else self.n


MEANINGS = {
    "earnings_p25": Meaning("wage_matched"),
    "earnings_p50": Meaning("wage_matched"),
    "earnings_p75": Meaning("wage_matched"),
    "wage_matched_share": Meaning("cohort", "wage_matched", "not_matched"),
    "in_industry_share": Meaning("wage_matched", "in_industry", "out_of_industry"),
    "sector_share": Meaning("wage_matched", "wage_matched", "other_sectors", splits=("sector",)),
    "setting_share": Meaning("cohort", "cohort", "other_settings", splits=("setting", "definition")),
    "coverage_share": Meaning("coverage", "coverage", "other_reasons", splits=("definition",)),
    "stacking_share": Meaning("stacking", "stacking", "other_numbers", splits=("definition",)),
    "credentials_per_learner": Meaning("stacking"),
    "in_industry_premium": Meaning("wage_matched", also=("in_industry", "out_of_industry")),
    "never_passed_earnings_p50": Meaning("never_passers_seen"),
    "passer_earnings_p50": Meaning("passers_seen"),
    "never_passed_wage_matched_share": Meaning("never_passers", "never_passers_seen", "never_passers_not_seen"),
    "passer_wage_matched_share": Meaning("passers", "passers_seen", "passers_not_seen"),
    "never_passed_in_industry_share": Meaning("never_passers_seen", "never_passers_inside", "never_passers_outside"),
    "passer_in_industry_share": Meaning("passers_seen", "passers_inside", "passers_outside"),
    "next_award_share": Meaning("first_holders", "first_holders", "other_next_awards", splits=("setting",)),
    "attempts": Meaning("tried", "sittings", counted=True),
    "passes": Meaning("tried", "sittings_passed", counted=True),
    "failures": Meaning("tried", "sittings_failed", counted=True),
    "first_attempt_pass_rate": Meaning("tried", "passed_first", "not_passed_first"),
    "eventual_pass_rate": Meaning("tried", "passed_eventually", "never_passed"),
    "pass_rate": Meaning("tried", "passes", "failures"),
    "earnings_all_p25": Meaning("award_held"),
    "earnings_all_p50": Meaning("award_held"),
    "earnings_all_p75": Meaning("award_held"),
    "own_change_p25": Meaning("with_change"),
    "own_change_p50": Meaning("with_change"),
    "own_change_p75": Meaning("with_change"),
    "earns_less_share": Meaning("with_change", "earns_less", "earns_no_less"),
    "left_industry_share": Meaning("entered_seen", "leavers", "stayers"),
    "retention_share": Meaning("entered", "stayers", "not_retained"),
    "stayer_earnings_p50": Meaning("stayers"),
    "leaver_earnings_p50": Meaning("leavers"),
    "leaver_sector_share": Meaning("leavers", "leavers", "leavers_elsewhere", splits=("sector",)),
    "came_from_share": Meaning("entrants", "entrants", "entrants_from_elsewhere", splits=("sector",)),
    "new_job_share": Meaning("followed_to_a_job", "new_job", "no_new_job"),
    "prior_degree_share": Meaning("school_known", "prior_degree", "no_prior_degree"),
    "enrolled_at_award_share": Meaning("school_known", "enrolled_at_award", "not_enrolled_at_award"),
    "temporary_agency_share": Meaning("wage_matched", "at_agency", "not_at_agency", persons="persons_matched"),
    "completion_rate": Meaning("pell_began", "pell_completed", "pell_not_completed"),
    "placement_rate": Meaning("pell_followed", "pell_placed", "pell_not_placed"),
    "value_added_earnings": Meaning("pell_with_earnings"),
    "tuition_and_fees": Meaning("pell_listed"),
    "pell_verdict": Meaning("pell_listed"),
    "pell_verdict_transition": Meaning("pell_listed"),
    "pell_reason": Meaning("pell_listed"),
}


def read_cells(path: Path) -> pd.DataFrame:
    """Read ``outcomes.csv`` as published."""
    text = [*DIMENSIONS, "industry", "attribution", "measure", "cell_id", "unit"]
    cells = pd.read_csv(path, dtype=dict.fromkeys(text, "string"), keep_default_na=False, na_values={"": ""})
    for column in ("value", "n", "horizon", "status"):
        cells[column] = pd.to_numeric(cells[column])
    for column in ("low", "high"):
        cells[column] = pd.to_numeric(cells[column]) if column in cells else np.nan
    for column in [*DIMENSIONS, "industry", "attribution"]:
        cells[column] = cells[column].fillna("all") if column in cells else "all"
    # Where the meaning is known a definition only says how something was counted, and one quantity has one definition. Any
    # other measure may have several, each with counts of its own.
    plain = [measure for measure, meaning in MEANINGS.items() if "definition" not in meaning.splits]
    cells.loc[cells["measure"].isin(plain), "definition"] = "all"
    return cells


def meaning_of(measure: str) -> Meaning:
    """Return the known meaning; an unknown share is a part of an n of its own, and anything else has an n alone."""
    if measure in MEANINGS:
        return MEANINGS[measure]
    if measure.endswith(("_share", "_rate")):
        return Meaning(f"{measure}.n", f"{measure}.part", f"{measure}.rest")
    return Meaning(f"{measure}.n")


def sightings(cells: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """One row per cell and count behind it, with what the cell tells of that count.

    Returns:
        KEY, cell_id, file, role (n, part, rest), low, high, seen (a number of it is shown), printed (that number), key
        (the cell), share (the printed share, on its part), half (half of its last decimal), split (the part belongs to
        parts that make n).
    """
    shown = cells[(cells["status"] == SHOWN) & cells["n"].notna()]
    counted = [m for m in shown["measure"].unique() if meaning_of(str(m)).counted]
    numbers = np.concatenate([shown["n"], shown.loc[shown["measure"].isin(counted), "value"]]).astype(float)
    as_printed = unrounded(rules, numbers)
    shares = shown[[meaning_of(str(m)).rest is not None for m in shown["measure"]]]
    half = 0.5 * 10.0 ** -decimals(rules, shares["value"].to_numpy(float))
    names, what = np.unique(cells["measure"].to_numpy(str), return_inverse=True)
    meant = [meaning_of(str(name)) for name in names]
    pieces = list(_told(cells, meant, what, as_printed, half))
    place = np.concatenate([piece["place"].to_numpy(int) for piece in pieces])
    # Measure by measure: its n, then its parts, then what is left of it.
    order = np.lexsort((place, np.repeat(np.arange(len(pieces)), [len(piece) for piece in pieces]), what[place]))
    return pd.concat(pieces, ignore_index=True).drop(columns="place").iloc[order].reset_index(drop=True)


def _told(
    cells: pd.DataFrame, meant: Sequence[Meaning], what: Ints, rules: Rules, half: float
) -> Iterator[pd.DataFrame]:
    """What cells tell of their n, of a part that is printed itself or as a share, of the rest, and of what must be showable."""
    n, value = cells["n"].to_numpy(float), cells["value"].to_numpy(float)
    shown = (cells["status"] == SHOWN).to_numpy() & ~np.isnan(n)
    base = cells[[*DIMENSIONS, "industry", "attribution", "horizon", "cell_id", "file", "measure"]].assign(
        key=cells["cell_id"] + "@" + cells["file"].astype("string"), place=np.arange(len(cells))
    )
    whole = base.copy()
    for dimension in sorted({name for one in meant for name in one.splits}):
        whole[dimension] = whole[dimension].mask(_each(what, [dimension in one.splits for one in meant]), "all")
    low, high = _interval(rules, n, shown)
    money = shown & cells["unit"].isin(_OF_MONEY).to_numpy(bool)
    low = np.where(money, np.maximum(low, np.minimum(rules.money_from, high)), low)
    at_each = cells["attribution"].eq(EACH).to_numpy(bool, na_value=False)
    quantity = np.where(at_each, *(np.array([one.whole(name) for one in meant], object)[what] for name in (EACH, "")))
    yield whole.assign(quantity=quantity, role="n", low=low, high=high, seen=shown, printed=n)
    rows = _each(what, [one.counted and one.part is not None for one in meant])
    if rows.any():
        least, most = _interval(rules, value, shown)
        told = {"role": "part", "low": least[rows], "high": most[rows], "seen": shown[rows], "printed": value[rows]}
        yield base[rows].assign(quantity=np.array([one.part for one in meant], object)[what[rows]], **told)
    yield from _shares(base, meant, what, (low, high), (value, shown), half)
    rows = _each(what, [one.also is not None for one in meant])
    # Both sides are as many as money asks for, as far as the n of the cell allows it at all.
    floor = np.where(shown, np.minimum(rules.money_from, np.floor(high / 2)), 0)[rows]
    for side, role in enumerate(("part", "rest") if rows.any() else ()):
        names = np.array([one.also and one.also[side] for one in meant], object)[what[rows]]
        yield base[rows].assign(quantity=names, role=role, low=floor, high=np.inf, seen=False)


def _shares(
    base: pd.DataFrame,
    meant: Sequence[Meaning],
    what: Ints,
    whole: tuple[Reals, Reals],
    printed: tuple[Reals, np.ndarray],
    half: float,
) -> Iterator[pd.DataFrame]:
    """What a printed share tells of the part and of the rest of its n."""
    rows = _each(what, [not one.counted and one.part is not None and one.rest is not None for one in meant])
    if not rows.any():
        return
    (low, high), (value, shown) = ((one[rows] for one in pair) for pair in (whole, printed))
    splits = np.array([bool(one.splits) for one in meant])[what[rows]]
    about = {"seen": shown, "share": np.where(shown, value, np.nan), "half": half, "split": splits.astype(object)}
    for role, share in (("part", value), ("rest", 1 - value)):
        least = np.clip(np.ceil(low * (share - half) - 1e-6), 0, None)
        most = np.clip(np.floor(high * (share + half) + 1e-6), 0, high)
        told = {"low": np.where(shown, least, 0), "high": np.where(shown, most, np.inf)}
        names = np.array([getattr(one, role) for one in meant], object)[what[rows]]
        yield base[rows].assign(quantity=names, role=role, **about, **told)


def _each(what: Ints, flags: Sequence[bool]) -> np.ndarray:
    """What holds of a measure, for every cell."""
    return np.array(flags, bool)[what]


def _interval(rules: Rules, printed: Reals, shown: np.ndarray) -> tuple[Reals, Reals]:
    low, high = ends(rules, np.where(shown, printed, 0.0))
    return np.where(shown, low, 0.0), np.where(shown, high, np.inf)
