"""The chart of a skill gap: the body of `/skill-gap` in, SVG text out.

Each required element has a ring for the level of the source, a dot for that of the target, and a
line between them: a broad bar where there is a gap, in pieces where the gap may be chance or its
significance is unknown. Nothing differs by colour alone. Colours are attributes, so that a copy of
the drawing looks the same; the page's style sheet overrides them where the screen is dark.
"""

from dataclasses import dataclass
from html import escape
from typing import Any, Final

from app.gaps.compare import HIGHEST_LEVEL
from app.page.words import UNSURE, nouns

Item = dict[str, Any]

FILLS: Final = {"ink": "#1b2330", "muted": "#566070"}
LINE: Final = "#d5dae1"
ACCENT: Final = "#2f4fb5"
BAR: Final = "#6f86d6"
PAPER: Final = "#ffffff"
FONT: Final = "system-ui, sans-serif"
LETTER: Final = 0.55
"""Average width of a letter as a part of the font size; wide fonts have more."""
NOT_RELEVANT: Final = "—"


@dataclass(frozen=True, slots=True)
class Layout:
    """Measures of a chart, in pixels.

    Attributes:
        left: where level 0 is.
        right: where level 7 is.
        row: height of an element.
        middle: of the marks, below the top of a row.
        baseline: of the text, below the top of a row.
        size: of the text.
        columns: of the legend.
    """

    name: str
    width: int
    left: int
    right: int
    row: int
    middle: int
    baseline: int
    size: int
    columns: int

    def x(self, level: float) -> float:
        """Return where a level (0-7) is."""
        return round(self.left + (self.right - self.left) * level / HIGHEST_LEVEL, 1)


WIDE: Final = Layout("wide", 760, 306, 664, 24, 12, 16, 13, 2)
"""One line for an element: its name, with room for wider letter spacing, its marks, its levels."""
NARROW: Final = Layout("narrow", 308, 8, 300, 42, 30, 14, 12, 1)
"""Two lines for an element, on a phone: name and levels, the marks below."""


def draw(body: dict[str, Any], layout: Layout = WIDE) -> str:
    """Draw the answer of `/skill-gap?include=covered`: gaps first, by priority.

    Gaps, or covered elements, have no heading where there are none.
    """
    legend, y = _legend(body, layout)
    axis = _axis(layout, y)
    y = top = y + 36
    rows: list[str] = []
    for heading, items in (("Gaps", body["gaps"]), ("Already covered", body["covered"])):
        if items:
            rows.append(_text(0, y + 20, f"{heading} ({len(items)})", "ink", ' font-weight="600"'))
            rows += [_row(item, layout, y + 28 + at * layout.row) for at, item in enumerate(items)]
            y += 28 + len(items) * layout.row
    lines = "".join(f"M{layout.x(level)} {top}V{y}" for level in range(HIGHEST_LEVEL + 1))
    grid = f'<path class="grid" d="{lines}" stroke="{LINE}"/>'
    return _document(body, layout, y + 8, "".join([legend, axis, grid, *rows]))


def _document(body: dict[str, Any], layout: Layout, height: int, inner: str) -> str:
    name = f"chart-{layout.name}"
    source, target = escape(body["from"]["title"]), escape(body["to"]["title"])
    gaps, required = len(body["gaps"]), len(body["gaps"]) + len(body["covered"])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart {layout.name}" role="img" '
        f'aria-labelledby="{name}-title {name}-desc" viewBox="0 0 {layout.width} {height}" '
        f'font-family="{FONT}" font-size="{layout.size}">'
        f'<title id="{name}-title">Levels of {source} and of {target}</title>'
        f'<desc id="{name}-desc">Of the {required} {nouns(body["domain"])} that {target} need, '
        f"{gaps} are at a higher level than {source} have, on a scale from 0 to "
        f"{HIGHEST_LEVEL}. The tables below have the same figures.</desc>{inner}</svg>"
    )


def _legend(body: dict[str, Any], layout: Layout) -> tuple[str, int]:
    """Draw the marks with their meanings, and return where that ends."""
    entries = [(_ring(8, 0), body["from"]["title"]), (_dot(8, 0), body["to"]["title"])]
    found = {item["significant"] for item in body["gaps"]}
    if True in found:
        entries.append((_bar(0, 16, 0, sure=True), "gap, wider than chance"))
    if found & UNSURE.keys():
        reasons = " or ".join(reason for one, reason in UNSURE.items() if one in found)
        entries.append((_bar(0, 16, 0, sure=False), f"gap, {reasons}"))
    if any(item["from"]["not_relevant"] for item in body["gaps"] + body["covered"]):
        entries.append((_text(2, 4, NOT_RELEVANT), "not relevant, counts as 0"))
    width = layout.width // layout.columns
    letters = int((width - 30) / (layout.size * LETTER))
    drawn = [
        f'<g transform="translate({number % layout.columns * width} '
        f'{14 + number // layout.columns * 22})">'
        f"{mark}{_text(24, 4, _cut(label, letters))}</g>"
        for number, (mark, label) in enumerate(entries)
    ]
    return "".join(drawn), 14 + -(-len(entries) // layout.columns) * 22


def _axis(layout: Layout, y: int) -> str:
    labels = [(layout.x(level), 14, str(level), "middle") for level in range(HIGHEST_LEVEL + 1)]
    labels.append((layout.left - 4, 29, "no level", "start"))
    labels.append((layout.right + 4, 29, "highest level", "end"))
    return "".join(
        _text(x, y + below, label, "muted", f' font-size="11" text-anchor="{anchor}"')
        for x, below, label, anchor in labels
    )


def _row(item: Item, layout: Layout, y: int) -> str:
    sides, middle = (item["from"], item["to"]), layout.middle
    # What is Not Relevant counts as level 0.
    start, end = (layout.x(0 if side["not_relevant"] else side["level"]) for side in sides)
    if item["level_gap"] > 0:
        line = _bar(start, end, middle, sure=item["significant"] is True)
    else:
        line = f'<path class="tie" d="M{start} {middle}H{end}" stroke="{FILLS["muted"]}"/>'
    levels = (NOT_RELEVANT if side["not_relevant"] else f"{side['level']:.2f}" for side in sides)
    name = _text(0, layout.baseline, item["name"], "ink")
    figures = _text(layout.width, layout.baseline, " → ".join(levels), more=' text-anchor="end"')
    marks = f"{line}{_ring(start, middle)}{_dot(end, middle)}"
    return f'<g transform="translate(0 {y})">{name}{marks}{figures}</g>'


def _ring(x: float, y: float) -> str:
    return (
        f'<circle class="from" cx="{x}" cy="{y}" r="6" fill="{PAPER}" '
        f'stroke="{FILLS["muted"]}" stroke-width="2"/>'
    )


def _dot(x: float, y: float) -> str:
    return f'<circle class="to" cx="{x}" cy="{y}" r="4.5" fill="{ACCENT}"/>'


def _bar(start: float, end: float, y: float, *, sure: bool) -> str:
    pieces = "" if sure else ' stroke-dasharray="3 3"'
    return f'<path class="bar" d="M{start} {y}H{end}" stroke="{BAR}" stroke-width="5"{pieces}/>'


def _text(x: float, y: float, text: str, kind: str = "muted", more: str = "") -> str:
    return f'<text class="{kind}" x="{x}" y="{y}" fill="{FILLS[kind]}"{more}>{escape(text)}</text>'


def _cut(text: str, letters: int) -> str:
    return text if len(text) <= letters else text[: letters - 1].rstrip() + "…"
