"""What elements and their levels mean, kept in the process, in step with the database."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from cache.db.unavailable import DatabaseUnavailable
from cache.entries.invalidation import Changes
from cache.entries.meanings import Meaning, Meanings
from cache.local.once import MadeOnce

if TYPE_CHECKING:
    from cache.fill.meanings import MeaningsFill


class _KeptMeanings(NamedTuple):
    tick: int
    meanings: Meanings


class ElementMeanings:
    """The elements that are known: of all releases together some 120, read once for a change.

    What is missing or past its time is asked of O*NET behind whoever needs it.
    """

    def __init__(self, fill: "MeaningsFill", changes: Changes) -> None:
        self._fill = fill
        self._changes = changes
        self._kept: _KeptMeanings | None = None
        self._reads: MadeOnce[int | None, Meanings] = MadeOnce()

    def of(self, domain: str) -> Mapping[str, Meaning]:
        """Return the elements of a domain by id, in order; quick, and nobody waits for O*NET.

        What is shown beside them can do without: where the database cannot be used, none are known.
        """
        try:
            meanings = self._held()
        except DatabaseUnavailable:
            return {}
        if self._fill.is_due(meanings.sources):
            self._fill.begin()
        return {key: one for key, one in meanings.elements.items() if one.domain == domain}

    def asked(self) -> Meanings:
        """Return all elements; what is due is waited for, as far as O*NET gives it.

        Raises:
            DatabaseUnavailable: where the database cannot be reached or used.
        """
        meanings = self._held()
        if not self._fill.is_due(meanings.sources):
            return meanings
        self._fill.wait()
        return self._fill.read()

    def due_at(self, meanings: Meanings) -> datetime | None:
        """Return when O*NET is to be asked again; None where there is nobody to ask."""
        return self._fill.due_at(meanings.sources)

    def _held(self) -> Meanings:
        """Return all that is held, the same object while nothing changes."""
        tick = self._changes.tick_or_look()
        kept = self._kept
        if kept is not None and kept.tick == tick:
            return kept.meanings
        meanings = self._reads.share(tick, self._fill.read)
        if tick is not None:
            self._kept = _KeptMeanings(tick, meanings)
        return meanings
