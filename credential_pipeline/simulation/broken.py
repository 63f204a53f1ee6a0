"""Rows that a careful reader must set aside: damaged on the way, each noted with its physical line.

Not here: errors that still make a readable row (faults.py, feeds.py).
"""

from dataclasses import dataclass

import numpy as np

from credential_pipeline.foundation.registry.feeds import Certifier
from credential_pipeline.foundation.registry.vocabulary import REQUIRED
from credential_pipeline.simulation.arrays import Bools, Ints, Texts
from credential_pipeline.simulation.dialects import by_source

KINDS = ("column_count", "broken_quote", "unreadable_date", "missing_required", "unknown_code", "repeated_header")
REPEATED = "repeated_row"


@dataclass(frozen=True)
class Broken:
    """A planted fault: file, physical line (the header is line 1) and kind."""

    delivery: str
    line: int
    fault: str


def _sources(certifier: Certifier, field: str) -> str:
    return next(source for source, columns in by_source(certifier).items() if field in columns)


def _damage(rng: np.random.Generator, certifier: Certifier, names: list[str], values: list[str], kind: str) -> str:
    """The line of one row with one fault."""
    delimiter = certifier.feed.delimiter
    at = {name: place for place, name in enumerate(names)}
    if kind == "missing_required":
        own = [field for field in REQUIRED if not certifier.columns[field].derived]
        values[at[_sources(certifier, own[int(rng.integers(0, len(own)))])]] = ""
    elif kind == "unreadable_date":
        values[at[_sources(certifier, "event_date")]] = str(
            rng.choice(["00/00/0000", "31.02.2O12", "n.d.", "2012-13-45"])
        )
    elif kind == "unknown_code":
        values[at[_sources(certifier, "credential_code")]] = f"ZZ-{int(rng.integers(100, 999))}"
    written = [
        '"' + value.replace('"', '""') + '"' if delimiter in value or '"' in value else value for value in values
    ]
    if kind == "column_count":
        written = written[:-1] if rng.integers(0, 2) else [*written, "x"]
    elif kind == "broken_quote":
        place = at[_sources(certifier, "last_name")]
        written[place] = '"' + values[place].replace('"', "")
    return delimiter.join(written)


def break_rows(
    rng: np.random.Generator,
    certifier: Certifier,
    columns: dict[str, Texts],
    rows: Ints,
    lines: Texts,
    repeats: Bools,
    delivery: str,
    share: float,
) -> tuple[list[str], list[Broken]]:
    """Damage a share of the lines of one file and note where.

    Args:
        rng: The stream of the certifier's files.
        certifier: Its YAML.
        columns: All rows of the certifier by column.
        rows: Row number of each line of the file.
        lines: The lines, without the header.
        repeats: Which lines repeat an earlier one of the file; they are noted, not damaged.
        delivery: Name of the file.
        share: Probability that a line is damaged.
    """
    kinds = [kind for kind in KINDS if kind != "unknown_code" or certifier.codes]
    doubled = np.isin(rows, rows[repeats])
    struck = np.flatnonzero((rng.random(len(rows)) < share) & ~doubled)
    names = list(columns)
    header = certifier.feed.delimiter.join(names)
    fault = dict(zip(struck.tolist(), rng.integers(0, len(kinds), len(struck)).tolist(), strict=True))
    body: list[str] = []
    noted: list[Broken] = []
    for place, line in enumerate(lines):
        if place in fault:
            kind = kinds[fault[place]]
            noted.append(Broken(delivery, len(body) + 2, kind))
            if kind != "repeated_header":
                values = [columns[name][rows[place]] for name in names]
                body.append(_damage(rng, certifier, names, values, kind))
                continue
            body.append(header)
        elif repeats[place]:
            noted.append(Broken(delivery, len(body) + 2, REPEATED))
        body.append(line)
    return body, noted
