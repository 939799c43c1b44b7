"""Figures as they are shown: to so many decimals, and never -0.0."""

from typing import Final

TIE: Final = 1e-6
"""Where a product with a power of ten is nearer than this to halfway between two figures, `round`
decides, since it is not exact: figures are below 10, and it is wrong by less than 1e-10."""
WHOLE: Final = 1 - TIE


def hundredths(number: float) -> float:
    """Do what `round(number, 2)` does, in two thirds of the time."""
    above = number * 100 + 0.5
    count = int(above)
    return count / 100 if TIE < above - count < WHOLE else round(number, 2) + 0.0


def ten_thousandths(number: float) -> float:
    """Do what `round(number, 4)` does, in two thirds of the time."""
    above = number * 10_000 + 0.5
    count = int(above)
    return count / 10_000 if TIE < above - count < WHOLE else round(number, 4) + 0.0
