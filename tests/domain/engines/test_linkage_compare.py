"""Two models compared by what they link; and links between tables that hold each person once."""

import pytest

from credential_pipeline.engines.linkage import fields, train
from credential_pipeline.engines.linkage.compare import count_changes, list_changes
from credential_pipeline.engines.linkage.one_to_one import link_one_to_one
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.relation import relation, scratch
from tests.domain.engines.linkage_world import make_world, put

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


@pytest.mark.parametrize("shuffle", [None, 3])
def test_each_record_gets_one_partner_at_most_in_any_row_order(shuffle) -> None:
    world = make_world(1500, 500)
    columns = {"id": "VARCHAR", "first_name": "VARCHAR", "last_name": "VARCHAR", "birth_date": "DATE"}
    left = world.profiles.drop_duplicates("person").rename(columns={"profile_id": "id"})
    right = world.students.drop_duplicates("person").rename(columns={"student_id": "id"})
    with connect(threads=2) as con, scratch(con) as work:
        sides = []
        for name, frame in (("l", left), ("r", right)):
            put(con, f"feeds.{name}", frame, columns, shuffle)
            sides.append(fields.make_records(work, relation(con, f"feeds.{name}"), id_column="id"))
        made = train.train(con, "registry", *sides, u_pairs=100_000)
        links = link_one_to_one(con, made, left=sides[0], right=sides[1], fields=("name", "birth_date"))
        ids = [dict(con.execute(f"SELECT record, id FROM {side}").fetchall()) for side in sides]
    assert len(set(links.left.tolist())) == len(set(links.right.tolist())) == len(links.left)
    person = dict(zip(left["id"], left["person"], strict=True)), dict(zip(right["id"], right["person"], strict=True))
    found = {(ids[0][one], ids[1][two]) for one, two in zip(links.left.tolist(), links.right.tolist(), strict=True)}
    correct = sum(person[0][one] == person[1][two] for one, two in found)
    true = len(set(left["person"]) & set(right["person"]))
    assert 2 * correct / (len(found) + true) > 0.95
