"""What O*NET tells of occupations beside ratings; a process keeps copies as of their entries."""

from typing import Final, NamedTuple

from cache.catalogue import Catalogue
from cache.entries.invalidation import Changes, Key
from cache.local.bounded_cache import BoundedCache
from cache.policy import Entry

CAPACITY: Final = 600_000
"""Characters; all of O*NET 30.3 take 300,000."""
ONLINE: Final = "https://www.onetonline.org/link/summary/"
"""Where O*NET OnLine has a page for each code."""
BESIDE: Final = 80
"""Characters that the name of a job zone takes, and what else there is."""


class Description(NamedTuple):
    """What O*NET tells of an occupation.

    Attributes:
        text: a paragraph; None where none is held.
        job_zone: how much preparation it takes: the higher, the more; None where none is held.
        job_zone_name: O*NET's, such as `Job Zone Four: Considerable Preparation Needed`; None
            where none is held.
        url: its page at O*NET OnLine.
    """

    text: str | None
    job_zone: int | None
    job_zone_name: str | None
    url: str


class Descriptions:
    """Reads descriptions; a copy is good as long as the entry that it was read for."""

    def __init__(self, catalogue: Catalogue, changes: Changes) -> None:
        self._catalogue = catalogue
        self._copies: BoundedCache[Key, tuple[int, Description]] = BoundedCache(changes, CAPACITY)

    def of(self, entry: Entry) -> Description:
        """Return what is told of an entry's occupation.

        Raises:
            DatabaseUnavailable: where the database cannot be reached or used.
        """
        key = entry.domain, entry.code
        copy = self._copies.get(key)
        if copy is not None:
            (generation, described), _ = copy
            if generation == entry.generation:
                return described
        tick = self._copies.tick_or_look()
        found = self._catalogue.occupation(entry.code)
        told = (found.description, found.job_zone, found.job_zone_name) if found else (None,) * 3
        described = Description(*told, url=f"{ONLINE}{entry.code}")
        size = len(described.text or "") + BESIDE
        self._copies.put(key, (entry.generation, described), tick, [key], size=size)
        return described
