"""Which transitions are asked for."""

from typing import Literal, NamedTuple

Direction = Literal["to", "from"]


class TransitionsChoice(NamedTuple):
    """Which transitions to show.

    Attributes:
        direction: `to` others from the occupation, or `from` others to it.
        job_zones: of the others, in order; None for all.
        limit: how many.
    """

    direction: Direction
    job_zones: tuple[int, ...] | None
    limit: int
