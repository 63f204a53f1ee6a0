"""Values that a system puts where it knows none, or knows only a part: shared by many, they tell little."""

from credential_pipeline.engines.linkage import comparisons
from credential_pipeline.foundation.storage.relation import Scratch
from tests.domain.engines.test_linkage_engine import PERSON, every_pair, records, score_all, work

__all__ = ["work"]


def test_digits_that_a_system_puts_for_everybody_are_taken_for_missing(work: Scratch) -> None:
    def people(digits: list[str | None]) -> list[dict[str, str | None]]:
        born = [f"19{60 + i % 40}-0{1 + i % 9}-1{i % 10}" for i in range(len(digits))]
        return [PERSON | {"birth_date": day, "ssn_last4": four} for day, four in zip(born, digits, strict=True)]

    left = records(work, "l", people(["4321", "8765"]))
    right = records(work, "r", people([*["4321"] * 40, *["8765"] * 2, *[f"{i:04d}" for i in range(60)]]))
    used = ("name", "birth_date", "ssn_last4")
    pairs = every_pair(work, left, right)
    scored = score_all(work, left, right, pairs, used)
    found = work.con.execute(
        f"SELECT l.ssn_last4, max(s.gamma_ssn_last4) FROM {scored} s JOIN {left} l ON l.record = s.left_record GROUP BY 1 ORDER BY 1"
    ).fetchall()
    assert found == [("4321", -1), ("8765", comparisons.comparison("ssn_last4").code("exact"))]


def test_a_day_of_the_year_that_many_share_tells_little(work: Scratch) -> None:
    """Where of many the year alone is known, two strangers of 1 January look like one person with a wrong year."""

    def people(day: str, *years: int) -> list[dict[str, str | None]]:
        return [PERSON | {"birth_date": f"{year}-{day}"} for year in years]

    spread = [PERSON | {"birth_date": f"1970-{1 + i % 12:02d}-{2 + i % 26:02d}"} for i in range(120)]
    left = records(work, "l", [*people("01-01", 1960), *people("06-15", 1960)])
    right = records(work, "r", [*people("01-01", *range(1961, 1999)), *people("06-15", 1961, 1985), *spread])
    alike = "l.birth_ymd % 10000 = r.birth_ymd % 10000"
    pairs = work.table(
        "pairs", f"SELECT l.record AS left_record, r.record AS right_record FROM {left} l JOIN {right} r ON {alike}"
    )
    scored = score_all(work, left, right, pairs, ("name", "birth_date"))
    query = f"""
        SELECT gamma_birth_date, strftime(l.birth_date, '%m%d'), avg(match_weight)
        FROM {scored} JOIN {left} l ON l.record = left_record GROUP BY ALL
    """
    weights = {(code, day): weight for code, day, weight in work.con.execute(query).fetchall()}
    for level in ("one_edit", "same_day"):
        code = comparisons.comparison("birth_date").code(level)
        assert weights[code, "0101"] < weights[code, "0615"] - 2
