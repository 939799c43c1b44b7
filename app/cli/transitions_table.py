"""Transitions as a table: where to go from an occupation, or who can come to it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from rich.console import Console
from rich.text import Text

from app.cli.layout import Column, bar, fit
from app.cli.screen import FAINT, STRONG, drawn, open_console, table
from app.transitions.choice import TransitionsChoice
from app.transitions.job_zones import any_of, called

Body = dict[str, Any]

NAMES: Final = {"code": "OCCUPATION", "job_zone": "--job-zone"}
FIGURES: Final = ("#", "ready", "zone")
LISTED: Final = "weightiest gaps"
RELATED: Final = "+"


def print_transitions(body: Body, choice: TransitionsChoice) -> None:
    """Print a ranking as a table."""
    console = open_console()
    zones = any_of(choice.job_zones) if choice.job_zones else ""
    console.print(Text(_head(body, zones), STRONG))
    if body["transitions"]:
        console.print()
        _print_table(console, body["transitions"])
    console.print()
    for note in body.get("notes", []):
        console.print(note["text"])
    console.print(_count(body, choice.limit, zones))
    if body["job_zones"]:
        held = "; ".join(called(one["zone"], one["name"]) for one in body["job_zones"])
        console.print(Text(f"Job zones: {held}", FAINT))
    console.print(Text(body["attribution"], FAINT))


def _print_table(console: Console, found: Sequence[Body]) -> None:
    widths = fit(_columns(found, console.width), console.width)
    rows = [_row(console, place, one, widths) for place, one in enumerate(found, 1)]
    console.print(table(console, widths, rows, right=FIGURES, wrapped=("occupation", LISTED)))
    if RELATED in widths:
        console.print(Text(f"{RELATED} O*NET lists the two as related.", FAINT))


def _head(body: Body, zones: str) -> str:
    title, domain = body["occupation"]["title"], body["domain"]
    others = f"other occupations{f' of job zone {zones}' if zones else ''}"
    if body["direction"] == "to":
        return f"How ready {title} are for {others}, by {domain}"
    return f"How ready {others} are for {title}, by {domain}"


def _count(body: Body, limit: int, zones: str) -> str:
    """Say how many there are; of job zones only whether all that are known are shown."""
    shown = len(body["transitions"])
    others, listed = body["compared"] - 1, body["occupations_listed"] - 1  # without itself
    chosen = ""
    if zones:
        known = f"known to be of job zone {zones}"
        chosen = f"all that are {known}, " if 0 < shown < limit else f"of those {known}, "
    return (
        f"{shown} shown, {chosen}of {others:,} other occupations with {body['domain']} ratings "
        f"here, out of {listed:,} that O*NET lists."
    )


def _columns(found: Sequence[Body], width: int) -> list[Column]:
    """Lay out what there is to show; what no row has is left out."""
    titles = max(len(one["title"]) for one in found)
    gaps = max(len(_gaps(one)) for one in found)
    places = len(str(len(found)))
    columns = [
        Column("#", places, places, rank=7),
        Column("code", 10, 10),
        Column("occupation", max(10, min(titles, width // 4)), max(10, titles), rank=1),
        Column("ready", 6, 6),
        Column("bar", 8, 16, rank=4),
    ]
    if any(one["job_zone"] for one in found):
        columns.append(Column("zone", 4, 4, rank=6))
    if any(one["related"] for one in found):
        columns.append(Column(RELATED, 1, 1, rank=2))
    if gaps:
        columns.append(Column(LISTED, 20, max(gaps, 20), rank=5))
    return columns


def _row(
    console: Console, place: int, one: Body, widths: Mapping[str, int]
) -> dict[str, str | Text]:
    cells = bar(one["readiness"], 1 - one["readiness"], 1, widths.get("bar", 0))
    return {
        "#": str(place),
        "code": one["code"],
        "occupation": one["title"],
        "ready": f"{one['readiness']:.4f}",
        "bar": drawn(console, cells),
        "zone": str(one["job_zone"] or ""),
        RELATED: RELATED if one["related"] else "",
        LISTED: _gaps(one),
    }


def _gaps(one: Body) -> str:
    return ", ".join(gap["name"] for gap in one["gaps"])
