"""The skill gap: two profiles in, what the second demands that the first does not out.

Every rated occupation lists every element, so only the scales make a difference: level (LV,
0-7), importance (IM, 1-5) and Not Relevant. Confidence intervals are mean +/- 1.96 standard
errors (O*NET data dictionary); a difference of two means has the root of the summed squares.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt
from typing import Final, Literal, NamedTuple

from cache.profile import ElementRating, Profile

Kind = Literal["missing", "higher_level"]
Sort = Literal["priority", "level_gap", "importance", "name"]

HIGHEST_LEVEL: Final = 7
CONFIDENCE_95: Final = 1.96


class Comparison(NamedTuple):
    """One element on both sides.

    Attributes:
        level_gap: level of the target less level of the source, -7 to 7, two decimals.
        priority: weight times level_gap over the highest level, -1 to 1, four decimals.
        significant: the gap is wider than chance at 95 %; None where a standard error is missing.
        low_precision: O*NET recommends to suppress a value on either side.
        is_gap: the target demands more, by however little.
    """

    source: ElementRating
    target: ElementRating
    kind: Kind
    level_gap: float
    priority: float
    significant: bool | None
    low_precision: bool
    is_gap: bool


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
        required: all elements that the target does not find irrelevant, by id.
    """

    compared: int
    readiness: float
    gaps: tuple[Comparison, ...]
    required: tuple[Comparison, ...]
    incomparable: tuple[Incomparable, ...]

    @property
    def covered(self) -> list[Comparison]:
        """The required elements without a gap, weightiest first."""
        met = [item for item in self.required if not item.is_gap]
        return sorted(met, key=lambda item: (-item.target.importance, item.target.id))

    def count(self, kind: Kind) -> int:
        """How many gaps are of a kind."""
        return sum(gap.kind == kind for gap in self.gaps)


def effective_level(rating: ElementRating) -> float:
    """Return the level, 0-7, that counts: 0 where the element is Not Relevant."""
    return 0.0 if rating.not_relevant else rating.level


def weight(rating: ElementRating) -> float:
    """Importance (1-5) on a scale from 0 to 1."""
    return (rating.importance - 1) / 4


def compare(source: Profile, target: Profile) -> Gap:
    """Compare two profiles of one domain."""
    sources, targets = source.elements, target.elements
    shared = sorted(sources.keys() & targets.keys())
    required = tuple(
        _compare_element(sources[element], targets[element])
        for element in shared
        if not targets[element].not_relevant
    )
    return Gap(
        compared=len(shared),
        readiness=_readiness(required),
        gaps=arrange([item for item in required if item.is_gap]),
        required=required,
        incomparable=_incomparable(source, target),
    )


def choose(
    gaps: Iterable[Comparison],
    *,
    kind: Kind | None = None,
    min_importance: float = 1,
    significant: bool = False,
) -> list[Comparison]:
    """Keep the gaps of a kind, of at least an importance (1-5), or that are significant."""
    return [
        gap
        for gap in gaps
        if (kind is None or gap.kind == kind)
        and gap.target.importance >= min_importance
        and (gap.significant is True or not significant)
    ]


def arrange(gaps: Iterable[Comparison], sort: Sort = "priority") -> tuple[Comparison, ...]:
    """Order gaps by the figure as shown, highest first, or by name; ties by element id."""
    if sort == "priority":
        return tuple(sorted(gaps, key=lambda gap: (-gap.priority, gap.target.id)))
    if sort == "name":
        return tuple(sorted(gaps, key=lambda gap: (gap.target.name, gap.target.id)))
    return tuple(sorted(gaps, key=lambda gap: (-_figure(gap, sort), gap.target.id)))


def _figure(gap: Comparison, sort: Sort) -> float:
    if sort == "importance":
        return gap.target.importance
    return gap.level_gap


def _compare_element(source: ElementRating, target: ElementRating) -> Comparison:
    level_gap = effective_level(target) - effective_level(source)
    significant = None
    if source.level_error is not None and target.level_error is not None:
        significant = level_gap > CONFIDENCE_95 * sqrt(
            source.level_error**2 + target.level_error**2
        )
    return Comparison(
        source=source,
        target=target,
        kind="missing" if source.not_relevant else "higher_level",
        level_gap=round(level_gap, 2),
        priority=round(weight(target) * level_gap / HIGHEST_LEVEL, 4) + 0.0,
        significant=significant,
        low_precision=source.low_precision or target.low_precision,
        is_gap=level_gap > 0,
    )


def _readiness(required: Iterable[Comparison]) -> float:
    met = demanded = 0.0
    for item in required:
        source, target = effective_level(item.source), effective_level(item.target)
        met += weight(item.target) * min(source, target)
        demanded += weight(item.target) * target
    return round(met / demanded, 4) if demanded else 1.0


def _incomparable(source: Profile, target: Profile) -> tuple[Incomparable, ...]:
    one_sided = source.elements.keys() ^ target.elements.keys()
    return tuple(
        Incomparable(element, source.elements[element].name, "from")
        if element in source.elements
        else Incomparable(element, target.elements[element].name, "to")
        for element in sorted(one_sided)
    )
