"""Counts shares and percentiles of groups of people: everybody, and one dimension after the other.

A credential is nested in its certifier. Not here: what is asked (asks.py).
"""

from collections.abc import Sequence
from typing import Final

from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.simulation.outcome_truth.asks import Amount, Ask, Share

_GROUP: Final = ("certifier", "credential", "cohort", "age_band", "sex", "race", "ethnicity", "state")
#: Everybody, alone or with the dimensions that tell people apart.
NOBODY: Final = ("",)
FEW: Final = ("", "certifier", "age_band", "sex", "race")
MANY: Final = (*FEW, "certifier, credential", "cohort", "ethnicity")
EVERY: Final = (*MANY, "state")


def add_figures(con: Connection, source: str, asks: Sequence[Ask], breakdowns: Sequence[str] = MANY) -> None:
    """Add the figures of every group at every horizon; those of nobody are left out.

    Args:
        con: Connection with ``figures`` and the source.
        source: Table with the group's columns, ``horizon`` and what the asks name.
        asks: What is asked.
        breakdowns: Of whom.
    """
    sets = ", ".join(f"(horizon, {breakdown})" if breakdown else "(horizon)" for breakdown in breakdowns)
    told = ", ".join(
        name if any(name in breakdown for breakdown in breakdowns) else f"CAST(NULL AS VARCHAR) AS {name}"
        for name in _GROUP
    )
    asked = ", ".join(figure for ask in asks for figure in _figures(ask))
    con.execute(
        f"""
        INSERT INTO figures BY NAME
        WITH wide AS (
            SELECT {told}, horizon, [{asked}] AS figures FROM {source} GROUP BY GROUPING SETS ({sets})
        )
        SELECT {", ".join(_GROUP)}, horizon, unnest(list_filter(figures, lambda one: one.n > 0), recursive := true) FROM wide
        """
    )


def _figures(ask: Ask) -> list[str]:
    """The aggregates of one ask as structs of equal shape."""
    n = f"count(*) FILTER ({ask.where})"
    if isinstance(ask, Share):
        value = f"count(*) FILTER (({ask.where}) AND ({ask.of})) / nullif({n}, 0)"
        return [_struct(ask, ask.measure, "share", value, n)]
    shares = ", ".join(str(percent / 100) for percent in ask.percents)
    found = f"quantile_cont({ask.column}, [{shares}]) FILTER ({ask.where})"
    return [
        _struct(ask, f"{ask.stem}_p{percent}", "usd", f"({found})[{place}]", n)
        for place, percent in enumerate(ask.percents, start=1)
    ]


def _struct(ask: Share | Amount, measure: str, unit: str, value: str, n: str) -> str:
    words = {"table": ask.table, "measure": measure, "definition": ask.definition or measure, "unit": unit}
    shown = ", ".join(f"'{name}': '{word}'" for name, word in words.items())
    return f"{{{shown}, 'value': CAST({value} AS DOUBLE), 'n': {n}}}"
