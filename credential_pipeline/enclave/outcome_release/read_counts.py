"""The outcome tables as one linear system: which columns and tables of this side the disclosure engine is given."""

from credential_pipeline.engines.disclosure.axes import Axes
from credential_pipeline.engines.disclosure.system import System, build_system
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Relation

AXES = Axes(
    who=("certifier", "credential", "cohort", "age_band", "sex", "race", "ethnicity", "state"),
    what=("quantity", "sector", "setting"),
    when="horizon",
)


def read_system(
    con: Connection, counts: Relation, equations: Relation, outcomes: Relation, min_learners: int
) -> System:
    """Build the system of a release.

    Args:
        con: The connection.
        counts: ``outcome_tables.counts``.
        equations: ``outcome_tables.equations``.
        outcomes: ``outcome_tables.outcomes``.
        min_learners: Smallest number of learners that may be shown.

    Raises:
        SafeError: E_COUNTS or E_EQUATIONS: the tables do not fit together.
    """
    lines = con.execute(
        f"""SELECT DISTINCT equation_id, total_count_id, part_count_id
            FROM {equations} ORDER BY equation_id, total_count_id, part_count_id"""
    ).df()
    cells = con.execute(
        f"""SELECT n_count_id, numerator_count_id, measure, count(*) AS cells
            FROM {outcomes} WHERE n_count_id IS NOT NULL GROUP BY ALL ORDER BY ALL"""
    ).df()
    return build_system(con.execute(f"SELECT * FROM {counts} ORDER BY count_id").df(), lines, cells, min_learners, AXES)
