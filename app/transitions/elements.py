"""What a step is made of, element by element: what is missing, and what carries over.

The figures are those of a `Comparison`; the elements of several domains are weighed together.
"""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.gaps.compare import HIGHEST_LEVEL
from app.transitions.choice import Direction
from app.transitions.readiness import Matrix, Table, rounded

SHOWN: Final = 3
"""Elements of a kind that a transition lists."""


class TopGap(NamedTuple):
    """An element that the target demands more of; its figures are those of a `Comparison`."""

    domain: str
    id: str
    name: str
    level_gap: float
    priority: float


class CarriesOver(NamedTuple):
    """An element that the target demands no more of than the source has.

    Attributes:
        level: that the target demands, 0-7.
        importance: to the target, 1-5.
    """

    domain: str
    id: str
    name: str
    level: float
    importance: float


class Elements(NamedTuple):
    """The weightiest of each kind."""

    gaps: list[TopGap]
    carries_over: list[CarriesOver]


def weightiest(
    matrices: Mapping[str, Matrix], code: str, others: Sequence[str], direction: Direction
) -> list[Elements]:
    """Return the first gaps by priority as shown, and what carries over by importance.

    Ties are in the order of the domains, and then of element ids. Domains in which one of the two
    is not rated are passed over. The steps lead in the direction as seen from the occupation.
    """
    names: list[tuple[str, str, str]] = []
    parts = []
    for domain, matrix in matrices.items():
        if code in matrix.columns:
            names += [(domain, *element) for element in matrix.names.items()]
            parts.append(_levels(matrix, code, others, direction))
    has, asked, weight, required = np.concatenate(parts, axis=1)
    differs = asked - has
    priority = rounded(weight * differs / HIGHEST_LEVEL)
    importance = rounded(1 + 4 * weight)
    gaps = _first(priority, (required > 0) & (differs > 0))
    carried = _first(importance, (required > 0) & (differs <= 0))
    return [
        Elements(
            [
                TopGap(*names[row], round(float(differs[row, at]), 2), float(priority[row, at]))
                for row in gaps[at]
            ],
            [
                CarriesOver(*names[row], float(asked[row, at]), float(importance[row, at]))
                for row in carried[at]
            ],
        )
        for at in range(len(others))
    ]


def _levels(matrix: Matrix, code: str, others: Sequence[str], direction: Direction) -> Table:
    """Give what each source has and each target asks, its weights, and what is required of both.

    A row is an element, a column one of the others.
    """
    one = matrix.columns[code]
    columns = [matrix.columns.get(other, one) for other in others]
    known = np.array([other in matrix.columns for other in others])
    ones = [one] * len(columns)
    left, entered = (ones, columns) if direction == "to" else (columns, ones)
    asked = matrix.levels[:, entered]
    required = matrix.rated[:, left] * (asked > 0) * known
    return np.array([matrix.levels[:, left], asked, matrix.weights[:, entered], required])


def _first(figures: Table, chosen: NDArray[np.bool_]) -> list[list[int]]:
    """Return the rows of the highest figures chosen in each column; ties in order."""
    order = np.argsort(np.where(chosen, -figures, np.inf), axis=0, kind="stable")[:SHOWN]
    return [
        [row for row in rows if chosen[row, column]] for column, rows in enumerate(order.T.tolist())
    ]
