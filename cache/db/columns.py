"""What the tables are made of: column types, naming convention, options."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, MetaData, Numeric, String, TypeDecorator
from sqlalchemy.dialects import mysql
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
TABLE_OPTIONS: dict[str, Any] = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
}
CLUSTERED: dict[str, Any] = TABLE_OPTIONS | {"sqlite_with_rowid": False}
"""InnoDB keeps rows in primary key order by itself; SQLite does so without a rowid."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime with microseconds, stored without its offset."""

    # The server's default would drop microseconds.
    impl = DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the signature is SQLAlchemy's
        """Drop the offset, which must be there: a naive time would be a guess."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time must be aware")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the signature is SQLAlchemy's
        """Give the offset back."""
        return None if value is None else value.replace(tzinfo=UTC)


FIGURE = Numeric(7, 4, asdecimal=False)
CODE = String(10)
ELEMENT_ID = String(20)
SCALE_ID = String(5)
DOMAIN = String(20)
RELEASE = String(20)


class Base(DeclarativeBase):
    """Holds the metadata that migrations and tests compare with a database."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)
