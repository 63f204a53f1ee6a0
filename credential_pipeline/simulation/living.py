"""What a year's earnings are held against: poverty guidelines by size of household, and price levels of states.

Not here: the pipeline's own tables.
"""

from credential_pipeline.simulation.names import read

_LARGEST_HOUSEHOLD = 4


def poverty_lines(year: int, prices: dict[int, float]) -> list[float]:
    """The guideline of the 48 contiguous states for households of 1 to 4 persons, in dollars of the year.

    Args:
        year: The year; one without a guideline in the file gets that of the nearest year at the prices of the year.
        prices: CPI-U by year.
    """
    known = {int(row["year"]): row for row in read("poverty_guidelines.csv")}
    nearest = min(known, key=lambda one: (abs(one - year), one))
    factor = 1.0 if nearest == year else prices[year] / prices[nearest]
    first, further = float(known[nearest]["first_person"]), float(known[nearest]["further_person"])
    return [factor * (first + others * further) for others in range(_LARGEST_HOUSEHOLD)]


#: States with guidelines of their own, which are higher.
OWN_GUIDELINES = frozenset({"AK", "HI"})


def read_parities() -> dict[str, float]:
    """Regional price parity of each state, all items, 2023; the country is 100."""
    return {row["state"]: float(row["parity"]) for row in read("price_parities.csv")}
