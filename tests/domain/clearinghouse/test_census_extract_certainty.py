"""How sure the sender is that the linked student is the learner: who gets a number, and when an agreement keeps it back."""

from pathlib import Path

import pytest

from credential_pipeline.clearinghouse.census_extract.build import build
from credential_pipeline.clearinghouse.census_extract.hand_over import hand_over
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.registry.agreements import Agreement
from credential_pipeline.foundation.registry.load import BUILT_IN, load_registry
from credential_pipeline.foundation.storage.engine import Connection, connect
from tests.domain.engines.handover_world import (
    AGREEMENT,
    INDUSTRY,
    NOW,
    TODAY,
    TOKENS,
    fill,
    make_world,
    put,
    withholding,
)

COLUMN = "link_probability"


@pytest.fixture
def con():
    with connect(threads=2) as connection:
        yield connection


def silent() -> Agreement:
    """The agreement of a home that was made before the column was."""
    words = withholding(AGREEMENT, "learners", COLUMN).model_dump() | {"withheld": {}}
    return Agreement.model_validate(words)


def probabilities(con: Connection) -> list[float | None]:
    return [row[0] for row in con.execute(f"SELECT {COLUMN} FROM census_extract.learners ORDER BY ALL").fetchall()]


def test_a_linked_learner_has_the_probability_of_the_profile_that_says_it_best(con):
    fill(con)
    con.execute("UPDATE linked_records.profile_links SET match_probability = 0.91")
    linked = {"learner_id": "LEARNER-CANARY", "status": "linked", "student_id": "STU-CANARY"}
    put(con, "linked_records.profile_links", profile_id="P8", match_probability=0.97, **linked)
    put(con, "linked_records.profile_links", profile_id="P9", match_probability=0.99, **linked | {"student_id": "S2"})
    build(con, INDUSTRY, TODAY, TOKENS)
    # One of three is linked; the ambiguous and the unlinked one hang on no student.
    assert probabilities(con) == [0.97, None, None]


@pytest.mark.parametrize(
    "agreement", [silent(), withholding(AGREEMENT, "learners", COLUMN)], ids=["silent", "withheld"]
)
def test_without_a_legal_basis_it_is_sent_empty(con, agreement):
    fill(con)
    con.execute("UPDATE linked_records.profile_links SET match_probability = 0.91")
    build(con, INDUSTRY.model_copy(update={"agreement": agreement}), TODAY, TOKENS)
    assert probabilities(con) == [None, None, None]


def test_what_an_agreement_is_silent_on_is_not_sealed(con, tmp_path):
    world = make_world(con, tmp_path)
    with connect() as other:
        learners = f"read_parquet('{world.files['learners']}')"
        other.execute(f"CREATE TABLE t AS SELECT * REPLACE (CAST(0.5 AS DOUBLE) AS {COLUMN}) FROM {learners}")
        other.execute(f"COPY t TO '{world.files['learners']}' (FORMAT parquet)")
    industry = INDUSTRY.model_copy(update={"agreement": silent()})
    with pytest.raises(SafeError) as error:
        hand_over(con, world.files, world.sender, industry, world.sending, today=TODAY, when=NOW, inbox=world.inbox)
    assert error.value.code == "E_NOT_AGREED"
    assert f"learners.{COLUMN}" in str(error.value)


def test_an_agreement_that_was_made_before_the_column_still_loads(tmp_path: Path):
    text = (BUILT_IN / "agreements" / "manufacturing_extract.yml").read_text(encoding="utf-8")
    head, _, rest = text.partition(f"  - table: learners\n    columns: [{COLUMN}]\n")
    before = head + rest.partition("\n")[2]
    assert COLUMN not in before
    (tmp_path / "agreements").mkdir()
    (tmp_path / "agreements" / "manufacturing_extract.yml").write_text(before, encoding="utf-8")
    agreement = load_registry(tmp_path).industry("manufacturing").agreement
    assert agreement is not None
    assert f"learners.{COLUMN}" not in {name for names in agreement.basis.values() for name in names}
