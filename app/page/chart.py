"""The levels of an element as a drawing: a row of the answer of `/skill-gap` in, SVG text out.

A ring is the level of the source, a dot that of the target, and a line lies between them: a broad
bar where there is a gap, in pieces where it may be chance or nobody knows. Nothing differs by
colour alone. The figures stand beside it, so that who does not see it misses nothing. Places are
in percent of the width, so that marks keep their size however wide the drawing is.
"""

from collections.abc import Iterable
from typing import Any, Final

from app.gaps.compare import HIGHEST_LEVEL

Item = dict[str, Any]

MIDDLE: Final = 8
"""Of a drawing, in pixels below its top."""
RING: Final = 5
DOT: Final = 4
BELOW: Final = 26
"""Where the number of an example stands, in pixels below the top."""


def marks(item: Item) -> str:
    """Draw the levels of an element on both sides; what is Not Relevant counts as level 0."""
    start, end = (
        _place(0 if side["not_relevant"] else side["level"]) for side in (item["from"], item["to"])
    )
    kind = "tie" if item["level_gap"] <= 0 else "bar" if item["significant"] else "bar unsure"
    line = f'<line class="{kind}" x1="{start}" x2="{end}" y1="{MIDDLE}" y2="{MIDDLE}"/>'
    return f"{_opened('marks')}{line}{_ring(start)}{_dot(end)}</svg>"


def scale(asked: float, anchors: Iterable[tuple[int, str]]) -> str:
    """Draw what stands beside a slider: the levels of O*NET's examples, and the one asked for."""
    examples = "".join(
        f'{_line(place)}<text x="{place}" y="{BELOW}">{level}</text>'
        for level, place in ((level, _place(level)) for level, _ in anchors)
    )
    return f"{_opened('scale')}{examples}{_dot(_place(asked))}</svg>"


def key(kind: str) -> str:
    """Draw a mark by itself: that of a side, `from` or `to`, or of an example of a level."""
    draw = {"from": _ring, "to": _dot, "anchor": _line}[kind]
    return f"{_opened('key')}{draw('50%')}</svg>"


def _opened(name: str) -> str:
    return f'<svg class="{name}" aria-hidden="true">'


def _place(level: float) -> str:
    return f"{level / HIGHEST_LEVEL * 100:.1f}%"


def _ring(x: str) -> str:
    return f'<circle class="from" cx="{x}" cy="{MIDDLE}" r="{RING}"/>'


def _line(x: str) -> str:
    return f'<line class="anchor" x1="{x}" x2="{x}" y1="{MIDDLE - RING}" y2="{MIDDLE + RING}"/>'


def _dot(x: str) -> str:
    return f'<circle class="to" cx="{x}" cy="{MIDDLE}" r="{DOT}"/>'
