"""Says beside the figures of coverage whose wages they rest on: a state without an agreement makes its workers look unemployed."""

from collections.abc import Iterable

from credential_pipeline.enclave.outcome_tables.meaning import add_note
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Relation, Scratch

#: Lines of the ledger whose meaning depends on it.
_TOLD = ("no_wage_record", "seen_in_wages", "no_year_covered", "never_seen_after", "seen_after")


def refuse_uncovered(con: Connection, covered: Iterable[str]) -> None:
    """Refuse wages that were read while an agreement held that does not hold any more.

    Args:
        con: Connection with ``reference_population.wage_states``.
        covered: The states whose wages may be used today.

    Raises:
        SafeError: ``E_WAGES_NOT_AGREED``.
    """
    rows = con.execute(
        "SELECT state FROM reference_population.wage_states"
        " WHERE agreement IS NOT NULL AND employers > 0 AND NOT list_contains(?, state) ORDER BY state",
        [sorted(covered)],
    ).fetchall()
    if rows:
        message = (
            f"The wages of employers in {', '.join(state for (state,) in rows)} were read under an agreement that is no longer in"
            f" force: renew it, or run reference_population again, which leaves them out."
        )
        raise SafeError("E_WAGES_NOT_AGREED", message)


def tell_wage_states(work: Scratch, definitions: Relation, wage_states: Relation) -> Relation:
    """The definitions; those of coverage say whose wages are used.

    Args:
        work: Where the rows live.
        definitions: The definitions.
        wage_states: ``reference_population.wage_states``.
    """
    rows = work.con.execute(
        f"SELECT agreement IS NOT NULL AS used, list(state ORDER BY state) FROM {wage_states} WHERE employers > 0 GROUP BY used"
    ).fetchall()
    states = {bool(used): list(listed) for used, listed in rows}
    note = f" {_sentence(states.get(True, []), states.get(False, []))}"
    return add_note(work, definitions, f"measure = 'coverage_share' AND definition IN {_TOLD}", note)


def _sentence(used: list[str], shut: list[str]) -> str:
    if not shut:
        return "Wages are used of employers in every state of the wage files, each under an agreement in force."
    return (
        f"Wages are used of employers in {', '.join(used) or 'no state'}. Those of employers in {', '.join(shut)} are not, for want "
        f"of an agreement in force: whoever lives there is not followed, and whoever lives elsewhere and works there counts as without "
        "wages."
    )
