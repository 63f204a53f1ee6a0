"""The band of a share or mean that is printed as before is printed as before, so that it tells nothing of who left."""

from pathlib import Path

import pandas as pd

from credential_pipeline.enclave.outcome_release.attack.few_learners import Apart, of_one
from credential_pipeline.enclave.outcome_release.steady_bands import keep_bands
from credential_pipeline.foundation.storage.engine import connect

NAMES = ["cell_id", "measure", "unit", "value", "n", "low", "high", "status"]
BEFORE = [
    ("manufacturing/a", "m", "share", 0.40, 200, 0.33, 0.47, 1),
    ("manufacturing/b", "m", "share", 0.40, 200, 0.33, 0.47, 1),
    ("manufacturing/c", "m", "share", 0.40, 200, 0.33, 0.47, 1),
    ("manufacturing/d", "m", "share", None, None, None, None, 5),
    ("manufacturing/e", "m", "usd", 30_000, 200, 28_000, 32_000, 1),
    ("manufacturing/f", "m", "share", 0.40, 200, 0.33, 0.47, 1),
    ("manufacturing/g", "m", "mean", 2.57, 650, 2.39, 2.75, 1),
    ("manufacturing/h", "m", "mean", 2.6, 70, 2.1, 3.1, 1),
]
NOW = [
    ("manufacturing/a", "m", "share", 0.40, 200, 0.32, 0.48, 1),
    ("manufacturing/b", "m", "share", 0.40, 200, 0.30, 0.47, 1),
    ("manufacturing/c", "m", "share", 0.41, 200, 0.34, 0.48, 1),
    ("manufacturing/d", "m", "share", 0.40, 200, 0.33, 0.47, 1),
    ("manufacturing/e", "m", "usd", 30_000, 200, 27_000, 32_000, 1),
    ("manufacturing/f", "m", "share", 0.40, 250, 0.34, 0.46, 1),
    ("manufacturing/g", "m", "mean", 2.57, 650, 2.40, 2.74, 1),
    ("manufacturing/h", "m", "mean", 2.6, 70, 2.2, 3.1, 1),
]


def kept(tmp_path: Path, industry: str = "manufacturing") -> tuple[int, pd.DataFrame]:
    """What becomes of a proposal after one release of an industry and one of another."""
    files = [tmp_path / name / "r0001.csv" for name in ("manufacturing", "zoology")]
    for file in files:
        file.parent.mkdir()
        pd.DataFrame(BEFORE, columns=NAMES).to_csv(file, index=False)
    with connect() as con:
        con.register("now", pd.DataFrame(NOW, columns=NAMES))
        con.execute("CREATE SCHEMA outcome_release")
        con.execute("CREATE TABLE outcome_release.published_outcomes AS FROM now")
        changed = keep_bands(con, industry, files)
        return changed, con.execute("FROM outcome_release.published_outcomes ORDER BY cell_id").df()


def test_a_band_is_kept_where_the_figure_is_the_same_and_the_band_nearly(tmp_path: Path) -> None:
    changed, after = kept(tmp_path)
    same = [0, 6, 7]
    assert changed == len(same)
    before, now = (pd.DataFrame(rows, columns=NAMES) for rows in (BEFORE, NOW))
    pd.testing.assert_frame_equal(after.loc[same], before.loc[same], check_dtype=False)
    pd.testing.assert_frame_equal(after.drop(same), now.drop(same), check_dtype=False)


def test_an_industry_without_a_release_keeps_its_bands(tmp_path: Path) -> None:
    assert kept(tmp_path, "construction")[0] == 0


def test_a_band_that_moves_alone_is_told_where_one_learner_left() -> None:
    then, now = (pd.DataFrame(rows, columns=NAMES) for rows in (BEFORE, NOW))
    ones = dict.fromkeys(now["cell_id"], Apart(1, -1))
    told = {one.cell_id[-1] for one in of_one(now, then, "r0001", ones)[0]}
    assert told == {"a", "b", "c", "f", "g", "h"}
    assert of_one(now, then, "r0001", {})[0] == []
