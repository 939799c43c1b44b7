"""Parses the files of a text release into the columns and rows of the database services.

Types follow from what a column of a file holds: `Category` is a number in one file and a word in
another. A missing value is `n/a` or nothing (O*NET Data Dictionary).
"""

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from onet_client.content_model import table_title
from onet_client.sandbox.table import Kind, Row, TableColumn, Value
from onet_client.sandbox.text_file import TextFile

_MISSING = frozenset(["", "n/a"])
_IDENTIFIERS = ("onetsoc_code", "element_id", "scale_id")
# What starts with a zero, such as the source 08, is a code.
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
_DIGITS = 15  # which every double keeps
_MONTH = re.compile(r"(0[1-9]|1[0-2])/([0-9]{4})")

Names = Mapping[str, tuple[str, Mapping[str, str]]]
"""By the column of codes or identifiers, that which is added for their names, and the names."""


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
        name_id, name_of = names.get(column_id, ("", {}))
        if name_id and name_id not in ids:
            columns.append(TableColumn(name_id, table_title(name_id), "Text"))
            plan.append((at, {text: name_of.get(text) for text in distinct}))
    return columns, [tuple([values[fields[at]] for at, values in plan]) for fields in texts]


def kind_of(column_id: str, texts: Iterable[str]) -> Kind:
    """The type of a column, by all its values.

    Returns:
        `Date` where all are months such as 08/2023, `Number` where all are numbers; `Text` else,
        and for identifiers: Element ID 2 is no quantity.
    """
    known = [text for text in texts if text not in _MISSING]
    if known and not column_id.endswith(_IDENTIFIERS):
        if all(map(_MONTH.fullmatch, known)):
            return "Date"
        if all(map(_is_number, known)):
            return "Number"
    return "Text"


def value_of(text: str, kind: Kind) -> Value:
    """Return a value of a column of that type; None where it is missing."""
    if text in _MISSING:
        return None
    if kind == "Date":
        month, year = text.split("/")
        return f"{year}-{month}-01"
    if kind == "Number":
        number = float(text)
        # The database services write 5.0000 as 5.
        return int(number) if number.is_integer() else number
    return text


def _is_number(text: str) -> bool:
    return len(text) <= _DIGITS and bool(_NUMBER.fullmatch(text))
