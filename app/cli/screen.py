"""Where commands print: a terminal of some width and colours, or a pipe that has none."""

import io
import logging
import shutil
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
from app.cli.layout import BETWEEN, Bar
from app.container import services
from app.occupations.resolve import Unresolved, resolve
from app.problems import unresolved
from app.query_fields import Named

THERE: Final = Style(color="green")
MISSING: Final = Style(color="yellow")
FAINT: Final = Style(dim=True)
STRONG: Final = Style(bold=True)
NARROWEST: Final = 20
"""Columns that tables are made for, at least."""
UNCUT: Final = 10_000
"""Columns where nothing says how many there are: more than any line takes."""

_CELLS: Final = {True: ("#", "=", "."), False: ("█", "▒", "·")}
"""Of a bar, in ASCII or not: there, missing, neither; to be told apart without colours."""


def ask(path: str, query: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Return the body of the API's answer, in this process.

    Args:
        path: of the API.
        query: its parameters; those that are None are left out.
        names: what the command calls the parameters, where that differs.

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
        raise click.ClickException(complaint(body, names))
    return body


def meant(name: str, text: str) -> str:
    """Return the code of an occupation that is given by its code or title.

    Args:
        name: what the command calls it.
        text: the code or title.

    Raises:
        click.ClickException: with what may be meant, where it does not name one occupation.
    """
    try:
        return resolve({name: Named().deserialize(text)}, services().titles.index)[name]
    except ValidationError as error:
        raise click.ClickException(f"{name}: {' '.join(map(str, error.messages))}") from error
    except Unresolved as error:
        raise click.ClickException(complaint(unresolved(error).members, {})) from error


def complaint(problem: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Say what the matter is, and in a line each what may be meant, or asked for instead.

    Args:
        problem: members of a problem, its detail or its errors among them.
        names: what the command calls the problem's parameters, where that differs.
    """
    if "errors" in problem:
        told = " ".join(
            f"{names.get(one['parameter'], one['parameter'])}: {one['detail']}"
            for one in problem["errors"]
        )
    else:
        side = problem.get("occupation", "")
        told = problem["detail"].replace(f"(`{side}`)", f"({names.get(side, side)})")
    found = [
        (f"{names.get(side, side)} could be", one)
        for side, candidates in problem.get("candidates", {}).items()
        for one in candidates
    ]
    found += [("near it is", one) for one in problem.get("suggestions", [])]
    found += [("rated is", one) for one in problem.get("alternatives", [])]
    told = f"{told} {problem.get('hint', '')}".rstrip()
    return "\n".join([told, *(f"  {said} {_listed(one)}" for said, one in found)])


def _listed(one: Mapping[str, str]) -> str:
    """Name an occupation, with the title that it was found by where that is another."""
    matched = one.get("matched", one["title"])
    also = "" if matched == one["title"] else f" (matched: {matched})"
    return f"{one['code']} {one['title']}{also}"


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
