"""What a readiness is to be measured by: how ready all other occupations are."""

from array import array
from bisect import bisect_left
from threading import Lock
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

import numpy as np

from app.transitions.matrices import ReadinessMatrices, Snapshot
from app.transitions.readiness import readiness_of_all
from cache.db.unavailable import DatabaseUnavailable
from cache.reading import NotAtHand, Reading

if TYPE_CHECKING:
    from cache.policy import Entry

Shares: TypeAlias = "array[int]"
"""In ten-thousandths, in order."""

LEAST_HELD: Final = 50
"""Rated occupations without which a share of them says nothing."""
TARGETS: Final = 2_000
"""Targets that are remembered, at some 2 kB each; more than are rated in a domain."""


class _KeptShares(NamedTuple):
    """How ready all are for a target, as its entry and what was held made it."""

    snapshot: Snapshot
    entry: "Entry"
    shares: Shares


class Baseline:
    """Tells how many of the rated occupations are less ready for a target.

    How ready all of them are is worked out once for each target, while nothing changes.
    """

    def __init__(self, matrices: ReadinessMatrices) -> None:
        self._matrices = matrices
        self._lock = Lock()
        self._snapshots: dict[str, Snapshot] = {}
        self._sorted: dict[str, _KeptShares] = {}

    def closer_than(self, target: Reading, readiness: float) -> float | None:
        """Return the share of the rated occupations held that are less ready for a target.

        Args:
            target: its entry, just read.
            readiness: 0 to 1, as shown.

        Returns:
            0 to 1, two decimals; None where fewer than 50 are held, or where the database cannot
            be asked and never was.
        """
        entry = target.entry
        try:
            snapshot = self._snapshots[entry.domain] = self._matrices.snapshot(entry.domain)
        except DatabaseUnavailable:
            if entry.domain not in self._snapshots:
                return None
            snapshot = self._snapshots[entry.domain]
        if len(snapshot.matrix.titles) < LEAST_HELD:
            return None
        shares = self._kept(snapshot, entry)
        if shares is None:
            shares = self._of_all(snapshot, target)
            with self._lock:
                if len(self._sorted) >= TARGETS:
                    self._sorted = {}
                self._sorted[entry.key] = _KeptShares(snapshot, entry, shares)
        return _share_below(shares, readiness)

    def closer_than_at_hand(self, target: Reading, readiness: float) -> float | None:
        """Return what `closer_than` does, without waiting or working it out for all.

        Raises:
            NotAtHand: where that is needed.
        """
        snapshot = self._matrices.at_hand(target.entry.domain)
        if len(snapshot.matrix.titles) < LEAST_HELD:
            return None
        shares = self._kept(snapshot, target.entry)
        if shares is None:
            raise NotAtHand
        return _share_below(shares, readiness)

    def _kept(self, snapshot: Snapshot, entry: "Entry") -> "Shares | None":
        """Return how ready all are for a target, if that was worked out for what is held now."""
        kept = self._sorted.get(entry.key)
        if kept is None or kept.snapshot is not snapshot or kept.entry != entry:
            return None
        return kept.shares

    @staticmethod
    def _of_all(snapshot: Snapshot, target: Reading) -> Shares:
        matrix = snapshot.with_entry(target)
        shares = readiness_of_all(matrix, target.entry.code, "from")
        return array("H", np.sort(np.rint(shares * 10_000)).astype(np.uint16).tobytes())


def _share_below(shares: Shares, readiness: float) -> float:
    less = bisect_left(shares, round(readiness * 10_000))
    return round(less / len(shares), 2)
