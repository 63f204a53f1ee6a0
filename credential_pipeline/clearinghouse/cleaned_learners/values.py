"""The rows of a certifier with the forms of their values, each found once for each distinct value of a column.

People appear in a feed once for each credential, and share names, towns and days with others: most of what recipes and forms cost
a row is paid for a few values. Not here: what a form is (standardise.py).
"""

from collections.abc import Mapping

from credential_pipeline.clearinghouse.cleaned_learners.standardise import FORMS
from credential_pipeline.foundation.recipes.sql import identifier, literal
from credential_pipeline.foundation.registry.feeds import Certifier
from credential_pipeline.foundation.storage.relation import Relation, Scratch


def written_rows(work: Scratch, records: Relation, certifier: Certifier) -> Relation:
    """One certifier's rows with their values as a STRUCT, in which each lookup is free."""
    values = ", ".join(f"{identifier(name)} := source[{literal(name)}]" for name in certifier.source_columns)
    return work.table(
        "written",
        f"SELECT certifier, record_id, delivery, struct_pack({values}) AS source "
        f"FROM {records} WHERE certifier = {literal(certifier.certifier)}",
    )


def formed_sql(work: Scratch, written: Relation, certifier: Certifier) -> str:
    """A query of a certifier's rows with one column a form of FORMS, and ``blocked``; it needs tables that the work holds."""
    made = {name: make(certifier.sql(field)) for name, (field, make) in FORMS.items()}
    made["blocked"] = certifier.blocked_sql()
    chosen, joins = dict(made), ""
    for place, (column, names) in enumerate(_by_column(certifier).items()):
        forms = _forms(work, written, column, {name: made[name] for name in names})
        joins += (
            f"\nLEFT JOIN {forms} AS of_{place} ON of_{place}.written IS NOT DISTINCT FROM r.source[{literal(column)}]"
        )
        chosen |= {name: f"of_{place}.{name}" for name in names}
    columns = ", ".join(f"{expression} AS {name}" for name, expression in chosen.items())
    return f"SELECT r.certifier, r.record_id, r.delivery, {columns} FROM {written} AS r {joins}"


def _by_column(certifier: Certifier) -> Mapping[str, list[str]]:
    """Column of the files -> the forms that are made from it."""
    found: dict[str, list[str]] = {}
    for name, field in ((name, field) for name, (field, _) in FORMS.items()):
        column = certifier.columns.get(field)
        if column is not None and column.source is not None:
            found.setdefault(column.source, []).append(name)
    flag = certifier.columns.get("block_flag")
    if flag is not None and flag.source is not None:
        found.setdefault(flag.source, []).append("blocked")
    return found


def _forms(work: Scratch, written: Relation, column: str, made: Mapping[str, str]) -> Relation:
    """The forms of every distinct value of a column, the missing one included: written, and one column a form."""
    columns = ", ".join(f"{expression} AS {name}" for name, expression in made.items())
    return work.table(
        "forms",
        f"""
        SELECT written, {columns}
        FROM (SELECT written, struct_pack({identifier(column)} := written) AS source
              FROM (SELECT DISTINCT source[{literal(column)}] AS written FROM {written}))
        """,
    )
