"""The states and the region of each, as the Census Bureau draws them (Census Regions and Divisions of the United States)."""

from typing import Final

from credential_pipeline.foundation.storage.relation import Relation, Scratch

REGIONS = {
    "northeast": ("CT", "ME", "MA", "NH", "RI", "VT", "NJ", "NY", "PA"),
    "midwest": ("IL", "IN", "MI", "OH", "WI", "IA", "KS", "MN", "MO", "NE", "ND", "SD"),
    "south": ("AL", "AR", "DC", "DE", "FL", "GA", "KY", "LA", "MD", "MS", "NC", "OK", "SC", "TN", "TX", "VA", "WV"),
    "west": ("AZ", "CO", "ID", "MT", "NV", "NM", "UT", "WY", "AK", "CA", "HI", "OR", "WA"),
    "territories": ("PR", "VI", "GU", "AS", "MP"),
}

SOUTH: Final = 1 + list(REGIONS).index("south")
"""Its ``region_number``."""


def places(work: Scratch) -> Relation:
    """State, state_number and region_number, counted from 1; 0 is left for a state that is not known."""
    listed = [(state, region) for region, (_, states) in enumerate(REGIONS.items(), 1) for state in states]
    numbered = [(state, number, region) for number, (state, region) in enumerate(sorted(listed), 1)]
    columns = {"state": "VARCHAR", "state_number": "INTEGER", "region_number": "INTEGER"}
    return work.rows("places", columns, numbered)
