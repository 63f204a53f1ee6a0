"""People, families and errors in writing them down."""

import numpy as np
import pytest

from credential_pipeline.simulation.arrays import Streams, texts, years
from credential_pipeline.simulation.faults import swap_day_month, typo, write
from credential_pipeline.simulation.identity import digits_of, identities
from credential_pipeline.simulation.people import build_people
from credential_pipeline.simulation.world import Faults, load_world

SIZE = 20_000


@pytest.fixture(scope="module")
def people():
    return build_people(Streams(5), load_world(), SIZE, np.full(100, 1990))


def correct(people):
    return identities(people, 5, np.arange(SIZE), np.full(SIZE, np.datetime64("2012-06-01")))


def test_streams_are_known_by_name():
    streams = Streams(1)
    assert streams("a").random() == Streams(1)("a").random() != streams("b").random()
    assert streams("a", "b").random() != streams("b", "a").random()


def test_names_have_a_long_tail_and_common_names_collide(people):
    last, count = np.unique(people.last.astype(str), return_counts=True)
    assert len(last) > 5_000
    assert count.max() > 0.004 * SIZE
    full = [f"{a} {b}" for a, b in zip(people.first, people.last, strict=True)]
    assert 0.005 < 1 - len(set(full)) / SIZE < 0.2
    assert 0.005 < np.mean([" " in name or "-" in name for name in people.last]) < 0.06


def test_families_share_an_address_and_twins_a_birth_date(people):
    head = people.family
    alone = head == np.arange(SIZE)
    assert 0.2 < 1 - alone.mean() < 0.6
    assert (people.homes[~alone, 0] == people.homes[head[~alone], 0]).all()
    twins = ~alone & (people.birth == people.birth[head])
    assert twins.sum() > 50
    assert (people.last[twins] == people.last[head[twins]]).all()


def test_a_child_may_carry_the_name_of_its_parent(people):
    head = people.family
    same = (people.first == people.first[head]) & (people.last == people.last[head]) & (head != np.arange(SIZE))
    children = np.flatnonzero(same & (years(people.birth) - years(people.birth[head]) > 15))
    assert len(children) > 50
    shown = np.isin(people.suffix[children], ["Jr", "III"])
    assert 0.5 < shown.mean() < 1


def test_surname_and_address_depend_on_the_day(people):
    bride = np.flatnonzero(people.married != "")
    assert (people.sex[bride] == 0).all()
    before, after = people.changed[bride] - 1, people.changed[bride]
    assert (people.last_on(bride, before) == people.last[bride]).all()
    assert (people.last_on(bride, after) == people.married[bride]).all()
    movers = np.flatnonzero(~np.isnat(people.moved[:, 0]))
    assert (people.home_on(movers, people.moved[movers, 0] - 1) == people.homes[movers, 0]).all()
    assert (people.home_on(movers, people.moved[movers, 0]) == people.homes[movers, 1]).all()


def test_digits_are_spread_evenly_and_differ_by_kind():
    numbers = digits_of(1, np.arange(100_000), 0, 4)
    assert np.bincount(numbers, minlength=10_000).max() < 40
    assert (numbers == digits_of(1, np.arange(100_000), 1, 4)).mean() < 0.001


@pytest.mark.parametrize(
    ("fault", "eligible"),
    [
        ("typo_first", None),
        ("typo_last", None),
        ("nickname", None),
        ("swapped_names", None),
        ("day_month_swapped", None),
        ("birth_digit", None),
        ("birth_missing", None),
        ("sex_missing", None),
        ("ssn_missing", None),
        ("previous_name", "previous_last_name"),
        ("middle_missing", "middle_name"),
        ("suffix_missing", "name_suffix"),
    ],
)
def test_faults_strike_at_the_stated_rate(people, fault, eligible):
    faults, identity, hits = Faults(), correct(people), {}
    write(Streams(5)("faults"), people, identity, faults, hits)
    can = SIZE if eligible is None else int((identity.text[eligible] != "").sum())
    rate = getattr(faults, fault)
    assert hits[fault] / can == pytest.approx(rate, abs=4 * np.sqrt(rate * (1 - rate) / can))


def test_without_faults_nothing_changes(people):
    nothing = Faults.model_validate(dict.fromkeys(set(Faults.model_fields) - {"groups"}, 0.0))
    identity = correct(people)
    written = write(Streams(5)("faults"), people, identity, nothing)
    assert (written.birth == identity.birth).all()
    for name, values in identity.text.items():
        assert (written.text[name] == values).all(), name
    assert written.text["street"][0]


def test_faults_strike_a_group_as_much_oftener_as_the_world_says(people):
    identity = correct(people)
    plain = write(Streams(5)("faults"), people, identity, Faults(typo_street=0.0))
    struck = write(Streams(5)("faults"), people, identity, Faults(groups={"race=black": 4.0}, typo_street=0.0))
    black = people.race == people.race_names.index("black")
    wrong = [part.text["last_name"] != identity.text["last_name"] for part in (plain, struck)]
    assert wrong[1][black].mean() > 1.5 * wrong[0][black].mean()
    missing = np.isnat(struck.birth)
    assert missing[black].mean() == pytest.approx(4 * Faults().birth_missing, rel=0.25)
    assert missing[~black].mean() == pytest.approx(Faults().birth_missing, rel=0.25)


def test_age_is_in_completed_years(people):
    who = np.arange(SIZE)
    birthday = people.birth + (np.datetime64("2010") - people.birth.astype("datetime64[Y]")).astype(int) * 365
    for day in (birthday, birthday - 40):
        age = people.age_on(who, day)
        expected = [one.item().year - born.item().year - ((one.item().month, one.item().day) < (born.item().month, born.item().day))
                    for one, born in zip(day[:500], people.birth[:500], strict=True)]  # fmt: skip
        assert list(age[:500]) == expected


def test_faults_leave_traces_in_what_is_written(people):
    identity = correct(people)
    written = write(Streams(5)("faults"), people, identity, Faults())
    assert np.isnat(written.birth).mean() == pytest.approx(Faults().birth_missing, abs=0.005)
    assert 0.005 < (written.birth[~np.isnat(written.birth)] != identity.birth[~np.isnat(written.birth)]).mean() < 0.03
    assert 0.01 < (written.text["last_name"] != identity.text["last_name"]).mean() < 0.2
    assert (written.person == identity.person).all()


def test_typo_is_one_edit():
    rng = np.random.default_rng(1)
    words = texts(["Katherine"] * 2_000)
    kinds = {len(word) - len("Katherine") for word in typo(rng, words)}
    assert kinds == {-1, 0, 1}
    assert typo(rng, texts(["X"]))[0] == "X"


def test_day_and_month_swap_back():
    days = np.array(["2001-02-03", "1999-12-11", "1990-05-25", "NaT"], dtype="datetime64[D]")
    swapped = swap_day_month(days)
    assert list(swapped[:3].astype(str)) == ["2001-03-02", "1999-11-12", "1990-05-25"]
    assert np.isnat(swapped[3])
    assert (swap_day_month(swapped)[:3] == days[:3]).all()
