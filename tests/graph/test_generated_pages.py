"""Pages of the reference that are made from the code: nothing is left out, and what is named has a section."""

import re
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("sphinx")

EXTENSIONS = Path(__file__).parents[2] / "docs" / "_ext"


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(EXTENSIONS))
        import generated_reference as made

        found: Any = {"registry": made.registry_page, "recipes": made.recipes_page, "drops": made.drops_page}
        texts = {name: page() for name, page in found.items()}
    for name in ("generated_reference", "generated_recipes", "generated_drops"):
        sys.modules.pop(name, None)
    return texts


def headings(page: str) -> set[str]:
    return {name.lower() for name in re.findall(r"^#+ (.+)$", page, re.MULTILINE)}


@pytest.mark.parametrize("name", ["registry", "recipes", "drops"])
def test_every_link_within_a_page_leads_to_a_section(pages: dict[str, str], name: str) -> None:
    links = re.findall(r"\]\(#([^)]+)\)", pages[name])
    assert links
    assert {link.replace("-", " ") for link in links} <= headings(pages[name])


def test_every_model_of_the_registry_has_a_section(pages: dict[str, str]) -> None:
    assert {"industry", "outcomes", "disclosure", "certifier", "deliveries", "column"} <= headings(pages["registry"])
    assert "see Deliveries" not in pages["registry"]
    assert "| `deliveries` | see [Deliveries](#deliveries) |" in pages["registry"]
    assert "| `recipe` | none, see [Step](recipes.md) |" in pages["registry"]
    # A model has one section, wherever it is nested.
    sections = re.findall(r"^### (.+)$", pages["registry"], re.MULTILINE)
    assert len(sections) == len(set(sections))


def test_every_step_has_a_section_with_an_example(pages: dict[str, str]) -> None:
    from credential_pipeline.foundation.recipes.language import STEPS

    parts = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", pages["recipes"], re.MULTILINE | re.DOTALL))
    assert tuple(parts) == STEPS
    assert all("| value | becomes |" in part and "Parameter: " in part for part in parts.values())
    assert "| `renewed` | missing |" in parts["map"]
    assert "NULL for" not in pages["recipes"]


def test_every_column_of_every_drop_is_told(pages: dict[str, str]) -> None:
    from credential_pipeline.foundation.contracts import education_registry, reference_population

    parts = dict(re.findall(r"^## (\w+/\w+)\n(.*?)(?=^## )", pages["drops"], re.MULTILINE | re.DOTALL))
    for side, snapshot in (("education", education_registry.SNAPSHOT), ("reference", reference_population.SNAPSHOT)):
        for table in snapshot:
            if f"{side}/{table.name}" in parts:
                told = re.findall(r"^\| `(\w+)` \|", parts[f"{side}/{table.name}"], re.MULTILINE)
                assert told == list(table.column_names)
    assert set(parts) == {
        *(
            "education/persons",
            "education/enrollments",
            "education/degrees",
            "reference/persons",
            "reference/employers",
        ),
        *("reference/wages_annual", "reference/wages_quarterly"),
    }
    assert "| `quarter` | required, every row |" in parts["reference/wages_quarterly"]
    assert "| `name_suffix` | optional |" in parts["reference/persons"]
    assert "| `white` | white, caucasian" in pages["drops"]
