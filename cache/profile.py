"""An occupation's ratings in one domain, element by element, as the gap compares them."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property, lru_cache


@dataclass(frozen=True, slots=True)
class ElementRating:
    """One element as an occupation rates it.

    Attributes:
        level: as published, 0-7 (scale LV).
        importance: as published, 1-5 (scale IM).
        level_error: standard error of the level; None where O*NET gives none.
        not_relevant: O*NET's analysts found the element not relevant here.
        low_precision: O*NET recommends to suppress one of the two values.
    """

    id: str
    name: str
    level: float
    importance: float
    level_error: float | None
    not_relevant: bool
    low_precision: bool


@dataclass(frozen=True)  # no slots, which leave no room for cached properties
class Profile:
    """All elements that one occupation is rated on in one domain, by element id.

    Its columns are in the order of the ids.
    """

    code: str
    title: str
    elements: Mapping[str, ElementRating]

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

    def without(self, ids: AbstractSet[str]) -> "Profile":
        """Return the profile without some elements."""
        kept = {id_: rating for id_, rating in self.elements.items() if id_ not in ids}
        return Profile(self.code, self.title, kept)


@lru_cache(maxsize=1_000)  # so that all profiles share one object for each weight
def _weight(importance: float) -> float:
    return (importance - 1) / 4
