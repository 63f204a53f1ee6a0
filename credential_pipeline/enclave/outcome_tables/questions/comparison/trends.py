"""What the comparison shows before the award, where nothing should: did holders run beside those whom they are compared with?

In the years that were matched a difference says that cells are too wide; in the years before them, that holders were on another path
already, which a match on two years does not see. Nothing is taken off here, and nothing of it is released: it is a monitor of the
effect (checks/suites/enclave/outcome_tables.py). Not here: the effect (figures.py).
"""

import numpy as np

from credential_pipeline.enclave.outcome_tables.grouping import GROUP
from credential_pipeline.enclave.outcome_tables.questions.comparison.effects import effects
from credential_pipeline.enclave.outcome_tables.questions.comparison.frames import Frames
from credential_pipeline.enclave.outcome_tables.questions.comparison.gaps import gaps
from credential_pipeline.enclave.outcome_tables.questions.comparison.matching import HISTORY
from credential_pipeline.enclave.outcome_tables.questions.comparison.membership import Groups
from credential_pipeline.engines.sampling import REACH
from credential_pipeline.foundation.contracts.outcome_tables import SNAPSHOT
from credential_pipeline.foundation.storage.relation import Relation, Scratch

NAME = "trends_before"
_SHAPE = SNAPSHOT.table(NAME).schema
_DIMENSIONS = ("age_band", "sex", "race", "ethnicity", "certifier")


def trends(work: Scratch, frame: Frames, groups: Groups) -> Relation:
    """One row per group and year from -5 to -2: the columns of ``outcome_tables.trends_before``.

    Args:
        work: Where the rows live.
        frame: The matched.
        groups: Who is told apart; everybody and the groups of some dimensions are looked at.
    """
    whom = groups.only(*_DIMENSIONS)
    named = [_named(label) for label in whom.labels]
    rows = [(*name, *row) for horizon in HISTORY for name, row in zip(named, _at(frame, whom, horizon), strict=True)]
    return work.rows(NAME, _SHAPE, rows)


def _named(label: tuple[str, ...]) -> tuple[str, str]:
    """Dimension and level of a group that one dimension tells apart; all of everybody."""
    return next(((column, level) for column, level in zip(GROUP, label, strict=True) if level != "all"), ("all", "all"))


def _at(frame: Frames, groups: Groups, horizon: int) -> list[tuple[object, ...]]:
    told = effects(frame, groups.members, gaps(frame, horizon))
    (value, error), (earnings, _) = (told.figures[name] for name in ("comparison_effect", "matched_holder_earnings"))
    figures = np.column_stack([value, value - REACH * error, value + REACH * error, earnings])
    return [
        (horizon, n, *(round(float(x), 4) if np.isfinite(x) else None for x in row))
        for n, row in zip(told.n.tolist(), figures, strict=True)
    ]
