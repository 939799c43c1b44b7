"""Finds entries: in the copies of this process, else in the database."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from cache.entries.invalidation import Key
from cache.entries.store import Stored
from cache.local.batched_reads import BatchedReads
from cache.local.bounded_cache import BoundedCache
from cache.policy import Freshness, Limits, freshness
from cache.reading import NotAtHand, Reading

NEEDS_FILL: Final = (Freshness.ABSENT, Freshness.OLD)


class Found(NamedTuple):
    """An entry as it was looked up, and what a read does with it.

    Attributes:
        unchecked: it is a copy that the database could not be asked about.
    """

    stored: Stored
    freshness: Freshness
    unchecked: bool = False

    def hit(self) -> Reading:
        """Return it as a request gets it that needs no fill."""
        return Reading(self.stored.entry, self.stored.profile, "hit", unchecked=self.unchecked)


class CopiedEntries:
    """Looks entries up, and keeps copies of the rated ones.

    Only of those: they are as many as O*NET has, while codes can be made up.
    """

    def __init__(
        self, reads: BatchedReads, copies: BoundedCache[Key, Stored], limits: Limits
    ) -> None:
        self._reads = reads
        self._copies = copies
        self._limits = limits

    def find(self, domain: str, codes: Sequence[str], now: datetime) -> dict[str, Found]:
        """Return the entry of each code, in order.

        Raises:
            DatabaseUnavailable: where a copy is lacking, or is unchecked and not fresh.
        """
        found = {code: self._copy(domain, code, now) for code in codes}
        lacking = [code for code in codes if found[code] is None]
        if lacking:
            tick = self._copies.tick_or_look()
            for read in self._reads.read(domain, lacking):
                found[read.entry.code] = Found(read, freshness(read.entry, now, self._limits))
                if read.entry.state == "rated":
                    key = (domain, read.entry.code)
                    self._copies.put(key, read, tick, [key], size=len(read.profile.elements))
        return {code: one for code, one in found.items() if one is not None}

    def at_hand(self, domain: str, codes: Sequence[str], now: datetime) -> list[Found]:
        """Return the fresh entry of each code, in order, without waiting for the database.

        Raises:
            NotAtHand: where there is no copy that is known to be good.
        """
        copies = [self._copies.at_hand((domain, code)) for code in codes]
        found = [
            Found(copy, Freshness.FRESH)
            for copy in copies
            if copy is not None and freshness(copy.entry, now, self._limits) is Freshness.FRESH
        ]
        if len(found) < len(copies):
            raise NotAtHand
        return found

    def _copy(self, domain: str, code: str, now: datetime) -> Found | None:
        copy = self._copies.get((domain, code))
        if copy is None:
            return None
        stored, unchecked = copy
        found = Found(stored, freshness(stored.entry, now, self._limits), unchecked)
        return None if unchecked and found.freshness is not Freshness.FRESH else found


def needed(group: Sequence[str], found: Mapping[str, Found]) -> Sequence[str]:
    """Leave out what need not be fetched: a group with a negative entry fails anyway."""
    if not any(found[code].freshness in (Freshness.EMPTY, Freshness.UNKNOWN) for code in group):
        return group
    return [code for code in group if found[code].freshness not in NEEDS_FILL]
