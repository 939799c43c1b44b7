"""What a step is made of, element by element: what is missing, and what carries over.

The figures are those of a `Comparison`; the elements of several domains are weighed together.
"""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from app.gaps.compare import HIGHEST_LEVEL
from app.transitions.readiness import Matrix

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


def weightiest(matrices: Mapping[str, Matrix], source: str, target: str) -> Elements:
    """Return the first gaps by priority as shown, and what carries over by importance.

    Ties are in the order of the domains, and then of element ids.

    Args:
        matrices: by domain; those in which one of the two is not rated are passed over.
        source: the code of the occupation left.
        target: the code of the one entered.
    """
    gaps: list[TopGap] = []
    carried: list[CarriesOver] = []
    for domain, matrix in matrices.items():
        for element, name, has, asked, weight in _required(matrix, source, target):
            if asked > has:
                difference = asked - has
                priority = round(weight * difference / HIGHEST_LEVEL, 4)
                gaps.append(TopGap(domain, element, name, round(difference, 2), priority))
            else:
                importance = round(1 + 4 * weight, 4)
                carried.append(CarriesOver(domain, element, name, asked, importance))
    gaps.sort(key=lambda gap: -gap.priority)
    carried.sort(key=lambda one: -one.importance)
    return Elements(gaps[:SHOWN], carried[:SHOWN])


def _required(
    matrix: Matrix, source: str, target: str
) -> Iterator[tuple[str, str, float, float, float]]:
    """Give the id, the name, both levels and the weight of what a target demands, by id."""
    if source not in matrix.columns or target not in matrix.columns:
        return
    left, entered = matrix.columns[source], matrix.columns[target]
    columns = zip(
        matrix.names.items(),
        matrix.levels[:, left].tolist(),
        matrix.levels[:, entered].tolist(),
        matrix.weights[:, entered].tolist(),
        matrix.rated[:, left].tolist(),
        strict=True,
    )
    for (element, name), has, asked, weight, both in columns:
        if both and asked > 0:
            yield element, name, has, asked, weight
