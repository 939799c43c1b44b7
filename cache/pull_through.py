"""Hit, stale or miss: the engine that answers from the database and fills it from the upstream."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import chain
from typing import Final

from cache.catalogue import Catalogue
from cache.entries.invalidation import Key
from cache.entries.store import Stored
from cache.fill.filler import Filler
from cache.fill.refresh_requests import RefreshRequests
from cache.fill.single_flight import Flights, Flown, Land, TooManyWaiting
from cache.local.batched_reads import SharedReads
from cache.local.bounded_cache import Copies
from cache.metrics import Telemetry
from cache.policy import Entry, Freshness, Limits, ReadOutcome, freshness
from cache.reading import (
    FillFailed,
    NoRatings,
    Reading,
    UnknownOccupation,
)
from onet_client.errors import CircuitOpen, DeadlineExceeded, NotConfigured, OnetError

log = logging.getLogger(__name__)

Fly = Callable[[Mapping[Key, Callable[[Land], Stored]], float], dict[Key, Flown[Stored]]]

NEEDS_FILL: Final = (Freshness.ABSENT, Freshness.OLD)
RETRY_SECONDS: Final = 2.0
"""When to ask again for what is being fetched still, or what too many wait for."""


class PullThrough:
    """Reads entries; what is missing or too old is fetched, stored and then read."""

    def __init__(
        self,
        reads: SharedReads,
        copies: Copies[Key, Stored],
        catalogue: Catalogue,
        filler: Filler,
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
        self._flights: Flights[Key, Stored] = Flights()

    def read(self, domain: str, codes: Sequence[str]) -> list[Reading]:
        """Read one entry for each code, in order; what has to be fetched is fetched at once.

        Raises:
            ReadFailed: for the first entry that has nothing to serve.
            DatabaseUnavailable: where the database cannot be reached or used.
        """
        now = self._now()
        found = self._found(domain, codes, now)
        if all(state is Freshness.FRESH for _, state in found.values()):
            self._telemetry.entries_hit(len(found))
            return [Reading(stored.entry, stored.profile, "hit") for stored, _ in found.values()]
        (result,) = self._results(found, [codes], now, self._flights.fly, self._patience)
        if isinstance(result, BaseException):
            raise result
        return result

    def read_each(
        self, domain: str, groups: Sequence[Sequence[str]], patience: float
    ) -> list[list[Reading] | BaseException]:
        """Read the entries that each of many answers needs, or tell what `read` would raise.

        What has to be fetched is fetched together, a few entries at a time, for `patience`
        seconds at most.

        Raises:
            DatabaseUnavailable: where the database cannot be reached or used to begin with.
        """
        now = self._now()
        found = self._found(domain, list(dict.fromkeys(chain.from_iterable(groups))), now)
        return self._results(found, groups, now, self._flights.fly_in_turns, patience)

    def _found(
        self, domain: str, codes: Sequence[str], now: datetime
    ) -> dict[str, tuple[Stored, Freshness]]:
        return {
            stored.entry.code: (stored, freshness(stored.entry, now, self._limits))
            for stored in self._stored(domain, codes)
        }

    def _results(
        self,
        found: Mapping[str, tuple[Stored, Freshness]],
        groups: Sequence[Sequence[str]],
        now: datetime,
        fly: Fly,
        patience: float,
    ) -> list[list[Reading] | BaseException]:
        """Fill what the groups need, and return the readings of each or what it fails with."""
        needed = [_needed(group, found) for group in groups]
        used = dict.fromkeys(chain.from_iterable(needed))
        missing = [found[code][0].entry for code in used if found[code][1] in NEEDS_FILL]
        flown = self._fly(missing, fly, patience)
        readings = {code: self._reading(*found[code], flown.get(code), now) for code in used}
        for reading in readings.values():
            self._telemetry.entry_read(reading.result)
        return [self._result([readings[code] for code in group], flown) for group in needed]

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
        ((key, work),) = self._works([stored.entry]).items()
        future, _ = self._flights.join(key, work)
        return future.result().entry

    def _works(self, entries: Sequence[Entry]) -> dict[Key, Callable[[Land], Stored]]:
        """Make the work of a flight for each entry."""
        served = self._filler.served_release()
        return {
            (entry.domain, entry.code): partial(self._filler.fill, entry.domain, entry.code, served)
            for entry in entries
        }

    def _fly(self, missing: Sequence[Entry], fly: Fly, patience: float) -> dict[str, Flown[Stored]]:
        """Start or join a flight for each entry, and wait for them."""
        if not missing:
            return {}
        try:
            works = self._works(missing)
            with self._telemetry.waiting():
                flown = fly(works, patience)
        except NotConfigured as error:
            return {entry.code: Flown(error, False) for entry in missing}
        except TooManyWaiting:
            crowded = CircuitOpen("too many requests wait already", retry_after=RETRY_SECONDS)
            return {entry.code: Flown(crowded, False) for entry in missing}
        return {code: ended for (_, code), ended in flown.items()}

    def _reading(
        self, stored: Stored, state: Freshness, flown: Flown[Stored] | None, now: datetime
    ) -> Reading:
        if flown is None:
            stale = state is Freshness.STALE
            if stale and self._filler.can_fetch:
                self._refreshes.request_behind(stored.entry.domain, stored.entry.code, now)
            return Reading(stored.entry, stored.profile, "stale" if stale else "hit")
        if isinstance(flown.outcome, Stored):
            outcome: ReadOutcome = "filled" if state is Freshness.ABSENT else "refreshed"
            entry, profile = flown.outcome.entry, flown.outcome.profile
            return Reading(entry, profile, outcome, flown.collapsed)
        if state is Freshness.OLD and isinstance(flown.outcome, OnetError | TimeoutError):
            log.warning("serving %s stale: %s", stored.entry.key, flown.outcome)
            return Reading(stored.entry, stored.profile, "stale")
        return Reading(stored.entry, stored.profile, "failed", flown.collapsed)

    def _result(
        self, readings: list[Reading], flown: Mapping[str, Flown[Stored]]
    ) -> list[Reading] | BaseException:
        """Return the readings of a group, or what the first without an answer fails with."""
        failures = (self._failure(reading, readings, flown) for reading in readings)
        return next(filter(None, failures), None) or readings

    def _failure(
        self, reading: Reading, readings: Sequence[Reading], flown: Mapping[str, Flown[Stored]]
    ) -> BaseException | None:
        """Tell what a request fails with where this entry has nothing to serve."""
        if reading.outcome == "failed":
            outcome = flown[reading.entry.code].outcome
            if isinstance(outcome, TimeoutError):
                outcome = DeadlineExceeded("it is being fetched still", retry_after=RETRY_SECONDS)
            if not isinstance(outcome, OnetError):
                assert isinstance(outcome, BaseException)  # noqa: S101 - for the type checker
                return outcome
            unlisted = isinstance(outcome, NotConfigured) and (
                self._catalogue.lists(reading.entry.code) is False
            )
            if unlisted:
                return UnknownOccupation(reading, readings)
            failed = FillFailed(reading, readings, outcome)
            failed.__cause__ = outcome
            return failed
        if reading.entry.state == "unknown":
            return UnknownOccupation(reading, readings)
        if reading.entry.state == "empty":
            return NoRatings(reading, readings)
        return None


def _needed(group: Sequence[str], found: Mapping[str, tuple[Stored, Freshness]]) -> Sequence[str]:
    """Leave out what need not be fetched: of a group with a no in it there is no answer anyway."""
    states = [found[code][1] for code in group]
    if not {Freshness.EMPTY, Freshness.UNKNOWN}.intersection(states):
        return group
    return [code for code, state in zip(group, states, strict=True) if state not in NEEDS_FILL]
