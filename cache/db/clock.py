"""The one clock that all processes on a database have: the database's own."""

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, literal_column, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from cache.db.columns import UtcDateTime

MYSQL_NOW: Final = literal_column("UTC_TIMESTAMP(6)", UtcDateTime)
"""Not NOW(), which is the session's local time."""
MYSQL_CLOCK: Final = select(MYSQL_NOW)


def database_time(connection: Connection) -> datetime:
    """Tell the time, aware and in UTC; a SQLite database is on this machine and has its clock."""
    if connection.dialect.name == "mysql":
        return connection.execute(MYSQL_CLOCK).scalar_one()
    return datetime.now(UTC)


class TimedQuery:
    """A query for one row that tells the database's time as well, by the same statement."""

    def __init__(self, query: Select[Any]) -> None:
        self._query = query
        self._on_mysql = query.add_columns(MYSQL_NOW)

    def first(self, connection: Connection, **values: Any) -> tuple[Any, datetime]:
        """Return the first row, which MySQL adds the time to, or None; and the time."""
        if connection.dialect.name != "mysql":
            return connection.execute(self._query, values).first(), datetime.now(UTC)
        row = connection.execute(self._on_mysql, values).first()
        return row, database_time(connection) if row is None else row[-1]


def has_passed(
    moment: InstrumentedAttribute[datetime | None], now: datetime | ColumnElement[datetime]
) -> ColumnElement[bool]:
    """Tell whether a moment, such as the end of a lease, is over by `now`, or was never set."""
    return or_(moment.is_(None), moment <= now)
