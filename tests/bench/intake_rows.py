"""Clean rows in the dialect of one certifier, made by SQL, since the simulation of so many lives takes minutes."""

from pathlib import Path

from credential_pipeline.foundation.storage.engine import Connection, connect
from tests.bench.linking.names import first_rank_sql, names, surname_rank_sql

_PEOPLE_PER_ROW = 0.4
_FIRST_YEAR, _YEARS = 2009, 10
_ROWS = """
SELECT 'MSSC' || lpad(n::VARCHAR, 8, '0') AS "TransactionID", 100000 + person AS "CandidateID", first AS "First Name",
    last AS "Last Name", CASE WHEN person % 53 = 0 THEN 'Jr' END AS "Suffix",
    CASE WHEN sex = 'F' AND person % 5 = 0 THEN 'Baker' END AS "Former Last Name", strftime(born, '%m/%d/%Y') AS "DOB",
    sex AS "Gender",
    CASE WHEN person % 3 > 0 THEN lower(first[1] || last) || (person % 1000) || '@example.com' END AS "Email",
    'Town of ' || town AS "City", ['TX', 'OH', 'IN', 'CA', 'MI'][1 + town % 5] AS "State",
    lpad((10000 + town * 7)::VARCHAR, 5, '0') AS "Zip",
    ['CPT-SAF', 'CPT-QPM', 'CPT-MPP', 'CPT-MAW', 'CPT', 'CLA'][1 + n % 6] AS "Exam Code",
    ['Safety', 'Quality Practices and Measurement', 'Manufacturing Processes and Production', 'Maintenance Awareness',
     'Certified Production Technician', 'Certified Logistics Associate'][1 + n % 6] AS "Exam Title",
    CASE WHEN n % 9 = 0 THEN 'EXAM' ELSE 'CERT' END AS "Event", CASE WHEN n % 9 = 0 THEN 'F' ELSE 'P' END AS "Result",
    strftime(day, '%m/%d/%Y') AS "Event Date",
    CASE WHEN n % 9 > 0 THEN strftime(day + INTERVAL 5 YEAR, '%m/%d/%Y') END AS "Expires",
    'College ' || (town % 700) AS "Training Provider",
    CASE WHEN town % 4 > 0 THEN lpad((town % 700 * 100)::VARCHAR, 8, '0') END AS "Provider OPEID",
    ['CR', 'NC', 'NC', 'HS', 'EM'][1 + town % 5] AS "Program Type",
    CASE WHEN n % 50 = 7 THEN 'Y' ELSE 'N' END AS "Block Student Credential", strftime(day, '%Y%m') AS "Batch"
FROM (SELECT range AS n, hash(range, 5) % (SELECT count(*) FROM people) AS person,
        make_date({year}, 1, 1) + CAST(hash(range, 6) % 365 AS INTEGER) AS day FROM range({first}, {end}))
    JOIN people USING (person)
ORDER BY n
"""


def write_feed(folder: Path, rows: int, files: int) -> None:
    """Write files of as many rows each, as their sender would number them.

    Args:
        folder: The certifier's folder of an inbox.
        rows: Rows in all.
        files: Number of files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with connect(threads=2) as con:
        _make_people(con, max(int(rows * _PEOPLE_PER_ROW), 1))
        for number in range(files):
            query = _ROWS.format(
                year=_FIRST_YEAR + number % _YEARS, first=rows * number // files, end=rows * (number + 1) // files
            )
            con.execute(f"COPY ({query}) TO '{folder}/{_FIRST_YEAR + number}.csv' (FORMAT csv, HEADER)")


def _make_people(con: Connection, people: int) -> None:
    """The table ``people``: each number a person with names as frequent as names are."""
    known = names()
    for table, listed in (("surnames", known.surnames), ("women", known.female), ("men", known.male)):
        con.execute(f"CREATE TABLE {table} AS SELECT unnest(range(len($1))) AS n, unnest($1) AS name", [list(listed)])
    last, first = (f"(hash(person, {salt}) % 1000003) / 1000003.0" for salt in (1, 2))
    con.execute(
        f"""
        CREATE TABLE people AS
        SELECT person, s.name AS last, CASE WHEN person % 4 = 0 THEN w.name ELSE m.name END AS first,
            CASE WHEN person % 4 = 0 THEN 'F' ELSE 'M' END AS sex,
            DATE '1950-01-01' + CAST(hash(person, 3) % 18000 AS INTEGER) AS born,
            CAST(1 + hash(person, 4) % 3000 AS BIGINT) AS town
        FROM (SELECT CAST(range AS UBIGINT) AS person FROM range({people}))
            JOIN surnames AS s ON s.n = {surname_rank_sql(last, len(known.surnames))}
            JOIN women AS w ON w.n = {first_rank_sql(first, len(known.female))} JOIN men AS m ON m.n = w.n
        """
    )
