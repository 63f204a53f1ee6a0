"""Two models compared by what they link."""

from credential_pipeline.engines.linkage.compare import count_changes, list_changes
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.relation import scratch

BEFORE = [
    ("p1", "a", "s1"),
    ("p2", "b", "s2"),
    ("p3", "c", None),
    ("p4", "d", "s4"),
    ("p5", "d", "s4"),
    ("p6", "e", "s6"),
]
AFTER = [
    ("p1", "a", "s1"),
    ("p2", "a", "s1"),
    ("p3", "c", "s3"),
    ("p4", "d", "s4"),
    ("p5", "f", None),
    ("p6", "e", "s6"),
]


def test_changes_are_counted_with_ids_as_examples() -> None:
    with connect(threads=1) as con, scratch(con) as work:
        kinds = dict.fromkeys(("row", "group", "target"), "VARCHAR")
        before, after = (work.rows("links", kinds, rows) for rows in (BEFORE, AFTER))
        listed = list_changes(work, before, after)
        changes = {change.kind: (change.number, change.examples) for change in count_changes(con, listed, examples=1)}
        split = con.execute(f"SELECT change, row FROM {listed} WHERE change = 'split'").fetchall()
        same = count_changes(con, list_changes(work, after, after))
    assert changes == {
        "merged": (2, ("a",)),
        "split": (1, ("d",)),
        "gained": (1, ("p3",)),
        "lost": (1, ("p5",)),
        "changed": (1, ("p2",)),
    }
    assert split == [("split", "p4"), ("split", "p5")]
    assert [change.number for change in same] == [0] * 5
