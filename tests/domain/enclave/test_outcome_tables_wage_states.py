"""What coverage says of the states whose wages are used."""

import pytest

from credential_pipeline.enclave.outcome_tables.wage_states import refuse_uncovered, tell_wage_states
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.relation import relation, scratch

WORDS = "Share of all."


@pytest.mark.parametrize(
    ("states", "said", "unsaid"),
    [
        ("('OH', 'A', 3), ('TX', 'A', 2), ('AK', NULL, 0)", "in every state", "AK"),
        (
            "('OH', 'A', 3), ('TX', NULL, 2), ('unknown', NULL, 1)",
            "in OH. Those of employers in TX, unknown are not",
            "every",
        ),
        ("('TX', NULL, 2)", "in no state", "every"),
    ],
)
def test_coverage_names_the_states(states: str, said: str, unsaid: str) -> None:
    with connect(threads=1) as con:
        con.execute("CREATE SCHEMA reference_population")
        con.execute(
            f"CREATE TABLE reference_population.wage_states AS FROM (VALUES {states}) AS t (state, agreement, employers)"
        )
        con.execute(
            f"CREATE TABLE definitions AS SELECT d AS definition, m AS measure, '{WORDS}' AS text FROM"
            " (VALUES ('seen_in_wages', 'coverage_share'), ('opted_out', 'coverage_share'), ('x', 'earnings_p50')) AS t (d, m)"
        )
        given = relation(con, "definitions"), relation(con, "reference_population.wage_states")
        with scratch(con) as work:
            found = con.execute(f"SELECT definition, text FROM {tell_wage_states(work, *given)}").fetchall()
    texts = dict(found)
    assert texts["opted_out"] == texts["x"] == WORDS
    assert texts["seen_in_wages"].startswith(WORDS)
    assert said in texts["seen_in_wages"]
    assert unsaid not in texts["seen_in_wages"]


def test_wages_that_were_read_under_an_agreement_of_the_past_are_refused() -> None:
    with connect(threads=1) as con:
        con.execute("CREATE SCHEMA reference_population")
        con.execute(
            "CREATE TABLE reference_population.wage_states AS FROM"
            " (VALUES ('OH', 'A', 3), ('TX', NULL, 2), ('AK', 'A', 0)) AS t (state, agreement, employers)"
        )
        refuse_uncovered(con, ["OH"])
        with pytest.raises(SafeError, match="employers in OH were read") as caught:
            refuse_uncovered(con, ["TX"])
    assert caught.value.code == "E_WAGES_NOT_AGREED"
