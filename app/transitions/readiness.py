"""How ready one occupation is for each of the others, or each of the others for it.

All rated occupations of a domain are compared at once. The figures are those of
`app.gaps.compare`, to the last bit: sums are taken element by element in the same order, and
rounded by the same function.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from app.gaps.compare import HIGHEST_LEVEL
from app.transitions.choice import Direction
from cache.profile import Profile

Table: TypeAlias = NDArray[np.float64]

SHOWN: Final = 3
"""Gaps that are told of a pair."""


class TopGap(NamedTuple):
    """An element that the target demands more of; its figures are those of a `Comparison`."""

    id: str
    name: str
    level_gap: float
    priority: float


@dataclass(frozen=True, eq=False)
class Matrix:
    """The profiles of a domain: a row for each element, by id, and a column for each occupation.

    What is Not Relevant, or not rated at all, has level 0: it demands nothing and meets nothing,
    whatever its weight.

    Attributes:
        titles: by code, in the order of the columns.
        names: by element id, in the order of the rows.
        levels: effective levels, 0-7.
        weights: of importance, 0-1.
        rated: 1 where the occupation is rated on the element, else 0.
    """

    titles: dict[str, str]
    names: dict[str, str]
    levels: Table
    weights: Table
    rated: Table

    @classmethod
    def of(cls, profiles: Sequence[Profile]) -> "Matrix":
        """Lay out the profiles of different occupations."""
        found = {one.id: one.name for profile in profiles for one in profile.elements.values()}
        names = dict(sorted(found.items()))
        rows = {element: row for row, element in enumerate(names)}
        levels, weights, rated = np.zeros((3, len(names), len(profiles)))
        for column, profile in enumerate(profiles):
            at = [rows[rating.id] for rating in profile.ratings]
            levels[at, column] = profile.levels
            weights[at, column] = profile.weights
            rated[at, column] = 1
        titles = {profile.code: profile.title for profile in profiles}
        return cls(titles, names, levels, weights, rated)

    @cached_property
    def columns(self) -> dict[str, int]:
        """Where each occupation stands, by code."""
        return {code: column for column, code in enumerate(self.titles)}

    def changed(self, profiles: Sequence[Profile], gone: Iterable[str] = ()) -> "Matrix":
        """Return a matrix with these profiles added or replaced, and without the codes gone."""
        dropped = {*gone, *(profile.code for profile in profiles)}
        kept = [column for code, column in self.columns.items() if code not in dropped]
        titles = {code: title for code, title in self.titles.items() if code not in dropped}
        tables = (table[:, kept] for table in (self.levels, self.weights, self.rated))
        return _joined([Matrix(titles, self.names, *tables), Matrix.of(profiles)])


def readiness_to_all(matrix: Matrix, code: str) -> dict[str, float]:
    """Tell how ready an occupation is for each one, itself included: 0 to 1, four decimals.

    Raises:
        KeyError: where the matrix does not have the occupation.
    """
    return _readiness(matrix, [matrix.columns[code]], slice(None))


def readiness_from_all(matrix: Matrix, code: str) -> dict[str, float]:
    """Tell how ready each occupation, itself included, is for one: 0 to 1, four decimals.

    Raises:
        KeyError: where the matrix does not have the occupation.
    """
    return _readiness(matrix, slice(None), [matrix.columns[code]])


def ranking(
    matrix: Matrix, code: str, direction: Direction, related: Sequence[str] = ()
) -> list[tuple[str, float]]:
    """Rank all others by readiness as shown, highest first.

    Of those that are equally ready the related ones come first, then the lower code: many are
    ready for all of what is easier, where that alone would say nothing.

    Args:
        matrix: of the domain.
        code: of the source where the direction is `to`, of the target where it is `from`.
        direction: of the transitions, seen from the occupation.
        related: codes of related occupations, the closest first.

    Raises:
        KeyError: where the matrix does not have the occupation.
    """
    figures = (readiness_to_all if direction == "to" else readiness_from_all)(matrix, code)
    del figures[code]
    places = {other: place for place, other in enumerate(related)}
    return sorted(
        figures.items(), key=lambda one: (-one[1], places.get(one[0], len(places)), one[0])
    )


def top_gaps(matrix: Matrix, source: str, target: str) -> list[TopGap]:
    """Return the first gaps of a pair, by priority as shown, ties by element id.

    Raises:
        KeyError: where the matrix does not have one of the occupations.
    """
    has, asked = matrix.columns[source], matrix.columns[target]
    differences = (matrix.levels[:, asked] - matrix.levels[:, has]).tolist()
    weights = matrix.weights[:, asked].tolist()
    rated = matrix.rated[:, has].tolist()
    gaps = [
        TopGap(element, name, round(difference, 2), round(weighs * difference / HIGHEST_LEVEL, 4))
        for (element, name), difference, weighs, both in zip(
            matrix.names.items(), differences, weights, rated, strict=True
        )
        if both and difference > 0
    ]
    return sorted(gaps, key=lambda gap: (-gap.priority, gap.id))[:SHOWN]


def _readiness(
    matrix: Matrix, sources: slice | list[int], targets: slice | list[int]
) -> dict[str, float]:
    """Compare all with one; which side is the one of them does not matter."""
    levels, weights = matrix.levels[:, targets], matrix.weights[:, targets]
    met = weights * np.minimum(levels, matrix.levels[:, sources])
    demanded = weights * levels * matrix.rated[:, sources]
    nothing = np.zeros(len(matrix.titles))
    # Row after row: numpy's own sum may go another way, and differ in the last bit.
    totals = zip(sum(met, nothing).tolist(), sum(demanded, nothing).tolist(), strict=True)
    figures = (round(one / other, 4) if other else 1.0 for one, other in totals)
    return dict(zip(matrix.titles, figures, strict=True))


def _joined(parts: Sequence[Matrix]) -> Matrix:
    """Put matrices of different occupations side by side; the last one names an element."""
    titles = {code: title for part in parts for code, title in part.titles.items()}
    found = {element: name for part in parts for element, name in part.names.items()}
    names = dict(sorted(found.items()))
    rows = {element: row for row, element in enumerate(names)}
    tables = np.zeros((3, len(names), len(titles)))
    end = 0
    for part in parts:
        begin, end = end, end + len(part.titles)
        tables[:, [rows[element] for element in part.names], begin:end] = (
            part.levels,
            part.weights,
            part.rated,
        )
    return Matrix(titles, names, *tables)
