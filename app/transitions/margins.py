"""How far a fit is sure: by the standard errors that O*NET publishes of levels and importances."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from app.gaps.student_t import NORMAL
from app.transitions.fit import Fit
from app.transitions.readiness import Matrix, Table


def margins(matrices: Iterable[Matrix], code: str, others: Sequence[str]) -> list[float | None]:
    """Return half the width of the 95 % interval of the fit of an occupation with each other one.

    By the delta method: each fit is taken to change in proportion to its levels and weights. As
    for the fit, domains are passed over whose matrix does not have both. None for those of which a
    required element lacks a standard error.
    """
    variance, domains = np.zeros((2, len(others)))
    for matrix in matrices:
        if code not in matrix.columns:
            continue
        places = [place for place, other in enumerate(others) if other in matrix.columns]
        columns = [matrix.columns[others[place]] for place in places]
        variance[places] += _variance(matrix, matrix.columns[code], columns)
        domains[places] += 1
    found = NORMAL * np.sqrt(variance) / domains
    return [None if np.isnan(one) else float(one) for one in found]


def _variance(matrix: Matrix, one: int, others: Sequence[int]) -> Table:
    """Return the variance of the mean of readiness both ways in a domain.

    The names are those of a step from `one`, called here, to others, called there.
    """
    here, there = ([table[:, at] for table in matrix.tables] for at in ([one], others))
    both = here[2] * there[2]
    level_here, level_there = here[0] * both, there[0] * both
    met = np.minimum(level_here, level_there)
    is_short = level_here < level_there
    to_here, to_there, to_weight_there = _slopes(there[1], level_there, met, is_short)
    back_there, back_here, to_weight_here = _slopes(here[1], level_here, met, ~is_short)
    terms = (
        (to_here + back_here, here[3]),
        (to_there + back_there, there[3]),
        (to_weight_there, there[4]),
        (to_weight_here, here[4]),
    )
    total = np.zeros(len(others))
    for slope, variance in terms:
        total += np.where(slope != 0, slope**2 * variance, 0.0).sum(axis=0)
    return total / 4


def _slopes(
    weights: Table, demanded: Table, met: Table, is_short: NDArray[np.bool_]
) -> tuple[Table, Table, Table]:
    """Return how readiness changes with the level had, the level demanded and the weight."""
    total = (weights * demanded).sum(axis=0)
    total = np.where(total > 0, total, np.inf)
    readiness = (weights * met).sum(axis=0) / total
    weights = weights * (demanded > 0)
    by_had = weights * is_short / total
    by_demanded = weights * (~is_short - readiness) / total
    by_weight = (met - readiness * demanded) / total
    return by_had, by_demanded, by_weight


def tied_with(rows: Sequence[Fit], limits: Sequence[float | None]) -> list[int | None]:
    """Count of each of the first rows the rows further down whose fit is within its margin.

    The rows are in order, whatever their number; the limits are the margins of the first of them.
    """
    shown = np.array([row.fit for row in rows])
    return [
        None if limit is None else int((abs(shown[at + 1 :] - shown[at]) <= limit).sum())
        for at, limit in enumerate(limits)
    ]
