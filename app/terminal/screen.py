"""Where commands print: a terminal of some width and colours, or a pipe that has none."""

import io
import logging
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import click
from marshmallow import ValidationError
from rich.console import Console, OverflowMethod
from rich.style import Style
from rich.table import Table
from rich.text import Text

from app import create_app
from app.api.parameters import Named
from app.resolve import Unresolved, resolve
from app.services import services
from app.terminal.layout import BETWEEN, Bar

THERE: Final = Style(color="green")
MISSING: Final = Style(color="yellow")
FAINT: Final = Style(dim=True)
STRONG: Final = Style(bold=True)
NARROWEST: Final = 40
"""Columns that tables are made for, at least."""

_CELLS: Final = {True: ("#", "=", "."), False: ("█", "▒", "·")}
"""Of a bar, in ASCII or not: there, missing, neither; to be told apart without colours."""


def ask(path: str, query: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body of the API's answer, in this process.

    Raises:
        click.ClickException: with the problem's detail, and what may be meant instead, where there
            is no answer.
    """
    # What is said here of an error is all there is to say: without a handler of any kind, the
    # request's own line would go to standard error too.
    logging.getLogger("app.errors").addHandler(logging.NullHandler())
    client = create_app(services=services()).test_client()
    given = {name: value for name, value in query.items() if value is not None}
    response = client.get(path, query_string=given)
    body: dict[str, Any] = response.get_json()
    if response.status_code != 200:
        raise click.ClickException("\n".join([body["detail"], *_instead(body)]))
    return body


def meant(name: str, text: str) -> str:
    """Return the code of an occupation that is given by its code or title, called `name`.

    Raises:
        click.ClickException: with what may be meant, where it does not name one occupation.
    """
    try:
        return resolve({name: Named().deserialize(text)}, services().titles.index)[name]
    except ValidationError as error:
        raise click.ClickException(" ".join(map(str, error.messages))) from error
    except Unresolved as error:
        candidates = {name: [one._asdict() for one in error.candidates[name]]}
        told = [error.messages[name], *_instead({"candidates": candidates})]
        raise click.ClickException("\n".join(told)) from error


def _instead(problem: Mapping[str, Any]) -> list[str]:
    """Write a line for each occupation that may be meant, or asked for instead."""
    found = [
        (f"{side} could be", one)
        for side, candidates in problem.get("candidates", {}).items()
        for one in candidates
    ]
    found += [("near it is", one) for one in problem.get("suggestions", [])]
    found += [("rated is", one) for one in problem.get("alternatives", [])]
    return [f"  {said} {one['code']} {one['title']}" for said, one in found]


def open_console() -> Console:
    """Open standard output; what its encoding has no sign for is shown as `?`."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    console = Console(highlight=False, markup=False, emoji=False)
    if console.width < NARROWEST:
        console.width = NARROWEST
    return console


def is_ascii(console: Console) -> bool:
    """Tell whether signs beyond ASCII are better left out."""
    return console.options.ascii_only


def drawn(console: Console, cells: Bar) -> Text:
    """Draw a bar."""
    there, missing, rest = _CELLS[is_ascii(console)]
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
    cut: OverflowMethod = "crop" if is_ascii(console) else "ellipsis"
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
