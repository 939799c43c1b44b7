"""What tells the copies that processes keep from what the database holds now.

Every change of entries raises one count, in the same transaction, and stamps the entries with
it. The row of the count stays locked until the commit, so a reader that has seen a count has
seen every change up to it.
"""

import logging
import time
from collections.abc import Callable, Iterable
from threading import Event, Lock, Thread
from typing import Final

from sqlalchemy import ColumnElement, Connection, Engine, select, update

from cache.db import database
from cache.db.onet_tables import CacheChange, CacheEntry
from cache.db.upsert import upsert

log = logging.getLogger(__name__)

Key = tuple[str, str]
"""Domain and occupation code."""

ANY: Final = ""
"""In place of a code: any occupation of the domain."""
INTERVAL: Final = 0.4
"""Seconds between two looks at the count."""
TRUSTED: Final = 0.9
"""Seconds for which a look is good: a change shows within 1 s in every process."""
IDLE: Final = 5.0
"""Seconds without a question after which nobody looks any more."""
REMEMBERED: Final = 5_000
"""Changed entries that are told apart; beyond that every copy counts as changed."""

_VERSION: Final = select(CacheChange.version).scalar_subquery()


def note_change(connection: Connection, *entries: ColumnElement[bool]) -> None:
    """Stamp the entries that a transaction changed; to be called last in it.

    Last, since whoever has the count's row must not wait for another's entries.
    """
    upsert(connection, CacheChange, [{"id": 1, "version": 1}], counted=["version"])
    connection.execute(update(CacheEntry).where(*entries).values(changed_in=_VERSION))


class Changes:
    """Which entries changed lately, as one process knows it.

    A copy is made at a tick and stays good until one of its entries changes at a later one. A
    thread looks while there are questions, so that no request waits for it.
    """

    def __init__(
        self,
        engine: Engine,
        clock: Callable[[], float] = time.monotonic,
        after_look: Callable[[], None] = lambda: None,
    ) -> None:
        """Read by an engine, and call `after_look` after each look of the thread's."""
        self._engine = engine
        self._after_look = after_look
        self._clock = clock
        self._lock = Lock()
        self._stop = Event()
        self._looking = False
        self._asked_at = clock()
        self._seen: int | None = None
        self._trusted_until = float("-inf")
        self._tick = 0
        self._floor = 0
        self._changed: dict[Key, int] = {}

    def tick(self) -> int | None:
        """Return the tick for a copy of what is read from now on; None where nothing is known."""
        self._asked_at = now = self._clock()
        if now < self._trusted_until:
            return self._tick
        self._begin_looking()
        return None

    def tick_or_look(self) -> int | None:
        """Return the tick as `tick` does; where nobody looked lately, look first.

        None then says that the look took too long to be trusted.

        Raises:
            DatabaseUnavailable: where the database cannot be reached or used.
        """
        tick = self.tick()
        if tick is None:
            self.look()
            tick = self.tick()
        return tick

    def is_good(self, tick: int, keys: Iterable[Key]) -> bool:
        """Tell whether a copy made at a tick, of these entries, is what the database holds."""
        self._asked_at = now = self._clock()
        if now >= self._trusted_until:
            self._begin_looking()
            return False
        if tick < self._floor:
            return False
        changed = self._changed
        for key in keys:  # noqa: SIM110 - a generator takes longer than all the rest
            if changed.get(key, 0) > tick:
                return False
        return True

    def since(self, tick: int) -> list[Key] | None:
        """Return the entries that changed after a tick; None where all may have."""
        with self._lock:
            if tick < self._floor:
                return None
            return [key for key, at in self._changed.items() if at > tick and key[1] != ANY]

    def look(self) -> None:
        """Read what has changed since the last look.

        Raises:
            DatabaseUnavailable: where the database cannot be reached or used.
        """
        began = self._clock()
        version, keys = database.read(self._engine, self._read)
        with self._lock:
            if version != self._seen:
                self._tick += 1
                known = self._seen is not None and version > self._seen
                if not known or len(self._changed) + len(keys) > REMEMBERED:
                    self._floor = self._tick
                    self._changed = {}
                else:
                    domains = [(domain, ANY) for domain, _ in keys]
                    self._changed = self._changed | dict.fromkeys([*keys, *domains], self._tick)
                self._seen = version
            self._trusted_until = began + TRUSTED

    def _read(self, connection: Connection) -> tuple[int, list[Key]]:
        version = connection.execute(select(CacheChange.version)).scalar() or 0
        if self._seen is None or version <= self._seen:
            return version, []
        query = (
            select(CacheEntry.domain, CacheEntry.occupation_code)
            .where(CacheEntry.changed_in > self._seen)
            .limit(REMEMBERED + 1)
        )
        return version, [(row.domain, row.occupation_code) for row in connection.execute(query)]

    def _begin_looking(self) -> None:
        with self._lock:
            if self._looking or self._stop.is_set():
                return
            self._looking = True
        Thread(target=self._keep_looking, name="changes", daemon=True).start()

    def _keep_looking(self) -> None:
        try:
            while self._clock() - self._asked_at < IDLE and not self._stop.is_set():
                try:
                    self.look()
                except database.DatabaseUnavailable as error:
                    log.debug("no copy is trusted: %s", error)
                self._after_look()
                self._stop.wait(INTERVAL)
        finally:
            with self._lock:
                self._looking = False

    def stop(self) -> None:
        """End the looking, for good."""
        self._stop.set()
