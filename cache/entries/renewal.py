"""What `/about` tells of all entries at once: O*NET's figures change with its release only."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, and_, case, or_, select, update

from cache.db import database
from cache.db.held import IS_LISTED
from cache.db.onet_tables import CacheEntry
from cache.entries.invalidation import note_change
from cache.policy import LIFETIMES, Limits


class Revalidation:
    """Renews the entries of the release that the upstream serves, and ages all others."""

    def __init__(self, engine: Engine, limits: Limits, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._limits = limits
        self._now = now

    def renew(self, domain: str, release: str) -> int:
        """Let every entry of the release live from now on as if it had just been fetched.

        Returns:
            How many entries there are of the release.
        """
        now = self._now()
        expiry = case(
            *(
                (
                    and_(CacheEntry.state == state, CacheEntry.origin == origin),
                    self._limits.expiry(now, state, origin),
                )
                for state, origin in LIFETIMES
            ),
            else_=CacheEntry.expires_at,
        )
        values = {
            "expires_at": expiry,
            "validated_at": now,
            "refresh_requested_at": None,
            "last_error": None,
        }
        return self._change(domain, values, CacheEntry.release == release, IS_LISTED)

    def is_outdated(self, domain: str, release: str, asked_at: datetime) -> bool:
        """Tell whether something of another release was fetched after a moment.

        Then the word of that moment on which release is served has been overtaken.
        """
        later = select(CacheEntry.occupation_code).where(
            CacheEntry.domain == domain,
            CacheEntry.origin == "api",
            CacheEntry.release != release,
            CacheEntry.fetched_at > asked_at,
        )
        return database.read(self._engine, lambda c: c.execute(later.limit(1)).first()) is not None

    def mark_stale(self, domain: str, release: str) -> int:
        """End the freshness of every rated or empty entry of any other release.

        Returns:
            How many entries were fresh until now.
        """
        now = self._now()
        of_another = or_(CacheEntry.release.is_(None), CacheEntry.release != release)
        is_fresh = CacheEntry.expires_at > now
        return self._change(domain, {"expires_at": now}, of_another, IS_LISTED, is_fresh)

    def _change(self, domain: str, values: dict[str, Any], *entries: ColumnElement[bool]) -> int:
        change = update(CacheEntry).where(CacheEntry.domain == domain, *entries).values(values)

        def work(connection: Connection) -> int:
            changed = connection.execute(change)
            if changed.rowcount:
                note_change(connection, CacheEntry.domain == domain)
            return changed.rowcount

        return database.write(self._engine, work, bears_twice=True)
