"""Which transitions are asked for."""

from collections.abc import Iterable
from typing import Final, Literal, NamedTuple, get_args

Direction = Literal["to", "from"]
DIRECTIONS: Final[tuple[Direction, ...]] = get_args(Direction)
Rank = Literal["fit", "readiness"]

OWN: Final = ""
"""The code of what is compared and is no occupation of O*NET's."""
PREFERRED: Final = ("skills", "knowledge")
"""The domains that are compared where the caller names none, as far as they are held."""


class ZoneChange(NamedTuple):
    """How much higher the job zone may be that a transition leads to; negative: lower."""

    least: int
    most: int


class TransitionsChoice(NamedTuple):
    """Which transitions to show.

    Attributes:
        direction: `to` others from the occupation, or `from` others to it.
        rank: the figure that they are in order of.
        job_zones: of the others, in order; None for all.
        zone_change: from the occupation left to the one entered; None for any.
        min_readiness: the lowest readiness listed, 0-1.
        limit: how many.
    """

    direction: Direction = "to"
    rank: Rank = "fit"
    job_zones: tuple[int, ...] | None = None
    zone_change: ZoneChange | None = None
    min_readiness: float = 0.0
    limit: int = 20


def in_words(names: Iterable[str], word: str = "and") -> str:
    """Write several names, such as `skills and knowledge`."""
    *others, last = names
    return f"{', '.join(others)} {word} {last}" if others else last
