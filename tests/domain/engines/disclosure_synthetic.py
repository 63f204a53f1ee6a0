"""Outcome tables shaped like the real ones, made from invented counts: groups, horizons, splits, sectors, attempts."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from credential_pipeline.foundation.storage.engine import Connection

DIMENSIONS = (
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
)
AGES = ["14-17", "18-25", "26-35", "36-45", "46-55", "56-99", "unknown"]
SEXES = ["F", "M", "unknown"]
RACES = ["aian", "asian", "black", "hispanic", "nhpi", "two", "white", "unknown"]
SECTORS = [
    "11",
    "21",
    "22",
    "23",
    "31-33",
    "42",
    "44-45",
    "48-49",
    "51",
    "52",
    "53",
    "54",
    "55",
    "56",
    "61",
    "62",
    "71",
]
SECTORS += ["72", "81", "92"]
SETTINGS = ["high_school", "college", "employer", "unknown"]
OUTCOME_COLUMNS = [
    "release",
    "industry",
    "table",
    "cell_id",
    "certifier",
    "credential",
    "cohort",
    "age_band",
    "sex",
    "race",
    "ethnicity",
    "state",
    "sector",
    "horizon",
    "measure",
    "value",
    "unit",
    "base_year",
    "n",
    "low",
    "high",
    "status",
    "rollup_level",
    "setting",
    "definition",
    "attribution",
    "n_count_id",
    "numerator_count_id",
    "employers",
    "largest_employer",
]


@dataclass
class Tables:
    """The three frames of ``outcome_tables``."""

    counts: pd.DataFrame
    equations: pd.DataFrame
    outcomes: pd.DataFrame

    def load(self, con: Connection) -> None:
        """Create the three tables and the schema of the release."""
        con.execute("CREATE SCHEMA IF NOT EXISTS outcome_tables")
        con.execute("CREATE SCHEMA IF NOT EXISTS outcome_release")
        for name in ("counts", "equations", "outcomes"):
            con.register("tmp_in", getattr(self, name))
            con.execute(f"CREATE OR REPLACE TABLE outcome_tables.{name} AS SELECT * FROM tmp_in")
            con.unregister("tmp_in")


def people(learners: int, credentials: int, seed: int) -> pd.DataFrame:
    """One row per invented learner with a group in each dimension."""
    rng = np.random.default_rng(seed)

    def pick(values: list[str], weights: list[float]) -> np.ndarray:
        return rng.choice(values, learners, p=np.array(weights) / sum(weights))

    codes = [f"C{i:02d}" for i in range(credentials)]
    split = max(1, credentials // 2)
    credential = rng.choice(codes, learners, p=rng.dirichlet(np.full(credentials, 0.7)))
    return pd.DataFrame(
        {
            "credential": credential,
            "certifier": np.where(np.isin(credential, codes[:split]), "mssc", "nims"),
            "age_band": pick(AGES, [0.05, 0.35, 0.25, 0.15, 0.1, 0.05, 0.01]),
            "sex": pick(SEXES, [0.2, 0.78, 0.005]),
            "race": pick(RACES, [0.01, 0.05, 0.13, 0.2, 0.004, 0.03, 0.55, 0.02]),
            "setting": pick(SETTINGS, [0.4, 0.3, 0.2, 0.1]),
        }
    )


class _Maker:
    def __init__(self) -> None:
        self.counts: list[dict[str, object]] = []
        self.equations: list[tuple[str, str, str]] = []
        self.cells: list[dict[str, object]] = []

    def count(self, quantity: str, group: dict[str, str], horizon: int | None, value: int, **more: str) -> str:
        row = dict.fromkeys(DIMENSIONS, "all") | group | more
        count_id = "|".join([quantity, *row.values(), str(horizon)])
        self.counts.append(
            {"count_id": count_id, "quantity": quantity, **row, "horizon": horizon, "value": value, "learners": value}
        )
        return count_id

    def adds(self, total: str, parts: list[str]) -> None:
        name = f"e{len(self.equations):07d}"
        self.equations += [(name, total, part) for part in parts]

    def cell(
        self,
        measure: str,
        group: dict[str, str],
        horizon: int | None,
        n: str,
        part: str | None,
        value: float,
        **more: str,
    ) -> None:
        row = dict.fromkeys(DIMENSIONS, "all") | group | more
        amount = next(c["value"] for c in reversed(self.counts) if c["count_id"] == n)
        known = not np.isnan(value)
        self.cells.append(
            dict.fromkeys(OUTCOME_COLUMNS)
            | row
            | {"release": "2026a", "industry": "manufacturing", "table": "outcomes", "ethnicity": "all", "state": "all"}
            | {"cell_id": "|".join([measure, *row.values(), str(horizon)]), "horizon": horizon, "measure": measure}
            | {
                "value": value if known else None,
                "unit": "usd"
                if measure.startswith(("earn", "in_industry_prem"))
                else "count"
                if measure in {"attempts", "passes"}
                else "share",
            }
            | {
                "n": amount,
                "status": 1 if known else -1,
                "rollup_level": "group",
                "definition": measure,
                "attribution": "first",
            }
            | {"n_count_id": n, "numerator_count_id": part, "employers": 9, "largest_employer": 0.3}
        )


def groups(frame: pd.DataFrame) -> dict[tuple[tuple[str, str], ...], np.ndarray]:
    """Every one-way group: all, each category, each certifier, each credential within its certifier."""
    out: dict[tuple[tuple[str, str], ...], np.ndarray] = {(): np.ones(len(frame), bool)}
    for dimension, values in (("age_band", AGES), ("sex", SEXES), ("race", RACES)):
        for value in values:
            out[((dimension, value),)] = (frame[dimension] == value).to_numpy()
    for certifier, part in frame.groupby("certifier"):
        out[(("certifier", str(certifier)),)] = (frame["certifier"] == certifier).to_numpy()
        for credential in sorted(part["credential"].unique()):
            out[(("certifier", str(certifier)), ("credential", str(credential)))] = (
                frame["credential"] == credential
            ).to_numpy()
    return out


def _families(
    keys: list[tuple[tuple[str, str], ...]],
) -> list[tuple[tuple[tuple[str, str], ...], list[tuple[tuple[str, str], ...]]]]:
    """Totals and their categories: per dimension, and credentials within a certifier."""
    out = []
    for dimension in ("age_band", "sex", "race", "certifier"):
        parts = [key for key in keys if len(key) == 1 and key[0][0] == dimension]
        if parts:
            out.append(((), parts))
    certifiers = [key for key in keys if len(key) == 1 and key[0][0] == "certifier"]
    out += [(key, [k for k in keys if len(k) == 2 and k[0] == key[0]]) for key in certifiers]
    return out


def make(  # noqa: C901
    learners: int, credentials: int = 28, horizons: range = range(-3, 6), seed: int = 1
) -> Tables:
    """Make the tables of one industry."""
    frame, rng, maker = people(learners, credentials, seed), np.random.default_rng(seed + 1), _Maker()
    members = groups(frame)
    families = _families(list(members))
    sector_share = rng.dirichlet(np.full(len(SECTORS), 0.5))
    for horizon in horizons:
        matched = rng.random(learners) < 0.75 + 0.02 * horizon
        sector = rng.choice(SECTORS, learners, p=sector_share)
        inside = sector == "31-33"
        splits = {"cohort": np.ones(learners, bool), "wage_matched": matched, "not_matched": ~matched}
        splits |= {"in_industry": matched & inside, "out_of_industry": matched & ~inside}
        ids: dict[tuple[str, tuple[tuple[str, str], ...]], str] = {}
        for key, mask in members.items():
            group = dict(key)
            for quantity, flag in splits.items():
                ids[quantity, key] = maker.count(quantity, group, horizon, int((mask & flag).sum()))
            got = {quantity: ids[quantity, key] for quantity in splits}
            maker.adds(got["cohort"], [got["wage_matched"], got["not_matched"]])
            maker.adds(got["wage_matched"], [got["in_industry"], got["out_of_industry"]])
            size, employed, here = int(mask.sum()), int((mask & matched).sum()), int((mask & matched & inside).sum())
            maker.cell("wage_matched_share", group, horizon, got["cohort"], got["wage_matched"], _ratio(employed, size))
            maker.cell(
                "in_industry_share", group, horizon, got["wage_matched"], got["in_industry"], _ratio(here, employed)
            )
            for percentile in (25, 50, 75):
                pay = 20000.0 + 300 * percentile + float(rng.normal(0, 1000))
                maker.cell(
                    f"earnings_p{percentile}", group, horizon, got["wage_matched"], None, pay if employed else np.nan
                )
            premium = 4321.0 if 0 < here < employed else np.nan
            maker.cell("in_industry_premium", group, horizon, got["wage_matched"], got["in_industry"], premium)
            if not key or (len(key) == 1 and key[0][0] == "certifier"):
                for code in SECTORS:
                    there = int((mask & matched & (sector == code)).sum())
                    ids[f"s{code}", key] = maker.count("sector", group, horizon, there, sector=code)
                    share = _ratio(there, employed)
                    maker.cell(
                        "sector_share", group, horizon, got["wage_matched"], ids[f"s{code}", key], share, sector=code
                    )
                maker.adds(got["wage_matched"], [ids[f"s{code}", key] for code in SECTORS])
        for total, parts in families:
            for quantity in {name for name, _ in ids}:
                if (quantity, total) in ids and all((quantity, part) in ids for part in parts):
                    maker.adds(ids[quantity, total], [ids[quantity, part] for part in parts])
    _without_horizon(maker, frame, members, families, rng)
    counts, cells = pd.DataFrame(maker.counts), pd.DataFrame(maker.cells, columns=OUTCOME_COLUMNS)
    counts["horizon"], cells["horizon"] = counts["horizon"].astype("Int32"), cells["horizon"].astype("Int32")
    for name in ("low", "high", "publishable"):
        cells[name] = cells["value"]
    cells["base_year"] = pd.array([2023] * len(cells), dtype="Int32")
    equations = pd.DataFrame(maker.equations, columns=["equation_id", "total_count_id", "part_count_id"])
    return Tables(counts, equations, cells)


def _without_horizon(
    maker: _Maker, frame: pd.DataFrame, members: dict, families: list, rng: np.random.Generator
) -> None:
    """Settings, and exam attempts with their passes and failures."""
    tries = rng.integers(1, 3, len(frame))
    passed = np.minimum(tries, (rng.random(len(frame)) < 0.85).astype(int))
    ids: dict[tuple[str, tuple], str] = {}
    for key, mask in members.items():
        group = dict(key)
        ids["cohort", key] = maker.count("cohort", group, None, int(mask.sum()))
        for setting in SETTINGS:
            number = int((mask & (frame["setting"] == setting).to_numpy()).sum())
            ids[setting, key] = maker.count("setting", group, None, number, setting=setting)
            maker.cell(
                "setting_share",
                group,
                None,
                ids["cohort", key],
                ids[setting, key],
                _ratio(number, int(mask.sum())),
                setting=setting,
            )
        maker.adds(ids["cohort", key], [ids[setting, key] for setting in SETTINGS])
        done, good = int(tries[mask].sum()), int(passed[mask].sum())
        tried = int(mask.sum())
        sat = {"tried": tried, "sittings": done, "sittings_passed": good, "sittings_failed": done - good}
        for quantity, number in (sat | {"passed_eventually": good, "never_passed": tried - good}).items():
            ids[quantity, key] = maker.count(quantity, group, None, number)
        maker.adds(ids["sittings", key], [ids["sittings_passed", key], ids["sittings_failed", key]])
        maker.adds(ids["tried", key], [ids["passed_eventually", key], ids["never_passed", key]])
        n = ids["tried", key]
        maker.cell("attempts", group, None, n, ids["sittings", key], float(done))
        maker.cell("passes", group, None, n, ids["sittings_passed", key], float(good))
        maker.cell("eventual_pass_rate", group, None, n, ids["passed_eventually", key], _ratio(good, tried))
    for total, parts in families:
        for quantity in dict.fromkeys(name for name, _ in ids):
            maker.adds(ids[quantity, total], [ids[quantity, part] for part in parts])


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")
