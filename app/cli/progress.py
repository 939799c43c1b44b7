"""Progress of commands, plain where there is no terminal."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import click

LINE_INTERVAL: Final = 5.0
"""Seconds between two lines about a download where there is no terminal to draw a bar on."""


@contextmanager
def progress_bar(label: str) -> Iterator[Callable[[int, int | None], None]]:
    """Yield what to call with the steps done and, where that is known, the steps in all."""
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn

    columns = ("{task.description}", BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    # Else it takes standard output for itself, and a file that this goes to gets nothing.
    with Progress(*columns, console=Console(stderr=True), redirect_stdout=False) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@contextmanager
def download_bar() -> Iterator[Callable[[int, int | None], None]]:
    """Yield what to call with the bytes that are here, and those of the whole where known."""
    if not sys.stderr.isatty():
        yield _download_lines(time.monotonic)
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TransferSpeedColumn

    columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=None, visible=False)
        yield lambda done, total: bar.update(task, completed=done, total=total, visible=True)


def _download_lines(clock: Callable[[], float]) -> Callable[[int, int | None], None]:
    """Make what prints a line now and then."""
    printed_at = clock()

    def print_line(done: int, total: int | None) -> None:
        nonlocal printed_at
        if clock() - printed_at >= LINE_INTERVAL:
            printed_at = clock()
            of = f" of {total / 1e6:.1f}" if total else ""
            click.echo(f"  {done / 1e6:.1f}{of} MB", err=True)

    return print_line
