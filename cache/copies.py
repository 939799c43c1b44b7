"""Copies that a process keeps of what it made from entries, bounded, and never wrong for long."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Final, Generic, TypeVar

from cache.changes import Changes, Key

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

DROPPED: Final = 0.1
"""The share that makes room when a new copy finds none: those that came first."""


@dataclass(slots=True)
class _Copy(Generic[V]):
    value: V
    tick: int
    keys: Sequence[Key]


class Copies(Generic[K, V]):
    """At most so many copies, each good until one of its entries changes; see `Changes`."""

    def __init__(self, changes: Changes, capacity: int) -> None:
        self._changes = changes
        self._capacity = capacity
        self._lock = Lock()
        self._copies: dict[K, _Copy[V]] = {}

    def __len__(self) -> int:
        return len(self._copies)

    def tick(self) -> int | None:
        """Return what to `put` a copy with of what is read from now on."""
        return self._changes.tick()

    def get(self, key: K) -> V | None:
        """Return the copy if there is one and nothing has changed since it was made."""
        copy = self._copies.get(key)
        if copy is None or not self._changes.is_good(copy.tick, copy.keys):
            return None
        return copy.value

    def put(self, key: K, value: V, tick: int | None, keys: Sequence[Key]) -> None:
        """Keep a copy of what was made of these entries, as they were read since the tick.

        A tick of None says that they could have changed unseen: nothing is kept.
        """
        if tick is None:
            return
        with self._lock:
            if key not in self._copies and len(self._copies) >= self._capacity:
                first = list(self._copies)[: max(1, int(self._capacity * DROPPED))]
                for old in first:
                    del self._copies[old]
            self._copies[key] = _Copy(value, tick, keys)
