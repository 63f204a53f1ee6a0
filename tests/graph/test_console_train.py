"""``train``: every family whose tables are there."""

import pytest

from assets.console.families import train_models
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.engine import connect
from tests.domain.engines.linkage_world import make_world, put_extract, put_feeds


def test_training_refuses_where_there_is_nothing_to_train_on() -> None:
    with connect(threads=1) as con, pytest.raises(SafeError) as refused:
        train_models(con)
    assert refused.value.code == "E_TRAINING"


def test_every_family_whose_tables_are_visible_is_trained_and_nothing_is_left_behind() -> None:
    world = make_world(1200, 400)
    with connect(threads=1) as con:
        put_feeds(con, world)
        here = train_models(con, "v1", u_pairs=20_000)
        con.execute("DROP SCHEMA cleaned_learners CASCADE")
        put_extract(con, world)
        there = train_models(con, "v2", u_pairs=20_000)
        left = con.execute("SELECT count(*) FROM duckdb_tables() WHERE temporary").fetchall()
    assert [made.name for made in here] == ["profiles", "registry"]
    assert [made.name for made in there] == ["reference"]
    assert here[0].left_rows == here[0].right_rows == len(world.profiles)
    assert there[0].meta["training_tables"] == "v2"
    assert left == [(0,)]
