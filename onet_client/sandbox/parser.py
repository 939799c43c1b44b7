"""Parses the files of a text release into the columns and rows of the database services."""

import sys
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from onet_client.sandbox.kinds import kind_of, value_of
from onet_client.sandbox.table import Row, TableColumn, Value
from onet_client.sandbox.text_file import TextFile


class NameColumn(NamedTuple):
    """The column that is added for the names of codes or identifiers, and the names by these."""

    column: TableColumn
    names: Mapping[str, str]


Names = Mapping[str, NameColumn]
"""By the column of the code or identifier."""


def parse(files: Sequence[TextFile], names: Names) -> tuple[list[TableColumn], list[Row]]:
    """Return the columns and rows of files with the same columns, one file after the other.

    The database services add names to codes where the file has none.

    Raises:
        ReleaseError: a file can no longer be read.
    """
    lines = chain.from_iterable(file.rows() for file in files)
    # The same few thousand texts come again and again.
    texts = [tuple(map(sys.intern, fields)) for fields in lines]
    header, ids = files[0].header, files[0].column_ids
    columns: list[TableColumn] = []
    plan: list[tuple[int, Mapping[str, Value]]] = []
    for at, (column_id, title) in enumerate(zip(ids, header, strict=True)):
        distinct = {fields[at] for fields in texts}
        kind = kind_of(column_id, distinct)
        columns.append(TableColumn(column_id, title, kind))
        plan.append((at, {text: value_of(text, kind) for text in distinct}))
        added = names.get(column_id)
        if added and added.column.column_id not in ids:
            columns.append(added.column)
            plan.append((at, {text: added.names.get(text) for text in distinct}))
    return columns, [tuple([values[fields[at]] for at, values in plan]) for fields in texts]


def lookup(file: TextFile, key: str, value: str) -> dict[str, str]:
    """Return one column of a file by another, both named by their identifiers.

    Raises:
        ReleaseError: the file can no longer be read.
    """
    at_key, at_value = file.column_ids.index(key), file.column_ids.index(value)
    return {fields[at_key]: fields[at_value] for fields in file.rows()}
