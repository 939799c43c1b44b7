"""Hit, stale or miss: the engine that answers from the database and fills it from the upstream."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from cache.catalogue import Catalogue
from cache.changes import Key
from cache.copies import Copies
from cache.filler import Filler
from cache.flight import Flights, TooManyWaiting, outcomes
from cache.policy import Entry, Freshness, Limits, freshness
from cache.profile import Profile
from cache.refresh import RefreshRequests
from cache.shared_reads import SharedReads
from cache.store import Stored
from cache.telemetry import ReadResult, Telemetry
from onet_client.errors import CircuitOpen, DeadlineExceeded, NotConfigured, OnetError

if TYPE_CHECKING:
    from concurrent.futures import Future

log = logging.getLogger(__name__)

Outcome = Literal["hit", "stale", "refreshed", "filled", "failed"]
"""How an entry was read: served fresh, served stale, refreshed or filled first, or neither."""

NEEDS_FILL: Final = (Freshness.ABSENT, Freshness.OLD)
RETRY_SECONDS: Final = 2.0
"""When to ask again for what is being fetched still, or what too many wait for."""


class Reading(NamedTuple):
    """An entry as a request got it.

    Attributes:
        collapsed: its fill was begun for another request.
    """

    entry: Entry
    profile: Profile
    outcome: Outcome
    collapsed: bool = False


class ReadFailed(Exception):
    """An entry that has nothing to serve; `readings` holds all that the request asked for."""

    def __init__(
        self, reading: Reading, readings: Sequence[Reading], cause: OnetError | None = None
    ) -> None:
        super().__init__(f"{reading.entry.key} has nothing to serve")
        self.code = reading.entry.code
        self.reading = reading
        self.readings = readings
        self.cause = cause


class UnknownOccupation(ReadFailed):
    """O*NET has no such occupation."""


class NoRatings(ReadFailed):
    """O*NET has the occupation and publishes no ratings for it."""


class FillFailed(ReadFailed):
    """The entry is not cached and could not be fetched; `cause` says why."""


@dataclass(frozen=True, slots=True)
class _Flown:
    """What became of an entry's flight, and whether another request had started it."""

    outcome: Stored | BaseException
    collapsed: bool


