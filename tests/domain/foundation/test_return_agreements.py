"""Agreements with partners: what fits the role, what can be withheld, which ones the registry gives to which industry."""

import datetime

import pytest
import yaml

from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.registry.load import BUILT_IN, load_registry

COLLEGE = yaml.safe_load((BUILT_IN / "agreements" / "return_demo_college.yml").read_text(encoding="utf-8"))


@pytest.fixture
def load(tmp_path):
    """The registry with one agreement changed; the agreement as an industry has it."""

    def loaded(name="return_demo_college", **changes):
        folder = tmp_path / "agreements"
        folder.mkdir(exist_ok=True)
        document = COLLEGE | {"id": name} | changes
        plain = {key: str(value) if isinstance(value, datetime.date) else value for key, value in document.items()}
        (folder / f"{name}.yml").write_text(yaml.safe_dump(plain), encoding="utf-8")
        registry = load_registry(tmp_path)
        return [one for one in registry.industry("manufacturing").returns if one.id == name]

    return loaded


def _share(*what):
    return [{"what": one, "legal_basis": "Law"} for one in what]


def test_a_partner_is_of_the_industries_that_its_agreement_names(load):
    (one,) = load()
    assert (one.school_code, one.branch) == ("013495", "00")
    assert load(industries=["healthcare"]) == []


def test_an_agreement_holds_between_its_days(load):
    (one,) = load(signed="2026-01-01", expires="2026-12-31", destroy_by="2027-01-31")
    days = [
        datetime.date(2025, 12, 31),
        datetime.date(2026, 1, 1),
        datetime.date(2026, 12, 31),
        datetime.date(2027, 1, 1),
    ]
    assert [one.in_force(day) for day in days] == [False, True, True, False]


def test_withheld_columns_are_known_by_header_or_name_in_any_case(load):
    (one,) = load(shares=_share("enrollments", "cohort"), withheld=["first name", "student_age", "GENDER", "Gender"])
    assert one.withheld == ("first_name", "student_age", "gender")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"withheld": ["Firstname"]}, "'Firstname' is no column"),
        ({"shares": _share("enrollments"), "withheld": ["Gender"]}, "'Gender' is no column"),
        ({"withheld": ["Requester Return Field"]}, "is no column that can be withheld"),
        ({"withheld": ["student_id"]}, "is no column that can be withheld"),
        ({"shares": _share("course"), "withheld": ["Section ID"]}, "is no column that can be withheld"),
        ({"shares": _share("aggregates"), "withheld": ["Gender"]}, "it gets no such file"),
        ({"shares": _share("completers")}, "can't get completers"),
        ({"shares": _share("degrees", "degrees")}, "named twice"),
        ({"of": "1349500"}, "eight digits"),
        ({"role": "state", "of": "Ohio", "shares": _share("completers")}, "two capitals"),
        ({"role": "certifier", "of": "nobody", "shares": _share("degrees")}, "no such certifier"),
        ({"industries": ["farming"]}, "no industry 'farming'"),
        ({"name": "another"}, "same partner and industry"),
    ],
)
def test_what_does_not_fit_is_refused_with_file_and_key(load, changes, said):
    with pytest.raises(SafeError) as refusal:
        load(**changes)
    assert said in str(refusal.value)
    assert "agreements/" in str(refusal.value)
