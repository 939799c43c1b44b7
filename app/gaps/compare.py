"""The skill gap: two profiles in, what the second demands that the first does not out.

Every rated occupation lists every element, so only the scales make a difference: level (LV,
0-7), importance (IM, 1-5) and Not Relevant. How sure the figures are, `certainty` tells.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from operator import attrgetter
from typing import Final, Literal, NamedTuple

from app.gaps.certainty import Interval, chance_of, readiness_interval
from app.gaps.rounding import hundredths, ten_thousandths
from cache.profile import ElementRating, Profile

Kind = Literal["missing", "higher_level"]
Sort = Literal["priority", "gain", "level_gap", "importance", "name"]
Row = tuple[ElementRating, ElementRating, float, float, float]

HIGHEST_LEVEL: Final = 7
KEPT_PAIRS: Final = 500
"""Pairs of occupations whose gaps are kept, 10 kB each: each move of a slider asks for its pair."""


class GapChoice(NamedTuple):
    """Which gaps to show.

    Attributes:
        kind: None for both.
        min_importance: of the target, 1-5.
        significant: only those wider than chance.
        limit: how many; None for all.
        covered: whether to show also what has no gap.
    """

    kind: Kind | None = None
    min_importance: float = 1.0
    significant: bool = False
    sort: Sort = "priority"
    limit: int | None = None
    covered: bool = False


EVERY_GAP: Final = GapChoice()[:3]
"""What leaves no gap out: to look at each of them would take a twentieth of a posted answer."""


class Comparison(NamedTuple):
    """One element on both sides.

    Attributes:
        level_gap: level of the target less level of the source, -7 to 7, two decimals.
        priority: weight times level_gap over the highest level, -1 to 1, four decimals.
        gain: by how much readiness rises if the gap closes, 0 to 1, four decimals; 0 without one.
        significant: the gap is wider than chance at 95 %; None where that is not known.
        low_precision: O*NET recommends to suppress a value on either side.
    """

    source: ElementRating
    target: ElementRating
    kind: Kind
    level_gap: float
    priority: float
    gain: float
    significant: bool | None
    low_precision: bool


_AS_COMPARISON: Final = partial(tuple.__new__, Comparison)
"""What `Comparison` does with its fields in a tuple, in a third of the time."""


@dataclass(frozen=True, slots=True)
class Incomparable:
    """An element rated on one side only."""

    id: str
    name: str
    rated: Literal["from", "to"]


@dataclass(frozen=True, slots=True)
class Gap:
    """What the target demands and the source does not have.

    Attributes:
        compared: elements rated on both sides.
        readiness: how much of the weighted demand the source meets, 0 to 1, four decimals.
        gaps: by priority, ties by element id.
        source, target: what was compared, without the elements rated on one side only.
    """

    compared: int
    readiness: float
    gaps: tuple[Comparison, ...]
    incomparable: tuple[Incomparable, ...]
    source: Profile
    target: Profile

    @property
    def readiness_interval(self) -> Interval | None:
        """Within which bounds the readiness lies at 95 %; None where an error is missing."""
        return readiness_interval(self.source, self.target)

    @property
    def covered(self) -> list[Comparison]:
        """The required elements without a gap, weightiest first."""
        covered = [
            _comparison(has, asks, demand - level, weight, self.target.demanded)
            for has, asks, level, demand, weight in _rows(self.source, self.target)
            if demand <= level and not asks.not_relevant
        ]
        return sorted(covered, key=lambda item: (-item.target.importance, item.target.id))

    def count(self, kind: Kind) -> int:
        """How many gaps are of a kind."""
        return [gap.kind for gap in self.gaps].count(kind)


def compare(source: Profile, target: Profile, like: Profile | None = None) -> Gap:
    """Compare two profiles of one domain: what the target demands with what the source has.

    `like` is an occupation whose ratings the source shares; its gaps to the target are reused.
    """
    one_sided = source.elements.keys() ^ target.elements.keys()
    incomparable = _incomparable(source, target, one_sided) if one_sided else ()
    if one_sided:
        source, target = source.without(one_sided), target.without(one_sided)
    known = {} if one_sided or like is None else _kept_gaps(like, target)
    demanded = target.demanded
    met = 0.0
    gaps = []
    for has, asks, level, demand, weight in _rows(source, target):
        if demand <= level:
            met += weight * demand
            continue
        met += weight * level
        gap = known.get(asks.id)
        if gap is None or gap.source is not has:
            gap = _comparison(has, asks, demand - level, weight, demanded)
        gaps.append(gap)
    gaps.sort(key=attrgetter("priority"), reverse=True)  # ties stay as they are: by id
    return Gap(
        compared=len(source.elements),
        readiness=round(met / demanded, 4) if demanded else 1.0,
        gaps=tuple(gaps),
        incomparable=incomparable,
        source=source,
        target=target,
    )


@lru_cache(maxsize=KEPT_PAIRS)
def _kept_gaps(source: Profile, target: Profile) -> Mapping[str, Comparison]:
    """Return the gaps of two occupations by element id; none where not both have all elements."""
    if source.elements.keys() != target.elements.keys():
        return {}
    return {gap.target.id: gap for gap in compare(source, target).gaps}


def _rows(source: Profile, target: Profile) -> Iterable[Row]:
    """Each element of two profiles that have the same: both ratings and levels, and its weight."""
    return zip(
        source.ratings, target.ratings, source.levels, target.levels, target.weights, strict=True
    )


def chosen(gap: Gap, choice: GapChoice) -> list[Comparison]:
    """Filter, sort and cut gaps.

    They are in the order of priority; any other figure goes as shown, highest first, ties by id.
    """
    gaps = [*gap.gaps]
    if choice[:3] != EVERY_GAP:
        gaps = [
            one
            for one in gaps
            if (choice.kind is None or one.kind == choice.kind)
            and one.target.importance >= choice.min_importance
            and (one.significant is True or not choice.significant)
        ]
    if choice.sort == "name":
        gaps.sort(key=lambda one: (one.target.name, one.target.id))
    elif choice.sort != "priority":
        figure = attrgetter("target.importance" if choice.sort == "importance" else choice.sort)
        gaps.sort(key=lambda one: (-figure(one), one.target.id))
    return gaps[: choice.limit]


def _comparison(
    has: ElementRating, asks: ElementRating, difference: float, weight: float, demanded: float
) -> Comparison:
    """Work out the figures of an element; `demanded` is of all elements, 0 where nothing is."""
    weighted = weight * difference
    chance = (
        None
        if has.level_error is None or asks.level_error is None
        else chance_of(has.level_error, has.level_raters, asks.level_error, asks.level_raters)
    )
    figures = (
        has,
        asks,
        "missing" if has.not_relevant else "higher_level",
        hundredths(difference),
        ten_thousandths(weighted / HIGHEST_LEVEL),
        ten_thousandths(weighted / demanded) if difference > 0 and demanded else 0.0,
        None if chance is None else difference > chance,
        has.low_precision or asks.low_precision,
    )
    return _AS_COMPARISON(figures)


def _incomparable(
    source: Profile, target: Profile, one_sided: Iterable[str]
) -> tuple[Incomparable, ...]:
    return tuple(
        Incomparable(element, source.elements[element].name, "from")
        if element in source.elements
        else Incomparable(element, target.elements[element].name, "to")
        for element in sorted(one_sided)
    )
