"""The registry: the built-in files, the overlay, and one clear line for every mistake."""

import os
import random
import re
from pathlib import Path

import pytest

from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.registry.load import BUILT_IN, load_registry
from credential_pipeline.foundation.registry.vocabulary import CLOSED, FIELDS

CERTIFIER = """\
certifier: acme
name: Acme Board
columns:
  record_id: {from: Id, recipe: [trim]}
  last_name: {from: Name}
  credential_code: {from: Code, recipe: [trim, upper]}
  event_date: {from: Day}
credentials:
  - {code: A-1, title: One, stacks_to: A-2}
  - {code: A-2, title: Two, level: 2}
"""
SHIPPED = ("construction", "healthcare", "information_technology", "manufacturing")
INDUSTRY = """\
industry: mining
name: Mining
naics: ["21"]
certifiers: [acme, mssc]
"""


def overlay(folder: Path, certifier: str = CERTIFIER, industry: str = INDUSTRY) -> Path:
    for name, text in (("certifiers/acme.yml", certifier), ("industries/mining.yml", industry)):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def mistake(folder: Path) -> SafeError:
    with pytest.raises(SafeError) as caught:
        load_registry(folder)
    assert "\n" not in str(caught.value)
    assert caught.value.__cause__ is None
    return caught.value


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


PROGRAMMES = """\
industry: mining
programmes:
  - id: line
    title: Production line
    provider: Example College
    provider_opeid: "00123400"
    certifier: acme
    credentials: [A-1, A-2]
    state: NC
    tuition_and_fees: {usd: 900, year: 2025}
"""


def with_programmes(folder: Path, text: str) -> Path:
    (folder / "programmes").mkdir()
    (folder / "programmes" / "mining.yml").write_text(text, encoding="utf-8")
    return overlay(folder)


def test_programmes_stand_in_a_file_of_their_industry(tmp_path: Path) -> None:
    (programme,) = load_registry(with_programmes(tmp_path, PROGRAMMES)).industry("mining").programmes
    assert (programme.provider_opeid, programme.credentials) == ("00123400", ("A-1", "A-2"))
    assert (programme.weeks, programme.clock_hours, programme.cip) == (None, None, None)
    assert programme.tuition_and_fees is not None
    assert programme.tuition_and_fees.year == 2025


@pytest.mark.parametrize(
    ("before", "after", "hints"),
    [
        ("certifier: acme", "certifier: nha", ["programmes.1.certifier", "'nha'", "allowed: acme, mssc"]),
        ("[A-1, A-2]", "[A-1, B-9]", ["programmes.1.credentials", "acme has no such", "allowed: A-1, A-2"]),
        ("[A-1, A-2]", "[A-1, A-1]", ["programmes.1", "named twice"]),
        ("[A-1, A-2]", "[]", ["programmes.1.credentials"]),
        ('"00123400"', "1234", ["programmes.1.provider_opeid", "eight digits"]),
        ("state: NC", "state: XX", ["programmes.1.state", "NC"]),
        ("state: NC", 'state: NC\n    cip: "15.6"', ["programmes.1.cip", "15.0613"]),
        ("state: NC", "state: NC\n    weeks: -3", ["programmes.1.weeks", "greater than 0"]),
        ("{usd: 900, year: 2025}", "900", ["programmes.1.tuition_and_fees", "usd, year"]),
        ("state: NC", "state: NC\n    hours: 200", ["programmes.1.hours", "not known", "clock_hours"]),
        ("industry: mining", "industry: metal", ["key 'industry'", "name of the file, 'mining'"]),
    ],
)
def test_a_mistake_in_a_programme_names_the_key_and_what_is_allowed(
    tmp_path: Path, before: str, after: str, hints: list[str]
) -> None:
    assert before in PROGRAMMES
    error = str(mistake(with_programmes(tmp_path, PROGRAMMES.replace(before, after))))
    assert "programmes/mining.yml" in error
    assert all(hint in error for hint in hints), error


def test_programmes_of_no_industry_and_within_an_industry_are_refused(tmp_path: Path) -> None:
    folder = with_programmes(tmp_path, PROGRAMMES)
    (folder / "programmes" / "shipping.yml").write_text("industry: shipping\nprogrammes: []\n", encoding="utf-8")
    assert "programmes/shipping.yml, line 1: key 'industry': there is no such file of industries/" in str(
        mistake(folder)
    )
    (folder / "programmes" / "shipping.yml").unlink()
    overlay(folder, industry=f"{INDUSTRY}programmes: []\n")
    assert "industries/mining.yml, line 5: key 'programmes': write them in programmes/<industry>.yml" in str(
        mistake(folder)
    )


