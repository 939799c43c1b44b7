"""Where commands print: a terminal of some width and colours, or a pipe that has none."""

import io
import json
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import click
from rich.console import Console, OverflowMethod
from rich.style import Style
from rich.table import Table
from rich.text import Text

from app.cli.layout import BETWEEN, Bar
from app.occupations.provenance import short_attribution

THERE: Final = Style(color="green")
MISSING: Final = Style(color="yellow")
FAINT: Final = Style(dim=True)
STRONG: Final = Style(bold=True)
NARROWEST: Final = 20
"""Columns that tables are made for, at least."""
UNCUT: Final = 10_000
"""Columns where nothing says how many there are: more than any line takes."""

_CELLS: Final = {True: ("#", "=", "."), False: ("█", "▒", "·")}
"""Cells of a bar, in ASCII or not: there, missing, neither; they differ without colours too."""


def print_json(body: dict[str, Any]) -> None:
    """Print the body of an answer of the API."""
    click.echo(json.dumps(body, indent=2))


def print_csv(text: str) -> None:
    """Print CSV, in UTF-8 whatever the terminal has."""
    click.echo(text.encode(), nl=False)


def credited(attribution: str, releases: Iterable[str | None]) -> str:
    """Say where the figures come from: in short where it goes to no terminal."""
    return attribution if sys.stdout.isatty() else short_attribution(releases)


def open_console() -> Console:
    """Open standard output; what its encoding has no sign for is shown as `?`.

    Where it is no terminal and `COLUMNS` is not set, lines may be as long as they are.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    # Rich would take the width of a terminal that is only read from, or 80.
    columns, lines = shutil.get_terminal_size((UNCUT, 1))
    return Console(
        width=max(columns, NARROWEST), height=lines, highlight=False, markup=False, emoji=False
    )


def drawn(console: Console, cells: Bar) -> Text:
    """Draw a bar."""
    there, missing, rest = _CELLS[console.options.ascii_only]
    return Text.assemble(
        (there * cells.there, THERE), (missing * cells.missing, MISSING), (rest * cells.rest, FAINT)
    )


def table(
    console: Console,
    widths: Mapping[str, int],
    rows: Iterable[Mapping[str, str | Text]],
    right: Sequence[str] = (),
    wrapped: Sequence[str] = (),
) -> Table:
    """Make a table of the columns that have a width.

    Args:
        console: where it is printed.
        widths: by the heads of the columns.
        rows: cells by the same heads; what has no width is left out.
        right: columns of figures.
        wrapped: columns that go on below rather than being cut.
    """
    cut: OverflowMethod = "crop" if console.options.ascii_only else "ellipsis"
    made = Table(box=None, padding=(0, BETWEEN, 0, 0), pad_edge=False, header_style=STRONG)
    for head, width in widths.items():
        made.add_column(
            head,
            width=width,
            justify="right" if head in right else "left",
            no_wrap=head not in wrapped,
            overflow="fold" if head in wrapped else cut,
        )
    for row in rows:
        made.add_row(*(row[head] for head in widths))
    return made
