"""An occupation's ratings in one domain, element by element, as the gap compares them."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple


class ElementRating(NamedTuple):
    """One element as an occupation rates it.

    Attributes:
        level: as published, 0-7 (scale LV).
        importance: as published, 1-5 (scale IM).
        level_error: standard error of the level; None where O*NET gives none.
        not_relevant: O*NET's analysts found the element not relevant here.
        low_precision: O*NET recommends to suppress one of the two values.
        importance_error: standard error of the importance; None where O*NET gives none.
        level_raters, importance_raters: how many rated each; None where O*NET tells none.
        rated: the month of the older of the two, such as `2023-08`; None where it tells none.
    """

    id: str
    name: str
    level: float
    importance: float
    level_error: float | None
    not_relevant: bool
    low_precision: bool
    importance_error: float | None = None
    level_raters: int | None = None
    importance_raters: int | None = None
    rated: str | None = None


class Demand(NamedTuple):
    """An element that is required, with the squared standard errors of its figures.

    Attributes:
        at: its place among the elements.
        variance: of weight times level.
    """

    at: int
    level: float
    weight: float
    level_variance: float
    weight_variance: float
    variance: float


@dataclass(frozen=True)  # no slots, which leave no room for cached properties
class Profile:
    """All elements that one occupation is rated on in one domain, by element id.

    Its columns are in the order of the ids.
    """

    code: str
    title: str
    elements: Mapping[str, ElementRating]

    def __hash__(self) -> int:
        """Be quick, so that what is worked out of profiles can be kept by them."""
        return hash(self.code)

    @cached_property
    def ratings(self) -> tuple[ElementRating, ...]:
        """The elements."""
        return tuple(rating for _, rating in sorted(self.elements.items()))

    @cached_property
    def levels(self) -> tuple[float, ...]:
        """The level of each, 0-7, that counts: 0 where it is Not Relevant."""
        return tuple(0.0 if rating.not_relevant else rating.level for rating in self.ratings)

    @cached_property
    def weights(self) -> tuple[float, ...]:
        """The importance of each (1-5) on a scale from 0 to 1."""
        return tuple(_weight(rating.importance) for rating in self.ratings)

    @cached_property
    def demanded(self) -> float:
        """The sum of all levels, each times its weight: what is full readiness."""
        total = 0.0  # `sum` adds floats in another way since Python 3.12
        for level, weight in zip(self.levels, self.weights, strict=True):
            total += weight * level
        return total

    @cached_property
    def level_variances(self) -> tuple[float | None, ...]:
        """The squared standard error of each level that counts; None where it is not known.

        That of what is Not Relevant is 0, as its level is whatever was rated.
        """
        return tuple(
            0.0 if variance is not None and rating.not_relevant else variance
            for rating in self.ratings
            for variance in [_variance(rating.level_error, rating.level_raters)]
        )

    @cached_property
    def weight_variances(self) -> tuple[float | None, ...]:
        """The squared standard error of each weight; None where it is not known."""
        return tuple(
            None if variance is None else variance / 16
            for rating in self.ratings
            for variance in [_variance(rating.importance_error, rating.importance_raters)]
        )

    @cached_property
    def demands(self) -> tuple[Demand, ...] | None:
        """What is required, with its variances; None where one of those is not known."""
        found = []
        for at, rating in enumerate(self.ratings):
            if rating.not_relevant:
                continue
            level, weight = rating.level, self.weights[at]
            variance, of_weight = self.level_variances[at], self.weight_variances[at]
            if variance is None or of_weight is None:
                return None
            of_both = weight**2 * variance + level**2 * of_weight
            found.append(Demand(at, level, weight, variance, of_weight, of_both))
        return tuple(found)

    @cached_property
    def rated(self) -> str | None:
        """The month of the oldest rating; None where none is told."""
        return min([one.rated for one in self.ratings if one.rated is not None], default=None)

    def without(self, ids: AbstractSet[str]) -> "Profile":
        """Return the profile without some elements."""
        kept = {id_: rating for id_, rating in self.elements.items() if id_ not in ids}
        return Profile(self.code, self.title, kept)


@lru_cache(maxsize=1_000)  # so that all profiles share one object for each weight
def _weight(importance: float) -> float:
    return (importance - 1) / 4


@lru_cache(maxsize=10_000)
def _variance(error: float | None, raters: int | None) -> float | None:
    """Square a standard error; of n who all agree, one dissenting would give 1/n, not 0."""
    return None if error is None or not raters else max(error, 1 / raters) ** 2
