"""The registry: the built-in files, the overlay, and one clear line for a mistake.

Not here: programmes, and several mistakes at their lines (modules of their own).
"""

from pathlib import Path

import pytest

from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.registry.load import BUILT_IN, load_registry
from credential_pipeline.foundation.registry.vocabulary import CLOSED, FIELDS
from tests.domain.foundation.registry_world import CERTIFIER, INDUSTRY, SHIPPED, mistake, overlay


def test_the_built_in_registry() -> None:
    registry = load_registry()
    assert registry.industry_names == SHIPPED
    assert {name: set(one.certifiers) for name, one in registry.industries.items()} == {
        "construction": {"nccer", "american_welding_society"},
        "healthcare": {"nha", "ptcb"},
        "information_technology": {"comptia", "amazon_web_services"},
        "manufacturing": {"mssc", "nims"},
    }
    manufacturing = registry.industry("manufacturing")
    assert manufacturing.naics == ("31", "32", "33")
    assert manufacturing.agreement is not None
    assert manufacturing.agreement.signed < manufacturing.agreement.expires < manufacturing.agreement.destroy_by
    assert registry.industry("healthcare").linkage.link_threshold == 0.5
    assert [one.certifier for one in registry.certifiers_of("manufacturing")] == ["mssc", "nims"]


def test_every_certifier_says_of_every_field_whether_it_has_it() -> None:
    for certifier in load_registry().certifiers.values():
        assert {*certifier.columns, *certifier.absent} == set(FIELDS), certifier.certifier


def test_feeds_differ_in_dialect_and_codes_may_repeat_across_certifiers() -> None:
    certifiers = load_registry().certifiers
    assert {one.feed.delimiter for one in certifiers.values()} == {",", ";", "\t", "|"}
    assert certifiers["nims"].feed.encoding == "cp1252"
    assert "CPT" in certifiers["mssc"].codes & certifiers["nha"].codes
    assert len(certifiers["nims"].credentials) == 20
    assert {one.stacks_to for one in certifiers["mssc"].credentials} == {None, "CPT", "CLT"}
    assert certifiers["mssc"].columns["event"].source
    assert certifiers["nims"].columns["event"].value == "award"


def test_a_new_certifier_and_a_new_industry_are_two_files(tmp_path: Path) -> None:
    registry = load_registry(overlay(tmp_path))
    assert registry.industry_names == tuple(sorted((*SHIPPED, "mining")))
    assert registry.certifier("acme").source_columns == ("Id", "Name", "Code", "Day")
    assert registry.industry("mining").agreement is None
    assert registry.industry("mining").age_bands[0] == "14-17"


def test_a_file_of_the_overlay_replaces_the_built_in_one(tmp_path: Path) -> None:
    text = (BUILT_IN / "industries" / "healthcare.yml").read_text(encoding="utf-8")
    (tmp_path / "industries").mkdir()
    (tmp_path / "industries" / "healthcare.yml").write_text(text.replace("Healthcare", "Care"), encoding="utf-8")
    registry = load_registry(tmp_path)
    assert registry.industry("healthcare").name == "Care"
    assert registry.industry("manufacturing").name == "Manufacturing"


def test_the_template_is_valid_and_not_loaded(tmp_path: Path) -> None:
    text = (BUILT_IN / "certifiers" / "_template.yml").read_text(encoding="utf-8")
    assert "example" not in load_registry().certifiers
    (tmp_path / "certifiers").mkdir()
    (tmp_path / "certifiers" / "example.yml").write_text(text, encoding="utf-8")
    assert load_registry(tmp_path).certifier("example").codes == {"EX-1", "EX-2"}


def test_words_stay_words(tmp_path: Path) -> None:
    text = CERTIFIER.replace("{from: Name}", "{from: NO, recipe: [{map: {NO: 007, on: yes, 1.0: 012}}]}")
    step = load_registry(overlay(tmp_path, text)).certifier("acme").columns["last_name"].recipe[0]
    assert step.argument == {"NO": "007", "on": "yes", "1.0": "012"}


def test_null_in_a_map_says_nothing_on_purpose(tmp_path: Path) -> None:
    coded = "{from: Status, recipe: [{map: {PASSED: pass, RENEWED: null, revoked: ~}}]}"
    text = CERTIFIER.replace("  event_date:", f"  result: {coded}\n  event_date:")
    step = load_registry(overlay(tmp_path, text)).certifier("acme").columns["result"].recipe[0]
    assert step.words == {"PASSED": "pass", "RENEWED": None, "revoked": None}


