"""Several servers that hold one database: which of them is used, and what it is told.

A Galera node that lost its cluster refuses statements and stays reachable, so a connection to it
is given up like one that was lost, and the next one leads to another host of the URL.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any, Final
from weakref import WeakSet

from sqlalchemy import Dialect, Engine, event
from sqlalchemy.engine import URL

RESTS: Final = 10.0
"""Seconds for which a host that failed is tried after the others."""
PORT: Final = 3306
LOST: Final = (1047, 1053, 1927)
"""MySQL's numbers for a Galera node that is not part of its cluster at the moment, a server that
is shutting down, and a connection that was killed."""
LOST_ON_A_CLUSTER: Final = (1180, 1205)
"""And for a commit that failed, or a lock waited for, while a Galera node left its cluster."""
SYNC_WAIT: Final = "SET SESSION wsrep_sync_wait = 7"
"""A transaction begins on what any node had committed before: reads (1), changes (2 and 4)."""

_clusters: WeakSet[Dialect] = WeakSet()
"""Those of engines whose next connection may lead to another server; a dialect is of one engine."""


class Hosts:
    """The hosts of a URL, in the order in which to try them: as given, who failed lately last."""

    def __init__(self, hosts: Sequence[str], clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failed_at = dict.fromkeys(hosts, float("-inf"))

    def in_order(self) -> list[str]:
        """Return all of them, `HOST` or `HOST:PORT`."""
        rested = self._clock() - RESTS
        return sorted(self._failed_at, key=lambda host: max(rested, self._failed_at[host]))

    def failed(self, host: str) -> None:
        """Take note that a host could not be used."""
        self._failed_at[host] = self._clock()


def hosts_of(url: URL) -> list[str]:
    """Return the hosts of a URL that names several, in order; none where it names one."""
    hosts = str(url.query.get("host", "")).split(",")
    return hosts if len(hosts) > 1 else []


def has_others(dialect: Dialect) -> bool:
    """Return whether another connection of this engine's may lead to another server."""
    return dialect in _clusters


def use_cluster(engine: Engine) -> None:
    """Have an engine connect to the hosts of its URL in order, and keep to nodes that are ready."""
    hosts = hosts_of(engine.url)
    if hosts:
        _clusters.add(engine.dialect)
        _connect_in_order(engine, Hosts(hosts))
    event.listen(engine, "connect", lambda connection, _record: _greet(engine, connection))
    event.listen(engine, "handle_error", _give_up)


def _connect_in_order(engine: Engine, hosts: Hosts) -> None:
    @event.listens_for(engine, "do_connect")
    def connect(dialect: Any, record: Any, arguments: Any, options: Any) -> Any:
        *others, last = hosts.in_order()
        for host in others:
            try:
                return _connect_to(host, dialect, record, arguments, options)
            except dialect.loaded_dbapi.OperationalError:
                hosts.failed(host)
        return _connect_to(last, dialect, record, arguments, options)

    @event.listens_for(engine, "invalidate")
    def rest(_connection: Any, record: Any, _error: Any) -> None:
        hosts.failed(record.info["host"])


def _connect_to(host: str, dialect: Any, record: Any, arguments: Any, options: Any) -> Any:
    name, _, port = host.partition(":")
    connection = dialect.loaded_dbapi.connect(
        *arguments, **options | {"host": name, "port": int(port or PORT)}
    )
    record.info["host"] = host
    return connection


def _greet(engine: Engine, connection: Any) -> None:
    """Have a Galera node wait for what other nodes committed, before each transaction."""
    cursor = connection.cursor()
    cursor.execute("SHOW GLOBAL VARIABLES LIKE 'wsrep_on'")
    variable = cursor.fetchone()
    if variable is not None and variable[1] == "ON":
        cursor.execute(SYNC_WAIT)
        _clusters.add(engine.dialect)
    cursor.close()


def _give_up(context: Any) -> None:
    """Take a node that is not ready, or has just left its cluster, for one that is lost."""
    number = next(iter(context.original_exception.args), None)
    if number in LOST:
        context.is_disconnect = True
    elif number in LOST_ON_A_CLUSTER and has_others(context.dialect):
        context.is_disconnect = True
        context.invalidate_pool_on_disconnect = False  # a lock may have been waited for
