"""Why the database cannot be used, in words for operators: the driver's, without secrets."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.engine import URL
from sqlalchemy.exc import (
    DatabaseError,
    DBAPIError,
    InternalError,
    NotSupportedError,
    OperationalError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

log = logging.getLogger(__name__)
# A command that has no log says why it failed by itself.
log.addHandler(logging.NullHandler())

UNMIGRATED: Final = "the database is not migrated: run `flask db upgrade`"
NOT_THERE: Final = (1146, 1054)
"""MySQL's numbers for a table and a column that are not there."""
SQLITE_NOT_THERE: Final = ("no such table", "no such column")
CANNOT_USE: Final = (OperationalError, InternalError, NotSupportedError)
LONGEST_REASON: Final = 300
"""Characters of a driver's message that are passed on."""
TOLD_AGAIN: Final = 60.0
"""Seconds after which an outage that goes on is logged again."""


class DatabaseUnavailable(Exception):
    """The database cannot be reached or used, or has not been migrated.

    Its text is for operators: it says why, by the driver's number and message. A caller is told
    no more than `app.problems` says.
    """


@contextmanager
def translated(url: URL) -> Iterator[None]:
    """Raise DatabaseUnavailable for what the driver says of the database at a URL."""
    try:
        yield
    except PoolTimeoutError as error:
        raise DatabaseUnavailable("no database connection became free in time") from error
    except DBAPIError as error:
        what = _what(error)
        if what is None:
            raise
        raise DatabaseUnavailable(f"{what} ({reason(error, url)})") from error


def _what(error: DBAPIError) -> str | None:
    """Say what the matter is; None where it is a mistake of this program's."""
    said = str(error.orig)
    if error_number(error) in NOT_THERE or said.startswith(SQLITE_NOT_THERE):
        return UNMIGRATED
    if error.connection_invalidated:
        return "the database connection was lost"
    if type(error) is DatabaseError:  # SQLite's word for a damaged file, or any other
        return "the database file cannot be used"
    return "the database cannot be reached or used" if isinstance(error, CANNOT_USE) else None


def reason(error: DBAPIError, url: URL) -> str:
    """Repeat the driver's number and message in one line, without the password of the URL."""
    name = getattr(error.orig, "sqlite_errorname", None)
    arguments = getattr(error.orig, "args", ())
    said = " ".join(str(each) for each in (name, *arguments) if each is not None)
    if url.password:
        said = said.replace(str(url.password), "***")
    plain = "".join(each if each.isprintable() else " " for each in said)
    return plain[:LONGEST_REASON]


def error_number(error: DBAPIError) -> object:
    """Tell MySQL's number of an error; whatever SQLite says instead."""
    return next(iter(getattr(error.orig, "args", ())), None)


class Outage:
    """Logs that the database is unavailable: at once, every minute after that, and its end.

    For what goes on by itself; a request or a command that fails says so itself.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._told_at: float | None = None

    def goes_on(self, error: DatabaseUnavailable) -> None:
        """Take note of an error."""
        now = self._clock()
        if self._told_at is None or now - self._told_at >= TOLD_AGAIN:
            self._told_at = now
            log.error("waiting for the database: %s", error)

    def is_over(self) -> None:
        """Take note that the database answers."""
        if self._told_at is not None:
            self._told_at = None
            log.warning("the database answers again")
