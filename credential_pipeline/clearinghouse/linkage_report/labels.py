"""Readable names of breakdowns, categories and fields. Not here: sentences (words.py)."""

BREAKDOWNS = {
    "sex": "Sex",
    "birth_decade": "Born in the years",
    "certifier": "Certifier",
    "has_birth_date": "Birth date in the feeds",
    "fields": "What the feeds hold of a learner",
}
"""Breakdowns of the page in their order."""

_CATEGORIES = {
    ("sex", "F"): "Women",
    ("sex", "M"): "Men",
    ("sex", "unknown"): "Not stated",
    ("birth_decade", "unknown"): "Not stated",
    ("has_birth_date", "yes"): "Yes",
    ("has_birth_date", "no"): "No",
}

FIELDS = {
    "name": "name",
    "birth_date": "birth date",
    "address": "address",
    "ssn_last4": "last four digits",
    "middle_name": "middle name",
    "sex": "sex",
    "name_suffix": "name suffix",
    "email": "e-mail address",
    "phone": "telephone",
}
REASONS = {
    "placeholder_name": "A placeholder where a name should be",
    "no_first_name": "No first name",
    "name_only": "Name alone: no date, address or last four",
}
"""Why a profile can hardly be linked."""
FAMILIES = {"registry": "Learners to students", "profiles": "Profiles to one another"}

_DECADE = 9


def category(breakdown: str, level: str) -> str:
    """Readable name of a category of a breakdown."""
    known = _CATEGORIES.get((breakdown, level))
    if known:
        return known
    if breakdown == "birth_decade" and level.isdigit():
        return f"{level}\N{EN DASH}{int(level) + _DECADE}"
    if breakdown == "fields":
        return ", ".join(FIELDS.get(part, part) for part in level.split("+")).capitalize()
    return level


def plain(name: str) -> str:
    """A name of the code in words: underscores are blanks."""
    return FIELDS.get(name, name.replace("_", " "))
