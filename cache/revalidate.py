"""What `/about` tells of all entries at once: O*NET's figures change with its release only."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine, case, or_, update

from cache import database
from cache.models import CacheEntry
from cache.policy import Limits


class Revalidation:
    """Renews the entries of the release that the upstream serves, and ages all others."""

    def __init__(self, engine: Engine, limits: Limits, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._limits = limits
        self._now = now

    def renew(self, domain: str, release: str) -> int:
        """Let every entry of the release live from now on as if it had just been fetched.

        An empty entry of a text release lives as long as a rated one, since a complete
        release is O*NET's word on it; what the upstream said of one code is asked again.

        Returns:
            How many entries there are of the release.
        """
        now = self._now()
        seeded_or_rated = or_(CacheEntry.state == "rated", CacheEntry.origin == "seed")
        expiry = case(
            (seeded_or_rated, self._limits.expiry(now)),
            else_=self._limits.expiry(now, negative=True),
        )
        renewed = (
            update(CacheEntry)
            .where(
                CacheEntry.domain == domain,
                CacheEntry.release == release,
                CacheEntry.state.in_(("rated", "empty")),
            )
            .values(expires_at=expiry, validated_at=now, refresh_requested_at=None, last_error=None)
        )
        return database.write(self._engine, lambda c: c.execute(renewed).rowcount)

    def mark_stale(self, domain: str, release: str) -> int:
        """End the freshness of every rated or empty entry of any other release.

        Returns:
            How many entries were fresh until now.
        """
        now = self._now()
        aged = (
            update(CacheEntry)
            .where(
                CacheEntry.domain == domain,
                or_(CacheEntry.release.is_(None), CacheEntry.release != release),
                CacheEntry.state.in_(("rated", "empty")),
                CacheEntry.expires_at > now,
            )
            .values(expires_at=now)
        )
        return database.write(self._engine, lambda c: c.execute(aged).rowcount)
