"""Fixed SQL in files: a statement stands in a ``.sql`` file beside the module that runs it.

Values are bound as ``$name`` by whoever runs it; ``{name}`` stands for a relation and for nothing else, so that a file reads as
SQL does. Not here: SQL whose columns vary, which Python builds.
"""

import re
from functools import cache
from importlib import resources

from credential_pipeline.foundation.storage.relation import Relation

_PLACE = re.compile(r"\{([a-z_]+)\}")


@cache
def text_of(package: str, file: str) -> str:
    """The SQL of a file that is given no relation: it reads views whose names a contract fixes."""
    return resources.files(package).joinpath(file).read_text(encoding="utf-8")


def statement(package: str, file: str, **relations: Relation) -> str:
    """Return the SQL of a file with its relations named.

    Args:
        package: The package that holds the file: ``__package__`` of the caller.
        file: Its name, for example ``units.sql``; one statement, without a semicolon where it becomes part of another.
        relations: The relation for every ``{name}`` of the file.

    Raises:
        ValueError: The file has other names than were given.
    """
    text = text_of(package, file)
    wanted = set(_PLACE.findall(text))
    if wanted != relations.keys():
        asks, given = (", ".join(sorted(names)) or "nothing" for names in (wanted, relations))
        raise ValueError(f"{file} asks for {asks} and was given {given}")
    return _PLACE.sub(lambda place: str(relations[place[1]]), text)
