"""An occupation's ratings in one domain, element by element: what the gap compares."""

from collections.abc import Mapping
from dataclasses import dataclass


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


@dataclass(frozen=True, slots=True)
class Profile:
    """All elements that one occupation is rated on in one domain, by element id."""

    code: str
    title: str
    elements: Mapping[str, ElementRating]
