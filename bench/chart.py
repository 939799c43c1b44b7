"""The chart of requests a second, as SVG that is readable in light and in dark."""

from collections.abc import Mapping
from html import escape
from typing import Any

from bench.figures import shown

WIDTH, LEFT, RIGHT = 820, 260, 90
BAR, GAP, HEAD = 15, 12, 60
COLOURS = {
    "bare WSGI": ("#8b95a1", "#8b95a1"),
    "bare Flask": ("#c58a2b", "#d9a24a"),
    "SQLite": ("#2f6fb2", "#5b9be0"),
    "MariaDB": ("#2a8a63", "#4fb98d"),
}
"""Of each server, in light and in dark."""


def draw(case: Mapping[str, Any]) -> str:
    """Draw a bar for each row of the load's table, in groups by request and connections."""
    groups: dict[str, list[tuple[str, float]]] = {}
    for request, connections, server, rate, *_ in case["rows"]:
        groups.setdefault(f"{request}, {connections} connections", []).append((server, rate))
    highest = max(rate for bars in groups.values() for _, rate in bars)
    scale = (WIDTH - LEFT - RIGHT) / highest
    y, parts = HEAD, []
    for name, bars in groups.items():
        middle = y + len(bars) * BAR / 2 + 4
        parts.append(
            f'<text x="{LEFT - 10}" y="{middle:g}" text-anchor="end">{escape(name)}</text>'
        )
        for server, rate in bars:
            size = rate * scale
            parts.append(
                f'<rect class="{_css(server)}" x="{LEFT}" y="{y}" width="{size:.1f}" '
                f'height="{BAR - 2}"><title>{escape(server)}: {shown(rate)}/s</title></rect>'
                f'<text class="small" x="{LEFT + size + 5:.1f}" y="{y + 11}">{shown(rate)}</text>'
            )
            y += BAR
        y += GAP
    return "\n".join([_opening(y), _style(), *_legend(), *parts, "</svg>", ""])


def _css(server: str) -> str:
    return server.lower().replace(" ", "-")


def _opening(height: int) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" role="img" aria-label="Requests a second">'
    )


def _style() -> str:
    light = "".join(f".{_css(name)}{{fill:{colours[0]}}}" for name, colours in COLOURS.items())
    dark = "".join(f".{_css(name)}{{fill:{colours[1]}}}" for name, colours in COLOURS.items())
    return (
        "<style>text{font:13px sans-serif;fill:#24292f}.small{font-size:11px}"
        f"{light}@media(prefers-color-scheme:dark){{text{{fill:#e6edf3}}{dark}}}</style>"
    )


def _legend() -> list[str]:
    parts = ['<text x="10" y="22">Requests a second, two workers</text>']
    for at, name in enumerate(COLOURS):
        x = LEFT + at * 120
        parts.append(f'<rect class="{_css(name)}" x="{x}" y="34" width="12" height="12"/>')
        parts.append(f'<text x="{x + 18}" y="45">{name}</text>')
    return parts
