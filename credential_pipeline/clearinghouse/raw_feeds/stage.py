"""The stage: a certifier's rows as they were read, each delivery in a file of its own, and one relation of all of them.

Rows in memory would be too many; of a file only the columns are read that somebody asks for, and a value that repeats is looked at
once. Not here: what the rows are (rows.py).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from credential_pipeline.foundation.recipes.sql import identifier, literal
from credential_pipeline.foundation.registry.feeds import Certifier
from credential_pipeline.foundation.storage.relation import Relation, Scratch

LINES_PER_FILE: Final = 1 << 32
"""More lines than a file can have: place = number of the file x this + line, one number that orders all rows."""


@dataclass(frozen=True)
class Stage(Relation):
    """The relation of the rows that are staged: place, delivery, line, content, source, reason_code, readings, cut.

    ``source`` is a STRUCT of the certifier's columns, which can be looked into many times without copying; the MAP of the contract
    is made once, at the end. A broken row has no ``source`` but ``readings``: its values counted from the left and from the right,
    one of which may be right in places.

    Attributes:
        work: Where the relation and its files live.
        certifier: Whose rows they are.
    """

    work: Scratch
    certifier: Certifier
    _files: dict[int, Path] = field(default_factory=dict)
    _labels: dict[int, str] = field(default_factory=dict)
    _lines: dict[int, str] = field(default_factory=dict)
    _left_out: list[int] = field(default_factory=list)

    def __str__(self) -> str:
        """The name, for use in SQL."""
        return self.name

    @cached_property
    def struct(self) -> pa.StructType:
        """The values of a row."""
        return pa.struct([(name, pa.string()) for name in all_columns(self.certifier)])

    @cached_property
    def schema(self) -> pa.Schema:
        """What a file of the stage holds; the rest follows from ``place``."""
        return pa.schema(
            {
                "place": pa.int64(),
                "content": pa.large_string(),
                "source": self.struct,
                "reason_code": pa.string(),
                "readings": pa.list_(self.struct),
                "cut": pa.bool_(),
            }
        )

    def add(
        self, number: int, delivery: str, batches: Iterable[pa.RecordBatch], names: Sequence[str], delimiter: str
    ) -> None:
        """Put down the rows of a delivery; if that fails, none of them.

        Args:
            number: Number of the delivery.
            delivery: What tables call it.
            batches: Its rows, as ``schema`` says; ``content`` may be missing where it is the values with separators between them.
            names: The columns of the file in their order, "" for one that has no place in ``source``.
            delimiter: The separator.
        """
        file = self.work.folder / f"{self.certifier.certifier}-{number}.parquet"
        try:
            with pq.ParquetWriter(file, self.schema, compression="none", write_statistics=["place"]) as written:
                for batch in batches:
                    written.write_batch(batch)
        except BaseException:
            file.unlink(missing_ok=True)  # the fault is told, not that there is no file
            raise
        self._files[number] = file
        values = ", ".join(f"source.{identifier(name)}" for name in names if name)
        self._lines[number] = f"concat_ws({literal(delimiter)}, {values})"
        self.rename({number: delivery})

    def drop(self, numbers: Iterable[int]) -> None:
        """Take out the rows of deliveries."""
        for number in numbers:
            if number in self._files:
                self._files.pop(number).unlink()
        self._show()

    def leave_out(self, place: int) -> None:
        """Take out one row."""
        self._left_out.append(place)
        self._show()

    def rename(self, deliveries: Mapping[int, str]) -> None:
        """Let tables call deliveries otherwise."""
        self._labels.update(deliveries)
        self._show()

    def _show(self) -> None:
        """Let the relation be that of the files that are there now."""
        lines = {number: sql for number, sql in self._lines.items() if number in self._files}
        query = _rows_sql(self._files, self._labels, lines, self._left_out, _none_sql(self.certifier))
        self.work.change(self, query)


def _rows_sql(
    files: Mapping[int, Path], labels: Mapping[int, str], lines: Mapping[int, str], left_out: Sequence[int], none: str
) -> str:
    """Select the rows of files in the order of their numbers."""
    paths = ", ".join(literal(str(file)) for _, file in sorted(files.items()))
    names = ", ".join(
        literal(labels[number]) if number in files else "''" for number in range(max(files, default=-1) + 1)
    )
    places = ", ".join(map(str, left_out))
    return f"""
        SELECT place, list_extract([{names}]::VARCHAR[], place // {LINES_PER_FILE} + 1) AS delivery,
            CAST(place % {LINES_PER_FILE} AS INTEGER) AS line, {_content_sql(lines)} AS content, source, reason_code, readings, cut
        FROM {f"read_parquet([{paths}])" if paths else f"({none})"} {f"WHERE NOT list_contains([{places}], place)" if places else ""}
        """


def _content_sql(lines: Mapping[int, str]) -> str:
    """The line of a row as it came: as it was kept, or put together by the order of its file's columns.

    A list is looked into, where IN would make a join: scans alone keep the order of rows.
    """
    kinds = sorted(set(lines.values()))
    of_file = [kinds.index(lines[number]) if number in lines else -1 for number in range(max(lines, default=-1) + 1)]
    kind = f"list_extract({of_file}::INTEGER[], place // {LINES_PER_FILE} + 1)"
    arms = "".join(f" WHEN {kind} = {number} THEN {sql}" for number, sql in enumerate(kinds))
    return f"CASE WHEN content IS NOT NULL THEN content {arms} END"


def _none_sql(certifier: Certifier) -> str:
    """No rows, of the form that rows have."""
    fields = ", ".join(f"{identifier(name)} VARCHAR" for name in all_columns(certifier))
    kinds = {"place": "BIGINT", "content": "VARCHAR", "source": f"STRUCT({fields})", "reason_code": "VARCHAR"}
    kinds |= {"readings": f"STRUCT({fields})[]", "cut": "BOOLEAN"}
    return f"SELECT {', '.join(f'CAST(NULL AS {kind}) AS {name}' for name, kind in kinds.items())} WHERE false"


def create_stage(work: Scratch, certifier: Certifier) -> Stage:
    """An empty stage for a certifier's rows."""
    made = work.view("rows", _rows_sql({}, {}, {}, (), _none_sql(certifier)))
    return Stage(made.name, made.columns, work, certifier)


def all_columns(certifier: Certifier) -> tuple[str, ...]:
    """Every column that a file of the certifier can have, used and ignored ones."""
    return (*certifier.source_columns, *certifier.ignored)


def of_delivery(number: int) -> str:
    """Condition on the stage for the rows of one file."""
    return f"place BETWEEN {number * LINES_PER_FILE} AND {(number + 1) * LINES_PER_FILE - 1}"
