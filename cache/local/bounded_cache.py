"""Copies that a process keeps of what it made from entries, bounded, and never wrong for long."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Final, Generic, TypeVar

from cache.entries.invalidation import Changes, Key

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

DROPPED: Final = 0.1
"""The share of the capacity that is freed where a new copy finds no room."""


@dataclass(slots=True)
class _Copy(Generic[V]):
    value: V
    tick: int
    keys: Sequence[Key]
    size: int


class BoundedCache(Generic[K, V]):
    """Copies of a bounded size in all, each good until one of its entries changes; see `Changes`.

    The caller chooses the unit of size, such as bytes; without one it is the number of copies.
    """

    def __init__(self, changes: Changes, capacity: int) -> None:
        self._changes = changes
        self._capacity = capacity
        self._lock = Lock()
        self._copies: dict[K, _Copy[V]] = {}
        self._size = 0

    def __len__(self) -> int:
        return len(self._copies)

    def tick(self) -> int | None:
        """Return the tick to `put` a copy with that is made of what is read from now on."""
        return self._changes.tick()

    def tick_or_look(self) -> int | None:
        """Return the tick, after a look if none is recent; for what reads the database anyway.

        Raises:
            DatabaseUnavailable: where the database cannot be reached or used.
        """
        return self._changes.tick_or_look()

    def get(self, key: K) -> tuple[V, bool] | None:
        """Return the copy, if there is one and its entries have not changed since it was made.

        With it comes whether that is unchecked, since the database cannot be reached.
        """
        copy = self._copies.get(key)
        if copy is None:
            return None
        standing = self._changes.standing(copy.tick, copy.keys)
        return None if standing == "gone" else (copy.value, standing == "unchecked")

    def at_hand(self, key: K) -> V | None:
        """Return the copy, if there is one that is known to be good; nothing is waited for."""
        copy = self._copies.get(key)
        if copy is None or not self._changes.is_known_good(copy.tick, copy.keys):
            return None
        return copy.value

    def put(self, key: K, value: V, tick: int | None, keys: Sequence[Key], size: int = 1) -> None:
        """Keep a copy made of these entries, as they were read since the tick.

        With a tick of None they could have changed unseen, so nothing is kept.
        """
        if tick is None or size > self._capacity:
            return
        with self._lock:
            self._drop(key)
            if self._size + size > self._capacity:
                self._make_room(size)
            self._copies[key] = _Copy(value, tick, keys, size)
            self._size += size

    def _make_room(self, size: int) -> None:
        """Drop the oldest copies, enough of them for some time."""
        room = self._capacity - max(size, int(self._capacity * DROPPED))
        for key in list(self._copies):
            if self._size <= room:
                break
            self._drop(key)

    def _drop(self, key: K) -> None:
        dropped = self._copies.pop(key, None)
        if dropped is not None:
            self._size -= dropped.size
