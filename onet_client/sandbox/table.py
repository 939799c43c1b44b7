"""A table of a text release in memory, filtered and sorted as O*NET Web Services does."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Value = str | int | float | None
Row = tuple[Value, ...]
Kind = Literal["Text", "Number", "Date"]

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


class QueryError(ValueError):
    """A parameter the upstream would refuse with 422; the message is what it would say."""


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One column: its identifier in queries, its title in the text release, and its type."""

    column_id: str
    title: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class _Condition:
    """One `filter` parameter, its value folded as the column's values are."""

    position: int
    operator: str
    value: Value

    def holds(self, row: Row) -> bool:
        """Whether the row satisfies this filter; a null satisfies none."""
        value = _fold(row[self.position])
        if value is None:
            return False
        if self.operator == "eq":
            return value == self.value
        return str(self.value) in str(value)


class Table:
    """Rows in file order, with an index for every column that was ever filtered by `eq`.

    Safe to read from many threads: what is remembered is assigned whole, and computing it twice
    does no harm.
    """

    def __init__(self, table_id: str, columns: Sequence[TableColumn], rows: Sequence[Row]) -> None:
        self.table_id = table_id
        self.columns = tuple(columns)
        self.rows = rows
        self._positions = {column.column_id: at for at, column in enumerate(self.columns)}
        self._indexes: dict[int, dict[Value, list[Row]]] = {}
        self._order: tuple[tuple[int, ...], Sequence[Row]] = ((), rows)

    def select(self, filters: Iterable[str] = (), sorts: Iterable[str] = ()) -> Sequence[Row]:
        """Return the rows that satisfy every filter, in the order of the sorts, else of the file.

        Args:
            filters: `column_id.eq.value`, or `column_id.contains.value` for text; case is ignored.
            sorts: the identifiers of columns, the weightiest first; nulls come first.

        Raises:
            QueryError: an unknown column or operator, or a value that does not fit the column.
        """
        conditions = [self._condition(text) for text in filters]
        keys = tuple(self._position(column_id, column_id) for column_id in sorts)
        if conditions:
            return _in_order(self._matching(conditions), keys)
        order = self._order
        if order[0] != keys:
            # The pages of one stream ask for the same order, so one is worth remembering.
            order = self._order = (keys, _in_order(self.rows, keys))
        return order[1]

    def record(self, row: Row) -> dict[str, Value]:
        """Return the row as column identifiers and values."""
        return dict(zip(self._positions, row, strict=True))

    def value(self, row: Row, column_id: str) -> Value:
        """Return one value of the row; `KeyError` where the table has no such column."""
        return row[self._positions[column_id]]

    def has_nulls(self, column_id: str) -> bool:
        """Whether any row lacks this column."""
        at = self._positions[column_id]
        return any(row[at] is None for row in self.rows)

    def _matching(self, conditions: Sequence[_Condition]) -> Sequence[Row]:
        candidates = [self._equal(c) for c in conditions if c.operator == "eq"]
        fewest: Sequence[Row] = min(candidates, key=len, default=self.rows)
        return [row for row in fewest if all(condition.holds(row) for condition in conditions)]

    def _equal(self, condition: _Condition) -> Sequence[Row]:
        index = self._indexes.get(condition.position)
        if index is None:
            index = {}
            for row in self.rows:
                index.setdefault(_fold(row[condition.position]), []).append(row)
            self._indexes[condition.position] = index
        return index.get(condition.value, ())

    def _condition(self, text: str) -> _Condition:
        column_id, _, rest = text.partition(".")
        operator, dot, value = rest.partition(".")
        position = self._position(column_id, text)
        kind = self.columns[position].kind
        if not dot or operator not in {"eq"} | ({"contains"} if kind == "Text" else set()):
            raise QueryError(f'The filter "{text}" is not column.operator.value for {kind}.')
        if kind != "Number":
            return _Condition(position, operator, value.casefold())
        if not _NUMBER.fullmatch(value):
            raise QueryError(f'The filter "{text}" compares a number with something else.')
        return _Condition(position, operator, float(value))

    def _position(self, column_id: str, text: str) -> int:
        try:
            return self._positions[column_id]
        except KeyError:
            raise QueryError(f'"{text}" names no column of {self.table_id}.') from None


def _fold(value: Value) -> Value:
    return value.casefold() if isinstance(value, str) else value


def _in_order(rows: Sequence[Row], positions: Sequence[int]) -> Sequence[Row]:
    """Sort stably by columns, the weightiest first."""

    def key(row: Row) -> list[tuple[bool, Value]]:
        return [(row[at] is not None, _fold(row[at])) for at in positions]

    return sorted(rows, key=key) if positions else rows
