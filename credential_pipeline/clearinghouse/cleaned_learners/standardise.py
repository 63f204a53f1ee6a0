"""The standard form of every field: the certifier's recipe first, then the form that all sides share.

A form depends on the one value that a certifier wrote, so it is found once for each distinct value (values.py); what depends on
several fields is said here per row. Not here: looking the forms up.
"""

from collections.abc import Callable
from typing import Final

from credential_pipeline.foundation import standard_form as form
from credential_pipeline.foundation.recipes.sql import literal
from credential_pipeline.foundation.registry.feeds import Certifier
from credential_pipeline.foundation.registry.vocabulary import CLOSED, FIELDS
from credential_pipeline.foundation.storage.relation import Relation

IDENTITY: tuple[str, ...] = (
    *("certifier", "person_ref", "first_name", "middle_name", "last_name", "name_suffix", "previous_last_name"),
    *("birth_date", "sex", "ssn_last4", "email", "phone", "street", "city", "state", "zip"),
)
"""Columns that make a profile: rows that agree on all of them are one."""


def _closed(field: str) -> Callable[[str], str]:
    """A field of a closed vocabulary in small letters; NULL for a word that is not in it."""
    words = ", ".join(f"'{word}'" for word in CLOSED[FIELDS[field].kind])
    return lambda read: f"CASE WHEN lower(trim({read})) IN ({words}) THEN lower(trim({read})) END"


FORMS: Final[dict[str, tuple[str, Callable[[str], str]]]] = {
    **{name: (name, make) for name, make in form.NAME_FORMS.items()},
    "previous_last_name": ("previous_last_name", form.family_name),
    "former_last_name": ("last_name", form.former_name),
    **{f"suffix_of_{name}": (name, form.suffix_at_end) for name in form.NAME_FORMS},
    "name_suffix": ("name_suffix", form.written_suffix),
    **{name: (name, str) for name in ("birth_date", "event_date", "expiration_date")},
    **{name: (name, _closed(name)) for name in ("event", "result", "training_setting")},
    **{
        name: (name, form.text)
        for name in ("person_ref", "credential_code", "credential_title", "training_provider", "provider_opeid")
    },
    "sex": ("sex", form.sex),
    "ssn_last4": ("ssn_last4", form.ssn_last4),
    "email": ("email", form.email),
    "phone": ("phone", form.phone),
    "street": ("street", form.address),
    "city": ("city", form.address),
    "state": ("state", form.state),
    "zip": ("zip", form.zip_code),
}
"""Form -> the canonical field that it is made from, and the SQL that makes it out of what the recipe read."""


def blocks_sql(certifier: Certifier, rows: Relation) -> str:
    """Select by what a person can be told whom one certifier's rows say not to share: the columns of cleaned_learners.blocks."""
    record_id = f"nullif({certifier.sql('record_id')}, '')"
    names = ("person_ref", "first_name", "last_name", "birth_date", "event_date")
    fields = ", ".join(f"{certifier.sql(name)} AS {name}" for name in names)
    return f"""
    SELECT certifier, delivery, line, record_id, {form.text("person_ref")} AS person_ref,
        {form.given_name("first_name")} AS first_name, {form.family_name("last_name")} AS last_name,
        {form.birth_date_at("birth_date", "event_date")} AS birth_date, reason_code, since
    FROM (SELECT certifier, delivery, line, {record_id} AS record_id, {fields}, reason_code, since
          FROM {rows} WHERE certifier = {literal(certifier.certifier)})
    """


def standard_sql(made: str) -> str:
    """Select the standard form of every field of the rows, out of their forms.

    An event is an award unless the feed says otherwise; an 'award' that was failed is an attempt.

    Args:
        made: A query of certifier, record_id, delivery, blocked, and one column a form.
    """
    plain = [
        name for name in FORMS if name not in {*_DERIVED, "former_last_name"} and not name.startswith("suffix_of_")
    ]
    derived = ",\n        ".join(f"{expression} AS {name}" for name, expression in _DERIVED.items())
    return f"""
    SELECT certifier, record_id, delivery, {", ".join(plain)},
        {derived},
        blocked
    FROM ({made})
    """


_DERIVED: Final = {
    "name_suffix": f"coalesce(name_suffix, {', '.join(f'suffix_of_{name}' for name in form.NAME_FORMS)})",
    "previous_last_name": "nullif(coalesce(previous_last_name, former_last_name), last_name)",
    "birth_date": form.birth_date_at("birth_date", "event_date"),
    "event": "CASE WHEN coalesce(event, 'award') = 'award' AND result = 'fail' THEN 'attempt'"
    " ELSE coalesce(event, 'award') END",
    "expiration_date": "CASE WHEN expiration_date >= event_date THEN expiration_date END",
}
"""What depends on more than one value."""


def profile_id_sql() -> str:
    """Id of a profile: P and the first 16 hexadecimal digits of the md5 of its identity."""
    parts = ", ".join(f"coalesce(CAST({column} AS VARCHAR), '')" for column in IDENTITY)
    return f"'P' || left(md5(concat_ws(chr(31), {parts})), 16)"
