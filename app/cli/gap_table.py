"""A skill gap as a table with bars."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from rich.console import Console
from rich.text import Text

from app.cli.layout import BETWEEN, RESERVED, Column, bar, fit
from app.cli.own import named_subject
from app.cli.screen import FAINT, STRONG, credited, drawn, open_console, table
from app.gaps.compare import HIGHEST_LEVEL
from app.occupations.provenance import aged
from onet_client.content_model import domain_words

Body = dict[str, Any]

FIGURES: Final = ("from", "to", "gap", "importance", "priority")
FIGURE: Final = 4
"""Characters of a level, such as 4.25."""
LEVEL: Final = "level"
"""The head of the bars."""
MARKED: Final = ""
"""The head of the column of marks."""
MARKS: Final = {
    "*": "may be chance: the gap is not wider than the standard errors make likely (95 %)",
    "?": "no standard error is known, so the gap may be chance or not",
    "~": "low precision: O*NET recommends not to rely on one of the figures",
}


def print_gap(body: Body, now: datetime) -> None:
    """Print the answer of /skill-gap as a table with bars, as it is worth at a time."""
    console = open_console()
    console.print(Text(_head(body, "->" if console.options.ascii_only else "→"), STRONG))
    items = body["gaps"]
    if items:
        console.print()
        widths = fit(_columns(items, console.width), console.width)
        if LEVEL in widths:
            console.print(_legend(console))
        rows = [_row(console, item, widths) for item in items]
        console.print(table(console, widths, rows, right=FIGURES, wrapped=("element",)))
        if MARKED in widths:
            console.print(Text(_footnote(items), FAINT))
    console.print()
    for note in body.get("notes", []):
        console.print(note["text"])
    console.print(_summary(body))
    sources = [*_sources(body)]
    for title, source in sources:
        old = aged(title, source["rated"], now)
        if old:
            console.print(old)
    releases = [source["release"] for _, source in sources]
    console.print(Text(credited(body["attribution"], releases), FAINT))


def _head(body: Body, arrow: str) -> str:
    source, target = named_subject(body["from"]), named_subject(body["to"])
    return f"{source} {arrow} {target}, by {domain_words(body['domain'])}"


def _sources(body: Body) -> Iterator[tuple[str, Body]]:
    """Name the occupations that figures come from, of which a profile has several, or none."""
    if "occupations" in body["from"]:
        titles = [one["title"] for one in body["from"]["occupations"]]
        yield from zip(titles, body["sources"]["from"], strict=True)
    else:
        yield body["from"]["title"], body["sources"]["from"]
    yield body["to"]["title"], body["sources"]["to"]


def _summary(body: Body) -> str:
    found = body["summary"]
    bounds = found["readiness_interval"]
    sure = f", at 95 % between {bounds[0]:.4f} and {bounds[1]:.4f}" if bounds else ""
    share = found["closer_than"]
    closer = "" if share is None else f" Closer than {share:.0%} of all occupations rated here."
    return (
        f"{found['gaps']} gaps of {found['compared']} compared, {found['missing']} missing; "
        f"readiness {found['readiness']:.4f}{sure}.{closer}"
    )


def _legend(console: Console) -> Text:
    there, missing = (drawn(console, bar(*parts, 1, 2)) for parts in ((1, 0), (0, 1)))
    return Text.assemble(there, " there  ", missing, f" missing  (level 0-{HIGHEST_LEVEL})")


def _columns(items: Sequence[Body], width: int) -> list[Column]:
    names = max(len(item["name"]) for item in items)
    beside_gap = width - RESERVED - BETWEEN - FIGURE
    columns = [
        Column("element", min(names, max(16, width // 3), beside_gap), max(names, 5)),
        Column(LEVEL, 10, 6 * HIGHEST_LEVEL, rank=1),
        Column("from", FIGURE, FIGURE, rank=3),
        Column("to", FIGURE, FIGURE, rank=4),
        Column("gap", FIGURE, FIGURE),
        Column("importance", 10, 10, rank=7),
        Column("priority", 8, 8, rank=5),
        Column("kind", 12, 12, rank=6),
    ]
    if any(map(_marks, items)):
        columns.append(Column(MARKED, 2, 2, rank=2))
    return columns


def _row(console: Console, item: Body, widths: Mapping[str, int]) -> dict[str, str | Text]:
    """Show the level that counts, which is 0 where an element is Not Relevant."""
    there = item["to"]["level"] - item["level_gap"]
    cells = bar(there, item["level_gap"], HIGHEST_LEVEL, widths.get(LEVEL, 0))
    return {
        "element": item["name"],
        LEVEL: drawn(console, cells),
        "from": f"{there:.2f}",
        "to": f"{item['to']['level']:.2f}",
        "gap": f"{item['level_gap']:.2f}",
        "importance": f"{item['to']['importance']:.2f}",
        "priority": f"{item['priority']:.4f}",
        "kind": item["kind"].replace("_", " "),
        MARKED: _marks(item),
    }


def _footnote(items: Iterable[Body]) -> str:
    """Say what the marks mean that occur."""
    found = {mark for item in items for mark in _marks(item)}
    return "; ".join(f"{mark} {meaning}" for mark, meaning in MARKS.items() if mark in found) + "."


def _marks(item: Body) -> str:
    chance = {True: "", False: "*", None: "?"}[item["significant"]]
    return chance + ("~" if item["low_precision"] else "")
