"""What decisions say together: beliefs close over chains, and a claim that contradicts them changes nothing."""

from credential_pipeline.clearinghouse.clerical_review.consistency import Beliefs, Claim, Node


def _claim(pair: str, left: str, right: str, *, match: bool = True) -> Claim:
    def node(name: str) -> Node:
        return Node(name, is_student=name.startswith("S"))

    return Claim(pair, node(left), node(right), match)


def test_beliefs_close_over_chains() -> None:
    beliefs = Beliefs()
    for claim in (
        _claim("1", "a", "b"),
        _claim("2", "c", "d"),
        _claim("3", "b", "c", match=False),
        _claim("4", "d", "S1"),
    ):
        assert beliefs.add(claim) == ()
    assert beliefs.groups == [(["a", "b"], None), (["c", "d"], "S1")]
    assert beliefs.add(_claim("5", "a", "d")) == ("5", "1", "2", "3")
    assert beliefs.add(_claim("6", "a", "S1")) == ("6", "1", "2", "3", "4")
    assert beliefs.add(_claim("7", "c", "d", match=False)) == ("7", "2")
    assert beliefs.add(_claim("8", "a", "S2")) == ()
    assert {(a.id, b.id) for a, b in beliefs.apart} == {
        (one, two) for one in ("a", "b") for two in ("c", "d", "S1")
    } | {("c", "S2"), ("d", "S2")} | {("S1", "S2")}  # fmt: skip


def test_a_refused_claim_changes_nothing() -> None:
    beliefs = Beliefs()
    beliefs.add(_claim("1", "a", "S1"))
    assert beliefs.add(_claim("2", "a", "S2")) == ("2", "1")
    assert beliefs.add(_claim("3", "b", "S2")) == ()
    assert beliefs.groups == [(["a"], "S1"), (["b"], "S2")]
