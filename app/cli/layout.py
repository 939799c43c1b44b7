"""How tables and bars fit a width: pure functions of what there is to show."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

BETWEEN: Final = 2
"""Spaces between two columns."""
RESERVED: Final = 1
"""Columns at the right end that stay free: some terminals wrap a line that fills them."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column that can be shown.

    Attributes:
        least: the narrowest it can be, in characters.
        most: what it takes where there is room.
        rank: which columns go first where there is none, the highest; 0 stays whatever the width.
    """

    name: str
    least: int
    most: int
    rank: int = 0


def fit(columns: Sequence[Column], width: int) -> dict[str, int]:
    """Choose which columns are shown in a terminal, and how wide, by name in their order.

    What room is left goes to the columns one after the other, the lowest rank first.
    """
    kept = list(columns)
    while _needed(kept) > width - RESERVED and any(column.rank for column in kept):
        kept.remove(max(kept, key=lambda column: column.rank))
    widths = {column.name: column.least for column in kept}
    room = max(0, width - RESERVED - _needed(kept))
    for column in sorted(kept, key=lambda column: column.rank):
        more = min(room, column.most - column.least)
        widths[column.name] += more
        room -= more
    return widths


def _needed(columns: Sequence[Column]) -> int:
    return sum(column.least for column in columns) + BETWEEN * (len(columns) - 1)


class Bar(NamedTuple):
    """Cells of a bar: what is there, what is missing, and what is not asked for."""

    there: int
    missing: int
    rest: int


def bar(there: float, missing: float, full: float, cells: int) -> Bar:
    """Divide the cells of a bar; whatever is more than nothing has a cell, if there is one."""
    end = _cells(there + missing, full, cells)
    shown = min(_cells(there, full, cells), end - 1 if missing > 0 else end)
    return Bar(max(0, shown), end - max(0, shown), cells - end)


def _cells(part: float, full: float, cells: int) -> int:
    found = round(part / full * cells)
    return min(cells, max(found, 1 if part > 0 else 0))
