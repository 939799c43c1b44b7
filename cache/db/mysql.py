"""How MySQL and MariaDB are connected to."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL

from cache.db.cluster import use_cluster
from cache.db.unavailable import DatabaseUnavailable
from cache.db.url import ENCRYPTED, tls_mode

# A server set to be lenient would cut values instead of refusing them, and MySQL cuts what is put
# together of many rows at 1 kB.
SESSION: Final = (
    "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', "
    "group_concat_max_len = 1048576"
)
NO_DRIVER: Final = "its driver is not installed: pip install -r requirements-mysql.txt"


def connect_mysql(url: URL, read_timeout: int | None) -> Engine:
    """Build an engine as `cache.db.database.connect` does.

    Raises:
        DatabaseUnavailable: where the driver is not installed.
    """
    try:
        from MySQLdb.constants import FIELD_TYPE
        from MySQLdb.converters import conversions
    except ImportError as error:
        raise DatabaseUnavailable(NO_DRIVER) from error
    arguments: dict[str, Any] = {
        "connect_timeout": 1,
        "charset": "utf8mb4",
        # The driver's own way with times takes ten times as long.
        "conv": conversions | {FIELD_TYPE.DATETIME: datetime.fromisoformat},
        "init_command": SESSION,
    }
    if read_timeout is not None:
        arguments |= {"read_timeout": read_timeout, "write_timeout": read_timeout}
    mode = tls_mode(url)
    if mode is not None:
        arguments["ssl_mode"] = mode
    engine = create_engine(
        url,
        # What the URL says itself is passed on with it.
        connect_args={key: arguments[key] for key in arguments.keys() - url.query.keys()},
        # Some reads take several statements on one snapshot, whatever the server's default is.
        isolation_level="REPEATABLE READ",
        pool_size=5,
        max_overflow=5,
        pool_timeout=1,
        pool_recycle=1800,
        hide_parameters=True,
    )
    use_cluster(engine)
    if mode in ENCRYPTED:
        event.listen(engine, "connect", _require_tls)
    return engine


def _require_tls(connection: Any, _record: Any) -> None:
    """Refuse a connection without TLS, which a client library may open all the same."""
    cursor = connection.cursor()
    cursor.execute("SHOW SESSION STATUS LIKE 'Ssl_cipher'")
    status = cursor.fetchone()
    cursor.close()
    if status is None or not status[1]:
        raise DatabaseUnavailable("DATABASE_URL asks for TLS, which the server does not offer")
