"""What type a column of a text release has, and what its values are as the API sends them.

Types follow from what a column of a file holds: `Category` is a number in one file and a word in
another. A missing value is `n/a` or nothing (O*NET Data Dictionary).
"""

import re
from collections.abc import Iterable

from onet_client.sandbox.table import Kind, Value

_MISSING = frozenset(["", "n/a"])
_IDENTIFIERS = ("onetsoc_code", "element_id", "scale_id")
# What starts with a zero, such as the source 08, is a code.
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
_DIGITS = 15  # which every double keeps
_MONTH = re.compile(r"(0[1-9]|1[0-2])/([0-9]{4})")


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
