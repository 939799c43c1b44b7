"""Fills entries from the upstream, each once over all processes."""

import logging
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import partial
from threading import Lock
from typing import Final
from uuid import uuid4

from sqlalchemy import Engine

from cache.catalogue import Catalogue
from cache.db.unavailable import DatabaseUnavailable
from cache.entries.invalidation import Key
from cache.entries.publish_fill import Superseded, publish
from cache.entries.renewal import Revalidation
from cache.entries.store import Stored
from cache.fill.fetch import ServedRelease, fetch
from cache.fill.leases import LEASE_MARGIN, Lease, Leases
from cache.fill.single_flight import Detach, Lane, Task
from cache.local.batched_reads import BatchedReads
from cache.local.once import cached_property
from cache.metrics import CacheMetrics
from cache.policy import Entry, FillResult, Freshness, Limits, freshness
from cache.upstream import Upstream
from onet_client.deadline import Deadline
from onet_client.errors import BadReply, OnetError, written_down

log = logging.getLogger(__name__)

POLL: Final = 0.02
"""Seconds between two looks at another process's fill. Many flights that look do so more rarely,
lest they crowd the database."""
POLLERS_AT_FULL_PACE: Final = 4
OVERTAKINGS: Final = 3
"""How often purges or loads may overtake a fill before it is given up."""


