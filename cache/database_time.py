"""The one clock that all processes on a database have: the database's own."""

from datetime import UTC, datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, or_, text
from sqlalchemy.orm import InstrumentedAttribute

MYSQL_CLOCK: Final = text("SELECT UTC_TIMESTAMP(6)")
"""Not NOW(), which is the session's local time."""


def database_time(connection: Connection) -> datetime:
    """Tell the time, aware and in UTC; a SQLite database is on this machine and has its clock."""
    if connection.dialect.name == "mysql":
        now: datetime = connection.execute(MYSQL_CLOCK).scalar_one()
        return now.replace(tzinfo=UTC)
    return datetime.now(UTC)


def has_passed(
    moment: InstrumentedAttribute[datetime | None], now: datetime
) -> ColumnElement[bool]:
    """Tell whether a moment, such as the end of a lease, is over by `now`, or was never set."""
    return or_(moment.is_(None), moment <= now)
