"""The tables of the enclave's own records: reference_population."""

from credential_pipeline.foundation.contracts.columns import ADDRESS, DROP_FINDING
from credential_pipeline.foundation.contracts.table import Column, Snapshot, Table
from credential_pipeline.foundation.names import Sensitivity, Side

_TABLES = (
    Table(
        name="persons",
        description="One name and address of a reference person; several rows a person.",
        key=("person_key", "last_name", "first_name", "street", "zip"),
        sensitivity=Sensitivity.IDENTIFIED,
        unique=False,
        columns=(
            Column("person_key", "VARCHAR", "Protected person key."),
            Column("first_name", "VARCHAR", "Given name, standard form.", identifier=True),
            Column("middle_name", "VARCHAR", "Middle name or initial, standard form.", identifier=True),
            Column("last_name", "VARCHAR", "Family name, standard form.", identifier=True),
            Column("name_suffix", "VARCHAR", "JR, SR, II, III or IV.", identifier=True),
            Column("alternate_last_name", "VARCHAR", "Another family name of the same person.", identifier=True),
            Column("birth_date", "DATE", "Date of birth.", identifier=True),
            Column("death_date", "DATE", "Date of death."),
            Column("sex", "VARCHAR", "F or M."),
            Column(
                "race",
                "VARCHAR",
                "white, black, asian, american_indian, native_hawaiian, two_or_more, hispanic or other.",
            ),
            Column("ethnicity", "VARCHAR", "hispanic or not_hispanic."),
            *ADDRESS,
        ),
    ),
    Table(
        name="wages",
        description="What one employer paid one person in one year.",
        key=("person_key", "year", "employer_id"),
        sensitivity=Sensitivity.PSEUDONYMOUS,
        columns=(
            Column("person_key", "VARCHAR", "Protected person key."),
            Column("year", "INTEGER", "Calendar year."),
            Column("employer_id", "VARCHAR", "Employer."),
            Column("wages", "DOUBLE", "Wages in dollars of that year."),
            Column(
                "quarters",
                "INTEGER",
                "Quarters paid, as bits, the first the lowest; empty where files tell years only.",
            ),
        ),
    ),
    Table(
        name="employers",
        description="One employer.",
        key=("employer_id",),
        sensitivity=Sensitivity.PSEUDONYMOUS,
        columns=(
            Column("employer_id", "VARCHAR", "Employer."),
            Column("naics", "VARCHAR", "NAICS code."),
            Column("state", "VARCHAR", "Two-letter state code."),
        ),
    ),
    Table(
        name="wage_states",
        description="One state of employers, and the agreement under which its wages are used.",
        key=("state",),
        sensitivity=Sensitivity.CONFIDENTIAL_AGGREGATE,
        columns=(
            Column("state", "VARCHAR", "Two-letter state code; unknown for employers without a state."),
            Column("agreement", "VARCHAR", "Agreement in force; empty where none is, and no wages are used."),
            Column("employers", "BIGINT", "Employers in the state, whether their wages are used or not."),
        ),
    ),
    Table(
        name="wage_file_years",
        description="One year of the wage files against the three years before and after it.",
        key=("year",),
        sensitivity=Sensitivity.CONFIDENTIAL_AGGREGATE,
        may_be_empty=True,
        columns=(
            Column("year", "INTEGER", "Calendar year."),
            Column("jobs", "BIGINT", "Pairs of a person and an employer with wages."),
            Column("dollars", "DOUBLE", "Sum of the wages."),
            Column("usual_jobs", "BIGINT", "Jobs in the middle one of the years around it."),
            Column("usual_wages", "DOUBLE", "Wages of a job in the middle one of the years around it."),
            Column("copy_of", "INTEGER", "Earlier year with the same wages."),
            Column(
                "fault",
                "VARCHAR",
                "copied or other_unit, which keep the files back; missing_quarters, few_jobs, low_wages, high_wages, many_jobs or"
                " many_dollars (as of two years), strangers (jobs of nobody) or no_wages (between years with wages), for which the"
                " year is not used; empty where the year is in order.",
            ),
        ),
    ),
    Table(
        name="drop_findings",
        description="One thing that was noticed in the files, and how often.",
        key=("table", "delivery", "measure", "finding"),
        sensitivity=Sensitivity.CONFIDENTIAL_AGGREGATE,
        may_be_empty=True,
        columns=DROP_FINDING,
    ),
)

SNAPSHOT = Snapshot(
    name="reference_population",
    side=Side.ENCLAVE,
    description="The enclave's own persons, employers and annual wages.",
    partitioned=False,
    tables=_TABLES,
)
