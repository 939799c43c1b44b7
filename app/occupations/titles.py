"""The index of titles, kept in step with the occupations and releases in the database."""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from threading import Lock, Thread
from typing import TYPE_CHECKING

from cache.catalogue import Catalogue
from cache.db.unavailable import DatabaseUnavailable
from cache.entries.invalidation import Changes

if TYPE_CHECKING:
    from app.occupations.title_index import TitleHit, TitleIndex

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Held:
    """An index, what it was made of, and the tick before that was read."""

    index: "TitleIndex"
    titles: Mapping[str, str]
    load: int | None
    tick: int | None


class Titles:
    """Builds the index when it is expected or needed; in the background when titles change.

    Until the new index is there, the old one serves, unless nobody asked for some seconds: then
    it may be of any age, and the first caller waits for the current titles. For O*NET 29.0 an
    index takes 0.4 s of computing and 30 MB, libraries included, which a process pays only when
    it is asked for titles, or expects to be.
    """

    def __init__(self, catalogue: Catalogue, changes: Changes) -> None:
        self._catalogue = catalogue
        self._changes = changes
        self._lock = Lock()
        self._working = Lock()
        self._held: _Held | None = None

    def index(self) -> "TitleIndex":
        """Return the index of all occupations' titles and alternate titles.

        Raises:
            DatabaseUnavailable: where the database cannot be reached or used, at first use.
        """
        held, tick = self._held, self._changes.tick()
        if held is None or tick is None:  # nobody looked lately, so it may be of any age
            self._changes.tick_or_look()  # those who wait share what comes of it
            if held is not None and self._changes.is_unchecked:
                return held.index
            with self._lock:
                held = self._current(self._held)
        elif tick != held.tick:
            self._do_behind(lambda: self._read(held))
        return held.index

    @property
    def is_current(self) -> bool:
        """Whether the index is of what the database holds, as far as this process knows."""
        held, tick = self._held, self._changes.tick()
        return held is not None and tick is not None and held.tick == tick

    def _current(self, held: _Held | None) -> _Held:
        tick = self._changes.tick_or_look()
        return held if held and tick is not None and tick == held.tick else self._read(held)

    def expect(self, timeout: float = 0) -> None:
        """Begin to build a missing index in the background; wait `timeout` seconds at most."""
        if self._held is None and (building := self._do_behind(self.index)):
            building.join(timeout)

    def _do_behind(self, work: Callable[[], object]) -> Thread | None:
        """Do work in a thread, and return that; None where one is at work already."""
        if not self._working.acquire(blocking=False):
            return None
        thread = Thread(target=self._work, args=(work,), name="titles", daemon=True)
        thread.start()
        return thread

    def _work(self, work: Callable[[], object]) -> None:
        try:
            work()
        except DatabaseUnavailable as error:
            log.debug("the titles stay as they are: %s", error)
        finally:
            self._working.release()

    def _read(self, held: _Held | None) -> _Held:
        """Read the titles, and index them unless they are those held; keep the result."""
        from app.occupations.synonyms import read_synonyms
        from app.occupations.title_index import TitleIndex

        tick = self._changes.tick_or_look()
        load, titles = self._catalogue.newest_load(), self._catalogue.titles()
        if held is not None and (load, titles) == (held.load, held.titles):
            new = replace(held, tick=tick)
        else:
            index = TitleIndex(titles, self._catalogue.alternate_titles(), read_synonyms())
            new = _Held(index, titles, load, tick)
        self._held = new
        return new


def rated_first(hits: Iterable["TitleHit"], rated: Mapping[str, bool | None]) -> list["TitleHit"]:
    """Order hits of the same score: rated occupations, those not known (None), those not rated.

    Hits by code stay in the order of the codes.
    """
    order = {True: 0, None: 1, False: 2}
    return sorted(
        hits, key=lambda hit: (-hit.score, 0 if hit.kind == "code" else order[rated[hit.code]])
    )
