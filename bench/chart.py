"""The chart of requests a second, as SVG that is readable in light and in dark."""

from collections.abc import Mapping
from html import escape
from typing import Any

from bench.figures import shown

WIDTH, LEFT, RIGHT = 880, 310, 90
BAR, GAP, HEAD = 15, 12, 60
COLOURS = {
    "bare WSGI": ("#8b95a1", "#8b95a1"),
    "bare Flask": ("#c58a2b", "#d9a24a"),
    "SQLite": ("#2f6fb2", "#5b9be0"),
    "MariaDB": ("#2a8a63", "#4fb98d"),
}
"""Of each server, in light and in dark."""


def draw(case: Mapping[str, Any]) -> str:
    """Draw a bar for each row of the load's table, in groups by request and connections.

    A line across the product's bar is the least that was asked of it, where that is a share of
    what bare WSGI or bare Flask answered.
    """
    groups: dict[str, list[tuple[str, float]]] = {}
    for request, connections, server, rate, *_ in case["rows"]:
        groups.setdefault(f"{request}, {connections} connections", []).append((server, rate))
    scale = (WIDTH - LEFT - RIGHT) / max(rate for bars in groups.values() for _, rate in bars)
    asked = _asked(case)
    y, parts = HEAD, []
    for name, bars in groups.items():
        middle = y + len(bars) * BAR / 2 + 4
        parts.append(
            f'<text x="{LEFT - 10}" y="{middle:g}" text-anchor="end">{escape(name)}</text>'
        )
        for server, rate in bars:
            parts += _bar(server, rate, asked.get((name, server)), y, scale)
            y += BAR
        y += GAP
    return "\n".join([_opening(y), _style(y), *_legend(), *parts, "</svg>", ""])


def _bar(server: str, rate: float, asked: float | None, y: int, scale: float) -> list[str]:
    """Draw a bar, its figure, and what was asked; the figure stands clear of the line."""
    size, line = rate * scale, (asked or 0) * scale
    text = max(size, line if line < size + 60 else 0) + 5
    place = f'x="{LEFT}" y="{y}" width="{size:.1f}" height="{BAR - 2}"'
    told = f"<title>{escape(server)}: {shown(rate)}/s</title>"
    parts = [
        f'<rect class="{_css(server)}" {place}>{told}</rect>',
        f'<text class="small" x="{LEFT + text:.1f}" y="{y + 11}">{shown(rate)}</text>',
    ]
    if asked is not None:
        parts.append(
            f'<path class="asked" d="M{LEFT + line:.1f} {y - 1}v{BAR}">'
            f"<title>asked: {shown(asked)}/s</title></path>"
        )
    return parts


def _asked(case: Mapping[str, Any]) -> dict[tuple[str, str], float]:
    """The requests/s asked of each bar: the highest of its bounds, each a share of a ceiling's."""
    rates = {tuple(row[:3]): row[3:6] for row in case["rows"]}
    found: dict[tuple[str, str], float] = {}
    for check in case["checks"]:
        group, _, ceiling = check["what"].partition(": requests/s of bare ")
        request, _, connections = group.rpartition(", ")
        row = rates.get((request, connections.removesuffix(" connections"), check["database"]))
        if ceiling and row and row[0]:
            of_ceiling = row[1 if ceiling == "WSGI" else 2]
            key = group, check["database"]
            found[key] = max(found.get(key, 0), check["bound"] * row[0] / of_ceiling)
    return found


def _css(server: str) -> str:
    return server.lower().replace(" ", "-")


def _opening(height: int) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" role="img" aria-label="Requests a second">'
    )


def _style(height: int) -> str:
    """Rules for both, and a ground of its own for where the page's is another one."""
    light = "".join(f".{_css(name)}{{fill:{colours[0]}}}" for name, colours in COLOURS.items())
    dark = "".join(f".{_css(name)}{{fill:{colours[1]}}}" for name, colours in COLOURS.items())
    return (
        "<style>text{font:13px sans-serif;fill:#24292f}.small{font-size:11px}"
        f".title{{font-weight:600}}.ground{{fill:#fff}}.asked{{stroke:#cf222e;stroke-width:2.5}}{light}"
        "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.ground{fill:#0d1117}"
        f".asked{{stroke:#ff7b72}}{dark}}}</style>"
        f'<path class="ground" d="M0 0h{WIDTH}v{height}h-{WIDTH}z"/>'
    )


def _legend() -> list[str]:
    parts = ['<text class="title" x="10" y="22">Requests a second, two workers</text>']
    for at, name in enumerate(COLOURS):
        x = LEFT + at * 105
        parts.append(f'<path class="{_css(name)}" d="M{x} 34h12v12h-12z"/>')
        parts.append(f'<text x="{x + 18}" y="45">{name}</text>')
    x = LEFT + len(COLOURS) * 105
    parts.append(f'<path class="asked" d="M{x + 6} 33v14"/>')
    parts.append(f'<text x="{x + 18}" y="45">asked</text>')
    return parts
