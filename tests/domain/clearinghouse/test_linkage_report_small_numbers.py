"""No small number can be read or worked out of the linkage report: on figures made by hand, at every edge."""

import pytest

from credential_pipeline.clearinghouse.linkage_report import safe, sections
from credential_pipeline.clearinghouse.linkage_report.about import About
from credential_pipeline.clearinghouse.linkage_report.metrics import STATUSES, Group, Metrics
from credential_pipeline.clearinghouse.linkage_report.page import render
from tests.domain.clearinghouse.linkage_report_world import ABOUT
from tests.domain.engines.charts_reader import rows_of


def _figures(**people: dict[str, tuple[int, ...]]) -> Metrics:
    """Groups of each breakdown with learners by status."""
    rows = [
        (f"share_{status}", dimension, level, 0.0, n)
        for dimension, levels in people.items()
        for level, counts in levels.items()
        for status, n in zip(STATUSES, counts, strict=True)
        if n
    ]
    return Metrics(rows)


@pytest.mark.parametrize(("n", "text"), [(0, "<10"), (9, "<10"), (10, "10"), (12, "10"), (13, "15"), (1_998, "2,000")])
def test_counts_are_rounded_and_small_ones_hidden(n, text) -> None:
    assert safe.count(n) == text


def test_a_share_tells_no_more_than_rounded_counts() -> None:
    for whole in (25, 60, 200, 1_000):
        same = [n for n in range(10, 5_000) if safe.rounded(n) == safe.rounded(whole)]
        hidden = {safe.share(part, n) for n in same for part in range(10)}
        rest = {safe.share(n - part, n) for n in same for part in range(10)}
        assert len(hidden) == len(rest) == 1
        assert next(iter(hidden)).text.startswith("<")
        assert next(iter(rest)).text.startswith(">")
    assert safe.share(3, 22).text == "\N{EN DASH}"
    assert safe.share(845, 1_000).text == "84.5%"
    assert safe.share(84, 100).text == "85%"


def test_bounds_of_hidden_shares_hold() -> None:
    for whole in range(25, 700):
        for part in (0, 9):
            bound = float(safe.share(part, whole).text[1:-1]) / 100
            assert part / whole <= bound + 0.06
            bound = float(safe.share(whole - part, whole).text[1:-1]) / 100
            assert 1 - part / whole >= bound - 0.06


def test_small_groups_are_pooled_until_ten_are_together() -> None:
    def pooled(*sizes: int) -> dict[str, int]:
        groups = [Group(f"g{i}", (size, 0, 0, 0)) for i, size in enumerate(sizes)]
        return {group.name: group.people for group in safe.pool(groups)}

    assert pooled(500, 40) == {"g0": 500, "g1": 40}
    assert pooled(500, 40, 6, 7) == {"g0": 500, "g1": 40, safe.REST: 13}
    assert pooled(500, 40, 3) == {"g0": 500, safe.REST: 43}, "three alone would be told by subtraction"
    assert pooled(4, 3) == {}
    assert pooled(40, 3) == {safe.REST: 43}


def test_one_person_of_a_small_group_does_not_show() -> None:
    """Two worlds that differ in one of a few people have the same page."""

    def page(ambiguous: int, small: int) -> str:
        groups = {"F": (498, ambiguous, 40, 20), "M": (702, 33, 47, 8), "X": (small, 0, 0, 0)}
        return render(_figures(all={"all": (1_200 + small, ambiguous + 33, 87, 28)}, sex=groups), ABOUT)

    assert len({page(ambiguous, small) for ambiguous in (3, 4) for small in (3, 4)}) == 1
    assert page(3, 3) != page(13, 3)


def test_a_share_that_is_only_bounded_is_drawn_pale_up_to_its_bound() -> None:
    figures = _figures(all={"all": (995, 3, 2, 0)}, sex={"F": (4, 400, 0, 0), "M": (20, 0, 0, 0)})
    rows = {row["name"][4:]: row for row in rows_of(sections.rates(figures, {}).pictures[0].wide)}
    assert (rows["All learners"]["value"], rows["All learners"]["high"]) == (pytest.approx(0.99), 1.0)
    assert (rows["Women"]["value"], rows["Women"]["high"]) == (0.0, pytest.approx(10 / 405))
    assert (rows["Men"]["value"], rows["Men"]["high"]) == (0.0, None)


def test_a_change_of_a_few_people_is_not_told() -> None:
    def page(change: float) -> str:
        groups = {"F": (450, 0, 50, 0), "M": (700, 0, 50, 0)}
        rows = [
            ("change_share_linked", "sex", "F", change, 500),
            ("change_share_linked", "all", "all", change / 2, 1_250),
        ]
        figures = Metrics(
            [
                *rows,
                *(
                    (f"share_{s}", "sex", g, 0.0, n)
                    for g, c in groups.items()
                    for s, n in zip(STATUSES, c, strict=True)
                ),
            ]
        )
        return render(figures, About("Manufacturing", "0" * 16, "1" * 16))

    assert page(0.004) == page(0.014) == page(-0.014), "seven women more or fewer"
    assert "+4.0" in page(0.04)
    assert "rose by 2.0 percentage points" in page(0.04)
