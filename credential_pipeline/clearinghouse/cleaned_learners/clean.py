"""Creates cleaned_learners.profiles and .credentials from raw_feeds.records, and .blocks from raw_feeds.blocked_rows."""

from collections.abc import Sequence

from credential_pipeline.clearinghouse.cleaned_learners.standardise import (
    IDENTITY,
    blocks_sql,
    profile_id_sql,
    standard_sql,
)
from credential_pipeline.clearinghouse.cleaned_learners.values import formed_sql, written_rows
from credential_pipeline.foundation.contracts.cleaned_learners import SNAPSHOT
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.recipes.scripts import add_to_latin
from credential_pipeline.foundation.registry.feeds import Certifier
from credential_pipeline.foundation.registry.load import Registry
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Relation, Scratch, relation, scratch


def clean(con: Connection, industry: str, registry: Registry) -> None:
    """Standardise an industry's accepted rows.

    Args:
        con: Connection with ``raw_feeds.records``, ``raw_feeds.blocked_rows`` and the schema ``cleaned_learners``.
        industry: Name of the industry.
        registry: The loaded registry; its recipes and credential titles are used.

    Raises:
        SafeError: E_PROFILE_ID if two identities share a hash, E_CONSERVATION if a row got lost (defects of this hop).
    """
    add_to_latin(con)
    certifiers = registry.certifiers_of(industry)
    records = relation(con, "raw_feeds.records")
    with scratch(con) as work:
        standard = standardise(work, records, certifiers)
        _write_profiles(con, standard)
        _write_credentials(con, standard, list_titles(work, certifiers))
    _assert_complete(con, records)
    _write_blocks(con, certifiers)


def standardise(work: Scratch, records: Relation, certifiers: Sequence[Certifier]) -> Relation:
    """The rows of all certifiers in standard form, each with the id of its profile."""
    standard: Relation | None = None
    for certifier in certifiers:
        with scratch(work.con) as own:
            written = written_rows(own, records, certifier)
            rows = standard_sql(formed_sql(own, written, certifier))
            query = f"SELECT {profile_id_sql()} AS profile_id, * FROM ({rows})"
            if standard is None:
                standard = work.table("standard", query)
            else:
                work.con.execute(f"INSERT INTO {standard} {query}")
    if standard is None:
        raise ValueError("an industry has a certifier")
    return standard


def list_titles(work: Scratch, certifiers: Sequence[Certifier]) -> Relation:
    """The titles of the registry: certifier, credential_code, title."""
    return work.rows(
        "titles",
        dict.fromkeys(("certifier", "credential_code", "title"), "VARCHAR"),
        [
            (certifier.certifier, credential.code, credential.title)
            for certifier in certifiers
            for credential in certifier.credentials
        ],
    )


def _write_credentials(con: Connection, standard: Relation, titles: Relation) -> None:
    columns = ", ".join(
        "coalesce(t.title, s.credential_title) AS credential_title" if name == "credential_title" else f"s.{name}"
        for name in SNAPSHOT.table("credentials").column_names
    )
    con.execute(
        f"""
        CREATE OR REPLACE TABLE cleaned_learners.credentials AS
        SELECT {columns} FROM {standard} AS s LEFT JOIN {titles} AS t USING (certifier, credential_code)
        """
    )


def _write_profiles(con: Connection, standard: Relation) -> None:
    identity = ", ".join(IDENTITY)
    columns = ", ".join(
        "count(*) AS records" if name == "records" else name for name in SNAPSHOT.table("profiles").column_names
    )
    con.execute(
        f"""
        CREATE OR REPLACE TABLE cleaned_learners.profiles AS
        SELECT {columns} FROM {standard} GROUP BY profile_id, {identity}
        """
    )


def _write_blocks(con: Connection, certifiers: Sequence[Certifier]) -> None:
    rows = relation(con, "raw_feeds.blocked_rows")
    parts = " UNION ALL ".join(blocks_sql(certifier, rows) for certifier in certifiers)
    con.execute(f"CREATE OR REPLACE TABLE cleaned_learners.blocks AS {parts}")


def _assert_complete(con: Connection, records: Relation) -> None:
    rows, events, records, profiles, ids = con.execute(
        f"""
        SELECT (SELECT count(*) FROM {records}), (SELECT count(*) FROM cleaned_learners.credentials),
            (SELECT sum(records) FROM cleaned_learners.profiles), count(*), count(DISTINCT profile_id)
        FROM cleaned_learners.profiles
        """
    ).fetchall()[0]
    if profiles != ids:
        raise SafeError("E_PROFILE_ID", f"{profiles - ids} profiles share their id with another profile; report this")
    if not rows == events == (records or 0):
        message = f"{rows} accepted rows became {events} events and {records or 0} profile rows; report this"
        raise SafeError("E_CONSERVATION", message)
