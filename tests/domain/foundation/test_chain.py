"""A ledger that only grows: every change, cut and loss is noticed, also by a head that was kept elsewhere."""

import json
from datetime import UTC, datetime

import pytest

from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.chain import Chain, Head

NOW = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.fixture
def chain(tmp_path):
    chain = Chain(tmp_path, tmp_path / "ledger.jsonl", "things")
    for number in range(3):
        chain.append("thing", {"number": number}, NOW)
    return chain


def broken(chain, *witnesses):
    with pytest.raises(SafeError, match=r"ledger of things.*E_LEDGER_BROKEN"):
        chain.lines(witnesses)


def test_lines_come_back_in_order_and_private(chain):
    assert [line.facts["number"] for line in chain.lines()] == [0, 1, 2]
    assert chain.head() == Head(3, chain.lines()[-1].hash)
    assert all(path.stat().st_mode & 0o077 == 0 for path in (chain.path, *chain.anchors))


@pytest.mark.parametrize("harm", ["edit", "drop first", "drop last", "swap", "repeat", "empty", "remove", "no object"])
def test_every_change_is_noticed_and_nothing_is_added_to_it(chain, harm):
    lines = chain.path.read_text().splitlines()
    changed = {
        "edit": [json.dumps(json.loads(lines[0]) | {"kind": "other"}), *lines[1:]],
        "drop first": lines[1:],
        "drop last": lines[:-1],
        "swap": [lines[1], lines[0], lines[2]],
        "repeat": [*lines, lines[2]],
        "empty": [],
        "remove": [],
        "no object": [*lines[:2], "[]"],
    }[harm]
    chain.path.write_text("".join(f"{line}\n" for line in changed))
    if harm == "remove":
        chain.path.unlink()
    broken(chain)
    with pytest.raises(SafeError, match="E_LEDGER_BROKEN"):
        chain.append("thing", {}, NOW)


def test_a_witness_notices_what_ledger_and_anchor_lost_together(chain):
    witness = chain.head()
    chain.lines([witness, Head()])
    chain.path.unlink()
    for anchor in chain.anchors:
        anchor.unlink()
    assert chain.lines() == []
    broken(chain, witness)


@pytest.mark.parametrize("which", [0, 1])
def test_a_lost_or_damaged_anchor_is_noticed(chain, which):
    chain.anchors[which].write_text("{}")
    broken(chain)
    chain.anchors[which].unlink()
    broken(chain)


@pytest.mark.parametrize("which", [0, 1])
def test_a_ledger_lost_or_shortened_with_one_anchor_is_noticed_by_the_other(chain, which):
    lines = chain.path.read_text().splitlines(keepends=True)
    chain.path.write_text("".join(lines[:2]))
    chain.anchors[which].write_text(json.dumps({"lines": 2, "hash": json.loads(lines[1])["hash"]}))
    broken(chain)
    chain.path.unlink()
    chain.anchors[which].unlink()
    broken(chain)


def test_a_line_that_a_crash_cut_short_never_counted(chain):
    whole = chain.path.read_bytes()
    chain.path.write_bytes(whole + b'{"sequence":4,"ki')
    assert len(chain.lines()) == 3
    chain.append("thing", {"number": 3}, NOW)
    assert [line.facts["number"] for line in chain.lines()] == [0, 1, 2, 3]


def test_a_crash_between_line_and_anchor_is_no_damage(chain):
    before = chain.anchors[0].read_bytes()
    chain.append("thing", {"number": 3}, NOW)
    for anchor in chain.anchors:
        anchor.write_bytes(before)
    assert len(chain.lines()) == 4
    whole = chain.anchors[1].read_bytes()
    chain.append("thing", {"number": 4}, NOW)
    assert whole == before
    assert {json.loads(anchor.read_bytes())["lines"] for anchor in chain.anchors} == {5}
    assert chain.head().lines == 5


def test_a_line_that_was_decided_on_another_head_is_not_added(chain):
    head = chain.head()
    chain.append("thing", {"number": 3}, NOW, head)
    with pytest.raises(SafeError, match="E_LEDGER_MOVED"):
        chain.append("thing", {"number": 4}, NOW, head)
    assert chain.head().lines == 4


def test_others_must_not_read_it(chain):
    chain.path.chmod(0o644)
    with pytest.raises(SafeError, match="E_KEY_PERMISSIONS"):
        chain.lines()
