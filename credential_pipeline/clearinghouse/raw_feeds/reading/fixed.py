"""Files of fixed width: each column stands at the places that the YAML gives it, counted in characters from 1.

A first line with the names of the columns at their places is a header and no row; most such files have none. Not here: rows (rows.py).
"""

from collections.abc import Sequence

from credential_pipeline.clearinghouse.raw_feeds.reading.faults import FileFaultError, Notice
from credential_pipeline.clearinghouse.raw_feeds.reading.header import Header
from credential_pipeline.foundation.recipes.sql import identifier
from credential_pipeline.foundation.registry.feeds import Certifier, Feed, column_key
from credential_pipeline.foundation.registry.vocabulary import REQUIRED


def fixed_header(lines: Sequence[str], certifier: Certifier) -> Header:
    """The columns of the YAML as a header, on line 0 if the file has no line of names.

    Args:
        lines: The first lines of the file.
        certifier: Whose file it is.

    Raises:
        FileFaultError: E_HEADER if the YAML says on which line the names stand and they do not.
    """
    feed = certifier.feed
    names = tuple(feed.widths)
    wanted = feed.header if isinstance(feed.header, int) else None
    places = [wanted - 1] if wanted else [place for place, line in enumerate(lines) if line.strip()][:1]
    place = next((one for one in places if one < len(lines) and _names(lines[one], feed)), None)
    if place is None and (wanted or feed.header == "first"):
        raise FileFaultError("E_HEADER", f"line {wanted or 1} does not hold the names at their places")
    if place is None:
        return Header(names, (), "", 0, (Notice("WITHOUT_HEADER"),))
    return Header(names, (), lines[place], place + 1)


def _names(line: str, feed: Feed) -> bool:
    """Whether the names stand at their places, cut off where the place is too short for one."""
    written = {name: column_key(line[start - 1 : end]) for name, (start, end) in feed.widths.items()}
    fits = [bool(key) and column_key(name).startswith(key) for name, key in written.items()]
    return sum(fits) * 2 > len(fits)


def values_sql(certifier: Certifier, line: str) -> str:
    """A STRUCT of the values of a line, without the blanks around them.

    Args:
        certifier: Whose file it is.
        line: SQL of the line.
    """
    widths = certifier.feed.widths
    columns = []
    for name in (*certifier.source_columns, *certifier.ignored):
        start, end = widths.get(name, (0, 0))
        value = f"trim(substr({line}, {start}, {end - start + 1}))" if start else "NULL"
        columns.append(f"{identifier(name)} := {value}")
    return f"struct_pack({', '.join(columns)})"


def fault_sql(certifier: Certifier, line: str) -> str:
    """The reason of a line that is too short for what must not be missing, or holds something behind the last column.

    Args:
        certifier: Whose file it is.
        line: SQL of the line.
    """
    widths = certifier.feed.widths
    # Blanks at the end of a line are often cut off, so a mark at its end may be missing where it is blank.
    shortest = max(widths[source][0] for name in REQUIRED for source in certifier.columns[name].sources)
    longest = max(end for _, end in widths.values())
    return f"CASE WHEN length({line}) < {shortest} OR trim(substr({line}, {longest + 1})) <> '' THEN 'COLUMN_COUNT' END"
