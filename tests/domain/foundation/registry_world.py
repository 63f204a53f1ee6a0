"""A certifier and an industry of an overlay, and what loading them says."""

from pathlib import Path

import pytest

from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.registry.load import load_registry

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


def mistakes_of(folder: Path) -> list[str]:
    found: list[SafeError] = []
    load_registry(folder, found.append)
    return [error.message for error in found]


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
