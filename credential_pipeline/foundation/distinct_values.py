"""Standard forms found once for each distinct value of a column, and joined back to the rows.

A million people share ten thousand first names and thirty thousand birthdays: a form that costs a microsecond a row costs
nothing a value. Belongs here: the look-up tables and their joins. Not here: what a form is (standard_form.py). A column whose
values are mostly different, such as a street with its number, is better put into form row by row.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from credential_pipeline.foundation.dropped_files import Drop, Form
from credential_pipeline.foundation.storage.relation import Relation, Scratch


@dataclass(frozen=True)
class LookUps:
    """How to select standard forms from rows.

    Attributes:
        columns: What was asked for -> the SQL expression that gives it.
        source: What to select it from: the rows and all the tables of forms, as the part of a query after FROM.
        values: Column of the rows -> its distinct values: ``written``, and ``<what was asked for>_form`` of each form.
    """

    columns: Mapping[str, str]
    source: str
    values: Mapping[str, Relation]


def look_up(work: Scratch, drop: Drop, forms: Mapping[str, tuple[str, Form]]) -> LookUps:
    """Find the forms of each distinct value; the look-up tables live as long as the work.

    A missing value has the form NULL, whatever the function says of NULL.

    Args:
        work: Makes the look-up tables.
        drop: The rows, with values as they were written.
        forms: What is asked for -> the column that it is made from, and the function that makes its SQL from the text.
    """
    of_column: dict[str, dict[str, Form]] = {}
    for target, (column, function) in forms.items():
        of_column.setdefault(column, {})[target] = function
    columns: dict[str, str] = {}
    tables: dict[str, Relation] = {}
    source = f"{drop.rows}"
    for column, wanted in of_column.items():
        made = ", ".join(f"{function('text')} AS {target}_form" for target, function in wanted.items())
        values = work.table(
            f"forms_of_{column}",
            f"SELECT written, {made} FROM (SELECT {column} AS written, {drop.text(column)} AS text FROM"
            f" (SELECT DISTINCT {column} FROM {drop.rows} WHERE {column} IS NOT NULL))",
        )
        tables[column] = values
        columns |= {target: f"of_{column}.{target}_form" for target in wanted}
        source += f"\nLEFT JOIN {values} AS of_{column} ON of_{column}.written = {drop.rows}.{column}"
    return LookUps(columns, source, tables)
