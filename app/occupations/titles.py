"""The index of titles, in step with the occupations and releases in the database."""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from threading import Lock, Thread
from typing import TYPE_CHECKING

from cache.catalogue import Catalogue
from cache.db.database import DatabaseUnavailable
from cache.entries.invalidation import Changes

if TYPE_CHECKING:
    from app.occupations.title_index import TitleHit, TitleIndex

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Held:
    """An index, what it was made of, and the tick since which that was read."""

    index: "TitleIndex"
    titles: Mapping[str, str]
    load: int | None
    tick: int | None


class Titles:
    """Builds the index when it is expected or needed, and anew behind its users when titles change.

    Until the new one is there, the old one serves, unless nobody asked for some seconds: then it
    may be of any age, and who asks first waits for what the titles are now. For O*NET 29.0 it
    takes 0.5 s of computing and 40 MB, libraries included, which a process that is never asked
    for titles, nor expects to be, does not pay.
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
        if held is None or tick is None:  # nobody looked lately, so it may be as old as that
            with self._lock:
                held, tick = self._held, self._changes.tick()
                if held is None or tick is None or tick != held.tick:
                    held = self._held = self._read(held)
        elif tick != held.tick:
            self._do_behind(lambda: self._renew(held))
        return held.index

    def expect(self, patience: float = 0) -> None:
        """Begin to build the index behind the caller, where there is none yet.

        Args:
            patience: seconds to wait for it at most.
        """
        if self._held is None and (building := self._do_behind(self.index)):
            building.join(patience)

    def _renew(self, held: _Held) -> None:
        self._held = self._read(held)

    def _do_behind(self, work: Callable[[], object]) -> Thread | None:
        """Do it in a thread, unless one is at work; then return None."""
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
        """Read the titles, and make an index of them unless they are those held."""
        from app.occupations.synonyms import read_synonyms
        from app.occupations.title_index import TitleIndex

        tick = self._changes.tick_or_look()
        load, titles = self._catalogue.newest_load(), self._catalogue.titles()
        if held is not None and (load, titles) == (held.load, held.titles):
            return _Held(held.index, held.titles, load, tick)
        index = TitleIndex(titles, self._catalogue.alternate_titles(), read_synonyms())
        return _Held(index, titles, load, tick)


def rated_first(hits: Iterable["TitleHit"], rated: Mapping[str, bool | None]) -> list["TitleHit"]:
    """Put of hits with the same score the rated occupations first, and those not rated last.

    It is not known of those that are None. Hits by code stay in the order of the codes.
    """
    order = {True: 0, None: 1, False: 2}
    return sorted(
        hits, key=lambda hit: (-hit.score, 0 if hit.kind == "code" else order[rated[hit.code]])
    )