def test_the_template_of_programmes_is_valid(tmp_path: Path) -> None:
    text = (BUILT_IN / "programmes" / "_template.yml").read_text(encoding="utf-8")
    (tmp_path / "programmes").mkdir()
    (tmp_path / "programmes" / "manufacturing.yml").write_text(
        text.replace("example ", "manufacturing ", 1), encoding="utf-8"
    )
    (programme,) = load_registry(tmp_path).industry("manufacturing").programmes
    assert programme.clock_hours == 240


def mistakes_of(folder: Path) -> list[str]:
    found: list[SafeError] = []
    load_registry(folder, found.append)
    return [error.message for error in found]


def test_all_mistakes_are_told_at_once_each_with_its_line(tmp_path: Path) -> None:
    certifier = CERTIFIER.replace("{from: Name}", "{form: Name}").replace("level: 2", "level: two, colour: red")
    folder = overlay(tmp_path, certifier, INDUSTRY.replace('["21"]', "[x]").replace("mssc]", "msscc]"))
    (folder / "agreements").mkdir()
    (folder / "agreements" / "odd.yml").write_text("id: odd\nkind: gift\n", encoding="utf-8")
    (folder / "certifiers" / "Odd Name.yml").write_text("", encoding="utf-8")
    (folder / "certifiers" / "torn.yml").write_text("certifier: torn\nname: [\n", encoding="utf-8")
    places = [message.partition(": ")[0] for message in mistakes_of(folder)]
    assert places == [
        "agreements/odd.yml, line 2",
        "certifiers/Odd Name.yml",
        "certifiers/acme.yml, line 5",
        "certifiers/acme.yml, line 10",
        "certifiers/acme.yml, line 10",
        "certifiers/torn.yml, line 3",
        "industries/mining.yml, line 3",
        "industries/mining.yml, line 4",
    ]
    told = " | ".join(mistakes_of(folder))
    assert "key 'columns.last_name.form'" in told
    assert "key 'credentials.2.colour'" in told
    assert "key 'credentials.2.level'" in told


def test_a_file_that_names_one_with_mistakes_is_not_blamed_for_them(tmp_path: Path) -> None:
    folder = overlay(tmp_path, CERTIFIER.replace("{from: Name}", "{form: Name}"), f"{INDUSTRY}agreement: torn\n")
    (folder / "agreements").mkdir()
    (folder / "agreements" / "torn.yml").write_text("id: [\n", encoding="utf-8")
    told = mistakes_of(folder)
    assert not [message for message in told if "industries/" in message]
    loaded = load_registry(folder, lambda mistake: None)
    assert loaded.industry_names == SHIPPED


def test_checks_of_a_whole_file_tell_the_line_too(tmp_path: Path) -> None:
    (message,) = mistakes_of(overlay(tmp_path, CERTIFIER.replace("stacks_to: A-2", "stacks_to: A-9")))
    assert message.startswith(
        "certifiers/acme.yml, line 9: key 'credentials.1.stacks_to': stacks_to names no code of this file"
    )


LONG = """\
certifier: acme
name: Acme Board
feed:
  format: csv
columns:
  record_id:
    from: Id
  last_name:
    from: Name
    recipe:
      - trim
      - null_placeholders
  credential_code:
    from: Code
  event_date:
    from: Day
    recipe:
      - trim
      - parse_date: "%d.%m.%Y"
  result:
    from: R
    recipe:
      - map:
          P: pass
          F: fail
  block_flag:
    from: Opt
absent:
  - sex
ignored:
  - Batch
"""


@pytest.mark.parametrize(
    ("before", "after", "line", "key"),
    [
        ("  block_flag:", "  blockflag:", 26, "columns.blockflag"),
        ("    from: Opt", "    form: Opt", 27, "columns.block_flag.form"),
        ("    from: Opt", "    from: Opt\n    value: x", 26, "columns.block_flag"),
        ("    from: Opt", "    derived:\n      - Opt\n      - iD", 27, "columns.block_flag.derived"),
        ("    from: Opt", "    derived:\n      - Opt\n      - iD", 29, "columns.block_flag.derived.2"),
        ("    from: Opt", "    from: iD", 27, "columns.block_flag.from"),
        ("      - null_placeholders", "      - null_placeholder", 12, "columns.last_name.recipe.2"),
        ("      - null_placeholders", "      - null_placeholder_dates", 12, "columns.last_name.recipe.2"),
        ('"%d.%m.%Y"', '"%d.%m.%Y"\n      - upper', 20, "columns.event_date.recipe.3"),
        ('"%d.%m.%Y"', '"%d.%m.%y"', 19, "columns.event_date.recipe.2"),
        ("          F: fail", "          F: failed", 25, "columns.result.recipe.1.map.F"),
        ("    from: Code", "    value: X-1", 13, "columns.credential_code"),
        ("  - sex", "  - sex\n  - result", 30, "absent.2"),
        ("  - Batch", "  - Batch\n  - Day", 32, "ignored.2"),
        ("  - Batch", "  - Batch\n  - BATCH", 32, "ignored.2"),
        ("  format: csv", "  format: csv\n  delimeter: x", 5, "feed.delimeter"),
    ],
)
def test_a_mistake_points_at_its_own_line(tmp_path: Path, before: str, after: str, line: int, key: str) -> None:
    assert mistakes_of(overlay(tmp_path, LONG)) == []
    told = mistakes_of(overlay(tmp_path, LONG.replace(before, after, 1)))
    assert any(message.startswith(f"certifiers/acme.yml, line {line}: key '{key}': ") for message in told), told


