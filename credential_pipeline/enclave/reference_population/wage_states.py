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


def usable_wages(work: Scratch, wages: Relation, employers: Relation, states: Relation) -> Relation:
    """The wages of employers in states whose wages may be used.

    Args:
        work: Where the rows live.
        wages: Rows with ``employer_id``.
        employers: ``reference_population.employers``.
        states: Of :func:`keep_wage_states`.
    """
    shut = [str(row[0]) for row in work.con.execute(f"SELECT state FROM {states} WHERE agreement IS NULL").fetchall()]
    unknown = work.con.execute(f"SELECT count(agreement) FROM {states} WHERE state = ?", [UNKNOWN]).fetchall()[0][0]
    if not shut and unknown:
        # The common case costs nothing.
        return wages
    # Few states are shut as a rule, and few employers are in them: the smaller list is looked up.
    closed = work.table("closed", f"SELECT employer_id FROM {employers} WHERE list_contains(?, {_STATE})", [shut])
    known = "" if unknown else f" SEMI JOIN {employers} USING (employer_id)"
    return work.view("usable_wages", f"SELECT w.* FROM (FROM {wages} ANTI JOIN {closed} USING (employer_id)) w{known}")
