"""Transactions that end in the middle, as they do where a process or a connection dies."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event


class Cut(BaseException):
    """Not an `Exception`: nothing may take it for an error and go on."""


@contextmanager
def before_each(engine: Engine, strike: Callable[[int, Any], object]) -> Iterator[None]:
    """Call a function before each statement and commit, with its number, from 1, and connection."""
    begun = 0

    def count(connection: Any, *_: object) -> None:
        nonlocal begun
        begun += 1
        strike(begun, connection)

    event.listen(engine, "before_cursor_execute", count)
    event.listen(engine, "commit", count)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", count)
        event.remove(engine, "commit", count)


@contextmanager
def cut_after(engine: Engine, statements: int) -> Iterator[None]:
    """Raise `Cut` instead of any statement after the first so many, the commit counted as one."""

    def strike(number: int, _: object) -> None:
        if number > statements:
            raise Cut

    with before_each(engine, strike):
        yield


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


@contextmanager
def lost_commits(engine: Engine) -> Iterator[list[bool]]:
    """Store what is committed, but have every second commit's word lost with the connection.

    Gives a list with whether each was lost.
    """
    commit, lost = engine.dialect.do_commit, []

    def store_and_lose(connection: Any) -> None:
        commit(connection)
        lost.append(len(lost) % 2 == 0)
        if lost[-1]:
            raise engine.dialect.loaded_dbapi.OperationalError(2013, "Lost connection")

    def take_for_lost(context: Any) -> None:
        context.is_disconnect |= context.original_exception.args[0] == 2013

    event.listen(engine, "handle_error", take_for_lost)
    engine.dialect.do_commit = store_and_lose  # type: ignore[method-assign]
    try:
        yield lost
    finally:
        del engine.dialect.do_commit
        event.remove(engine, "handle_error", take_for_lost)