@pytest.mark.parametrize(
    ("field", "hint"),
    [("event: {from: Status, recipe: [{map: {X: null}}]}", "set its rows aside"),
     ("block_flag: {from: Opt, recipe: [{map: {X: ~}}]}", "do not share"),
     ('result: {from: Status, recipe: [{map: {X: ""}}]}', "allowed values: pass, fail")],
)  # fmt: skip
def test_null_in_a_map_is_refused_where_nothing_would_mean_something(tmp_path: Path, field: str, hint: str) -> None:
    error = mistake(overlay(tmp_path, CERTIFIER.replace("  event_date:", f"  {field}\n  event_date:")))
    assert ".recipe.1.map.X'" in error.message
    assert hint in error.message


@pytest.mark.parametrize(
    ("before", "after", "hints"),
    [
        ("name: Acme Board", "nam: Acme Board", ["key 'nam'", "allowed: certifier, name, feed"]),
        (
            "name: Acme Board",
            "name: Acme Board\nfeed: {delimeter: x}",
            ["key 'feed.delimeter'", "delimiter", "cadence"],
        ),
        ("name: Acme Board", "name: Acme Board\nfeed: {delimiter: x}", ["feed.delimiter", "semicolon"]),
        ("name: Acme Board", "name: Acme Board\nfeed: {encoding: ebcdic}", ["feed.encoding", "utf-8, cp1252"]),
        ("name: Acme Board", "name: Acme Board\nfeed: csv", ["key 'feed'", "allowed: format"]),
        ("{from: Name}", "{form: Name}", ["columns.last_name.form", "from, value, derived, recipe"]),
        ("{from: Name}", "{from: Name, value: x}", ["columns.last_name", "one of"]),
        ("{from: Name}", "{from: Name, recipe: [trimm]}", ["columns.last_name.recipe.1", "allowed: trim"]),
        ("{from: Name}", "{from: Name, recipe: trim}", ["columns.last_name.recipe", "expected a list"]),
        ("  last_name: {from: Name}", "  surname: {from: Name}", ["unknown field 'surname'", "last_name"]),
        ("  last_name: {from: Name}\n", "", ["required field 'last_name'"]),
        ("  event_date: {from: Day}", "  event_date: {value: 2012-01-01}", ["required field 'event_date'"]),
        ("credentials:", "absent: [sexx]\ncredentials:", ["key 'absent.1': unknown field", "sex"]),
        ("credentials:", "absent: [last_name]\ncredentials:", ["key 'absent.1': 'last_name'"]),
        ("credentials:", "ignored: [Day]\ncredentials:", ["ignored"]),
        ("code: A-2", "code: A-1", ["a code is listed twice"]),
        ("code: A-2", "code: a-2", ["stacks_to"]),
        ("stacks_to: A-2", "stacks_to: A-9", ["credentials.1.stacks_to", "allowed: A-1, A-2"]),
        ("level: 2", "stacks_to: A-1", ["circle"]),
        ("level: 2", "level: two", ["credentials.2.level"]),
        ("A-1, title: One, stacks_to: A-2", "a-1, title: One", ["capitals"]),
        ("certifier: acme", "certifier: acne", ["key 'certifier'", "'acme'"]),
        ("certifier: acme", 'certifier: "acme\\n"', ["key 'certifier'", "lower-case"]),
        ("  event_date:", "  event: {value: won}\n  event_date:", ["columns.event", "attempt, award"]),
        ("  event_date:", "  result: {from: R, recipe: [{map: {P: passed}}]}\n  event_date:", ["pass, fail"]),
        ("  event_date:", "  last_name: {from: X}\n  event_date:", ["line 7", "twice"]),
        ("{from: Name}", "{from: Name", ["line", "valid YAML"]),
        ("  last_name:", "  ? {a: b}\n  : c\n  last_name:", ["line 5", "a key is no word"]),
        ("certifier: acme", "a: " + "[" * 5000 + "]" * 5000, ["line 1"]),
        ("{from: Day}", '{from: Day, recipe: [{parse_date: "%d.%m.%y"}]}', ["two-digit years"]),
        ("{from: Day}", '{from: Day, recipe: [{parse_date: "%d.%m.%Y"}, trim]}', ["columns.event_date", "may follow"]),
        ("{from: Name}", '{from: Name, recipe: [{parse_date: "%d.%m.%Y"}]}', ["columns.last_name", "is for dates"]),
        ("{from: Name}", "{from: iD}", ["differ in nothing but case"]),
        ("{from: Name}", '{from: "Na\\x01me"}', ["columns.last_name", "control characters"]),
    ],
)
def test_a_mistake_in_a_certifier(tmp_path: Path, before: str, after: str, hints: list[str]) -> None:
    assert before in CERTIFIER
    message = str(mistake(overlay(tmp_path, CERTIFIER.replace(before, after))))
    for hint in ["certifiers/acme.yml", *hints]:
        assert hint in message


