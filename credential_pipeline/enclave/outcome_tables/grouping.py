"""The groups of people in the tables: the dimensions, and which of them are broken down.

Everybody and every one-way breakdown; a credential is nested in its certifier. Not here: which categories a dimension has
(groups.py).
"""

from typing import Final

GROUP: Final = ("certifier", "credential", "cohort", "age_band", "sex", "race", "ethnicity", "state")
"""Columns that say which group a row is of: a category, or ``all``."""
BREAKDOWNS: Final[tuple[tuple[str, ...], ...]] = (
    (),
    ("certifier",),
    ("certifier", "credential"),
    *((dimension,) for dimension in GROUP[2:]),
)
SETS: Final = ", ".join(f"({', '.join(breakdown)})" for breakdown in BREAKDOWNS)
"""The breakdowns as SQL's grouping sets."""
BROAD: Final[tuple[tuple[str, ...], ...]] = (("certifier",), ("age_band",), ("sex",), ("race",))
"""Breakdowns of the questions: those that leave groups large, and the tables readable."""
