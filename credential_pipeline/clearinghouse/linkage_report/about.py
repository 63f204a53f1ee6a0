"""What the page says of a version besides its metrics. Not here: how the page looks (page.py)."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class About:
    """What the page says of the version besides its metrics.

    Attributes:
        industry: Readable name of the industry.
        version: Version of linked_records.
        previous: Version that it is compared with; empty if there was none.
        engine: Engine that compared the pairs.
        certifiers: Certifier -> readable name.
        damaged: There were earlier versions, and none is whole, so that it is compared with none.
    """

    industry: str
    version: str
    previous: str = ""
    engine: str = "duckdb"
    certifiers: Mapping[str, str] = field(default_factory=dict)
    damaged: bool = False
