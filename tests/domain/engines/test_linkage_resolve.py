"""What scores decide: best right, ambiguity, clusters that contradict themselves."""

import numpy as np
import pytest

from credential_pipeline.engines.linkage.resolve import best_right, cluster, components
from credential_pipeline.engines.linkage.sql import Here
from credential_pipeline.foundation.registry.model import Linkage
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.relation import scratch

LIMITS = Linkage(link_threshold=0.95, review_threshold=0.5, max_wrong_share=0.1)


def decide(pairs: list[tuple[str, str, float]], limits: Linkage = LIMITS) -> dict[str, tuple[str, float, str]]:
    with connect(threads=1) as con, scratch(con) as work:
        scored = work.rows("scored", {"l": "VARCHAR", "r": "VARCHAR", "match_weight": "DOUBLE"}, pairs)
        best = best_right(Here(work), scored, left="l", right="r", limits=limits)
        rows = con.execute(f"SELECT l, r, match_probability, status FROM {best}").fetchall()
    return {left: (right, probability, status) for left, right, probability, status in rows}


def test_the_best_of_several_is_linked_if_the_others_are_far_behind() -> None:
    assert decide([("a", "x", 20.0), ("a", "y", 8.0)])["a"][::2] == ("x", "linked")


def test_two_close_candidates_are_ambiguous_and_ties_go_by_id_not_by_order() -> None:
    for pairs in ([("a", "x", 20.0), ("a", "y", 20.0)], [("a", "y", 20.0), ("a", "x", 20.0)]):
        right, probability, status = decide(pairs)["a"]
        assert (right, status) == ("x", "ambiguous")
        assert probability == pytest.approx(0.5, abs=1e-3)


@pytest.mark.parametrize(("weight", "status"), [(-1.0, "unlinked"), (1.0, "ambiguous"), (5.0, "linked")])
def test_a_single_candidate_is_judged_by_its_probability(weight, status) -> None:
    assert decide([("a", "x", weight)])["a"][2] == status


def test_links_end_where_too_many_are_expected_to_be_wrong() -> None:
    pairs = [(f"l{i:02d}", f"r{i:02d}", 1.0) for i in range(40)] + [(f"s{i:02d}", f"t{i:02d}", 20.0) for i in range(60)]
    limits = Linkage(link_threshold=0.5, review_threshold=0.2, max_wrong_share=0.05)
    found = decide(pairs, limits)
    status = [found[left][2] for left, *_ in pairs]
    # A weight of one is a third wrong: after n of them 60 + n links with n / 3 wrong are expected, and 5 % and one are allowed.
    assert status.count("linked") == 60 + 14
    assert status[:15] == ["linked"] * 14 + ["ambiguous"]


def test_huge_weights_do_not_overflow() -> None:
    assert decide([("a", "x", 900.0), ("a", "y", 800.0)])["a"][2] == "ambiguous"


def _edges(*rows: tuple[int, int, float]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    left, right, weight = zip(*rows, strict=True)
    return np.array(left), np.array(right), np.array(weight)


def test_components_are_named_after_their_smallest_node() -> None:
    labels = components(6, np.array([4, 1]), np.array([2, 4]))
    assert labels.tolist() == [0, 1, 1, 3, 1, 5]


def test_a_chain_that_ends_in_a_contradiction_breaks_at_its_weakest_edge() -> None:
    labels = cluster(4, *_edges((0, 1, 9.0), (1, 2, 3.0), (2, 3, 8.0)), [(0, 3)])
    assert labels.tolist() == [0, 0, 2, 2]


def test_contradictions_between_clusters_change_nothing() -> None:
    labels = cluster(4, *_edges((0, 1, 9.0), (2, 3, 8.0)), [(0, 3)])
    assert labels.tolist() == [0, 0, 2, 2]


def test_the_order_of_edges_does_not_matter() -> None:
    rows = [(0, 1, 5.0), (1, 2, 5.0), (2, 3, 5.0), (0, 4, 1.0)]
    expected = cluster(5, *_edges(*rows), [(0, 2)]).tolist()
    turned = [(b, a, w) for a, b, w in reversed(rows)]
    assert cluster(5, *_edges(*turned), [(2, 0)]).tolist() == expected
