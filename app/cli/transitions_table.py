"""Transitions as a table: where to go from an occupation, or who can come to it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from rich.console import Console
from rich.text import Text

from app.cli.layout import Column, bar, fit
from app.cli.own import named_subject
from app.cli.screen import FAINT, STRONG, credited, drawn, open_console, table
from app.transitions.choice import TransitionsChoice, in_words
from app.transitions.job_zones import any_of, called
from onet_client.content_model import domain_words

Body = dict[str, Any]

FIGURES: Final = ("#", "fit", "ready", "used", "tied", "zone")
MISSING: Final = "missing"
CARRIED: Final = "carries over"
TIED: Final = "tied"
RELATED: Final = "+"
MEANINGS: Final = (
    "fit: the mean of ready, how much is there of what is needed, and used, how much is needed "
    "of what is there; tied: how many rows further down are no worse than errors allow (95 %)."
)


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
    found = [one if isinstance(one, list) else [one] for one in body["sources"].values()]
    releases = [one["release"] for sources in found for one in sources]
    console.print(Text(credited(body["attribution"], releases), FAINT))


def _print_table(console: Console, found: Sequence[Body]) -> None:
    widths = fit(_columns(found, console.width), console.width)
    rows = [_row(console, place, one, widths) for place, one in enumerate(found, 1)]
    wrapped = ("occupation", MISSING, CARRIED)
    console.print(table(console, widths, rows, right=FIGURES, wrapped=wrapped))
    console.print(Text(MEANINGS, FAINT))
    if RELATED in widths:
        console.print(Text(f"{RELATED} O*NET lists the two as related.", FAINT))


def _head(body: Body, zones: str) -> str:
    title, domains = named_subject(_subject(body)), in_words(map(domain_words, body["domains"]))
    of_zone = f", of job zone {zones}" if zones else ""
    if body["direction"] == "to":
        return f"Where {title} could go next{of_zone}, by {body['rank']} in {domains}"
    return f"Who could become {title}{of_zone}, by {body['rank']} in {domains}"


def _subject(body: Body) -> Body:
    """Return what the steps lead from, or to: an occupation or a profile."""
    subject: Body = body.get("occupation") or body["from"]
    return subject


def _count(body: Body, limit: int, zones: str) -> str:
    """Say how many there are; of job zones only whether all that are known are shown."""
    shown = len(body["transitions"])
    own = len(_subject(body).get("occupations", [None]))  # which are left out
    others, listed = body["compared"] - own, body["occupations_listed"] - own
    domains = in_words(map(domain_words, body["domains"]), "or")
    chosen = ""
    if zones:
        known = f"known to be of job zone {zones}"
        chosen = f"all that are {known}, " if 0 < shown < limit else f"of those {known}, "
    return (
        f"{shown} shown, {chosen}of {others:,} other occupations with {domains} ratings here, "
        f"out of {listed:,} that O*NET lists."
    )


def _columns(found: Sequence[Body], width: int) -> list[Column]:
    """Lay out what there is to show; what no row has is left out."""
    titles = max(len(one["title"]) for one in found)
    places = len(str(len(found)))
    columns = [
        Column("#", places, places, rank=10),
        Column("code", 10, 10),
        Column("occupation", max(10, min(titles, width // 4)), max(10, titles), rank=1),
        Column("fit", 6, 6),
        Column("bar", 8, 16, rank=3),
        Column("ready", 6, 6, rank=4),
        Column("used", 6, 6, rank=7),
        Column(TIED, 4, 4, rank=8),
    ]
    if any(one["job_zone"] for one in found):
        columns.append(Column("zone", 4, 4, rank=9))
    if any(one["related"] for one in found):
        columns.append(Column(RELATED, 1, 1, rank=2))
    for head, key, rank in ((CARRIED, "carries_over", 6), (MISSING, "gaps", 5)):
        longest = max(len(_names(one[key])) for one in found)
        if longest:
            columns.append(Column(head, 16, max(longest, 16), rank=rank))
    return columns


def _row(
    console: Console, place: int, one: Body, widths: Mapping[str, int]
) -> dict[str, str | Text]:
    cells = bar(one["fit"], 1 - one["fit"], 1, widths.get("bar", 0))
    return {
        "#": str(place),
        "code": one["code"],
        "occupation": one["title"],
        "fit": f"{one['fit']:.4f}",
        "bar": drawn(console, cells),
        "ready": f"{one['readiness']:.4f}",
        "used": f"{one['utilization']:.4f}",
        TIED: "?" if one["tied_with"] is None else str(one["tied_with"]),
        "zone": str(one["job_zone"] or ""),
        RELATED: RELATED if one["related"] else "",
        CARRIED: _names(one["carries_over"]),
        MISSING: _names(one["gaps"]),
    }


def _names(items: Sequence[Body]) -> str:
    return ", ".join(item["name"] for item in items)
