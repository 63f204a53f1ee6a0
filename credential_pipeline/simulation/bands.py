"""Bands of ages and of award years, as the registry has them. Not here: who belongs to which."""

from credential_pipeline.foundation.registry.model import Industry

Bands = list[tuple[str, int, int]]
"""Label, lowest and highest value, both included."""


def age_bands(model: Industry) -> Bands:
    """Completed years of age at the award."""
    ends = ((band, *band.split("-")) for band in model.age_bands)
    return [(band, int(low), int(high)) for band, low, high in ends]


def cohort_bands(model: Industry) -> Bands:
    """Award years in bands of equal length, the last one cut at the end."""
    first, last, width = model.cohorts.first_award_year, model.cohorts.last_award_year, model.cohorts.years_in_band
    ends = ((year, min(year + width - 1, last)) for year in range(first, last + 1, width))
    return [(f"{low}-{high}", low, high) for low, high in ends]
