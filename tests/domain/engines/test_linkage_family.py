"""Evidence of families, and shares of agreement estimated in the data at hand."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from credential_pipeline.engines.linkage.calibration import fit
from credential_pipeline.engines.linkage.comparisons import comparison
from credential_pipeline.engines.linkage.family import Families, count_families, usual_families
from credential_pipeline.engines.linkage.fields import make_records, shared_fields
from credential_pipeline.engines.linkage.frequencies import make_frequencies
from credential_pipeline.engines.linkage.model import shipped
from credential_pipeline.engines.linkage.sql import Here
from credential_pipeline.engines.linkage.weighing import FOUND, Fitted, log_rivals, weigh
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.relation import Scratch, relation, scratch
from tests.domain.engines.linkage_world import STUDENTS, make_world, put

FIELDS = ("name", "birth_date", "address", "ssn_last4")
MODEL = shipped("registry")
ROWS = 100_000


def code(field: str, level: str) -> int:
    return comparison(field).code(level)


def weighed(
    levels: Mapping[str, str], weight: float, fitted: Fitted | None = None, families: Families | None = None
) -> float:
    """The weight of one pair after families are held against it."""
    fitted, families = fitted or Fitted.pinned(MODEL, ROWS), families or usual_families(MODEL, FIELDS)
    with connect(threads=1) as con, scratch(con) as work:
        kinds = {"left_record": "BIGINT", "right_record": "BIGINT", "match_weight": "DOUBLE"}
        kinds |= {f"gamma_{name}": "INTEGER" for name in FIELDS}
        row = (1, 1, weight, *(code(name, levels.get(name, "unknown")) for name in FIELDS))
        scored = work.rows("scored", kinds, [row])
        made = weigh(Here(work), families, MODEL, fitted, scored, FIELDS, ROWS)
        return float(con.execute(f"SELECT match_weight FROM {made}").fetchall()[0][0])


@pytest.mark.parametrize(
    ("levels", "likely"),
    [
        # Twins: one day, one home, another first name that people bear; digits that differ or are not known.
        ({"name": "last", "birth_date": "exact", "address": "exact", "ssn_last4": "other"}, False),
        ({"name": "last", "birth_date": "exact", "address": "exact"}, False),
        # Parent and child of one name at one home.
        ({"name": "full", "birth_date": "other", "address": "exact"}, False),
        # The digits tell twins apart, and parents from children.
        ({"name": "last", "birth_date": "exact", "address": "exact", "ssn_last4": "exact"}, True),
        ({"name": "full", "birth_date": "other", "address": "exact", "ssn_last4": "exact"}, True),
        # A full name under another date, far from home: no relative is likely.
        ({"name": "full", "birth_date": "other", "address": "other"}, True),
        # A sibling whose initials stand crosswise by chance.
        ({"name": "middle_as_first", "birth_date": "same_year", "address": "exact"}, False),
        # A changed surname; no relative has the first name, too.
        ({"name": "first", "birth_date": "exact", "address": "exact"}, True),
        # A first name that nobody bears, or none: a slip of the pen is likelier than a twin.
        ({"name": "last_only", "birth_date": "exact", "address": "exact"}, True),
    ],
)
def test_a_likely_relative_makes_a_match_improbable(levels, likely) -> None:
    assert (weighed(levels, 12.0) > 1.5) is likely


def test_families_never_raise_a_weight_and_leave_strangers_alone() -> None:
    for level in comparison("name").level_names:
        assert weighed({"name": level, "birth_date": "exact", "address": "zip"}, 8.0) <= 8.0
    assert weighed({"name": "full", "birth_date": "exact", "address": "exact"}, 8.0) == pytest.approx(8.0, abs=0.1)


def test_what_matches_lose_between_two_tables_relatives_lose_as_often() -> None:
    """In the registry a family is on one form; the feed writes streets in another way, mistypes, and knows who moved."""
    pinned, usual = Fitted.pinned(MODEL, ROWS), usual_families(MODEL, FIELDS)
    places, rates = comparison("address").level_names, np.zeros_like(usual.rates)
    rates[:, :, 0] = usual.rates.sum(axis=2)
    at_home = Families(rates, usual.given, usual.people, usual.odd)
    shares = np.full(len(places), 0.02)
    shares[[places.index(level) for level in ("exact", "similar", "state")]] = (0.3, 0.4, 0.2)
    moved = Fitted(dict(pinned.m) | {"address": shares}, pinned.expected)
    twin = {"name": "last", "birth_date": "exact"}
    for level in places:
        assert weighed(twin | {"address": level}, 12.0, moved, at_home) < 1.5
    # A father's name with a slip of the pen is no better evidence than the father's name.
    father = {"birth_date": "other", "address": "exact"}
    bits = [weighed(father | {"name": level}, 12.0, moved, at_home) for level in ("full", "similar")]
    assert bits[1] < bits[0] + 2.0


def test_relatives_whose_surname_is_misspelt_are_no_less_likely() -> None:
    """In the registry twins have one surname; of a feed that mistypes names a twin is as unlike as the person."""
    usual, names = usual_families(MODEL, FIELDS), comparison("name").level_names
    rates = usual.rates.copy()
    rates[names.index("like_last")] = 0.0
    spelled = Families(rates, usual.given, usual.people, usual.odd)
    pinned = Fitted.pinned(MODEL, ROWS)
    here = Fitted(dict(pinned.m), pinned.expected)
    twin = {"name": "like_last", "birth_date": "exact", "address": "exact"}
    assert weighed(twin, 12.0, here, spelled) < 3.0


def test_with_names_and_dates_alone_the_errors_here_tell_who_is_hidden_behind_a_relative() -> None:
    """Where few names and dates are gravely wrong, most who are like a relative are the person; where half are, fewer."""
    pinned, usual = Fitted.pinned(MODEL, ROWS), usual_families(MODEL, FIELDS)
    twin = {"name": "last", "birth_date": "exact"}
    places = {name: np.array([comparison(name).level_names.index(level)]) for name, level in twin.items()}

    def less_than_with_homes(wrong: float) -> float:
        shares = {}
        for name, levels in FOUND.items():
            found = np.isin(comparison(name).level_names, levels)
            shares[name] = np.where(found, (1 - wrong) / found.sum(), wrong / (~found).sum())
        homes = Fitted(shares | {"address": pinned.m["address"]}, pinned.expected, absent=0.05)
        unknown = places | {"address": np.array([-1])}
        ratios = [
            log_rivals(usual, homes, unknown, (*twin, "address")),
            log_rivals(usual, Fitted(shares, pinned.expected, absent=0.05), places, tuple(twin)),
        ]
        return float((ratios[0] - ratios[1])[0])

    # One in fifty, or three in four, are hidden by an error of either; with homes one in five; and one in twenty is absent.
    assert less_than_with_homes(0.01) == pytest.approx(np.log(0.24 / (0.05 + 0.95 * (1 - 0.99**2))))
    assert less_than_with_homes(0.5) == pytest.approx(np.log(0.24 / (0.05 + 0.95 * (1 - 0.5**2))))


def couples(shared: int) -> pd.DataFrame:
    """400 couples who kept their names; of so many homes one has the other's last four digits."""
    rng = np.random.default_rng(7)
    words = ["".join(rng.choice(list("BCDFGHJKLMNPRSTVWZAEIOU"), 9)) for _ in range(1600)]
    born = pd.to_datetime("1950-01-01") + pd.to_timedelta(rng.integers(0, 14_000, 800), unit="D")
    homes = np.arange(800) // 2
    frame = pd.DataFrame(dict.fromkeys(STUDENTS), index=range(800))
    return frame.assign(
        student_id=[f"S{row:03d}" for row in range(800)],
        first_name=words[:800],
        last_name=words[800:],
        birth_date=born.strftime("%Y-%m-%d"),
        ssn_last4=[f"{home if home < shared else 1000 + row:04d}" for row, home in enumerate(homes)],
        street=[f"{home} ELM ST" for home in homes],
        city="DAYTON",
        state="OH",
        zip=[f"45{home:03d}" for home in homes],
        ferpa_block=False,
    )


