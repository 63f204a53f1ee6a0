"""The world of an industry that has no file in worlds/: made out of its YAML, so that any registered industry can be simulated.

Magnitudes are plausible and calibrated to nothing. Not here: what the numbers do (industries.py, careers.py).
"""

from collections import Counter
from collections.abc import Sequence
from typing import Final

import yaml

from credential_pipeline.foundation.registry.feeds import Certifier
from credential_pipeline.foundation.registry.model import Industry
from credential_pipeline.simulation.dialects import can_say
from credential_pipeline.simulation.world import (
    FOLDER,
    CertifierWorld,
    Economy,
    Effect,
    IndustryWorld,
    Part,
    Share,
    Weights,
)

_SECTOR: Final = 2
"""Digits of a NAICS code that name a sector."""
_RISE: Final = 2.0
"""How many times the awards of the first year are those of the last."""


class Defaults(Part):
    """What worlds/_default.yml says: shares by sector, and what follows from a layout or a level.

    ``women`` by sector, the ``other_women`` of any other. A credential adds ``effect`` log points, and ``effect_a_level`` more for each
    level above the first. Where a layout has a date of expiry, awards last ``renewal_years``.
    """

    women: Weights
    other_women: Share
    effect: float
    effect_a_level: float
    stays_in_industry: Share
    premium: float
    renewal_years: int
    settings: Weights


def default_world(industry: Industry, certifiers: Sequence[Certifier], economy: Economy) -> IndustryWorld:
    """Make a world for an industry.

    Args:
        industry: Its YAML: NAICS prefixes and award years.
        certifiers: The YAML of its certifiers: layouts, credentials and what they stack to.
        economy: The years in which there are wages.
    """
    said = Defaults.model_validate(yaml.safe_load((FOLDER / "worlds" / "_default.yml").read_text(encoding="utf-8")))
    sectors = [prefix[:_SECTOR] for prefix in industry.naics]
    women = sum(said.women.get(sector, said.other_women) for sector in sectors) / len(sectors)
    levels = {f"{one.certifier}/{c.code}": c.level for one in certifiers for c in one.credentials}
    effects = {name: round(said.effect + said.effect_a_level * (level - 1), 4) for name, level in levels.items()}
    return IndustryWorld(
        calibrated_to="nothing: made out of the registry's YAML",
        award_years=_award_years(industry, economy),
        women=women,
        settings=said.settings,
        stays_in_industry=said.stays_in_industry,
        premium=said.premium,
        effect=Effect(default=said.effect, credentials=effects),
        certifiers={one.certifier: _certifier(one, said) for one in certifiers},
    )


def _award_years(industry: Industry, economy: Economy) -> dict[int, float]:
    """The award years that are reported, as far as there are wages to follow."""
    first = max(industry.cohorts.first_award_year, economy.first_year + 1)
    last = min(industry.cohorts.last_award_year, economy.last_year)
    if first > last:
        return IndustryWorld().award_years
    return {first: 1.0, last: _RISE} if first < last else {first: 1.0}


def _certifier(certifier: Certifier, said: Defaults) -> CertifierWorld:
    """How a certifier's learners behave, as far as its layout can tell it."""
    leads = Counter(one.stacks_to for one in certifier.credentials if one.stacks_to is not None)
    unexamined = can_say(certifier, {"event": "award", "result": ""})
    return CertifierWorld(
        weight=max(1, len(certifier.credentials)) ** 0.5,
        # What several others lead to is given to those who hold them all.
        without_exam=tuple(code for code, parts in sorted(leads.items()) if parts > 1 and unexamined),
        renewal_years=said.renewal_years if "expiration_date" in certifier.columns else 0,
    )
