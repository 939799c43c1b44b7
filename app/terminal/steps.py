"""`flask transitions`: where to go from an occupation, or who can come to it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import click
from rich.console import Console
from rich.text import Text

from app.terminal.layout import Column, bar, fit
from app.terminal.screen import FAINT, STRONG, ask, drawn, meant, open_console, table

Body = dict[str, Any]

FIGURES: Final = ("#", "ready", "zone")
LISTED: Final = "weightiest gaps"
RELATED: Final = "+"


def print_transitions(
    occupation: str,
    *,
    backwards: bool,
    domain: str,
    limit: int,
    job_zone: int | None,
    as_json: bool,
) -> None:
    """Print a ranking as a table, or the body of the API's answer.

    Raises:
        click.ClickException: with the problem's detail where there is no answer, or with what may
            be meant where no one occupation has the title.
    """
    direction = "from" if backwards else "to"
    query = {"direction": direction, "domain": domain, "limit": limit, "job_zone": job_zone}
    body = ask(f"/occupations/{meant('occupation', occupation)}/transitions", query)
    if as_json:
        click.echo(json.dumps(body, indent=2))
        return
    console = open_console()
    console.print(Text(_title(body), STRONG))
    found = body["transitions"]
    if found:
        console.print()
        widths = fit(_columns(found, console.width), console.width)
        rows = [_row(console, place, one, widths) for place, one in enumerate(found, 1)]
        console.print(table(console, widths, rows, right=FIGURES, wrapped=(LISTED,)))
        if RELATED in widths:
            console.print(Text(f"{RELATED} O*NET lists the two as related.", FAINT))
    console.print()
    console.print(
        f"{len(found)} shown, of {body['compared']:,} rated occupations at hand "
        f"({body['occupations_listed']:,} in O*NET's list)."
    )
    console.print(Text(body["attribution"], FAINT))


def _title(body: Body) -> str:
    title, domain = body["occupation"]["title"], body["domain"]
    if body["direction"] == "to":
        return f"How ready {title} are for other occupations, by {domain}"
    return f"How ready other occupations are for {title}, by {domain}"


def _columns(found: Sequence[Body], width: int) -> list[Column]:
    """Lay out what there is to show; what no row has is left out."""
    titles = max(len(one["title"]) for one in found)
    gaps = max(len(_gaps(one)) for one in found)
    places = len(str(len(found)))
    columns = [
        Column("#", places, places, rank=6),
        Column("code", 10, 10, rank=7),
        Column("occupation", max(10, min(titles, max(20, width // 3))), max(10, titles)),
        Column("ready", 6, 6),
        Column("bar", 8, 16, rank=1),
    ]
    if any(one["job_zone"] for one in found):
        columns.append(Column("zone", 4, 4, rank=4))
    if any(one["related"] for one in found):
        columns.append(Column(RELATED, 1, 1, rank=2))
    if gaps:
        columns.append(Column(LISTED, 20, max(gaps, 20), rank=3))
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
