"""The matrices that transitions are ranked by, kept in step with the entries in the database."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock, Thread
from typing import Final

from app.transitions.readiness import Matrix
from cache.catalogue import Catalogue
from cache.db.unavailable import DatabaseUnavailable
from cache.entries.invalidation import Changes
from cache.entries.store import Store
from cache.policy import Entry, Freshness, Limits, freshness
from cache.reading import NotAtHand, Reading
from onet_client.content_model import DOMAINS

AT_ONCE: Final = 200
"""Entries that one statement reads."""


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """A domain's matrix until something changes; after a change there is another object.

    Attributes:
        matrix: of the occupations whose ratings may be served, stale ones included.
        tick: since which the entries were read.
        rated: the matrix of all rated occupations, whatever their age.
        entries: those of `rated`, by code.
        fresh_until: when the first of them becomes stale; None where that is not known.
        too_old: codes that are rated and may not be served any more.
    """

    matrix: Matrix
    tick: int
    rated: Matrix
    entries: dict[str, Entry]
    fresh_until: datetime | None = None
    too_old: tuple[str, ...] = ()

    def with_entry(self, reading: Reading) -> Matrix:
        """Return the matrix with an entry as just read, which may be filled since the others."""
        code = reading.entry.code
        if code not in self.matrix.columns or self.entries[code] != reading.entry:
            return self.matrix.changed([reading.profile])
        return self.matrix


class ReadinessMatrices:
    """All rated occupations, by domain: read whole at first, then only what has changed.

    A matrix shows a change within 1 s, as copies do; see `Changes`.
    """

    def __init__(
        self,
        store: Store,
        catalogue: Catalogue,
        changes: Changes,
        limits: Limits,
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._catalogue = catalogue
        self._changes = changes
        self._limits = limits
        self._now = now
        self._locks = {domain: Lock() for domain in DOMAINS}
        self._snapshots: dict[str, Snapshot] = {}

    def snapshot(self, domain: str) -> Snapshot:
        """Return the snapshot of a domain, the same object while nothing changes.

        Raises:
            DatabaseUnavailable: where the database cannot be reached or used.
        """
        self._changes.tick_or_look()  # those who wait share what comes of it
        with self._locks[domain]:
            tick = self._changes.tick_or_look()
            if tick is None:
                raise DatabaseUnavailable("the database took too long to tell what changed")
            snapshot = self._snapshots.get(domain)
            if snapshot is None or snapshot.tick != tick:
                snapshot = self._renewed(domain, snapshot, tick)
            too_old = self._too_old(snapshot)
            if too_old != snapshot.too_old:
                matrix = snapshot.rated.changed([], gone=too_old)
                snapshot = replace(snapshot, matrix=matrix, too_old=too_old)
            self._snapshots[domain] = snapshot
            return snapshot

    def at_hand(self, domain: str) -> Snapshot:
        """Return the snapshot of a domain without waiting.

        Raises:
            NotAtHand: where something may have to be read for it.
        """
        snapshot = self._snapshots.get(domain)
        if (
            snapshot is None
            or snapshot.tick != self._changes.tick()
            or snapshot.fresh_until is None
            or self._now() >= snapshot.fresh_until
        ):
            raise NotAtHand
        return snapshot

    def expect(self, domain: str) -> None:
        """Begin to read a domain in the background, so that the first who asks need not wait."""
        Thread(target=self._try, args=(domain,), name="matrices", daemon=True).start()

    def _try(self, domain: str) -> None:
        with suppress(DatabaseUnavailable):  # who asks is told
            self.snapshot(domain)

    def _renewed(self, domain: str, snapshot: Snapshot | None, tick: int) -> Snapshot:
        """Read what changed since a snapshot; all that is rated where that is not known."""
        keys = None if snapshot is None else self._changes.since(snapshot.tick)
        if snapshot is None or keys is None:
            matrix, entries = Matrix.of([]), {}
            codes = sorted(self._catalogue.titles(rated_in=domain))
        else:
            matrix, entries = snapshot.rated, dict(snapshot.entries)
            codes = [code for changed, code in keys if changed == domain]
            if not codes:
                return replace(snapshot, tick=tick)
        for at in range(0, len(codes), AT_ONCE):
            batch = codes[at : at + AT_ONCE]
            rated = [one for one in self._store.read(domain, batch) if one.entry.state == "rated"]
            matrix = matrix.changed([one.profile for one in rated], gone=batch)
            for code in batch:
                entries.pop(code, None)
            entries |= {one.entry.code: one.entry for one in rated}
        fresh_until = earliest(entry.expires_at for entry in entries.values())
        return Snapshot(matrix, tick, matrix, entries, fresh_until)

    def _too_old(self, snapshot: Snapshot) -> tuple[str, ...]:
        """Return the codes that no read serves any more, whatever the upstream does."""
        now = self._now()
        if snapshot.fresh_until is not None and now < snapshot.fresh_until:
            return ()
        return tuple(
            code
            for code, entry in snapshot.entries.items()
            if freshness(entry, now, self._limits) is Freshness.ABSENT
        )


def earliest(moments: Iterable[datetime | None]) -> datetime | None:
    """Return the first of some moments; None where one of them is not known, or there is none."""
    found = list(moments)
    return min(filter(None, found), default=None) if all(found) else None
