"""What every question of the outcome tables may ask of: who is counted, where they are each year, and the inputs."""

from dataclasses import dataclass

from credential_pipeline.enclave.outcome_tables.uncertainty.replicates import Replicates
from credential_pipeline.foundation.storage.relation import Relation, Scratch


@dataclass(frozen=True)
class Given:
    """What is known of the people who are counted, with their categories as tabulated.

    Attributes:
        people: One row a key: pid, person_key, birth_year, death_year, sex, race, ethnicity, state.
        awards: The first award of each credential of a person: pid, certifier, credential, award_date, age, level, revoked_year.
        units: What is counted: uid, pid, lead, the group's columns, award_date, award_year, death_year,
            revoked_year.
        follow_ups: One row per unit and horizon: uid, pid, lead, the group's columns, horizon, year, presence, seen,
            in_industry, sector, employer_id, real.
        person_years: Years with wages of everybody, of the asked years: pid, year, cents, employer_id (the main employer).
        price_factors: year, factor into dollars of the base year.
        main_employers: employer_id, naics, sector, in_industry.
        covered_years: Calendar years (year) that the wage files cover.
        asked_years: Those of them (year) that lie within the horizons of anybody in the cohort.
        shut_years: State and year that they do not cover while they cover others.
        wage_years: State and year of the wage files, jobs, usual_jobs and covered.
        reached: Cohort and horizon, of those that are told of, since the wage files reach that far.
        sitters: Who first sat in a year of the cohort that reports attempts: the columns of units, person_key, never_passed.
        replicates: Weights of everybody, for bands that a question makes itself.
    """

    people: Relation
    awards: Relation
    units: Relation
    follow_ups: Relation
    person_years: Relation
    price_factors: Relation
    main_employers: Relation
    covered_years: Relation
    asked_years: Relation
    shut_years: Relation
    wage_years: Relation
    reached: Relation
    sitters: Relation
    replicates: Replicates

    def persons(self, work: Scratch) -> Relation:
        """The follow-ups of every person once: at the first of the awards at which the person is counted."""
        return work.view("persons", f"SELECT * FROM {self.follow_ups} WHERE lead")