def test_mistakes_of_other_files_point_at_their_own_line_too(tmp_path: Path) -> None:
    industry = INDUSTRY.replace("[acme, mssc]", "\n  - mssc\n  - nims\n  - mssc")
    folder = overlay(tmp_path, industry=industry)
    linkage = "linkage:\n  link_threshold: 0.4\n  review_threshold: 0.5\n"
    (folder / "industries" / "quarrying.yml").write_text(
        INDUSTRY.replace("mining", "quarrying", 1) + linkage, encoding="utf-8"
    )
    (folder / "agreements").mkdir()
    text = (BUILT_IN / "agreements" / "manufacturing_extract.yml").read_text(encoding="utf-8")
    withheld = "withheld:\n  learners:\n    - sex\n    - nothing\n"
    odd = text.replace("id: manufacturing_extract", "id: odd").replace("withheld: {}\n", withheld)
    (folder / "agreements" / "odd.yml").write_text(odd, encoding="utf-8")
    told = mistakes_of(folder)
    line = odd.splitlines().index("    - nothing") + 1
    for place in (
        f"agreements/odd.yml, line {line}: key 'withheld.learners.2': learners.nothing: no such column",
        "industries/mining.yml, line 7: key 'certifiers.3': a certifier is named twice",
        "industries/quarrying.yml, line 7: key 'linkage.review_threshold': review_threshold must not be above",
    ):
        assert any(message.startswith(place) for message in told), told


_PIECES = (
    "[",
    "{",
    "}",
    ":",
    "- ",
    "\n",
    "\t",
    '"',
    "#",
    "&a ",
    "*a ",
    "!!python/object:x ",
    "? ",
    "| ",
    "\0",
    "\x85",
    "é",
    "0x1",
)


def _mutated(rng: random.Random, text: str) -> str:
    place = rng.randrange(len(text))
    lines = text.splitlines(keepends=True)
    number = rng.randrange(len(lines))
    return rng.choice(
        [
            lambda: text[:place] + rng.choice(_PIECES) + text[place:],
            lambda: text[:place] + text[place + rng.randrange(1, 12) :],
            lambda: "".join(lines[:number] + lines[number + 1 :]),
            lambda: "".join([*lines[:number], lines[number], *lines[number:]]),
            lambda: "".join([*lines[:number], f"  {lines[number]}", *lines[number + 1 :]]),
            lambda: text[:place],
        ]
    )()


def test_mutated_files_are_loaded_or_refused_in_lines_of_their_own(tmp_path: Path) -> None:
    rng, canary = random.Random(11), "Zyzzogeton"
    texts = {"certifiers/acme.yml": LONG.replace("Acme Board", canary), "industries/mining.yml": INDUSTRY}
    texts["agreements/odd.yml"] = (BUILT_IN / "agreements" / "manufacturing_extract.yml").read_text(encoding="utf-8")
    overlay(tmp_path, LONG)
    (tmp_path / "agreements").mkdir()
    refused = 0
    for number in range(int(os.environ.get("REGISTRY_MUTATIONS", "60"))):
        shown = rng.choice(sorted(texts))
        text = _mutated(rng, texts[shown])
        (tmp_path / shown).write_text(text, encoding="utf-8")
        told = mistakes_of(tmp_path)
        refused += bool(told)
        for message in told:
            assert message.isprintable(), (number, message)
            assert canary not in message, (number, message)
            assert re.match(rf"{shown}, line \d+: |(industries|programmes|agreements|certifiers)/", message), (
                number,
                message,
            )
        (tmp_path / shown).write_text(texts[shown].replace("id: manufacturing_extract", "id: odd"), encoding="utf-8")
    assert refused > 5


def test_checks_of_a_whole_file_tell_everything_they_find(tmp_path: Path) -> None:
    text = CERTIFIER.replace("  last_name: {from: Name}\n", "  event: {value: won}\n  middle_name: {from: iD}\n")
    told = mistakes_of(
        overlay(tmp_path, text.replace("level: 2", "stacks_to: A-1").replace("  - {code: A-1", "  - {code: a-1"))
    )
    assert [message.partition(": ")[2].partition(":")[0] for message in told] == [
        "key 'columns'",
        "key 'columns.middle_name.from'",
        "key 'columns.event.value'",
        "key 'credentials.2.stacks_to'",
        "key 'credentials.1.code'",
    ]
