"""Occupations that were looked for, as a table."""

from collections.abc import Iterable
from typing import Any, Final

from rich.text import Text

from app.cli.layout import Column, fit
from app.cli.screen import FAINT, open_console, table
from app.occupations.provenance import short_attribution
from onet_client.content_model import domain_words

FOUND_BY: Final = "found by"
RATED: Final = {True: "yes", False: "no", None: "?"}
"""Whether there are ratings: O*NET publishes none, or nobody has asked yet."""


def print_found(body: dict[str, Any], domain: str, releases: Iterable[str | None]) -> None:
    """Print a page of what a search found."""
    console = open_console()
    rows = [_row(one) for one in body["occupations"]]
    titles, by = (max(len(row[head]) for row in rows) for head in ("occupation", FOUND_BY))
    columns = [
        Column("code", 10, 10),
        Column("occupation", max(8, min(titles, console.width // 3)), max(10, titles)),
        Column("rated", 5, 5, rank=2),
        Column(FOUND_BY, min(max(by, 8), 16), max(by, 8), rank=1),
    ]
    widths = fit(columns, console.width)
    console.print(table(console, widths, rows, wrapped=("occupation", FOUND_BY)))
    console.print()
    shown = len(rows)
    console.print(
        f"{shown} shown of {body['total']:,} found; rated: has {domain_words(domain)} ratings."
    )
    console.print(Text(short_attribution(releases), FAINT))


def _row(one: dict[str, Any]) -> dict[str, str]:
    """Show what an occupation was found by where that is not its title."""
    matched = one["matched"] or {"text": one["title"]}
    by = "" if matched["text"] == one["title"] else matched["text"]
    return {
        "code": one["code"],
        "occupation": one["title"],
        "rated": RATED[one["rated"]],
        FOUND_BY: by,
    }
