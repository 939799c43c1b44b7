"""Transactions that end in the middle, as they do where a process or a connection dies."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event


class Cut(BaseException):
    """Not an `Exception`: nothing may take it for an error and go on."""


@contextmanager
def cut_after(engine: Engine, statements: int) -> Iterator[None]:
    """Raise `Cut` instead of any statement after the first so many, the commit counted as one."""
    done = 0

    def count(*_: object) -> None:
        nonlocal done
        done += 1
        if done > statements:
            raise Cut

    event.listen(engine, "before_cursor_execute", count)
    event.listen(engine, "commit", count)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", count)
        event.remove(engine, "commit", count)


def cuts(engine: Engine, work: Callable[[], object]) -> Iterator[int]:
    """Run `work` cut at its first statement, then at its second and so on, until it is done.

    Gives the number of statements that were let through, after each run that was cut.
    """
    for statements in range(10_000):
        try:
            with cut_after(engine, statements):
                work()
        except Cut:
            yield statements
        else:
            return
