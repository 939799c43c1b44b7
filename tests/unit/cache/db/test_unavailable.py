"""What the log says of a database that cannot be used: the driver's words, and no secret."""

import logging
import sqlite3

import pytest
from sqlalchemy import exc
from sqlalchemy.engine import make_url
from support.clock import Seconds

from cache.db.unavailable import (
    LONGEST_REASON,
    TOLD_AGAIN,
    DatabaseUnavailable,
    Outage,
    translated,
)

CANNOT = "the database cannot be reached or used"
UNMIGRATED = "the database is not migrated: run `flask db upgrade`"
LOST = "the database connection was lost"
URL = make_url("mysql+mysqldb://app:canary@db/skillgap")


def said(error: Exception) -> str:
    with pytest.raises(DatabaseUnavailable) as raised, translated(URL):
        raise error
    return str(raised.value)


def driver(number: int, message: str, kind=exc.OperationalError, *, lost=False) -> exc.DBAPIError:
    return kind("SELECT 1", None, Exception(number, message), connection_invalidated=lost)


def sqlite(statement: str) -> exc.DBAPIError:
    with sqlite3.connect(":memory:") as connection:
        try:
            connection.execute(statement)
        except sqlite3.OperationalError as error:
            return exc.OperationalError(statement, None, error)
    raise AssertionError


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (
            driver(1021, "Disk full (/tmp/x); waiting for someone to free some space..."),
            f"{CANNOT} (1021 Disk full (/tmp/x); waiting for someone to free some space...)",
        ),
        (
            driver(1114, "The table 'rating' is full"),
            f"{CANNOT} (1114 The table 'rating' is full)",
        ),
        (
            driver(2013, "Lost connection to server during query", lost=True),
            f"{LOST} (2013 Lost connection to server during query)",
        ),
        (
            sqlite("SELECT * FROM rating"),
            f"{UNMIGRATED} (SQLITE_ERROR no such table: rating)",
        ),
        (
            sqlite("ATTACH '/nowhere/at/all' AS x"),
            f"{CANNOT} (SQLITE_CANTOPEN unable to open database: /nowhere/at/all)",
        ),
        (
            driver(2059, "SSL is not supported", exc.NotSupportedError),
            f"{CANNOT} (2059 SSL is not supported)",
        ),
    ],
)
def test_the_drivers_number_and_message_are_told(error: Exception, expected: str) -> None:
    assert expected == said(error)


def test_no_connection_in_time_is_told() -> None:
    assert "no database connection became free in time" == said(exc.TimeoutError())


@pytest.mark.parametrize("kind", [exc.IntegrityError, exc.DataError, exc.ProgrammingError])
def test_a_mistake_of_the_programs_is_no_matter_of_the_database(kind: type) -> None:
    with pytest.raises(kind), translated(URL):
        raise driver(1064, "You have an error in your SQL syntax", kind)


def test_the_password_is_not_told_and_a_message_is_one_short_line() -> None:
    line = said(driver(1, "canary\x1b[31m\n\N{RIGHT-TO-LEFT OVERRIDE}" + "x" * 10_000))

    assert "(1 *** [31m  xxx" in line
    assert line.isprintable()
    assert LONGEST_REASON + 100 > len(line)


def test_an_outage_is_logged_at_once_then_each_minute_and_when_it_is_over(
    caplog: pytest.LogCaptureFixture,
) -> None:
    seconds = Seconds()
    outage, error = Outage(seconds), DatabaseUnavailable("away (2002 no)")
    caplog.set_level(logging.INFO)

    outage.is_over()
    for _ in range(5):
        outage.goes_on(error)
    seconds.now += TOLD_AGAIN
    outage.goes_on(error)
    outage.goes_on(error)
    outage.is_over()
    outage.is_over()
    outage.goes_on(error)

    away, back = "waiting for the database: away (2002 no)", "the database answers again"
    assert [away, away, back, away] == caplog.messages
