"""Creates reference_population.wages: what every employer paid every person in a year.

Wages may come by year, by quarter or both. For a person and a year that the annual file has, the quarterly file is not
used, so that nothing is counted twice; it only tells in which quarters a job was paid. A job in a state of which the annual
file holds nothing in that year counts by quarter, though: such a state delivers quarters alone. Keys of people and employers are turned into numbers once for each distinct value,
because tens of millions of numbers are joined, added up and sorted at a fraction of the cost of words.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from credential_pipeline.enclave.reference_population.bad_wages import refuse_wages, repeated_rows, usable
from credential_pipeline.enclave.reference_population.employer_codes import jobs_without_sector
from credential_pipeline.enclave.reference_population.wage_file_years import keep_wage_file_years
from credential_pipeline.enclave.reference_population.wage_states import without_shut_states
from credential_pipeline.foundation.contracts.reference_population import SNAPSHOT
from credential_pipeline.foundation.drop_findings import ALL, UNKNOWN, Finding
from credential_pipeline.foundation.dropped_files import Drop, open_drop, reading
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.lost_ids import likely_cause
from credential_pipeline.foundation.storage.relation import Relation, Scratch

KINDS: Final = {"wages_annual": (), "wages_quarterly": ("quarter",)}
"""Kind of file -> the columns that it has beside those of the table."""
_KEY: Final = "person_key, year, employer_id"
_QUARTERS: Final = "quarters"


def columns_of(kind: str) -> list[str]:
    """The columns that a file of wages must have.

    Args:
        kind: ``wages_annual`` or ``wages_quarterly``.
    """
    return [*(name for name in SNAPSHOT.table("wages").column_names if name != _QUARTERS), *KINDS[kind]]


def load_wages(
    work: Scratch, folder: Path, persons: Relation, known: Relation, states: Relation, newest: int
) -> list[Finding]:
    """Create ``wages``, its rows in the order of their keys, and ``wage_file_years``.

    A row that stands there twice with the same amount counts once.

    Args:
        work: A connection with the schema ``reference_population``.
        folder: Folder that holds ``wages_annual/``, ``wages_quarterly/`` or both.
        persons: ``reference_population.persons``.
        known: ``reference_population.employers``.
        states: ``reference_population.wage_states``: in which states of employers wages may be used.
        newest: The last year that can be.

    Returns:
        Rows that stand there more than once, wages of people and employers whom nobody knows, and jobs in no sector.

    Raises:
        SafeError: E_REFERENCE_WAGES, and what dropped_files.py raises.
    """
    present = [name for name in KINDS if (folder / name).is_dir()]
    if not present:
        message = "reference/wages_annual and reference/wages_quarterly are both missing; one of them is needed"
        raise SafeError("E_DROP_MISSING", message)
    drops = {name: open_drop(work, folder / name, f"reference/{name}", columns_of(name)) for name in present}
    with reading(*drops.values()):
        people, employers = _number(work, drops, "person_key"), _number(work, drops, "employer_id")
        read = {name: _read(work, name, drop, people, employers, newest) for name, drop in drops.items()}
        rows = f"FROM {read[present[0]]}"
        if len(read) == len(KINDS):
            rows = _together(work, read["wages_annual"], read["wages_quarterly"], known, employers.scale)
        if shut := without_shut_states(work, known, states, employers.scale):
            rows = f"SELECT * FROM ({rows}) {shut}"
        summed, repeated = _add_up(work, rows)
        findings = [found for name, drop in drops.items() if repeated for found in _repeated(work, name, drop)]
        strangers = _lost(work, summed, "person_key", persons)
        findings += _unknown(work, summed, "person_key", strangers, persons, "persons")
        findings += _unknown(work, summed, "employer_id", _lost(work, summed, "employer_id", known), known, "employers")
        findings += jobs_without_sector(work, summed, known)
        keep_wage_file_years(work, summed, strangers, read.get("wages_quarterly"), read.get("wages_annual"))
        work.con.execute(
            f"""
            CREATE OR REPLACE TABLE reference_population.wages AS
            SELECT CAST(person_key AS VARCHAR) AS person_key, year, CAST(employer_id AS VARCHAR) AS employer_id,
                round(wages, 2) AS wages, quarters
            FROM {summed}
            """
        )
    return findings


@dataclass(frozen=True)
class _Numbers:
    """The distinct values of a column as numbers.

    Attributes:
        scale: The type of the numbers, which knows their texts; it orders them as the texts are ordered.
        of: Drop -> relation of (written, code), for every value as it was written.
    """

    scale: str
    of: Mapping[str, Relation]


def _number(work: Scratch, drops: Mapping[str, Drop], column: str) -> _Numbers:
    texts = {
        name: work.table(
            f"texts_of_{column}",
            f"SELECT written, {drop.text(column, 'written')} AS text FROM"
            f" (SELECT DISTINCT {column} AS written FROM {drop.rows} WHERE {column} IS NOT NULL)",
        )
        for name, drop in drops.items()
    }
    known = " UNION ALL ".join(f"SELECT text FROM {text}" for text in texts.values())
    # The empty text is what an unknown employer is called.
    scale = work.scale(
        column, f"SELECT DISTINCT text FROM ({known} UNION ALL SELECT '') WHERE text IS NOT NULL ORDER BY text"
    )
    return _Numbers(scale, {name: _coded(work, text, scale) for name, text in texts.items()})


def _coded(work: Scratch, texts: Relation, scale: str) -> Relation:
    coded = work.table("numbers", f"SELECT written, CAST(text AS {scale}) AS code FROM {texts}")
    work.drop(texts)
    return coded


def _read(work: Scratch, name: str, drop: Drop, people: _Numbers, employers: _Numbers, newest: int) -> Relation:
    """person_key, year, employer_id, wages, quarters (bits, the first the lowest) and by_year of one kind of file, after a look at every row."""
    quarterly = "quarter" in KINDS[name]
    quarter = drop.whole_number("quarter") if quarterly else "CAST(NULL AS INTEGER)"
    whole = f"{quarter} BETWEEN 1 AND 4" if quarterly else "true"
    rows = work.table(
        name,
        f"""
        SELECT p.code AS person_key, {drop.whole_number("year")} AS year,
            coalesce(e.code, CAST('' AS {employers.scale})) AS employer_id, {drop.number("wages")} AS wages,
            {whole} AS whole, CASE WHEN {quarter} BETWEEN 1 AND 4
                THEN CAST(CASE WHEN {drop.number("wages")} > 0 THEN power(2, {quarter} - 1) ELSE 0 END AS INTEGER) END AS quarters,
            {not quarterly} AS by_year
        FROM {drop.rows} r
        LEFT JOIN {people.of[name]} p ON p.written = r.person_key
        LEFT JOIN {employers.of[name]} e ON e.written = r.employer_id
        """,
    )
    found, bad = work.con.execute(f"SELECT count(*), count(*) FILTER (NOT {usable(newest)}) FROM {rows}").fetchall()[0]
    drop.refuse_lost(work.con, found)
    if bad:
        # A header amid the rows has no number as wages, either.
        drop.refuse_unreadable()
        raise refuse_wages(work.con, drop, newest, quarterly=quarterly)
    return rows


def _together(work: Scratch, annual: Relation, quarterly: Relation, known: Relation, scale: str) -> str:
    """Wages by year with the quarters in which the same job was paid, and wages by quarter of those who have none by year."""
    alone = _by_quarter_alone(work, annual, quarterly, known, scale)
    return (
        f"SELECT {_KEY}, wages, told.quarters, by_year FROM (SELECT {_KEY}, wages, by_year FROM {annual}) LEFT JOIN"
        f" (SELECT {_KEY}, bit_or(quarters) AS quarters FROM {quarterly} GROUP BY {_KEY}) AS told USING ({_KEY})"
        f" UNION ALL SELECT {_KEY}, wages, quarters, by_year FROM {quarterly} ANTI JOIN {annual} USING (person_key, year)"
        f" UNION ALL SELECT {_KEY}, wages, quarters, by_year FROM {alone}"
    )


def _by_quarter_alone(work: Scratch, annual: Relation, quarterly: Relation, known: Relation, scale: str) -> Relation:
    """Wages by quarter, of people who have some by year, in states and years of which the files by year hold nothing.

    Not of those who have wages by year from an employer whose state is not known: it may be the same job.
    """
    places = work.table(
        "places",
        f"SELECT TRY_CAST(employer_id AS {scale}) AS employer_id, min(state) AS state FROM {known} GROUP BY ALL",
    )
    apart = work.table(
        "apart",
        f"""
        SELECT q.employer_id, q.year
        FROM (SELECT DISTINCT employer_id, year FROM {quarterly}) AS q JOIN {places} AS p USING (employer_id)
        ANTI JOIN (SELECT DISTINCT state, year FROM {annual} JOIN {places} USING (employer_id)) AS told
            ON told.state = p.state AND told.year = q.year
        WHERE p.state IS NOT NULL
        """,
    )
    unplaced = (
        f"SELECT person_key, year FROM {annual} ANTI JOIN (FROM {places} WHERE state IS NOT NULL) USING (employer_id)"
    )
    return work.table(
        "by_quarter_alone",
        f"""
        SELECT {_KEY}, wages, quarters, by_year FROM {quarterly} SEMI JOIN {apart} USING (employer_id, year)
        SEMI JOIN {annual} USING (person_key, year) ANTI JOIN ({unplaced}) USING (person_key, year)
        """,
    )


def _add_up(work: Scratch, rows: str) -> tuple[Relation, bool]:
    """One row a person, year and employer, in this order, and whether any stood there twice; most are alone and need no sum."""
    ordered = work.table("ordered", f"SELECT {_KEY}, wages, quarters, by_year FROM ({rows}) ORDER BY {_KEY}")
    again = " AND ".join(f"{column} = lag({column}) OVER ()" for column in _KEY.split(", "))
    found = work.con.execute(f"SELECT 1 FROM (SELECT {again} AS again FROM {ordered}) WHERE again LIMIT 1").fetchall()
    if not found:
        return ordered, False
    # More amounts than a job has quarters, or years, can be the same amount twice.
    sums = "sum(wages) AS wages, bit_or(quarters) AS quarters"
    summed = work.table(
        "summed",
        f"SELECT {_KEY}, {sums}, count(*) FILTER (wages > 0) > CASE WHEN bool_or(by_year) THEN 1 ELSE bit_count(bit_or(quarters))"
        f" END AS doubtful FROM {ordered} GROUP BY {_KEY} ORDER BY {_KEY}",
    )
    doubtful = f"{ordered} SEMI JOIN (FROM {summed} WHERE doubtful) USING ({_KEY})"
    once = work.table("once", f"SELECT DISTINCT {_KEY}, wages, quarters FROM {doubtful}")
    repeated = work.con.execute(
        f"SELECT count(*) FILTER (wages > 0) > (SELECT count(*) FILTER (wages > 0) FROM {once}) FROM {doubtful}"
    ).fetchall()[0][0]
    if repeated:
        summed = work.table(
            "summed",
            f"SELECT {_KEY}, wages, quarters FROM {summed} WHERE NOT doubtful UNION ALL"
            f" SELECT {_KEY}, {sums} FROM {once} GROUP BY {_KEY} ORDER BY {_KEY}",
        )
    work.drop(ordered)
    return summed, repeated


def _repeated(work: Scratch, name: str, drop: Drop) -> list[Finding]:
    return repeated_rows(work.con, drop, quarterly="quarter" in KINDS[name])


def _lost(work: Scratch, jobs: Relation, column: str, known: Relation) -> Relation:
    """The ids (code, id: as text) of jobs that are nobody's; each id is looked up once."""
    ids = work.table("ids", f"SELECT DISTINCT {column} AS code, CAST({column} AS VARCHAR) AS id FROM {jobs}")
    return work.table(
        "lost", f"SELECT code, id FROM {ids} ANTI JOIN (SELECT DISTINCT {column} AS id FROM {known}) USING (id)"
    )


def _unknown(work: Scratch, jobs: Relation, column: str, lost: Relation, known: Relation, whom: str) -> list[Finding]:
    """Jobs of people, or of employers, whom nobody knows."""
    if not work.con.execute(f"SELECT 1 FROM {lost} LIMIT 1").fetchall():
        return []
    query = f"SELECT count(*) FILTER ({column} IN (SELECT code FROM {lost})), count(*) FROM {jobs}"
    found, rows = work.con.execute(query).fetchall()[0]
    named = work.table("named", f"SELECT id FROM {lost} WHERE id <> ''")
    have = work.table("known", f"SELECT DISTINCT {column} AS id FROM {known}")
    return [Finding("wages", ALL, column, UNKNOWN, found, rows, likely_cause(work, named, have, "wages", whom))]
