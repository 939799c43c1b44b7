"""Batches reads of entries that come together into one.

Many requests at once would crowd the few connections of a process, though all of them ask for the
same. A request that comes while others read joins the next read, which begins after it came: it
never gets what was read before.
"""

from collections.abc import Sequence
from concurrent.futures import Future
from threading import Lock, Semaphore
from typing import Final

from cache.db.unavailable import DatabaseUnavailable
from cache.entries.store import Store, Stored

AT_ONCE: Final = 4
"""Reads under way in a process, each with a connection."""
MOST_CODES: Final = 200
"""Entries that one read asks for at most."""


class _Batch:
    """A read that has not begun, and that others can join."""

    def __init__(self) -> None:
        self.codes: set[str] = set()
        self.found: Future[dict[str, Stored]] = Future()


class BatchedReads:
    """Reads entries for any number of threads by a few connections."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = Lock()
        self._gate = Semaphore(AT_ONCE)
        self._collecting: dict[str, _Batch] = {}

    def read(self, domain: str, codes: Sequence[str]) -> list[Stored]:
        """Read entries as `Store.read` does, from a snapshot taken after the call.

        Raises:
            DatabaseUnavailable: where the database cannot be reached or used.
        """
        with self._lock:
            batch = self._collecting.get(domain)
            leads = batch is None or len(batch.codes) >= MOST_CODES
            if batch is None or leads:
                batch = self._collecting[domain] = _Batch()
            batch.codes.update(codes)
        if leads:
            self._lead(domain, batch)
        found = batch.found.result()
        return [found[code] for code in codes]

    def _lead(self, domain: str, batch: _Batch) -> None:
        """Read for all who join until a connection is free."""
        with self._gate:
            with self._lock:
                if self._collecting.get(domain) is batch:
                    del self._collecting[domain]
                if batch.found.done():  # the read before it failed, and this one would too
                    return
            try:
                stored = self._store.read(domain, sorted(batch.codes))
            except BaseException as error:  # noqa: BLE001 - for those who wait
                batch.found.set_exception(error)
                if isinstance(error, DatabaseUnavailable):
                    self._fail_waiting(domain, error)
            else:
                batch.found.set_result({one.entry.code: one for one in stored})

    def _fail_waiting(self, domain: str, error: DatabaseUnavailable) -> None:
        """Fail the next batch too: it took a second to give the database up, and would again."""
        with self._lock:
            waiting = self._collecting.pop(domain, None)
            if waiting is not None:
                waiting.found.set_exception(error)
