"""How processes learn that the database holds something else than the copies they keep.

Every change of entries raises one count, in the same transaction, and stamps the entries with
it. The row of the count stays locked until the commit, so a reader that has seen a count has
seen every change up to it.
"""

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from threading import Event, Lock, Thread
from typing import Final, Literal

from sqlalchemy import ColumnElement, Connection, Engine, select, update

from cache.db import database
from cache.db.onet_tables import CacheChange, CacheEntry
from cache.db.unavailable import DatabaseUnavailable, Outage
from cache.db.upsert import upsert

Key = tuple[str, str]
"""Domain and occupation code."""

LOOKS: Final = 3
"""How often in a row one is tried that takes too long, as where the process is crowded."""
ANY: Final = ""
"""In place of a code: any occupation of the domain; in place of both: any change at all."""
INTERVAL: Final = 0.4
"""Seconds between two looks at the count."""
TRUSTED: Final = 0.9
"""Seconds for which a look is good: a change shows within 1 s in every process."""
IDLE: Final = 5.0
"""Seconds without a question after which nobody looks any more, or only now and then."""
IDLE_INTERVAL: Final = 2.0
"""Seconds between two looks then, where copies are to outlast the database."""
REMEMBERED: Final = 5_000
"""Changed entries that are told apart; beyond that every copy counts as changed."""

Standing = Literal["gone", "good", "unchecked"]
"""What a copy is worth: nothing; what the database holds; or what it held when it was last seen,
a short time ago, and it cannot be reached."""

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
    thread looks while there are questions, so that no request waits for it. Where the database
    cannot be reached, copies stand unchecked `without_database` seconds after the last look.

    `look` and `tick_or_look` raise DatabaseUnavailable where it cannot be reached or used.
    """

    def __init__(
        self,
        engine: Engine,
        clock: Callable[[], float] = time.monotonic,
        after_look: Callable[[], None] = lambda: None,
        without_database: float = 0.0,
    ) -> None:
        """Read by an engine, and call `after_look` after each look of the thread's."""
        self._engine = engine
        self._after_look = after_look
        self._clock = clock
        self._without_database = without_database
        self._lock = Lock()
        self._looks = Lock()
        self._stop = Event()
        self._wake = Event()
        self._outage = Outage(clock)
        self._looking = False
        self._asked_at = clock()
        self._seen: int | None = None
        self._trusted_until = float("-inf")
        self._failure: DatabaseUnavailable | None = None
        self._looked = 0
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

        None then says that looks took too long to be trusted. While copies stand unchecked,
        it is the tick of the last look.
        """
        for _ in range(LOOKS):
            if (tick := self.tick()) is not None:
                return tick
            if self.is_unchecked:
                return self._tick
            try:
                self._look_together()
            except DatabaseUnavailable:
                if not self.is_unchecked:
                    raise
        return self.tick()

    @property
    def is_unchecked(self) -> bool:
        """Whether the database cannot be reached, and copies outlast it."""
        now = self._clock()
        return (
            self._failure is not None
            and self._trusted_until <= now < self._trusted_until + self._without_database
        )

    def standing(self, tick: int, keys: Iterable[Key]) -> Standing:
        """Tell what a copy is worth that was made at a tick, of these entries."""
        self._asked_at = now = self._clock()
        standing: Standing = "good" if now < self._trusted_until else self._find_out(now)
        if standing == "gone" or tick < self._floor:
            return "gone"
        for key in keys:
            if self._changed.get(key, 0) > tick:
                return "gone"
        return standing

    def is_known_good(self, tick: int, keys: Iterable[Key]) -> bool:
        """Tell whether a copy is good without waiting; where nobody knows, it is not."""
        known = self.tick() is not None and tick >= self._floor
        return known and all(self._changed.get(key, 0) <= tick for key in keys)

    def _find_out(self, now: float) -> Standing:
        """Look where nobody did lately, and tell what copies without a change are worth."""
        self._begin_looking()
        may_stand = now < self._trusted_until + self._without_database
        if may_stand and self._failure is None and not self._stop.is_set():
            with suppress(DatabaseUnavailable):
                self._look_together()
        if self.is_unchecked:
            return "unchecked"
        return "good" if self._clock() < self._trusted_until else "gone"

    def _look_together(self) -> None:
        """Look, or wait for another's look and share what came of it: it takes a second to fail."""
        before = self._looked
        with self._looks:
            if self._failure is not None and self._looked != before:
                raise DatabaseUnavailable(str(self._failure)) from self._failure
            if self._clock() >= self._trusted_until:
                self.look()

    def since(self, tick: int) -> list[Key] | None:
        """Return the entries that changed after a tick; None where all may have."""
        with self._lock:
            if tick < self._floor:
                return None
            return [key for key, at in self._changed.items() if at > tick and key[1] != ANY]

    def look(self) -> None:
        """Read what has changed since the last look."""
        try:
            began, version, keys = database.read(self._engine, self._read, hasty=True)
        except DatabaseUnavailable as error:
            self._failure = error
            raise
        finally:
            self._looked += 1
        with self._lock:
            if version != self._seen:
                self._tick += 1
                known = self._seen is not None and version > self._seen
                if not known or len(self._changed) + len(keys) > REMEMBERED:
                    self._floor = self._tick
                    self._changed = {}
                else:
                    more = [(ANY, ANY), *[(domain, ANY) for domain, _ in keys]]
                    self._changed = self._changed | dict.fromkeys([*keys, *more], self._tick)
                self._seen = version
            self._trusted_until = began + TRUSTED
            self._failure = None

    def _read(self, connection: Connection) -> tuple[float, int, list[Key]]:
        began = self._clock()  # not before there is a connection, which a crowd waits for
        version = connection.execute(select(CacheChange.version)).scalar() or 0
        if self._seen is None or version <= self._seen:
            return began, version, []
        query = (
            select(CacheEntry.domain, CacheEntry.occupation_code)
            .where(CacheEntry.changed_in > self._seen)
            .limit(REMEMBERED + 1)
        )
        rows = connection.execute(query)
        return began, version, [(row.domain, row.occupation_code) for row in rows]

    def _begin_looking(self) -> None:
        with self._lock:
            if self._looking or self._stop.is_set():
                self._wake.set()
                return
            self._looking = True
        Thread(target=self._keep_looking, name="changes", daemon=True).start()

    def _keep_looking(self) -> None:
        try:
            while not self._stop.is_set():
                try:
                    with self._looks:
                        self.look()
                except DatabaseUnavailable as error:
                    if not self._stop.is_set():  # else nobody waits for it any more
                        self._outage.goes_on(error)
                else:
                    self._outage.is_over()
                self._after_look()
                if self._clock() - self._asked_at < IDLE:
                    self._stop.wait(INTERVAL)
                elif self._without_database:
                    self._wake.wait(IDLE_INTERVAL)
                    self._wake.clear()
                else:
                    break
        finally:
            with self._lock:
                self._looking = False

    def stop(self) -> None:
        """End the looking, for good."""
        self._stop.set()
        self._wake.set()