@pytest.mark.parametrize(
    ("before", "after", "hints"),
    [
        (
            "mssc",
            "msscc",
            [
                "'msscc' has no file",
                "acme, amazon_web_services, american_welding_society, comptia, mssc, nccer, nha, nims, ptcb",
            ],
        ),
        ("mssc]", "acme]", ["named twice"]),
        ('["21"]', '["2"]', ["naics", "2 to 6 digits"]),
        ('["21"]', "[]", ["naics"]),
        ("name: Mining", "name: Mining\nattribution: last", ["attribution", "first, highest, each"]),
        ("name: Mining", "name: Mining\nlinkage: {engine: flink}", ["linkage.engine", "duckdb, spark"]),
        ("name: Mining", "name: Mining\nlinkage: {link_threshold: 0.1}", ["review_threshold must not be above"]),
        ("name: Mining", "name: Mining\nlinkage: {link_treshold: 0.4}", ["engine, link_threshold"]),
        ("name: Mining", 'name: Mining\nage_bands: ["18-25", "20-30"]', ["age_bands", "without overlap"]),
        ("name: Mining", "name: Mining\ndisclosure: {min_learners: 1}", ["disclosure.min_learners"]),
        ("name: Mining", "name: Mining\ncohorts: {first_award_year: 2019}", ["cohorts"]),
        (
            "name: Mining",
            "name: Mining\nagreement: {id: X}",
            ["key 'agreement'", "file of agreements/", "healthcare_extract, information_technology_extract, m"],
        ),
        ("name: Mining", "name: Mining\nowner: someone", ["owner"]),
        ("industry: mining", "industry: Mining", ["industry"]),
    ],
)
def test_a_mistake_in_an_industry(tmp_path: Path, before: str, after: str, hints: list[str]) -> None:
    assert before in INDUSTRY
    message = str(mistake(overlay(tmp_path, industry=INDUSTRY.replace(before, after))))
    for hint in ["industries/mining.yml", *hints]:
        assert hint in message


@pytest.mark.parametrize("name", ["acme.yaml", "Acme.yml", "a b.yml", "notes.txt"])
def test_a_file_that_would_be_overlooked_is_a_mistake(tmp_path: Path, name: str) -> None:
    (overlay(tmp_path) / "certifiers" / name).write_text(CERTIFIER, encoding="utf-8")
    assert name in str(mistake(tmp_path))


def test_unreadable_files(tmp_path: Path) -> None:
    assert mistake(tmp_path / "nowhere").code == "E_REGISTRY_FOLDER"
    overlay(tmp_path, "- a\n- b\n")
    assert mistake(tmp_path).code == "E_REGISTRY_YAML"
    (tmp_path / "certifiers" / "acme.yml").write_bytes(b"name: \xff\xfe")
    assert mistake(tmp_path).code == "E_REGISTRY_YAML"


def test_unknown_names_list_the_known_ones_and_are_not_repeated_if_odd() -> None:
    registry = load_registry()
    with pytest.raises(SafeError, match="healthcare, information_technology, manufacturing") as caught:
        registry.industry("retail")
    assert caught.value.code == "E_UNKNOWN_INDUSTRY"
    with pytest.raises(SafeError) as caught:
        registry.industry("../x\n")
    assert ".." not in caught.value.message
    with pytest.raises(SafeError, match="mssc"):
        registry.certifier("aws")


def test_closed_kinds_are_kinds_of_fields() -> None:
    assert set(CLOSED) <= {field.kind for field in FIELDS.values()}
