"""One canonical form of ratings, so that equal content has an equal hash wherever it came from."""

import hashlib
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple


class Figures(NamedTuple):
    """A rating as it is stored and hashed: decimals as text with four places.

    Text, because both databases turn it into their own decimal without a rounding of ours.
    """

    element_id: str
    scale_id: str
    n: int | None
    recommend_suppress: bool | None
    not_relevant: bool | None
    date_updated: date | None
    domain_source: str | None
    value: str
    standard_error: str | None
    lower_ci: str | None
    upper_ci: str | None


@lru_cache(maxsize=100_000)
def canonical_figure(value: Decimal) -> str:
    """Write a figure as its column holds it, DECIMAL(7,4).

    Raises:
        ValueError: where four places or three whole digits do not hold it exactly.
    """
    text = f"{value:.4f}"
    if Decimal(text) != value or abs(value) >= 1000:
        raise ValueError(f"{value} does not fit three digits before and four after the point")
    return text


def canonical_line(figures: Iterable[object]) -> str:
    """Write figures, all of a rating or some in their order, the same for the same content."""
    return "\t".join(["" if value is None else str(value) for value in figures])


def content_hash(lines: Iterable[str]) -> str:
    """SHA-256 over the sorted canonical lines of one entry, in hexadecimal."""
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()
