"""The long form of outcome cells: staging, readable ids, rounding and order.

Measures add rows to ``tmp_cells`` and name only the columns that differ from the default; :func:`create_outcomes` fills in
the rest. Not here: what the figures are.
"""

from dataclasses import asdict, dataclass

from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.foundation.storage.engine import Connection

#: The columns that say who is counted.
GROUP = "certifier, credential, age_band, sex, race"
#: Everybody, and every one-way breakdown; a credential is nested in its certifier.
GROUPING_SETS = "(), (certifier), (certifier, credential), (age_band), (sex), (race)"
#: SQL: which breakdown a row belongs to.
DIMENSION = """CASE WHEN credential <> 'all' THEN 'credential' WHEN certifier <> 'all' THEN 'certifier'
    WHEN age_band <> 'all' THEN 'age_band' WHEN sex <> 'all' THEN 'sex' WHEN race <> 'all' THEN 'race' ELSE 'all' END"""
_PARTS = ("certifier", "credential", "age_band", "sex", "race", "sector", "setting")
#: SQL: the tail of an id, for example ``/age_band=18-25/h=5``; empty for everybody at no horizon.
ID_TAIL = " || ".join(
    [f"CASE WHEN {part} <> 'all' THEN '/{part}=' || {part} ELSE '' END" for part in _PARTS]
    + ["CASE WHEN horizon IS NOT NULL THEN '/h=' || horizon ELSE '' END"]
)


@dataclass(frozen=True)
class Share:
    """A measure that is one count over another.

    Attributes:
        table: Outcome table of the cells.
        measure: The measure.
        definition: Key of its definition.
        part: Quantity of the numerator.
        total: Quantity of the denominator.
    """

    table: str
    measure: str
    definition: str
    part: str
    total: str


def group_equal(left: str, right: str) -> str:
    """SQL condition: two aliased tables have the same group columns."""
    return " AND ".join(f"{left}.{column} = {right}.{column}" for column in GROUP.split(", "))


def create_staging(con: Connection) -> None:
    """Create the empty ``tmp_cells``."""
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE tmp_cells (
            "table" VARCHAR, measure VARCHAR, definition VARCHAR, unit VARCHAR,
            certifier VARCHAR DEFAULT 'all', credential VARCHAR DEFAULT 'all', age_band VARCHAR DEFAULT 'all',
            sex VARCHAR DEFAULT 'all', race VARCHAR DEFAULT 'all', sector VARCHAR DEFAULT 'all',
            setting VARCHAR DEFAULT 'all', horizon INTEGER,
            value DOUBLE, n BIGINT, low DOUBLE, high DOUBLE, n_count_id VARCHAR, numerator_count_id VARCHAR
        )
        """
    )


def add_cells(con: Connection, select: str, parameters: list[object] | None = None) -> None:
    """Stage the rows of a SELECT; columns that it does not name keep their default (``definition``: the measure)."""
    con.execute(f"INSERT INTO tmp_cells BY NAME {select}", parameters or [])


def add_share_cells(con: Connection, *shares: Share) -> None:
    """Stage ``part / total`` for every count of the quantity ``part``, with the normal band of a share.

    The total is the count of the quantity ``total`` of the same group at the same horizon. Where nobody is in the total
    the value is missing.
    """
    add_cells(
        con,
        f"""
        WITH shares AS (SELECT unnest(CAST(? AS STRUCT("table" VARCHAR, measure VARCHAR, definition VARCHAR, part VARCHAR,
                                                       total VARCHAR)[]), recursive := true))
        SELECT
            s."table", s.measure, s.definition, 'share' AS unit,
            p.certifier, p.credential, p.age_band, p.sex, p.race, p.sector, p.setting, p.horizon,
            t.value AS n, p.value / nullif(t.value, 0) AS value,
            tmp_share_low(p.value, nullif(t.value, 0)) AS low, tmp_share_high(p.value, nullif(t.value, 0)) AS high,
            t.count_id AS n_count_id, p.count_id AS numerator_count_id
        FROM shares AS s
        JOIN tmp_counts AS p ON p.quantity = s.part
        JOIN tmp_counts AS t
            ON t.quantity = s.total AND t.horizon IS NOT DISTINCT FROM p.horizon AND {group_equal("t", "p")}
        """,
        [[asdict(share) for share in shares]],
    )


def create_outcomes(con: Connection, plan: Plan) -> None:
    """Create ``outcome_tables.outcomes`` from the staged cells.

    A cell without a value has status -1 and no band. The definition is part of the id only where one measure has
    several; ``release`` is empty until the cell is released.
    """
    con.execute(
        f"""
        CREATE OR REPLACE TABLE outcome_tables.outcomes AS
        WITH cells AS (
            SELECT * REPLACE (coalesce(definition, measure) AS definition), {DIMENSION} AS dimension, {ID_TAIL} AS tail
            FROM tmp_cells
        )
        SELECT
            '' AS release, ? AS industry, "table",
            ? || '/' || measure
                || CASE WHEN definition IN (measure, 'not_reported') THEN '' ELSE '/' || definition END || tail AS cell_id,
            certifier, credential, 'all' AS cohort, age_band, sex, race, 'all' AS ethnicity, 'all' AS state, sector,
            horizon, measure,
            round(value, 6) AS value, unit, CASE WHEN unit = 'usd' THEN CAST(? AS INTEGER) END AS base_year, n,
            CASE WHEN value IS NOT NULL THEN round(low, 6) END AS low,
            CASE WHEN value IS NOT NULL THEN round(high, 6) END AS high,
            CASE WHEN value IS NULL THEN -1 ELSE 1 END AS status,
            dimension AS rollup_level, setting, definition, CAST(? AS VARCHAR) AS attribution,
            n_count_id, numerator_count_id
        FROM cells
        ORDER BY cell_id
        """,
        [plan.industry, plan.industry, plan.base_year, plan.attribution],
    )
