"""Parses one file of a text release into the columns and rows of the database services.

The files are tab separated without quoting, UTF-8, one header line; `n/a` or nothing is a missing
value (O*NET Data Dictionary).
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from onet_client.sandbox.table import Column, Kind, Row, Value

_COLUMN_IDS = {"Date": "date_updated", "Index": "related_index"}
_NUMBERS = frozenset(
    [
        "data_value",
        "n",
        "standard_error",
        "lower_ci_bound",
        "upper_ci_bound",
        "minimum",
        "maximum",
        "category",
        "job_zone",
        "related_index",
        "task_id",
        "anchor_value",
    ]
)
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_MONTH = re.compile(r"(0[1-9]|1[0-2])/([0-9]{4})")


class ReleaseError(ValueError):
    """A folder or archive that is no text release; the message names the file and line."""


class Parser:
    """One file, with the names that the database services put beside a code added.

    Args:
        stem: the name of the file without `.txt`.
        data: its content.
        titles: the title of each occupation by code.
        scales: the name of each scale by identifier.

    Raises:
        ReleaseError: the file is not UTF-8.
    """

    def __init__(
        self, stem: str, data: bytes, titles: Mapping[str, str], scales: Mapping[str, str]
    ) -> None:
        self._stem = stem
        self._lines = _lines(stem, data)
        header = next(self._lines)[1]
        ids = [_column_id(title) for title in header]
        named = {
            "onetsoc_code": (Column("title", "Title", "Text"), titles),
            "related_onetsoc_code": (Column("related_title", "Related Title", "Text"), titles),
            "scale_id": (Column("scale_name", "Scale Name", "Text"), scales),
        }
        self._plan: list[tuple[Column, int, Mapping[str, str] | None]] = []
        for at, (column_id, title) in enumerate(zip(ids, header, strict=True)):
            self._plan.append((Column(column_id, title, _kind(column_id)), at, None))
            if column_id in named and named[column_id][0].column_id not in ids:
                self._plan.append((named[column_id][0], at, named[column_id][1]))

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of every row, in order."""
        return tuple(column for column, _, _ in self._plan)

    def rows(self) -> Iterator[Row]:
        """Yield the rows, once.

        Raises:
            ReleaseError: a line with a field too few or too many, or a value of the wrong type.
        """
        convert = lru_cache(maxsize=None)(_value)  # the same few thousand values come again
        for number, fields in self._lines:
            try:
                yield tuple(
                    convert(fields[at], column.kind) if names is None else names.get(fields[at])
                    for column, at, names in self._plan
                )
            except ValueError as error:
                raise ReleaseError(f"{self._stem}.txt, line {number}: {error}") from None


def lookup(stem: str, data: bytes, key: str, value: str) -> dict[str, str]:
    """Return one column of a file by another, both named as in its header.

    Raises:
        ReleaseError: the file lacks a column, or is not tab-separated UTF-8.
    """
    lines = _lines(stem, data)
    header = next(lines)[1]
    if key not in header or value not in header:
        raise ReleaseError(f"{stem}.txt, line 1: no columns {key} and {value}.")
    at_key, at_value = header.index(key), header.index(value)
    return {fields[at_key]: fields[at_value] for _, fields in lines}


def snake_case(title: str) -> str:
    """Return the identifier of a table or column by its title, such as `lower_ci_bound`."""
    plain = title.lower().replace("o*net-soc", "onetsoc").replace("(s)", "s")
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")


def _lines(stem: str, data: bytes) -> Iterator[tuple[int, list[str]]]:
    """Yield each line's number and fields, the header's first."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ReleaseError(f"{stem}.txt is not UTF-8: {error}") from error
    width = 0
    for number, line in enumerate(text.removesuffix("\n").split("\n"), start=1):
        fields = line.removesuffix("\r").split("\t")
        width = width or len(fields)
        if len(fields) != width:
            raise ReleaseError(f"{stem}.txt, line {number}: {len(fields)} fields, not {width}.")
        yield number, fields


def _value(text: str, kind: Kind) -> Value:
    if text in {"", "n/a"}:
        return None
    if kind == "Text":
        return text
    if kind == "Date":
        if not (month := _MONTH.fullmatch(text)):
            raise ValueError(f"{text!r} is no month like 08/2023.")
        return f"{month[2]}-{month[1]}-01"
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"{text!r} is no number.")
    number = float(text)
    # The database services write 5.0000 as 5.
    return int(number) if number.is_integer() else number


def _kind(column_id: str) -> Kind:
    if column_id == "date_updated":
        return "Date"
    return "Number" if column_id in _NUMBERS else "Text"


def _column_id(title: str) -> str:
    return _COLUMN_IDS.get(title) or snake_case(title)