def test_others_at_home_are_counted_whatever_their_names_and_dates() -> None:
    with connect(threads=1) as con, scratch(con) as work:
        families = counted(work, couples(shared=0))
    name, born = comparison("name").level_names, comparison("birth_date").level_names
    # Each of 800 has one; what is typical counts as much as 1,000 people.
    assert families.rates[name.index("other"), born.index("other"), 0] > 0.35


def test_how_often_strangers_share_of_a_date_is_counted_where_students_are_of_one_age() -> None:
    rng = np.random.default_rng(3)
    days = pd.to_datetime("1990-01-01") + pd.to_timedelta(rng.integers(0, 3 * 365, 800), unit="D")
    students = couples(shared=0).assign(birth_date=days.strftime("%Y-%m-%d"))
    with connect(threads=1) as con, scratch(con) as work:
        families = counted(work, students)
        records = make_records(work, relation(con, "education_registry.persons"), id_column="student_id")
        feed = work.view("feed", f"SELECT * FROM {records}")
        # Who is compared with the registry, and who with one another, of whom some are one person.
        among, alone = (
            con.execute(f"SELECT median(frequency) FROM {made['birth_date']}").fetchall()[0][0]
            for made in (make_frequencies(Here(work), left, records, {"birth_date": 6e-5}) for left in (feed, records))
        )
    born = comparison("birth_date").level_names
    assert families.dates[born.index("same_year")] == pytest.approx(0.22, abs=0.04)
    assert families.date_gain(MODEL)[born.index("same_year")] < -3.0
    assert 4e-4 < among < 1.2e-3
    assert alone < 1e-4
    # A date of the same year is no evidence among them.
    pair = {"name": "full", "birth_date": "same_year"}
    usual = Families(families.rates * 0, families.given, families.people, families.odd)
    alike = Families(usual.rates, usual.given, usual.people, usual.odd, families.dates)
    assert weighed(pair, 5.0, families=alike) < weighed(pair, 5.0, families=usual) - 3.0


