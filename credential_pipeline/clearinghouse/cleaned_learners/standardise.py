"""One standardised row per feed row: the certifier's recipes first, then the form that all sides share."""

from credential_pipeline.foundation import standard_form as form
from credential_pipeline.foundation.recipes.sql import identifier, literal
from credential_pipeline.foundation.registry.feeds import Certifier
from credential_pipeline.foundation.registry.vocabulary import CLOSED, FIELDS
from credential_pipeline.foundation.storage.relation import Relation

IDENTITY: tuple[str, ...] = (
    *("certifier", "person_ref", "first_name", "middle_name", "last_name", "name_suffix", "previous_last_name"),
    *("birth_date", "sex", "ssn_last4", "email", "phone", "street", "city", "state", "zip"),
)
"""Columns that make a profile: rows that agree on all of them are one."""


def recipe_sql(certifier: Certifier, source: Relation) -> str:
    """Select the canonical fields of one certifier's rows, as its recipes read them."""
    kept = [name for name in FIELDS if name not in ("record_id", "block_flag")]
    fields = ",\n    ".join(f"{certifier.sql(name)} AS {name}" for name in kept)
    return f"""
    SELECT certifier, record_id, delivery,
    {fields},
    {certifier.blocked_sql()} AS blocked
    FROM {source}
    """


def source_sql(certifier: Certifier, records: Relation) -> str:
    """Select one certifier's rows with the values as a STRUCT, in which each lookup is free."""
    values = ", ".join(f"{identifier(name)} := source[{literal(name)}]" for name in certifier.source_columns)
    return f"""
    SELECT certifier, record_id, delivery, struct_pack({values}) AS source
    FROM {records} WHERE certifier = {literal(certifier.certifier)}
    """


def blocks_sql(certifier: Certifier, rows: Relation) -> str:
    """Select by what a person can be told whom one certifier's rows say not to share: the columns of cleaned_learners.blocks."""
    record_id = f"nullif({certifier.sql('record_id')}, '')"
    values = {
        name: certifier.sql(name) for name in ("person_ref", "first_name", "last_name", "birth_date", "event_date")
    }
    fields = ", ".join(f"{expression} AS {name}" for name, expression in values.items())
    return f"""
    SELECT certifier, delivery, line, record_id, {form.text("person_ref")} AS person_ref,
        {form.name("first_name")} AS first_name, {form.name("last_name")} AS last_name,
        {form.birth_date_at("birth_date", "event_date")} AS birth_date, reason_code, since
    FROM (SELECT certifier, delivery, line, {record_id} AS record_id, {fields}, reason_code, since
          FROM {rows} WHERE certifier = {literal(certifier.certifier)})
    """


def _closed(field: str) -> str:
    """A field of a closed vocabulary in small letters; NULL for a word that is not in it."""
    words = ", ".join(f"'{word}'" for word in CLOSED[FIELDS[field].kind])
    return f"CASE WHEN lower(trim({field})) IN ({words}) THEN lower(trim({field})) END"


def event_sql() -> str:
    """The event: an award unless the feed says otherwise; an 'award' that was failed is an attempt."""
    event = f"coalesce({_closed('event')}, 'award')"
    return f"CASE WHEN {event} = 'award' AND {_closed('result')} = 'fail' THEN 'attempt' ELSE {event} END"


def standard_sql(read: Relation) -> str:
    """Select the standard form of every field of the rows as recipes read them."""
    last, previous = form.name("last_name"), form.name("previous_last_name")
    return f"""
    SELECT certifier, record_id, delivery,
        {form.text("person_ref")} AS person_ref,
        {form.name("first_name")} AS first_name,
        {form.name("middle_name")} AS middle_name,
        {last} AS last_name,
        {form.suffix("name_suffix", "last_name", "first_name", "middle_name")} AS name_suffix,
        CASE WHEN {last} IS DISTINCT FROM {previous} THEN {previous} END AS previous_last_name,
        {form.birth_date_at("birth_date", "event_date")} AS birth_date,
        {form.sex("sex")} AS sex,
        {form.ssn_last4("ssn_last4")} AS ssn_last4,
        {form.email("email")} AS email,
        {form.phone("phone")} AS phone,
        {form.address("street")} AS street,
        {form.address("city")} AS city,
        {form.state("state")} AS state,
        {form.zip_code("zip")} AS zip,
        {form.text("credential_code")} AS credential_code,
        {form.text("credential_title")} AS credential_title,
        {event_sql()} AS event,
        {_closed("result")} AS result,
        event_date,
        CASE WHEN expiration_date >= event_date THEN expiration_date END AS expiration_date,
        {form.text("training_provider")} AS training_provider,
        {form.text("provider_opeid")} AS provider_opeid,
        {_closed("training_setting")} AS training_setting,
        blocked
    FROM {read}
    """


def profile_id_sql() -> str:
    """Id of a profile: P and the first 16 hexadecimal digits of the md5 of its identity."""
    parts = ", ".join(f"coalesce(CAST({column} AS VARCHAR), '')" for column in IDENTITY)
    return f"'P' || left(md5(concat_ws(chr(31), {parts})), 16)"
