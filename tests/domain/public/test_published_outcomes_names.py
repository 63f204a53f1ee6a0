"""Every code has a name for readers, pooled categories come last, and what differs is not mixed under one name."""

import csv
from pathlib import Path

import yaml

from credential_pipeline import simulation
from credential_pipeline.foundation.reference.load import FOLDER
from credential_pipeline.public.published_outcomes.cells import Cell, Release
from credential_pipeline.public.published_outcomes.labels import Naming, in_order, sector_of
from credential_pipeline.public.published_outcomes.write import running
from tests.domain.public import released_sample as sample
from tests.domain.public.cells_by_hand import cell, context


def test_every_code_that_can_occur_has_a_name():
    naming = Naming(sample.LABELS)
    world = yaml.safe_load((Path(simulation.__file__).parent / "world.yml").read_text("utf-8"))
    races = {race for parts in world["population"]["races"].values() for race in parts}
    with (FOLDER / "states.csv").open(encoding="utf-8", newline="") as file:
        states = {row["state"] for row in csv.DictReader(file)}
    codes = {
        "race": races | {"other_or_not_recorded", "unknown"},
        "ethnicity": {"hispanic", "not_hispanic", "unknown"},
        "state": states,
        "cohort": {"2005-2009", "2018"},
        "age_band": {"14-17", "46-99"},
        "setting": {
            "sitting_1",
            "sitting_4",
            "months_24",
            "second",
            "third",
            "certificate",
            "associate",
            "bachelor",
            "2012",
        },
    }
    assert "native_hawaiian" in races
    unnamed = [(name, code) for name, found in codes.items() for code in sorted(found) if not naming.knows(name, code)]
    assert unnamed == []
    assert naming.name("state", "OH") == "Ohio"
    assert naming.name("cohort", "2005-2009") == "2005\N{EN DASH}2009"
    assert not naming.knows("setting", "night_school")


def test_two_attribution_rules_are_never_mixed():
    other = cell(99_000, 5, sex="F", table="earnings_by_sex")
    mixed = Release(
        (cell(20_000, 5, sex="F", table="earnings_by_sex"), Cell(**{**other.__dict__, "attribution": "each"})), "first"
    )
    assert [found.value for found in mixed.rows("earnings_by_sex", "earnings_p50")] == [20_000]


def test_labels_fall_back_to_readable_codes():
    naming = Naming(sample.LABELS)
    assert naming.name("certifier", "mssc") == "Manufacturing Skill Standards Council"
    assert naming.name("certifier", "ptcb") == "PTCB"
    assert naming.name("race", "unknown") == "Not recorded"
    assert naming.name("sector", "31-33") == "Manufacturing"
    assert naming.name("setting", "night_school") == "Night school"
    assert naming.people("race", "multiple") == "holders of two or more races"
    assert naming.people("sex", "F") == "women"
    assert in_order(["unknown", "b", "other", "a"]) == ["a", "b", "other", "unknown"]
    assert sector_of("332", ["23", "31-33", "unknown"]) == "31-33"
    assert sector_of("62", ["23", "31-33", "unknown"]) is None
    assert (running("Manufacturing"), running("IT services")) == ("manufacturing", "IT services")


def test_pooled_categories_have_names_and_come_last():
    naming = Naming({"certifier": {"mssc": "MSSC", "nims": "NIMS"}})
    assert naming.name("race", "other_or_not_recorded") == "Other or not recorded"
    assert naming.people("race", "other_or_not_recorded") == "holders of another race or with none on record"
    assert naming.people("age_band", "46-99") == "those aged 46\N{EN DASH}99 at the award"
    assert naming.name("certifier", "other") == "Other certifiers"
    assert naming.name("credential", "family:drill_press@nims") == "Drill press of NIMS"
    codes = ["other_or_not_recorded", "other@mssc", "CPT", "unknown"]
    assert in_order(codes) == ["CPT", "other@mssc", "other_or_not_recorded", "unknown"]


def test_pooled_credentials_of_two_certifiers_are_two_lines():
    pooled = [
        cell(value, 1, table="earnings_by_credential", certifier=certifier, credential="other")
        for certifier, value in (("mssc", 30_000.0), ("nims", 40_000.0))
    ]
    grid = context(pooled).release.grid("earnings_by_credential", "earnings_p50", "credential")
    assert {key: found.value for key, found in grid.items()} == {
        ("other@mssc", 1): 30_000.0, ("other@nims", 1): 40_000.0,
    }  # fmt: skip
