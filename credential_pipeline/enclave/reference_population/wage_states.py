"""Which states' wages may be used: those of an agreement in force (20 CFR 603), and no others.

The state is the employer's. Wages of an employer that has no state, or that is not in the file of employers, need an
agreement that names ``unknown``. Not here: the agreements (registry) and the reading of wages (load.py).
"""

from collections.abc import Mapping

from credential_pipeline.foundation.contracts.reference_population import SNAPSHOT
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.registry.agreements import UNKNOWN
from credential_pipeline.foundation.storage.keep import keep
from credential_pipeline.foundation.storage.relation import Relation, Scratch

_STATE = f"coalesce(state, '{UNKNOWN}')"


def keep_wage_states(work: Scratch, employers: Relation, covered: Mapping[str, str]) -> Relation:
    """Create ``reference_population.wage_states``: every state with employers or with an agreement.

    Args:
        work: Where the rows live.
        employers: ``reference_population.employers``.
        covered: State to the agreement in force.

    Raises:
        SafeError: ``E_NO_WAGE_AGREEMENT``: no agreement is in force at all.
    """
    if not covered:
        message = (
            "No agreement on the use of wages (kind: wages) is in force: no state's wages may be used until one is entered in "
            "agreements/, or renewed."
        )
        raise SafeError("E_NO_WAGE_AGREEMENT", message)
    agreed = work.rows("agreed", {"state": "VARCHAR", "agreement": "VARCHAR"}, sorted(covered.items()))
    rows = work.table(
        "wage_states",
        f"""
        SELECT state, agreement, coalesce(n, 0) AS employers
        FROM {agreed} FULL JOIN (SELECT {_STATE} AS state, count(*) AS n FROM {employers} GROUP BY ALL) USING (state)
        """,
    )
    return keep(work.con, SNAPSHOT, "wage_states", rows)


def without_shut_states(work: Scratch, employers: Relation, states: Relation, scale: str) -> str:
    """The join that leaves only wages that may be used, on ``employer_id``; empty if all may be.

    Args:
        work: Where the rows live.
        employers: ``reference_population.employers``.
        states: Of :func:`keep_wage_states`.
        scale: The type of ``employer_id`` in the wages.
    """
    found = work.con.execute(f"SELECT state, agreement IS NOT NULL FROM {states} ORDER BY state").fetchall()
    may = {str(state): bool(agreed) for state, agreed in found}
    if all(may.values()) and UNKNOWN in may:
        # The common case costs nothing.
        return ""
    # Where unknown employers may stay, those of shut states go; else those of open states alone stay.
    kind, wanted = ("ANTI", False) if may.get(UNKNOWN) else ("SEMI", True)
    listed = [state for state, agreed in may.items() if agreed == wanted]
    codes = work.table(
        "employers_by_state",
        f"SELECT TRY_CAST(employer_id AS {scale}) AS employer_id FROM {employers} WHERE list_contains(?, {_STATE})",
        [listed],
    )
    return f"{kind} JOIN {codes} USING (employer_id)"
