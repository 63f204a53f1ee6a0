"""Small worlds as public files: people who come, go and are corrected, tabulated, and rounded by a few lines of this module.

The rounding is written down here once more, so that the attacker is tried on files that the product did not make.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from credential_pipeline.enclave.outcome_release.attack.attacker import Attack, Released, attack
from credential_pipeline.enclave.outcome_release.attack.rules import RULES
from tests.domain.enclave.outcome_tables_world import World, award, tabulated

STANDARD = RULES["standard"]
STEPS = ((100_000, 1_000), (10_000, 500), (1_000, 100), (100, 50), (0, 10))
ROUNDS = 10


@dataclass(frozen=True)
class Tables:
    """The confidential figures of a release: its cells, and the exact value of every count."""

    cells: pd.DataFrame
    counts: pd.Series

    @property
    def truth(self) -> pd.DataFrame:
        """cell_id, role, value of every count behind a cell."""
        cells = self.cells
        n, part = cells["n_count_id"].map(self.counts), cells["numerator_count_id"].map(self.counts)
        counted = cells["unit"] == "count"
        roles = {"n": n, "part": part.where(~counted, cells["value"]), "rest": (n - part).where(~counted)}
        frames = [pd.DataFrame({"cell_id": cells["cell_id"], "role": role, "value": v}) for role, v in roles.items()]
        return pd.concat(frames).dropna().astype({"value": float})


def world(size: int, seed: int) -> World:
    """People of two certifiers with a few large and a few small groups in every dimension."""
    rng = np.random.default_rng(seed)
    made = World(employers=[("E1", "332710"), ("E2", "722511"), ("E3", None), ("E4", "621111"), ("E5", "541511")])
    for number in range(size):
        add_person(made, f"K{number:05}", rng)
    return replace(made, coverage=coverage(made))


def add_person(made: World, key: str, rng: np.random.Generator) -> None:
    """One more learner with an award, perhaps a second, and wages."""

    def pick(options: list, weights: list[float]):
        return options[int(rng.choice(len(options), p=np.array(weights) / sum(weights)))]

    year = int(rng.integers(2006, 2014))
    born = year - int(np.clip(rng.gamma(6, 4.5) + 14, 15, 80))
    died = pick([None, year + 2, year + 4], [0.985, 0.008, 0.007])
    made.learners.append((key, born, pick(["F", "M", None], [30, 68, 2]), pick(RACES, [58, 22, 14, 4, 2]), died))
    body, code = pick([("mssc", "CPT-SAF"), ("mssc", "CPT"), ("nims", "N1"), ("nims", "N2")], [40, 30, 20, 10])
    setting = pick(["high_school", "college", "employer", None], [50, 30, 15, 5])
    made.credentials.append(award(key, body, code, f"{year}-05-15", setting, "pass" if body == "mssc" else None))
    at_work = rng.random(20) < pick([0.95, 0.75, 0.1], [60, 30, 10])
    employer = pick(["E1", "E2", "E3", "E4", "E5"], [50, 20, 5, 15, 10])
    made.wages += [
        (key, y, employer, float(round(rng.lognormal(10.3, 0.5), 2))) for y in range(2003, 2021) if at_work[y - 2003]
    ]


RACES = ["white", "black", "asian", "american_indian", ""]


def coverage(made: World, opted_out: int = 40) -> list[tuple[str, int]]:
    """A ledger of coverage that adds up."""
    size = len(made.learners)
    return [("opted_out", opted_out), ("no_person_key", 20), ("keyed", size), ("reported", size + opted_out + 20)]


def without(made: World, keys: set[str], opted_out: int) -> World:
    """The world after some learners have opted out."""
    names = ("learners", "credentials", "enrollments", "wages")
    kept = {name: [row for row in getattr(made, name) if row[0] not in keys] for name in names}
    left = replace(made, **kept)
    return replace(left, coverage=coverage(left, opted_out))


def tables(made: World, **industry: object) -> Tables:
    """What the tabulation makes of a world."""
    result = tabulated(made, **({"horizons": {"first": -1, "last": 2}} | industry))
    counts = pd.DataFrame(result.counts).set_index("count_id")["value"]
    return Tables(pd.DataFrame(result.outcomes), counts.astype(float))


def rounded(numbers: np.ndarray) -> np.ndarray:
    """Counts by the rule of the Census Bureau's review board, half to even."""
    step = np.select([numbers >= start for start, _ in STEPS], [step for _, step in STEPS], 10)
    return np.round(numbers / step) * step


def published(
    made: Tables, *, exact: bool = False, digits: int = 2, few: int = 15, shares_from: int = 0
) -> pd.DataFrame:
    """The public file of the standard profile, as a careful reader of its rules would make it."""
    cells = made.cells.copy()
    n = cells["n_count_id"].map(made.counts).to_numpy(float)
    part = cells["numerator_count_id"].map(made.counts).to_numpy(float)
    unit = cells["unit"].to_numpy(str)
    share, count = unit == "share", unit == "count"
    money = (unit == "usd") | (cells["measure"] == "credentials_per_learner").to_numpy()
    value = cells["value"].to_numpy(float)
    least = np.minimum(part, n - part)
    hidden = (n < few) | (share & ((least < 10) | (n < shares_from))) | (count & (value < few)) | (money & (n < 30))
    hidden |= (unit == "usd") & (least < 30)
    status = np.where(np.isnan(n) | np.isnan(value), -1, np.where(hidden, 5, 1))
    with np.errstate(invalid="ignore", divide="ignore"):
        told = np.select(
            [share, count], [np.round(part / n, digits), value if exact else rounded(value)], np.round(value, -2)
        )
    cells["status"] = status
    cells["n"] = np.where(status == 1, n if exact else rounded(n), np.nan)
    cells["value"] = np.where(status == 1, told, np.nan)
    cells[["low", "high"]] = np.nan
    return cells.drop(columns=["n_count_id", "numerator_count_id"])


def write(cells: pd.DataFrame, path: Path, release: str = "r0001") -> Path:
    """Write a public file."""
    cells = cells.assign(release=release)
    for column in ("n", "horizon", "status"):
        cells[column] = cells[column].astype("Int64")
    path.parent.mkdir(parents=True, exist_ok=True)
    cells.to_csv(path, index=False, lineterminator="\n")
    return path


def settle(
    made: Tables,
    path: Path,
    earlier: list[Released] | None = None,
    hidden: set[str] | None = None,
    shares_from: int = 0,
) -> tuple[Attack, pd.DataFrame]:
    """Publish, attack, hide what the attacker names, attack again; what was hidden before stays hidden."""
    cells, gone = published(made, shares_from=shares_from), hidden or set()
    for _ in range(ROUNDS):
        out = cells["cell_id"].isin(gone)
        cells.loc[out & (cells["status"] == 1), ["n", "value", "status"]] = [np.nan, np.nan, 5]
        found = attack(write(cells, path), earlier or [], STANDARD, made.truth)
        gone = set(found.hide)
        if not found.findings or not gone:
            break
    return found, cells
