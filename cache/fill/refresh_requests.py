"""Requests to refresh a stale entry behind its back: rows, so that any worker can take them."""

import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Lock
from typing import Final

from sqlalchemy import Connection, Engine, select, update

from cache.db import database
from cache.db.clock import database_time, has_passed
from cache.db.onet_tables import CacheEntry
from cache.db.unavailable import DatabaseUnavailable
from cache.fill.leases import ENTRY_LEASES

log = logging.getLogger(__name__)

REPEATED_AFTER: Final = 10.0
"""Seconds in which a process requests the refresh of an entry once, however often it is read."""
REMEMBERED: Final = 10_000


class RefreshRequests:
    """Records which entries are to be refreshed, and finds those that are due.

    Its methods raise DatabaseUnavailable where the database cannot be reached or used.
    """

    def __init__(
        self, writer: Engine, reader: Engine, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._writer = writer
        self._reader = reader
        self._clock = clock
        self._lock = Lock()
        self._requested: dict[tuple[str, str], float] = {}
        self._behind = ThreadPoolExecutor(1, "refresh-request")
        self._available = True

    def request_behind(self, domain: str, code: str, read_at: datetime) -> None:
        """Request a refresh without waiting for the database; an error is logged.

        What this process has just requested is not requested again.
        """
        with self._lock:
            now = self._clock()
            if self._requested.get((domain, code), -REPEATED_AFTER) > now - REPEATED_AFTER:
                return
            if len(self._requested) >= REMEMBERED:
                self._requested.clear()
            self._requested[domain, code] = now
        self._behind.submit(self._request_logged, domain, code, read_at)

    def _request_logged(self, domain: str, code: str, read_at: datetime) -> None:
        try:
            self.request(domain, code, read_at)
            self._available = True
        except DatabaseUnavailable as error:
            if self._available:
                log.warning("no entry can be noted for a refresh: %s", error)
            self._available = False
        except Exception:
            log.warning("%s/%s could not be noted for a refresh", domain, code, exc_info=True)

    def request(self, domain: str, code: str, read_at: datetime) -> None:
        """Request a refresh, unless it is requested already or the entry has been renewed."""
        change = update(CacheEntry).where(
            CacheEntry.domain == domain,
            CacheEntry.occupation_code == code,
            CacheEntry.refresh_requested_at.is_(None),
            CacheEntry.state == "rated",
            CacheEntry.expires_at <= read_at,
        )
        database.write(
            self._writer,
            lambda connection: connection.execute(
                change.values(refresh_requested_at=database_time(connection))
            ),
            bears_twice=True,
        )

    def due(self, limit: int) -> list[tuple[str, str]]:
        """Read the domains and codes that wait longest, without those being filled or put off."""
        query = (
            select(CacheEntry.domain, CacheEntry.occupation_code)
            .where(CacheEntry.refresh_requested_at.is_not(None))
            .order_by(CacheEntry.refresh_requested_at)
            .limit(limit)
        )

        def work(connection: Connection) -> list[tuple[str, str]]:
            now = database_time(connection)
            free = query.where(ENTRY_LEASES.expired(now), has_passed(CacheEntry.retry_at, now))
            return [(row.domain, row.occupation_code) for row in connection.execute(free)]

        return database.read(self._reader, work)

    def done(self, domain: str, code: str) -> None:
        """Withdraw a request; the next read of the entry, if still stale, makes another."""
        change = (
            update(CacheEntry)
            .where(CacheEntry.domain == domain, CacheEntry.occupation_code == code)
            .values(refresh_requested_at=None)
        )
        database.write(
            self._writer, lambda connection: connection.execute(change), bears_twice=True
        )
