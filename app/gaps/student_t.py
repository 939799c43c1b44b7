"""The quantile of Student's t that a two-sided test at 95 % takes, for any degrees of freedom.

The logarithm of the quantile, as a function of one over the degrees of freedom, is smooth down to
0, where the distribution is the normal one. So a polynomial through a few of its values (Chebyshev
points, by the barycentric formula: Berrut and Trefethen, SIAM Review 46, 2004) gives all others to
seven decimals.
"""

from functools import cache
from math import atan, cos, exp, lgamma, log, pi, sqrt, tan
from typing import Final

NORMAL: Final = 1.959963984540054
"""The 97.5 % quantile of the normal distribution: 95 % of it lie within so many deviations."""
POINTS: Final = 12
STEPS: Final = 100
"""Of Simpson's rule; an even number."""


def quantile(freedom: float) -> float:
    """Return t for which a variable lies within -t and t in 95 % of draws.

    The degrees of freedom are 1 or more; no whole number is needed.
    """
    x = 1 / freedom
    above = below = 0.0
    for at, value, weight in _table():
        if x == at:
            return exp(value)
        part = weight / (x - at)
        above += part * value
        below += part
    return exp(above / below)


@cache
def _table() -> tuple[tuple[float, float, float], ...]:
    """Return one over the degrees of freedom, the logarithm of the quantile, and its weight."""
    found = []
    for point in range(POINTS + 1):
        at = (1 - cos(pi * point / POINTS)) / 2
        value = exact(1 / at) if point else NORMAL
        weight = (-1) ** point * (0.5 if point in (0, POINTS) else 1.0)
        found.append((at, log(value), weight))
    return tuple(found)


def exact(freedom: float) -> float:
    """Return the quantile by integrating the density, which takes long.

    With t = sqrt(freedom) * tan(x) the density is that of x, in proportion to
    cos(x) ** (freedom - 1). Its integral rises ever more slowly, so that Newton's method comes
    near the quantile from below, where the normal one is.
    """
    scale = 2 * exp(lgamma((freedom + 1) / 2) - lgamma(freedom / 2)) / sqrt(pi)
    x, lacks = atan(NORMAL / sqrt(freedom)), 1.0
    while lacks > 1e-12:
        step = x / STEPS
        sides = [cos(step * at) ** (freedom - 1) for at in range(STEPS + 1)]
        whole = sides[0] + sides[-1] + 4 * sum(sides[1:-1:2]) + 2 * sum(sides[2:-1:2])
        lacks = 0.95 - scale * whole * step / 3
        x += lacks / (scale * sides[-1])
    return sqrt(freedom) * tan(x)
