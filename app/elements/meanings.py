"""What elements and their levels mean, kept in the process, in step with the database."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from cache.entries.invalidation import Changes
from cache.entries.meanings import Meaning, Meanings
from cache.local.once import MadeOnce


class _KeptMeanings(NamedTuple):
    tick: int
    meanings: Meanings


class ElementMeanings:
    """The elements that are known: of all releases together some 120, read once for a change.

    Each method raises DatabaseUnavailable where the database cannot be reached or used.
    """

    def __init__(self, read: Callable[[], Meanings], changes: Changes) -> None:
        self._read = read
        self._changes = changes
        self._kept: _KeptMeanings | None = None
        self._reads: MadeOnce[int | None, Meanings] = MadeOnce()

    def held(self) -> Meanings:
        """Return all that is held; quick, and the same object while nothing changes."""
        tick = self._changes.tick_or_look()
        kept = self._kept
        if kept is not None and kept.tick == tick:
            return kept.meanings
        meanings = self._reads.share(tick, self._read)
        if tick is not None:
            self._kept = _KeptMeanings(tick, meanings)
        return meanings

    def of(self, domain: str) -> Mapping[str, Meaning]:
        """Return the elements of a domain by id, in order."""
        held = self.held().elements
        return {key: one for key, one in held.items() if one.domain == domain}