class PullThrough:
    """Reads entries; what is missing or too old is fetched, stored and then read."""

    def __init__(
        self,
        reads: SharedReads,
        copies: Copies[Key, Stored],
        catalogue: Catalogue,
        filler: Filler | NotConfigured,
        refreshes: RefreshRequests,
        limits: Limits,
        now: Callable[[], datetime],
        telemetry: Telemetry,
        patience: float,
    ) -> None:
        """Wire it; a request waits `patience` seconds at most for what it needs."""
        self._reads = reads
        self._copies = copies
        self._catalogue = catalogue
        self._filler = filler
        self._refreshes = refreshes
        self._limits = limits
        self._now = now
        self._telemetry = telemetry
        self._patience = patience
        self._flights: Flights[tuple[str, str], Stored] = Flights()

    def read(self, domain: str, codes: Sequence[str]) -> list[Reading]:
        """Read one entry for each code, in order; what has to be fetched is fetched at once.

        Raises:
            ReadFailed: for the first entry that has nothing to serve.
            DatabaseUnavailable: where the database cannot be reached or used.
        """
        now = self._now()
        found = [
            (stored, freshness(stored.entry, now, self._limits))
            for stored in self._stored(domain, codes)
        ]
        if all(state is Freshness.FRESH for _, state in found):
            self._telemetry.entries_hit(len(found))
            return [Reading(stored.entry, stored.profile, "hit") for stored, _ in found]
        if any(state in (Freshness.EMPTY, Freshness.UNKNOWN) for _, state in found):
            # There is no answer whatever the others say, so they need not be fetched.
            found = [(stored, state) for stored, state in found if state not in NEEDS_FILL]
        flown = self._fly([stored.entry for stored, state in found if state in NEEDS_FILL])
        readings = [
            self._reading(stored, state, flown.get(stored.entry.code), now)
            for stored, state in found
        ]
        for reading in readings:
            self._telemetry.entry_read(_result(reading))
        for reading in readings:
            self._check(reading, readings, flown)
        return readings

    def _stored(self, domain: str, codes: Sequence[str]) -> list[Stored]:
        """Read entries, of which this process may have copies.

        Only rated ones are kept: they are as many as O*NET has, while codes can be made up.
        """
        copied = {code: self._copies.get((domain, code)) for code in codes}
        lacking = [code for code in codes if copied[code] is None]
        if lacking:
            tick = self._copies.tick()
            for read in self._reads.read(domain, lacking):
                copied[read.entry.code] = read
                if read.entry.state == "rated":
                    key = (domain, read.entry.code)
                    size = len(read.profile.elements)
                    self._copies.put(key, read, tick, [key], size)
        return [found for code in codes if (found := copied[code]) is not None]

    def refresh(self, domain: str, code: str) -> Entry:
        """Fill an entry that is not fresh, and return it as it is then.

        Raises:
            OnetError: where the upstream did not give a complete answer.
            DatabaseUnavailable: where the database cannot be reached or used.
        """
        (stored,) = self._reads.read(domain, [code])
        state = freshness(stored.entry, self._now(), self._limits)
        if state not in (*NEEDS_FILL, Freshness.STALE):
            return stored.entry
        if isinstance(self._filler, NotConfigured):
            raise self._filler
        future, _ = self._join(self._filler, stored.entry)
        return future.result().entry

    def _join(self, filler: Filler, entry: Entry) -> tuple["Future[Stored]", bool]:
        return self._flights.join(
            (entry.domain, entry.code), lambda land: filler.fill(entry.domain, entry.code, land)
        )

    def _fly(self, missing: Sequence[Entry]) -> dict[str, _Flown]:
        """Start or join a flight for each entry, and wait for all of them."""
        if not missing:
            return {}
        if isinstance(self._filler, NotConfigured):
            return {entry.code: _Flown(self._filler, False) for entry in missing}
        try:
            with self._flights.waiting(), self._telemetry.waiting():
                joined = [self._join(self._filler, entry) for entry in missing]
                ended = outcomes([future for future, _ in joined], self._patience)
        except TooManyWaiting:
            crowded = CircuitOpen("too many requests wait already", retry_after=RETRY_SECONDS)
            return {entry.code: _Flown(crowded, False) for entry in missing}
        return {
            entry.code: _Flown(outcome, collapsed)
            for entry, outcome, (_, collapsed) in zip(missing, ended, joined, strict=True)
        }

    def _reading(
        self, stored: Stored, state: Freshness, flown: _Flown | None, now: datetime
    ) -> Reading:
        if flown is None:
            stale = state is Freshness.STALE
            if stale and not isinstance(self._filler, NotConfigured):
                self._refreshes.request_behind(stored.entry.domain, stored.entry.code, now)
            return Reading(stored.entry, stored.profile, "stale" if stale else "hit")
        if isinstance(flown.outcome, Stored):
            outcome: Outcome = "filled" if state is Freshness.ABSENT else "refreshed"
            entry, profile = flown.outcome.entry, flown.outcome.profile
            return Reading(entry, profile, outcome, flown.collapsed)
        if state is Freshness.OLD and isinstance(flown.outcome, OnetError | TimeoutError):
            log.warning("serving %s stale: %s", stored.entry.key, flown.outcome)
            return Reading(stored.entry, stored.profile, "stale")
        return Reading(stored.entry, stored.profile, "failed", flown.collapsed)

    def _check(
        self, reading: Reading, readings: Sequence[Reading], flown: Mapping[str, _Flown]
    ) -> None:
        """Raise what the request fails with, where this entry has nothing to serve."""
        if reading.outcome == "failed":
            outcome = flown[reading.entry.code].outcome
            if isinstance(outcome, TimeoutError):
                outcome = DeadlineExceeded("it is being fetched still", retry_after=RETRY_SECONDS)
            if not isinstance(outcome, OnetError):
                assert isinstance(outcome, BaseException)  # noqa: S101 - for the type checker
                raise outcome
            unlisted = isinstance(outcome, NotConfigured) and (
                self._catalogue.lists(reading.entry.code) is False
            )
            if unlisted:
                raise UnknownOccupation(reading, readings)
            raise FillFailed(reading, readings, outcome) from outcome
        if reading.entry.state == "unknown":
            raise UnknownOccupation(reading, readings)
        if reading.entry.state == "empty":
            raise NoRatings(reading, readings)


def _result(reading: Reading) -> ReadResult:
    """Tell what a reading counts as."""
    if reading.outcome == "stale":
        return "stale"
    if reading.outcome != "hit":
        return "miss"
    return "hit" if reading.entry.state == "rated" else "negative"
