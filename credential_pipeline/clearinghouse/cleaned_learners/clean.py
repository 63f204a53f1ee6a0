"""Creates cleaned_learners.profiles and cleaned_learners.credentials from raw_feeds.records."""

from collections.abc import Sequence

from credential_pipeline.clearinghouse.cleaned_learners.standardise import (
    IDENTITY,
    profile_id_sql,
    recipe_sql,
    source_sql,
    standard_sql,
)
from credential_pipeline.foundation.contracts.cleaned_learners import SNAPSHOT
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.registry.feeds import Certifier
from credential_pipeline.foundation.registry.load import Registry
from credential_pipeline.foundation.storage.engine import Connection


def clean(con: Connection, industry: str, registry: Registry) -> None:
    """Standardise an industry's accepted rows.

    Args:
        con: Connection with ``raw_feeds.records`` and the schema ``cleaned_learners``.
        industry: Name of the industry.
        registry: The loaded registry; its recipes and credential titles are used.

    Raises:
        SafeError: E_PROFILE_ID if two identities share a hash, E_CONSERVATION if a row got lost (defects of this hop).
    """
    certifiers = registry.certifiers_of(industry)
    _read(con, certifiers)
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE tmp_standard AS
        SELECT {profile_id_sql()} AS profile_id, * FROM ({standard_sql()})
        """
    )
    _write_profiles(con)
    titles = [
        (certifier.certifier, credential.code, credential.title)
        for certifier in certifiers
        for credential in certifier.credentials
    ]
    con.execute("CREATE OR REPLACE TEMP TABLE tmp_titles (certifier VARCHAR, credential_code VARCHAR, title VARCHAR)")
    if titles:
        con.executemany("INSERT INTO tmp_titles VALUES (?, ?, ?)", titles)
    columns = ", ".join(
        "coalesce(t.title, s.credential_title) AS credential_title" if name == "credential_title" else f"s.{name}"
        for name in SNAPSHOT.table("credentials").column_names
    )
    con.execute(
        f"""
        CREATE OR REPLACE TABLE cleaned_learners.credentials AS
        SELECT {columns} FROM tmp_standard AS s LEFT JOIN tmp_titles AS t USING (certifier, credential_code)
        """
    )
    _assert_complete(con)
    con.execute("DROP TABLE tmp_standard")
    con.execute("DROP TABLE tmp_titles")
    con.execute("DROP TABLE tmp_read")


def _read(con: Connection, certifiers: Sequence[Certifier]) -> None:
    """Create tmp_read. Each stage is a table: DuckDB would compute an inlined expression again at every mention."""
    for number, certifier in enumerate(certifiers):
        con.execute(f"CREATE OR REPLACE TEMP TABLE tmp_source AS {source_sql(certifier)}")
        start = "INSERT INTO tmp_read" if number else "CREATE OR REPLACE TEMP TABLE tmp_read AS"
        con.execute(f"{start} {recipe_sql(certifier)}")
    con.execute("DROP TABLE tmp_source")


def _write_profiles(con: Connection) -> None:
    identity = ", ".join(IDENTITY)
    columns = ", ".join(
        "count(*) AS records" if name == "records" else name for name in SNAPSHOT.table("profiles").column_names
    )
    con.execute(
        f"""
        CREATE OR REPLACE TABLE cleaned_learners.profiles AS
        SELECT {columns} FROM tmp_standard GROUP BY profile_id, {identity}
        """
    )


def _assert_complete(con: Connection) -> None:
    rows, events, records, profiles, ids = con.execute(
        """
        SELECT (SELECT count(*) FROM raw_feeds.records), (SELECT count(*) FROM cleaned_learners.credentials),
            (SELECT sum(records) FROM cleaned_learners.profiles), count(*), count(DISTINCT profile_id)
        FROM cleaned_learners.profiles
        """
    ).fetchall()[0]
    if profiles != ids:
        raise SafeError("E_PROFILE_ID", f"{profiles - ids} profiles share their id with another profile; report this")
    if not rows == events == (records or 0):
        message = f"{rows} accepted rows became {events} events and {records or 0} profile rows; report this"
        raise SafeError("E_CONSERVATION", message)
