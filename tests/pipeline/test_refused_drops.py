"""Drops of the education registry and of wages that are refused, or used in part: one line, exit code 1, and the way on."""

from pathlib import Path

import duckdb

from tests.pipeline.test_refusals import refused
from tests.pipeline.versions import versions


def test_a_registry_without_birth_dates(run, home):
    file = next((home / "clearinghouse" / "education" / "persons").glob("*.parquet"))
    other = file.with_suffix(".tmp")
    query = f"COPY (SELECT * REPLACE (NULL AS birth_date) FROM '{file}') TO '{other}' (FORMAT parquet)"
    duckdb.execute(query)
    other.replace(file)
    before = versions(home)
    refused(run(home, "run", "manufacturing"), "education", "E_REGISTRY_NO_BIRTH_DATE")
    assert versions(home) == before


def rewrite(folder: Path, change: str) -> None:
    """Change the columns of every Parquet file of a drop."""
    for file in folder.glob("*.parquet"):
        other = file.with_suffix(".tmp")
        duckdb.execute(f"COPY (SELECT * REPLACE ({change}) FROM '{file}') TO '{other}' (FORMAT parquet)")
        other.replace(file)


def test_enrollments_of_nobody_stop_the_chain_with_the_likely_cause(run, home):
    rewrite(home / "clearinghouse" / "education" / "enrollments", "'00' || student_id AS student_id")
    before = versions(home)
    answer = run(home, "run", "manufacturing", "--until", "education_registry")
    refused(
        answer,
        "education/enrollments",
        "student_id of nobody",
        "enrollments have ids of",
        "without their leading zeros",
        "E_GATE",
    )
    assert versions(home) == before


def test_half_of_the_enrollments_gone_stops_the_chain_until_a_person_says_that_it_is_right(run, home):
    for file in (home / "clearinghouse" / "education" / "enrollments").glob("*.parquet"):
        other = file.with_suffix(".tmp")
        duckdb.execute(f"COPY (SELECT * FROM '{file}' WHERE hash(student_id) % 2 = 0) TO '{other}' (FORMAT parquet)")
        other.replace(file)
    before = versions(home)
    words = ("run", "manufacturing", "--until", "education_registry")
    refused(run(home, *words), "enrollments where the last version has", "--smaller-registry", "registry_not_shrunk")
    assert versions(home) == before
    assert run(home, *words, "--smaller-registry").code == 0
    assert versions(home) != before
    assert run(home, *words).code == 0, "what was taken once is what the next one is compared with"


def test_a_year_of_wages_in_cents_stops_the_chain_and_half_a_year_does_not(run, home):
    wages = home / "enclave" / "reference" / "wages_annual"
    rewrite(wages, "CASE WHEN year = 2012 THEN wages * 100 ELSE wages END AS wages")
    answer = run(home, "run", "manufacturing", "--until", "reference_population")
    refused(answer, "the wages of a job in 2012 are", "wages_in_dollars", "E_GATE")
    rewrite(wages, "CASE WHEN year = 2012 THEN wages / 200 ELSE wages END AS wages")
    answer = run(home, "run", "manufacturing", "--until", "reference_population")
    assert answer.code == 0
    (told,) = [
        line.partition(" warns: ")[2] for line in answer.out.splitlines() if "reference_population warns: " in line
    ]
    (kept,) = [
        line
        for line in run(home, "status", "manufacturing").out.splitlines()
        if line.strip().startswith("reference_population")
    ]
    assert told
    assert set(told.split(", ")) == set(kept.partition("(warns: ")[2].removesuffix(")").split(", "))
