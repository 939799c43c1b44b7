"""Hit, stale or miss: the engine that answers from the database and fills it from the upstream."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from cache.catalogue import Catalogue
from cache.fetch import Upstream, fetch
from cache.policy import Entry, Freshness, Limits, freshness
from cache.profile import Profile
from cache.store import Store, Stored, Superseded
from onet_client.errors import BadReply, NotConfigured, OnetError

log = logging.getLogger(__name__)

Outcome = Literal["hit", "stale", "refreshed", "filled", "failed"]
"""How an entry was read: served fresh, served stale, refreshed or filled first, or neither."""


@dataclass(frozen=True, slots=True)
class Reading:
    """An entry as a request got it."""

    entry: Entry
    profile: Profile
    outcome: Outcome


class ReadFailed(Exception):
    """An entry that has nothing to serve; `readings` holds those up to and including it."""

    def __init__(self, reading: Reading, cause: OnetError | None = None) -> None:
        super().__init__(f"{reading.entry.key} has nothing to serve")
        self.code = reading.entry.code
        self.readings = [reading]
        self.cause = cause


class UnknownOccupation(ReadFailed):
    """O*NET has no such occupation."""


class NoRatings(ReadFailed):
    """O*NET has the occupation and publishes no ratings for it."""


class FillFailed(ReadFailed):
    """The entry is not cached and could not be fetched; `cause` says why."""


class PullThrough:
    """Reads entries; what is missing or too old is fetched, stored and then read."""

    def __init__(
        self,
        store: Store,
        catalogue: Catalogue,
        upstream: Upstream | NotConfigured,
        limits: Limits,
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._catalogue = catalogue
        self._upstream = upstream
        self._limits = limits
        self._now = now

    def read(self, domain: str, codes: Sequence[str]) -> list[Reading]:
        """Read one entry for each code, in order.

        Raises:
            ReadFailed: for the first entry that has nothing to serve.
            DatabaseUnavailable: where the database cannot be reached or used.
        """
        readings: list[Reading] = []
        for stored in self._store.read(domain, codes):
            try:
                readings.append(self._serve(stored))
            except ReadFailed as error:
                error.readings = readings + error.readings
                raise
        return readings

    def _serve(self, stored: Stored) -> Reading:
        state = freshness(stored.entry, self._now(), self._limits)
        if state in (Freshness.FRESH, Freshness.EMPTY, Freshness.UNKNOWN):
            return _answer(stored, "hit")
        try:
            filled = self._fill(stored.entry)
        except OnetError as error:
            if state is Freshness.ABSENT:
                raise self._failure(stored, error) from error
            log.warning("serving %s stale: %s", stored.entry.key, error)
            return Reading(stored.entry, stored.profile, "stale")
        return _answer(filled, "filled" if state is Freshness.ABSENT else "refreshed")

    def _failure(self, stored: Stored, error: OnetError) -> ReadFailed:
        reading = Reading(stored.entry, stored.profile, "failed")
        if isinstance(error, NotConfigured) and self._catalogue.lists(stored.entry.code) is False:
            return UnknownOccupation(reading)
        return FillFailed(reading, error)

    def _fill(self, entry: Entry) -> Stored:
        """Fetch, publish and read back; a fill that was overtaken reads what overtook it."""
        if isinstance(self._upstream, NotConfigured):
            raise self._upstream
        fill = fetch(self._upstream, entry.domain, entry.code, self._limits, self._now)
        try:
            self._store.publish(fill, entry)
        except Superseded:
            log.info("the fill of %s was overtaken", entry.key)
        (stored,) = self._store.read(entry.domain, [entry.code])
        if freshness(stored.entry, self._now(), self._limits) is Freshness.ABSENT:
            raise BadReply(f"{entry.key} was purged while it was fetched")
        return stored


def _answer(stored: Stored, outcome: Outcome) -> Reading:
    """Return what a usable entry says.

    Raises:
        ReadFailed: where it says that there is nothing.
    """
    reading = Reading(stored.entry, stored.profile, outcome)
    if stored.entry.state == "unknown":
        raise UnknownOccupation(reading)
    if stored.entry.state == "empty":
        raise NoRatings(reading)
    return reading
