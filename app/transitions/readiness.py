"""How ready one occupation is for each of the others, or each of the others for it.

All rated occupations of a domain are compared at once. The results are those of
`app.gaps.compare`, to the last bit: sums are taken element by element in the same order, and
rounded by the same function.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from app.transitions.choice import Direction
from cache.profile import Profile

Table: TypeAlias = NDArray[np.float64]


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
        level_variances, weight_variances: squared standard errors; not a number where unknown.
    """

    titles: dict[str, str]
    names: dict[str, str]
    levels: Table
    weights: Table
    rated: Table
    level_variances: Table
    weight_variances: Table

    @classmethod
    def of(cls, profiles: Sequence[Profile]) -> "Matrix":
        """Lay out the profiles of different occupations."""
        found = {one.id: one.name for profile in profiles for one in profile.elements.values()}
        names = dict(sorted(found.items()))
        rows = {element: row for row, element in enumerate(names)}
        tables = np.zeros((5, len(names), len(profiles)))
        for column, profile in enumerate(profiles):
            at = [rows[rating.id] for rating in profile.ratings]
            columns = (profile.levels, profile.weights, [1.0] * len(at))
            tables[:3, at, column] = columns
            errors = (profile.level_variances, profile.weight_variances)
            tables[3:, at, column] = np.array(errors, dtype=float)  # which makes nan of None
        titles = {profile.code: profile.title for profile in profiles}
        return cls(titles, names, *tables)

    @property
    def tables(self) -> tuple[Table, ...]:
        """What there is of figures."""
        return (self.levels, self.weights, self.rated, self.level_variances, self.weight_variances)

    @cached_property
    def columns(self) -> dict[str, int]:
        """The column of each occupation, by code."""
        return {code: column for column, code in enumerate(self.titles)}

    def changed(self, profiles: Sequence[Profile], gone: Iterable[str] = ()) -> "Matrix":
        """Return a matrix with these profiles added or replaced, and without the codes gone.

        A new profile's name of an element replaces an older one.
        """
        new = Matrix.of(profiles)
        dropped = new.titles.keys() | set(gone)
        kept = {code: column for code, column in self.columns.items() if code not in dropped}
        titles = {code: self.titles[code] for code in kept} | new.titles
        names = dict(sorted((self.names | new.names).items()))
        rows = {element: row for row, element in enumerate(names)}
        tables = np.zeros((5, len(names), len(titles)))
        for part, columns, into in (
            (self, list(kept.values()), slice(len(kept))),
            (new, slice(None), slice(len(kept), None)),
        ):
            found = [table[:, columns] for table in part.tables]
            tables[:, [rows[element] for element in part.names], into] = found
        return Matrix(titles, names, *tables)


def readiness_of_all(matrix: Matrix, code: str, direction: Direction) -> Table:
    """Return the readiness of an occupation for each one, or of each one for it; itself included.

    Args:
        matrix: of the domain.
        code: of the source where the direction is `to`, of the target where it is `from`; the
            matrix has it.
        direction: of the transitions, seen from the occupation.

    Returns:
        Readiness in the order of the columns: 0 to 1, four decimals.
    """
    one, all_ = [matrix.columns[code]], slice(None)
    sources, targets = (one, all_) if direction == "to" else (all_, one)
    levels, weights = matrix.levels[:, targets], matrix.weights[:, targets]
    met = weights * np.minimum(levels, matrix.levels[:, sources])
    demanded = weights * levels * matrix.rated[:, sources]
    nothing = np.zeros(len(matrix.titles))
    # Row after row: numpy's own sum may take another order, and differ in the last bit.
    total, of = sum(met, nothing), sum(demanded, nothing)
    return rounded(np.where(of > 0, total / np.where(of > 0, of, 1.0), 1.0))


def rounded(values: Table) -> Table:
    """Round to four decimals as Python does, which numpy does not near a half."""
    scaled = values * 10_000
    found = np.rint(scaled) / 10_000
    for place in zip(*np.nonzero(abs(scaled % 1 - 0.5) < 1e-6), strict=True):
        found[place] = round(float(values[place]), 4)
    return found
