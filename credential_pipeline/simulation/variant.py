"""What a test or a benchmark changes in the simulated world; variants.yml names the usual ones. Not here: what it does."""

from typing import Annotated

import yaml
from pydantic import Field

from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.simulation.world import FOLDER, IndustryWorld, Part, Programme, Weights, World


class Variant(Part):
    """Changes of a world; the default changes nothing.

    Attributes:
        effect_scale: Multiplies all that an award does: log points, the pull into the industry, staying in it.
        quarterly: Write wages by quarter beside those by year.
        wage_gaps: State to the first and last year in which the wages of its employers are missing.
        fault_groups: Group such as ``race=black`` to the factor on every error in writing its members down.
        programmes: Industry to programmes whose learners are chosen so that they pass or fail.
    """

    effect_scale: Annotated[float, Field(ge=0)] = 1.0
    quarterly: bool = False
    wage_gaps: dict[str, tuple[int, int]] = Field(default_factory=dict)
    fault_groups: Weights = Field(default_factory=dict)
    programmes: dict[str, tuple[Programme, ...]] = Field(default_factory=dict)

    def country(self, world: World) -> World:
        """The country with the changes."""
        economy = world.economy.model_copy(update={"quarterly": self.quarterly, "wage_gaps": self.wage_gaps})
        faults = world.registry.faults.model_copy(update={"groups": self.fault_groups})
        registry = world.registry.model_copy(update={"faults": faults})
        return world.model_copy(update={"economy": economy, "registry": registry})

    def industry(self, name: str, world: IndustryWorld) -> IndustryWorld:
        """An industry with the changes."""
        scale, effect = self.effect_scale, world.effect
        effect = effect.model_copy(
            update={
                "default": effect.default * scale,
                "credentials": {code: points * scale for code, points in effect.credentials.items()},
                "groups": {group: points * scale for group, points in effect.groups.items()},
                "further": {code: points * scale for code, points in effect.further.items()},
                "further_award": effect.further_award * scale,
                "pull": min(1.0, effect.pull * scale),
            }
        )
        return world.model_copy(
            update={
                "effect": effect,
                "stays_in_industry": min(1.0, world.stays_in_industry * scale),
                "fault_groups": self.fault_groups,
                "programmes": self.programmes.get(name, ()),
            }
        )


def load_variant(name: str) -> Variant:
    """Read one variant of variants.yml.

    Raises:
        SafeError: E_UNKNOWN_VARIANT.
    """
    known = yaml.safe_load((FOLDER / "variants.yml").read_text(encoding="utf-8"))
    if name not in known:
        message = f"There is no variant of the simulated world called {name}; there are {', '.join(sorted(known))}."
        raise SafeError("E_UNKNOWN_VARIANT", message)
    return Variant.model_validate(known[name])
