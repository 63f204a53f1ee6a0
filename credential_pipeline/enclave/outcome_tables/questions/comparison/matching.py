"""Who is compared with whom: coarsened exact matching of holders with persons who hold no credential.

Iacus, King and Porro (Political Analysis 2012). Holders and others of the same award year stand in a cell if they are alike in
age, sex, race, ethnicity, earnings three and two years before the award (no earnings is a bin of its own), work in the industry
two years before it, and place. Five rungs are tried, from narrow cells to wide ones; a holder is compared on the first rung whose cell holds
enough others, and on none if no rung has them. The year before the award is no part of a cell: many who train earn less in
it for reasons that pass, and whoever is matched on it is compared with people whose low earnings last.

Not here: what the comparison says (effects.py).
"""

from dataclasses import dataclass

from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.enclave.outcome_tables.questions.comparison.careers import Careers, careers
from credential_pipeline.enclave.outcome_tables.questions.comparison.places import places
from credential_pipeline.enclave.outcome_tables.questions.own_change import BASELINE
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import statement

#: The years before the award that the correction looks at; those of the baseline are matched.
EARLIER = (-5, -4)
HISTORY = (*EARLIER, *BASELINE)
#: Rung to the others that a cell must hold: narrow cells in the state, the region and the country, wide cells in the country, and
#: such cells of any ethnicity.
RUNGS = {1: 10, 2: 10, 3: 5, 4: 2, 5: 2}
#: At most one in so many of the others may be a holder whom no key tells: an effect is made smaller by no more.
ONE_IN = 10
_READ = ("units", "people", "learners", "credentials", "coverage", "persons", "wages")


@dataclass(frozen=True)
class Sources:
    """What the comparison reads.

    Attributes:
        units: uid, pid, lead, award_year.
        people: pid, person_key.
        learners: ``person_keys.learners``; whoever is in it is nobody's comparison.
        credentials: ``person_keys.credentials``, likewise.
        coverage: ``person_keys.coverage``, for the holders without a key.
        persons: ``reference_population.persons``.
        wages: ``reference_population.wages``.
        employers: ``reference_population.employers``.
        price_factors: year, factor.
        covered_years: The years (year) that the wage files cover.
        shut_years: State and year that they do not cover while they cover others.
    """

    units: Relation
    people: Relation
    learners: Relation
    credentials: Relation
    coverage: Relation
    persons: Relation
    wages: Relation
    employers: Relation
    price_factors: Relation
    covered_years: Relation
    shut_years: Relation


@dataclass(frozen=True)
class Match:
    """Holders and their comparisons.

    Attributes:
        known_years: The years (year) that the wage files cover and whose prices are known.
        award_years: Award years (award_year) whose baseline years the wage files cover.
        shut_years: State and year that they do not cover while they cover others.
        not_asked: Person and award year whose baseline is not covered where the person lives.
        persons: person (0, 1, ...), person_key, uid of a holder, birth_year, death_year and so on.
        careers: What they earned.
        moments: Every holder and every other person at every award year, with cells.
        matched: uid, person, rung, cell, of the holders with enough others.
        others: person, award_year, cell (a number in the order of the cells of ``matched``).
    """

    known_years: Relation
    award_years: Relation
    shut_years: Relation
    not_asked: Relation
    persons: Relation
    careers: Careers
    moments: Relation
    matched: Relation
    others: Relation


def match(work: Scratch, sources: Sources, plan: Plan) -> Match:
    """Find the comparisons of every holder whose baseline years are covered by the wage files.

    Args:
        work: Where the rows live.
        sources: What is read.
        plan: The settings, for the industry and the horizons.
    """
    read = {name: getattr(sources, name) for name in _READ}
    persons = work.table("compared_persons", statement(__package__, "people.sql", **read), {"one_in": ONE_IN})
    known_years = work.table(
        "known_years", f"SELECT year FROM {sources.covered_years} SEMI JOIN {sources.price_factors} USING (year)"
    )
    covered = " AND ".join(f"award_year + {at} IN (SELECT year FROM {known_years})" for at in BASELINE)
    award_years = work.table("award_years", f"SELECT DISTINCT award_year FROM {sources.units} WHERE lead AND {covered}")
    baseline = ", ".join(f"a.award_year + {at}" for at in BASELINE)
    not_asked = work.table(
        "not_asked",
        f"""
        SELECT DISTINCT p.person, p.uid, a.award_year
        FROM {persons} AS p JOIN {sources.shut_years} AS s USING (state) JOIN {award_years} AS a ON s.year IN ({baseline})
        WHERE p.uid IS NULL OR p.award_year = a.award_year
        """,
    )
    first, last = work.con.execute(f"SELECT min(award_year), max(award_year) FROM {award_years}").fetchall()[0]
    span = (
        (first or plan.first_year) + min(plan.first_horizon, *HISTORY),
        (last or plan.first_year) + plan.last_horizon,
    )
    states = places(work)
    lives = careers(work, persons, sources.wages, sources.employers, states, sources.price_factors, span, plan)
    moments = work.table(
        "moments",
        statement(
            __package__,
            "moments.sql",
            persons=persons,
            award_years=award_years,
            careers=lives.rows,
            firms=lives.firms,
            places=states,
            not_asked=not_asked,
        ),
        {"first_year": span[0]},
    )
    rungs = [{"rung": rung, "least_others": least} for rung, least in RUNGS.items()]
    matched = work.table("matched", statement(__package__, "matched.sql", moments=moments), {"rungs": rungs})
    others = work.table("others", statement(__package__, "others.sql", moments=moments, matched=matched))
    return Match(known_years, award_years, sources.shut_years, not_asked, persons, lives, moments, matched, others)
