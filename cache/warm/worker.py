"""The worker: due refreshes and warm jobs, one step at a time; any number may run."""

import logging
from contextlib import suppress
from threading import Event
from typing import Final
from uuid import uuid4

from cache.db.unavailable import DatabaseUnavailable, Outage
from cache.entries.renewal import Revalidation
from cache.fill.leases import LEASE_MARGIN
from cache.fill.refresh_requests import RefreshRequests
from cache.policy import ITEM_OUTCOMES, ItemOutcome
from cache.pull_through import PullThrough
from cache.warm.items import Item, JobLease, LeaseLost, Work
from cache.warm.loads import TableReader
from cache.warm.prepare import WholeTables
from cache.warm.publish import TablePublisher
from cache.warm.queue import WarmQueue
from onet_client.errors import NotConfigured, OnetError

log = logging.getLogger(__name__)

IDLE: Final = 0.5
"""Seconds between two looks for work: the longest that a request waits to be seen."""
PUBLISHED_AT_ONCE: Final = 250
"""Occupations that a worker claims and publishes together: in some 0.1 s, for which others who
write to SQLite wait."""
FIRST_WAIT: Final = 2.0
LONGEST_WAIT: Final = 300.0
"""Seconds, at least and at most, before something that failed is tried again."""


class Worker:
    """Refreshes and warms what is due, in short steps; it may be killed in any of them."""

    def __init__(
        self,
        queue: WarmQueue,
        refreshes: RefreshRequests,
        pull_through: PullThrough,
        revalidation: Revalidation,
        tables: WholeTables,
        publisher: TablePublisher,
        deadline: float,
    ) -> None:
        """Wire it; a fill, and a request of whole tables, may take `deadline` seconds."""
        self._queue = queue
        self._refreshes = refreshes
        self._pull_through = pull_through
        self._revalidation = revalidation
        self._tables = tables
        self._publisher = publisher
        self._lease = deadline + LEASE_MARGIN
        # A fill may have to wait for another's that dies, before it fetches itself.
        self._fill_lease = 2 * self._lease + LEASE_MARGIN
        self._reader: TableReader | None = None
        self._outage = Outage()

    def run(self, stop: Event) -> None:
        """Work until `stop` is set and the step under way is done."""
        try:
            while not stop.is_set():
                if not self.attempt():
                    stop.wait(IDLE)
        finally:
            self.close()

    def close(self) -> None:
        """Give back the lease kept between two steps, for another worker to go on at once."""
        if self._reader is not None:
            with suppress(LeaseLost, DatabaseUnavailable):  # then it expires
                self._queue.give_back(self._reader.lease)
            self._reader = None

    def attempt(self, job: str | None = None) -> bool:
        """Do a step as `step` does, and log what goes wrong."""
        try:
            worked = self.step(job)
        except DatabaseUnavailable as error:
            self._outage.goes_on(error)
            return False
        except Exception:
            log.exception("a step of the worker failed")
            return False
        self._outage.is_over()
        return worked

    def step(self, job: str | None = None) -> bool:
        """Do one thing that is due, or is due for one job; False where there is nothing.

        Raises:
            DatabaseUnavailable: where the database cannot be reached or used.
        """
        if job is None and self._refresh_due():
            return True
        return any(self._warm(work) for work in self._queue.unfinished(job))

    def _refresh_due(self) -> bool:
        due = self._refreshes.due(1)
        for domain, code in due:
            try:
                self._pull_through.refresh(domain, code)
            except DatabaseUnavailable:
                raise
            except Exception as error:  # noqa: BLE001 - logged; one must not hold up the others
                _reason(f"{domain}/{code} could not be refreshed", error)
            self._refreshes.done(domain, code)
        return bool(due)

    def _warm(self, work: Work) -> bool:
        if work.is_unprepared:
            return self._prepare(work)
        owner = uuid4().hex
        if work.load_id is not None:
            items = self._queue.claim(work, owner, PUBLISHED_AT_ONCE, self._lease, listed=True)
            if items:
                outcomes = self._publisher.publish(work, work.load_id, items)
                self._queue.finish(work, owner, outcomes)
                log.info("published %d occupations, up to %s", len(items), items[-1].code)
                return True
        items = self._queue.claim(work, owner, 1, self._fill_lease)
        for item in items:
            self._fill(work, owner, item)
        return bool(items) or self._end(work)

    def _fill(self, work: Work, owner: str, item: Item) -> None:
        try:
            entry = self._pull_through.refresh(work.domain, item.code)
        except DatabaseUnavailable:
            raise  # the item is free again when its lease expires
        except Exception as error:  # noqa: BLE001 - logged
            wait = None if isinstance(error, NotConfigured) else _wait(error, item.attempts)
            reason = _reason(f"{work.domain}/{item.code} could not be filled", error)
            self._queue.put_off(work, owner, item, reason, wait)
            return
        if entry.state in ITEM_OUTCOMES or work.scope == "all":
            outcome: ItemOutcome = ITEM_OUTCOMES.get(entry.state, "unlisted")
            self._queue.finish(work, owner, {item.code: outcome})
        else:
            self._queue.put_off(work, owner, item, "O*NET has no such occupation", None)

    def _prepare(self, work: Work) -> bool:
        """Do a step of preparing a job; False where another worker does."""
        if self._reader is not None and self._reader.lease.work.id != work.id:
            self.close()
        reader, self._reader = self._reader, None  # an error leaves it spent
        lease = reader.lease if reader else self._queue.lease_job(work.id, uuid4().hex, self._lease)
        if lease is None:
            return False
        try:
            self._reader = self._read_on(reader) if reader else self._begin(lease)
        except LeaseLost as lost:
            log.info("%s", lost)
        except NotConfigured as missing:
            self._queue.fail(lease.work, str(missing))
        except DatabaseUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - logged
            reason = _reason(f"job {work.id} could not go on", error)
            with suppress(LeaseLost):
                self._queue.put_off_job(lease, reason, _wait(error, lease.work.attempts))
        return True

    def _begin(self, lease: JobLease) -> TableReader | None:
        begun = self._tables.prepare(lease)
        if isinstance(begun, TableReader):
            return begun
        self._queue.count(begun)
        return None

    def _read_on(self, reader: TableReader) -> TableReader | None:
        if reader.advance():
            return reader
        landed = reader.contents()
        if landed is not None:
            self._publisher.expect(reader.load_id, landed)
        return None

    def _end(self, work: Work) -> bool:
        if not self._queue.is_drained(work):
            return False
        if work.release is not None:
            self._revalidation.mark_stale(work.domain, work.release)
        if self._queue.end(work):
            log.info("job %s is done", work.id)
        return True


def _reason(what: str, error: Exception) -> str:
    """Log an error, and return what a job may say of it."""
    if isinstance(error, OnetError):
        log.warning("%s: %s", what, error)
        return str(error)
    log.error(what, exc_info=error)
    return "an unforeseen error, which the log tells of"


def _wait(error: Exception, attempts: int) -> float:
    """Return the seconds to wait before another attempt."""
    asked = error.retry_after if isinstance(error, OnetError) else None
    return min(max(asked or 0.0, FIRST_WAIT * 4.0**attempts), LONGEST_WAIT)