def test_what_relatives_share_is_learned_from_all_of_them() -> None:
    """Digits of another one at home: seen under other names, they are no proof where the names are alike either."""
    with connect(threads=1) as con, scratch(con) as work:
        families = counted(work, couples(shared=40))
    digits = families.given["ssn_last4"][:, 0]
    name = comparison("name").level_names
    assert digits[name.index("other")] == pytest.approx(0.1, abs=0.03)
    assert digits[name.index("like_last")] > 0.02


def counted(work: Scratch, students: pd.DataFrame, shuffle: int | None = None) -> Families:
    put(work.con, "education_registry.persons", students, STUDENTS, shuffle)
    records = make_records(work, relation(work.con, "education_registry.persons"), id_column="student_id")
    return count_families(Here(work), MODEL, records, shared_fields(work.con, records))


def test_twins_are_counted_and_copies_of_one_person_are_not() -> None:
    world = make_world(people=8000, seed=5, level=0.0)
    students = world.students
    share = 2 / 61 * 0.9  # Of 61 people in a row two are twins, and nine of ten are students.
    with connect(threads=1) as con, scratch(con) as work:
        once = counted(work, students)
        copies = students.assign(student_id="T" + students["student_id"].str[1:])
        twice = counted(work, pd.concat([students, copies], ignore_index=True))
    name, born = comparison("name").level_names, comparison("birth_date").level_names
    for families, expected in ((once, share), (twice, 2 * share)):
        rate = families.rates[:, born.index("exact"), :][[name.index("last"), name.index("odd_first")]].sum()
        assert rate == pytest.approx(expected, rel=0.35)
        assert families.rates[name.index("full"), born.index("exact")].sum() < 0.002


def test_the_order_of_rows_does_not_show() -> None:
    world = make_world(people=3000, seed=5)
    with connect(threads=2) as con, scratch(con) as work:
        one, two = counted(work, world.students, 1), counted(work, world.students, 2)
    assert np.array_equal(one.rates, two.rates)
    assert all(np.array_equal(one.given[name], two.given[name]) for name in one.given)


def test_more_errors_than_the_model_knows_are_seen() -> None:
    """Pairs drawn from other shares than the pinned ones: the shares come back, and how many match."""
    rng = np.random.default_rng(8)
    rows = []
    matched = rng.random(6000) < 0.7
    for record in range(6000):
        if not matched[record]:
            continue
        name = "full" if rng.random() < 0.5 else "similar_first"
        born = "exact" if rng.random() < 0.6 else "one_edit"
        weight = np.log2(MODEL.prior_for(ROWS))
        for field, level in (("name", name), ("birth_date", born)):
            m, u = MODEL.weights[field][level]
            weight += np.log2(m / u)
        rows.append((record, record, float(weight), code("name", name), code("birth_date", born)))
    kinds = {"left_record": "BIGINT", "right_record": "BIGINT", "match_weight": "DOUBLE"}
    kinds |= {"gamma_name": "INTEGER", "gamma_birth_date": "INTEGER"}
    fields = ("name", "birth_date")
    with connect(threads=1) as con, scratch(con) as work:
        scored = work.rows("scored", kinds, rows)
        fitted = fit(Here(work), usual_families(MODEL, fields), MODEL, scored, fields, (6000, ROWS))
    born = comparison("birth_date").level_names
    assert fitted.m["birth_date"][born.index("exact")] == pytest.approx(0.6, abs=0.05)
    assert fitted.m["name"][0] == pytest.approx(0.5, abs=0.05)
    assert fitted.expected == pytest.approx(0.7, abs=0.05)
    assert fitted.absent == pytest.approx(1 - fitted.expected, abs=1e-6)