class Filler:
    """Makes the tasks of flights: each takes an entry's lease and fetches, or waits for its owner.

    Its methods raise DatabaseUnavailable where the database cannot be reached or used, and those
    that need credentials NotConfigured where there are none.
    """

    def __init__(
        self,
        writer: Engine,
        reads: BatchedReads,
        catalogue: Catalogue,
        leases: Leases,
        revalidation: Revalidation,
        upstream: Upstream,
        limits: Limits,
        now: Callable[[], datetime],
        metrics: CacheMetrics,
    ) -> None:
        self._writer = writer
        self._reads = reads
        self._catalogue = catalogue
        self._leases = leases
        self._revalidation = revalidation
        self._upstream = upstream
        self._limits = limits
        self._now = now
        self._metrics = metrics
        self._lock = Lock()
        self._polling = 0
        self._releases: dict[str, str] = {}

    @property
    def can_fetch(self) -> bool:
        """Whether there are credentials to fetch with."""
        return self._upstream.is_configured

    def tasks(self, entries: Sequence[Entry], lane: Lane) -> dict[Key, Task[Stored]]:
        """Make the task of filling each entry; those whose codes no list has are guesses."""
        served = ServedRelease(self._upstream, self._now)
        guesses = self.unlisted(entries)
        tasks = {}
        for entry in entries:
            is_guess = entry.code in guesses
            from_release = self._served_for_guesses if is_guess else served
            work = partial(self.fill, entry.domain, entry.code, from_release)
            tasks[entry.domain, entry.code] = Task(work, Lane.GUESS if is_guess else lane)
        return tasks

    @cached_property
    def _served_for_guesses(self) -> ServedRelease:
        """What all fills share whose codes no list has; see `Upstream.guesses`."""
        return ServedRelease(self._upstream.guesses, self._now)

    def unlisted(self, entries: Sequence[Entry]) -> Collection[str]:
        """Find the codes that neither the upstream's list nor that of a release has.

        None are found where there is neither list to say so.
        """
        codes = {entry.code for entry in entries}
        upstream = self._upstream.guesses.client.listed.latest  # None until it was read
        left = codes.difference(upstream or ())
        listed = self._catalogue.listed(left) if left else left
        if listed is None:
            return () if upstream is None else left
        return left - listed

    def fill(self, domain: str, code: str, served: ServedRelease, detach: Detach) -> Stored:
        """Return the entry once it is fresh or negative, or was just fetched; see `Detach`.

        Raises:
            OnetError: where the upstream, asked here or by another process, did not give a
                complete answer.
        """
        deadline = Deadline(2 * (self._upstream.deadline + LEASE_MARGIN))
        overtaken = 0
        while overtaken < OVERTAKINGS:
            deadline.check()
            lease = self._leases.acquire(domain, code, uuid4().hex)
            published = None
            if lease is None:
                self._await_other(domain, code, deadline)
            elif self._fill_under(lease, detach, served):
                overtaken += 1
            else:
                published = lease.generation + 1
            detach()
            stored = self._read(domain, code)
            # What lives for less than its fill takes has expired by now, and would once more.
            entry = stored.entry
            just_stored = entry.generation == published and entry.state != "absent"
            if just_stored or self.is_usable(entry):
                return stored
            served.forget()
        raise BadReply(f"{domain}/{code} was purged again and again while it was fetched")

    def is_usable(self, entry: Entry) -> bool:
        """Return whether an entry needs no filling now."""
        state = freshness(entry, self._now(), self._limits)
        return state in (Freshness.FRESH, Freshness.EMPTY, Freshness.UNKNOWN)

    def _read(self, domain: str, code: str) -> Stored:
        (stored,) = self._reads.read(domain, [code])
        return stored

    def _fill_under(self, lease: Lease, detach: Detach, served: ServedRelease) -> bool:
        """Fetch and publish under a lease; True where that was overtaken."""
        started = time.monotonic()
        try:
            entry = Entry(lease.domain, lease.code)
            if lease.state != "absent":  # else nothing is stored that is usable or could be renewed
                entry = self._read(lease.domain, lease.code).entry
            result = None if self.is_usable(entry) else self._fetch(lease, entry, detach, served)
        except Superseded as overtaken:
            log.info("%s", overtaken)
            self._leases.release(lease)  # which it may hold still
            self._metrics.filled("superseded", time.monotonic() - started)
            return True
        except OnetError as error:
            self._metrics.filled("failed", time.monotonic() - started)
            self._leases.release(lease, str(error), error.retry_after)
            raise
        except BaseException:
            with suppress(DatabaseUnavailable):  # then it expires
                self._leases.release(lease)
            raise
        if result is None:
            self._leases.release(lease)
        else:
            self._metrics.filled(result, time.monotonic() - started)
        return False

    def _fetch(
        self, lease: Lease, entry: Entry, detach: Detach, served: ServedRelease
    ) -> FillResult:
        deadline = Deadline(self._upstream.deadline)
        release, asked_at = served.ask(deadline)
        lingering = (Freshness.STALE, Freshness.OLD)
        if entry.release == release and freshness(entry, self._now(), self._limits) in lingering:
            detach()
            if self._revalidation.is_outdated(lease.domain, release, asked_at):
                raise Superseded(f"release {release} is no longer served")
            self._revalidation.renew(lease.domain, release)
            self._leases.release(lease)
            return "renewed"
        fill = fetch(served.upstream, lease, release, self._limits, self._now, deadline)
        detach()
        publish(self._writer, fill, lease.generation, lease.owner)
        self._note(lease.domain, release)
        return fill.state

    def _note(self, domain: str, release: str) -> None:
        """Make the entries of all other releases stale, when this one is first fetched from."""
        if self._releases.get(domain) != release:
            aged = self._revalidation.mark_stale(domain, release)
            if aged:
                log.info("O*NET serves release %s now: %d entries are stale", release, aged)
            self._releases[domain] = release

    def _await_other(self, domain: str, code: str, deadline: Deadline) -> None:
        """Wait until another process's fill has ended, or its lease has expired.

        Raises:
            OnetError: the error that it ended with.
        """
        first = last = self._leases.status(domain, code)
        with self._polled():
            while last is not None and first is not None and last.held:
                deadline.check()
                time.sleep(POLL * (1 + self._polling // POLLERS_AT_FULL_PACE))
                last = self._leases.status(domain, code)
                if last is None or last.generation != first.generation:
                    return
        if last is not None and last.released and last.error is not None:
            raise written_down(last.error, last.retry_after)

    @contextmanager
    def _polled(self) -> Iterator[None]:
        with self._lock:
            self._polling += 1
        try:
            yield
        finally:
            with self._lock:
                self._polling -= 1
