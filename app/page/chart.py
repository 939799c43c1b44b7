"""The levels of an element as a drawing: a row of the answer of `/skill-gap` in, SVG text out.

A ring is the level of the source, a dot that of the target, and a line lies between them: a broad
bar where there is a gap, in pieces where it may be chance or nobody knows. Nothing differs by
colour alone. The figures stand beside it, so that who does not see it misses nothing. Places are
in percent of the width, so that marks keep their size however wide the drawing is.
"""

from typing import Any, Final

from app.gaps.compare import HIGHEST_LEVEL

Item = dict[str, Any]

MIDDLE: Final = 8
"""Of a drawing, in pixels below its top."""
RING: Final = 5
DOT: Final = 4


def marks(item: Item) -> str:
    """Draw the levels of an element on both sides; what is Not Relevant counts as level 0."""
    start, end = (
        _place(0 if side["not_relevant"] else side["level"]) for side in (item["from"], item["to"])
    )
    kind = "tie" if item["level_gap"] <= 0 else "bar" if item["significant"] else "bar unsure"
    line = f'<line class="{kind}" x1="{start}" x2="{end}" y1="{MIDDLE}" y2="{MIDDLE}"/>'
    return f"{_opened('marks')}{line}{_ring(start)}{_dot(end)}</svg>"


def key(side: str) -> str:
    """Draw the mark of one side, `from` or `to`, by itself."""
    return f"{_opened('key')}{(_ring if side == 'from' else _dot)('50%')}</svg>"


def _opened(name: str) -> str:
    return f'<svg class="{name}" aria-hidden="true">'


def _place(level: float) -> str:
    return f"{level / HIGHEST_LEVEL * 100:.1f}%"


def _ring(x: str) -> str:
    return f'<circle class="from" cx="{x}" cy="{MIDDLE}" r="{RING}"/>'


def _dot(x: str) -> str:
    return f'<circle class="to" cx="{x}" cy="{MIDDLE}" r="{DOT}"/>'
