"""The front door of the cache: what is read is a hit, or stale, or a miss that is filled first.

The order of a read:

1. Lookup: in the copies of this process, then in the database, where reads that come together are
   one (`local/copied_entries.py`, `local/batched_reads.py`).
2. Policy: fresh and negative entries are served. So is a stale one, and its refresh is requested
   (`fill/refresh_requests.py`). Old and absent ones have to be filled first.
3. Single flight: each entry is filled once in this process, whoever asks (`fill/single_flight.py`).
4. Lease: one process fills, the others look at the entry's row until it is given back or expired
   (`fill/leases.py`). The owner looks at the entry once more (`fill/filler.py`).
5. Fetch: which release is served, and if it is not the entry's, its ratings, complete or not at
   all (`fill/fetch.py`). No connection to the database is held.
6. Publication: rows and entry in one transaction, over the generation at which the lease was
   taken (`entries/publish_fill.py`).
7. Notification: the same transaction gives the lease back and notes the change, by which all
   processes drop their copies (`entries/invalidation.py`).
8. Answer: who waited gets the entry as it is read then; where the fill failed, an old entry as it
   is, and else the error.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Final, NamedTuple

from cache.catalogue import Catalogue
from cache.db.unavailable import DatabaseUnavailable
from cache.entries.invalidation import Key
from cache.entries.store import Stored
from cache.fill.abandonment import Abandoned
from cache.fill.filler import Filler
from cache.fill.refresh_requests import RefreshRequests
from cache.fill.single_flight import Lane, Outcome, SingleFlight, TooManyWaiting
from cache.local.batched_reads import BatchedReads
from cache.local.bounded_cache import BoundedCache
from cache.local.copied_entries import NEEDS_FILL, CopiedEntries, Found, needed
from cache.metrics import CacheMetrics
from cache.policy import Entry, Freshness, Limits, ReadOutcome
from cache.reading import (
    FillFailed,
    NoRatings,
    NotListed,
    ReadFailed,
    Reading,
    UnknownOccupation,
)
from onet_client.errors import CircuitOpen, DeadlineExceeded, NotConfigured, OnetError

log = logging.getLogger(__name__)

NEGATIVE: Final[dict[str, type[ReadFailed]]] = {"unknown": UnknownOccupation, "empty": NoRatings}
RETRY_SECONDS: Final = 2.0
"""When to ask again for what is still being fetched, or what too many wait for."""


class _Wait(NamedTuple):
    """How entries are waited for: in which lane, for how many seconds, and for which codes."""

    lane: Lane
    timeout: float | None
    only_listed: bool = False


class PullThrough:
    """Reads entries; what is missing or too old is fetched, stored and then read.

    Its methods raise DatabaseUnavailable where the database cannot be reached or used to begin
    with.
    """

    def __init__(
        self,
        reads: BatchedReads,
        copies: BoundedCache[Key, Stored],
        catalogue: Catalogue,
        filler: Filler,
        refreshes: RefreshRequests,
        limits: Limits,
        now: Callable[[], datetime],
        metrics: CacheMetrics,
        timeout: float,
    ) -> None:
        """Wire it; `read` waits `timeout` seconds at most for what it needs."""
        self._reads = reads
        self._entries = CopiedEntries(reads, copies, limits)
        self._catalogue = catalogue
        self._filler = filler
        self._refreshes = refreshes
        self._now = now
        self._metrics = metrics
        self._timeout = timeout
        self._single_flight: SingleFlight[Key, Stored] = SingleFlight()

    def read(
        self, domain: str, codes: Sequence[str], *, only_listed: bool = False
    ) -> list[Reading]:
        """Read one entry for each code, in order; what has to be fetched is fetched at once.

        With `only_listed` a code that no list has is unknown: it is not asked for, nor noted.

        Raises:
            ReadFailed: for the first entry that has nothing to serve.
        """
        now = self._now()
        found = self._entries.find(domain, codes, now)
        if all(one.freshness is Freshness.FRESH for one in found.values()):
            self._metrics.entry_read("hit", len(found))
            return [one.hit() for one in found.values()]
        wait = _Wait(Lane.ONE, self._timeout, only_listed)
        (result,) = self._results(found, [codes], now, wait)
        if isinstance(result, BaseException):
            raise result
        return result

    def at_hand(self, domain: str, codes: Sequence[str]) -> list[Reading]:
        """Read one fresh entry for each code, in order, without waiting; they are not counted.

        Raises:
            NotAtHand: where one has to be looked up or fetched.
        """
        return [one.hit() for one in self._entries.at_hand(domain, codes, self._now())]

    def read_each(
        self,
        domain: str,
        groups: Sequence[Sequence[str]],
        timeout: float,
        *,
        only_listed: bool = False,
    ) -> list[list[Reading] | BaseException]:
        """Read the entries that each of many answers needs; where `read` would raise, its error.

        What has to be fetched is fetched together, a few entries at a time, for `timeout`
        seconds at most.
        """
        now = self._now()
        found = self._entries.find(domain, list(dict.fromkeys(chain.from_iterable(groups))), now)
        return self._results(found, groups, now, _Wait(Lane.BATCH, timeout, only_listed))

    def refresh(self, domain: str, code: str) -> Entry:
        """Fill an entry that is not fresh, and return it as it is then.

        Raises:
            OnetError: where the upstream did not give a complete answer.
        """
        (stored,) = self._reads.read(domain, [code])
        if self._filler.is_usable(stored.entry):
            return stored.entry
        outcome = self._run([stored.entry], _Wait(Lane.ONE, None))[code]
        if isinstance(outcome.result, BaseException):
            raise outcome.result
        return outcome.result.entry

    def _results(
        self,
        found: Mapping[str, Found],
        groups: Sequence[Sequence[str]],
        now: datetime,
        wait: _Wait,
    ) -> list[list[Reading] | BaseException]:
        """Fill what the groups need, and return the readings of each, or its error."""
        used_by = [needed(group, found) for group in groups]
        used = dict.fromkeys(chain.from_iterable(used_by))
        missing = [found[code].stored.entry for code in used if found[code].freshness in NEEDS_FILL]
        outcomes = self._fill(missing, wait) if missing else {}
        readings = {code: self._reading(found[code], outcomes.get(code), now) for code in used}
        for reading in readings.values():
            self._metrics.entry_read(reading.result)
        return [self._result([readings[code] for code in group], outcomes) for group in used_by]

    def _fill(self, missing: Sequence[Entry], wait: _Wait) -> dict[str, Outcome[Stored]]:
        """Fill entries, or find out why they cannot be."""
        try:
            with self._metrics.waiting():
                left = self._filler.unlisted(missing) if wait.only_listed else ()
                asked = [entry for entry in missing if entry.code not in left]
                outcomes = self._run(asked, wait) if asked else {}
                return outcomes | {code: Outcome(NotListed(), False) for code in left}
        except NotConfigured as error:
            return {entry.code: Outcome(error, False) for entry in missing}

    def _run(self, entries: Sequence[Entry], wait: _Wait) -> dict[str, Outcome[Stored]]:
        """Start or join a flight for each entry, and wait for them."""
        tasks = self._filler.tasks(entries, wait.lane)
        outcomes = self._single_flight.run(tasks, wait.timeout)
        return {code: _as_upstream(outcome) for (_, code), outcome in outcomes.items()}

    def _reading(self, found: Found, outcome: Outcome[Stored] | None, now: datetime) -> Reading:
        entry, profile = found.stored.entry, found.stored.profile
        if outcome is None:
            is_stale = found.freshness is Freshness.STALE
            if is_stale and self._filler.can_fetch:
                self._refreshes.request_behind(entry.domain, entry.code, now)
            return Reading(entry, profile, "stale") if is_stale else found.hit()
        result, is_old = outcome.result, found.freshness is Freshness.OLD
        if isinstance(result, Stored):
            filled: ReadOutcome = "refreshed" if is_old else "filled"
            return Reading(result.entry, result.profile, filled, outcome.collapsed)
        if is_old and isinstance(result, OnetError | TimeoutError | DatabaseUnavailable):
            log.warning("serving %s stale: %s", entry.key, result)
            return Reading(entry, profile, "stale")
        return Reading(entry, profile, "failed", outcome.collapsed)

    def _result(
        self, readings: list[Reading], outcomes: Mapping[str, Outcome[Stored]]
    ) -> list[Reading] | BaseException:
        """Return the readings of a group, or the error of the first that has nothing to serve."""
        for reading in readings:
            if reading.outcome == "failed":
                return self._failure(reading, readings, outcomes[reading.entry.code].result)
            if reading.entry.state in NEGATIVE:
                return NEGATIVE[reading.entry.state](reading, readings)
        return readings

    def _failure(
        self, reading: Reading, readings: Sequence[Reading], error: Stored | BaseException
    ) -> BaseException:
        """Return the error of a request for an entry whose fill failed."""
        if isinstance(error, NotListed):
            return UnknownOccupation(reading, readings)
        if isinstance(error, TimeoutError):
            gone = isinstance(error, Abandoned)
            said = "the caller has gone" if gone else "it is being fetched still"
            error = DeadlineExceeded(said, retry_after=RETRY_SECONDS)
        if not isinstance(error, OnetError):
            assert isinstance(error, BaseException)  # noqa: S101 - for the type checker
            return error
        code = reading.entry.code
        if isinstance(error, NotConfigured) and self._catalogue.listed([code]) == set():
            return UnknownOccupation(reading, readings)
        return FillFailed(reading, readings, error)


def _as_upstream(outcome: Outcome[Stored]) -> Outcome[Stored]:
    """Make TooManyWaiting fail as a fill does for which the upstream is not asked."""
    if not isinstance(outcome.result, TooManyWaiting):
        return outcome
    error = CircuitOpen("too many requests wait already", retry_after=RETRY_SECONDS)
    return Outcome(error, False)
