"""All mistakes are told at once, each at its own line, also in files that were spoiled at random."""

import os
import random
import re
from pathlib import Path

import pytest

from credential_pipeline.foundation.registry.load import BUILT_IN, load_registry
from tests.domain.foundation.registry_world import CERTIFIER, INDUSTRY, LONG, SHIPPED, mistakes_of, overlay


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
