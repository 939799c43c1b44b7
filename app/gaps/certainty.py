"""How sure a gap and a readiness are, by the standard errors that O*NET publishes.

A standard error is taken to be 1/n at least: where all n raters agree the published one is 0, but
one rater who differed by one point would have made it 1/n.
"""

from functools import lru_cache
from math import erfc, exp, pi, sqrt
from typing import NamedTuple

from app.gaps.student_t import NORMAL, quantile
from cache.profile import Profile

Interval = tuple[float, float]


@lru_cache(maxsize=10_000)
def chance_of(
    error_a: float, raters_a: int | None, error_b: float, raters_b: int | None
) -> float | None:
    """Return how wide a difference of two levels may be by chance: Welch's t at 95 %, two-sided.

    It goes by the standard error and the number of raters of each; where one of those is missing,
    or fewer than two rated, it is None. A gap that is wider is significant.
    """
    if not raters_a or not raters_b or min(raters_a, raters_b) < 2:
        return None
    a, b = max(error_a, 1 / raters_a) ** 2, max(error_b, 1 / raters_b) ** 2
    # Welch and Satterthwaite.
    freedom = (a + b) ** 2 / (a**2 / (raters_a - 1) + b**2 / (raters_b - 1))
    return quantile(freedom) * sqrt(a + b)


def readiness_interval(source: Profile, target: Profile) -> Interval | None:
    """Return within which bounds the readiness of a source for a target lies at 95 %.

    The width is by the delta method. The interval is not centred on the readiness: where two levels
    are close, errors bias the lower of the two downwards. Both bounds are raised by the average
    bias, which is worked out as if the true differences were normal, with the mean of the rated
    ones and their variance less that of the errors. For the upper bound that variance is taken one
    standard error lower, since errors may have added more to it.

    Args:
        source: rated on the same elements as the target.
        target: whose demand counts.

    Returns:
        The lower and the upper bound, 0 to 1, four decimals, the readiness of the two between
        them; None where an error of a required element is missing.
    """
    sums = _sums(source, target)
    if sums is None:
        return None
    if not sums.demanded:
        return 1.0, 1.0
    readiness = sums.met / sums.demanded
    deviation = sqrt(
        (1 - readiness) ** 2 * sums.beyond
        + readiness**2 * sums.short
        - 2 * readiness * sums.mixed
        + sums.own
    )
    lower, upper = _lost(sums)
    low = readiness + min(0.0, (lower - NORMAL * deviation) / sums.demanded)
    high = readiness + max(0.0, (upper + NORMAL * deviation) / sums.demanded)
    return round(max(0.0, low), 4), round(min(1.0, high), 4)


class _Sums(NamedTuple):
    """Sums over the required elements.

    Attributes:
        met, demanded: weighted levels, of which readiness is the share.
        beyond, short, mixed, own: parts of the variance of what is met, of the elements whose
            level is beyond and short of the demand.
        number, weights, differences, squares, errors: of the elements that are relevant to both:
            how many, their weights, the differences of their levels and the squares of these, and
            the variances that errors add.
    """

    met: float
    demanded: float
    beyond: float
    short: float
    mixed: float
    own: float
    number: int
    weights: float
    differences: float
    squares: float
    errors: float


def _sums(source: Profile, target: Profile) -> _Sums | None:
    """Add up what an interval is made of; None where an error is missing."""
    if target.demands is None:
        return None
    number = 0
    met = demanded = beyond = short = mixed = own = 0.0
    weights = differences = squares = errors = 0.0
    levels, variances = source.levels, source.level_variances
    for at, asked, weight, asked_variance, weight_variance, variance in target.demands:
        has, has_variance = levels[at], variances[at]
        if has_variance is None:
            return None
        difference = has - asked
        demanded += weight * asked
        if has_variance:
            number += 1
            weights += weight
            differences += difference
            squares += difference * difference
            errors += has_variance + asked_variance
        if difference < 0:
            met += weight * has
            short += variance
            mixed += has * asked * weight_variance
            own += has * has * weight_variance + weight * weight * has_variance
        else:
            met += weight * asked
            beyond += variance
    return _Sums(
        met, demanded, beyond, short, mixed, own, number, weights, differences, squares, errors
    )


def _lost(sums: _Sums) -> Interval:
    """Return how much of the met demand errors hide on average: a low and a high estimate."""
    if not sums.number:
        return 0.0, 0.0
    mean, error = sums.differences / sums.number, sums.errors / sums.number
    rated = sums.squares / sums.number - mean**2
    least = max(0.0, rated - error)
    less = max(0.0, rated * (1 - sqrt(2 / sums.number)) - error)
    return (
        sums.weights * (_beyond_zero(mean, least + error) - _beyond_zero(mean, least)),
        sums.weights * (_beyond_zero(mean, less + error) - _beyond_zero(mean, less)),
    )


def _beyond_zero(mean: float, variance: float) -> float:
    """Return the mean distance of a normal variable past 0, counted as 0 on its mean's side."""
    if not variance:
        return 0.0
    deviation = sqrt(variance)
    x = abs(mean) / deviation
    return deviation * exp(-x * x / 2) / sqrt(2 * pi) - abs(mean) * erfc(x / sqrt(2)) / 2
