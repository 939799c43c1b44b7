"""O*NET's descriptions of occupations, of which a process keeps copies as of their entries."""

from typing import Final

from cache.catalogue import Catalogue
from cache.entries.invalidation import Changes, Key
from cache.local.bounded_cache import BoundedCache
from cache.policy import Entry

CAPACITY: Final = 500_000
"""Characters; all of O*NET 29.0 have 240,000."""


class Descriptions:
    """Reads descriptions; a copy is good as long as the entry that it was read for."""

    def __init__(self, catalogue: Catalogue, changes: Changes) -> None:
        self._catalogue = catalogue
        self._copies: BoundedCache[Key, tuple[int, str | None]] = BoundedCache(changes, CAPACITY)

    def of(self, entry: Entry) -> str | None:
        """Return the description of an entry's occupation; None where O*NET gives none.

        Raises:
            DatabaseUnavailable: where the database cannot be reached or used.
        """
        key = entry.domain, entry.code
        copy = self._copies.get(key)
        if copy is not None and copy[0][0] == entry.generation:
            return copy[0][1]
        tick = self._copies.tick_or_look()
        described = self._catalogue.occupation(entry.code)
        text = described.description if described else None
        self._copies.put(key, (entry.generation, text), tick, [key], size=len(text or "") + 1)
        return text
