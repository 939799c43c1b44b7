"""What was found as text, as the tables of docs/performance.md and as its chart."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.chart import draw
from bench.figures import shown

BEGIN = "<!-- figures: begin; `make bench` writes from here -->"
END = "<!-- figures: end -->"
ORDER = ("load", "post", "servers", "behind", "uncached", "start", "seed", "warm", "growth")

Found = Mapping[str, Any]


def printed(found: Found) -> str:
    """Write a case for a terminal: its table, then what was asked of it."""
    rows = [found["columns"], *([shown(cell) for cell in row] for row in found["rows"])]
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    checks = ["  ".join(row) for row in _checks([found])]
    return "\n".join([found["title"], "", *lines, "", *checks]).rstrip()


def _checks(cases: Iterable[Found]) -> list[list[str]]:
    """Rows of what was asked, on which database, found, asked, and whether it is met."""
    return [
        [
            check["what"],
            check["database"],
            f"{shown(check['found'])} {check['unit']}".rstrip(),
            f"{check['side']} {check['bound']:g} {check['unit']}".rstrip(),
            "met" if check["met"] else "**falls short**",
        ]
        for case in cases
        for check in case["checks"]
    ]


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a Markdown table; the bars of a cell are escaped."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(
        f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in lines
    )


def section(cases: Sequence[Found]) -> str:
    """Write everything that stands between the markers."""
    asked = ("asked of", "database", "found", "asked", "")
    parts = ["## Asked and found", table(asked, _checks(cases))]
    told = ""
    for case in cases:
        rows = [[shown(cell) for cell in row] for row in case["rows"]]
        parts += [f"## {case['title']}", table(case["columns"], rows), *case["notes"]]
        if (where := _where(case)) != told:  # one run tells it once
            parts.append(where)
            told = where
    return "\n\n".join(parts)


def _where(case: Found) -> str:
    versions = ", ".join(f"{name} {number}" for name, number in case["versions"].items())
    return f"{case['date']}; {case['release']}; {case['machine']}; {versions}."


def write_page(docs: Path, results: Path) -> None:
    """Renew the figures of the page, and the chart, from all results there are."""
    files = [results / f"{name}.json" for name in ORDER]
    cases = [json.loads(file.read_text(encoding="utf-8")) for file in files if file.is_file()]
    page = docs / "performance.md"
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    text = f"{before}{BEGIN}\n\n{section(cases)}\n\n{END}{after}"
    page.write_text(text, encoding="utf-8")
    for case in cases:
        if case["case"] == "load":
            (docs / "performance.svg").write_text(draw(case), encoding="utf-8")
