"""What many ask for at once is made once: one makes it, the others wait."""

import functools
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from threading import Lock, RLock
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
T = TypeVar("T")


class _OnceProperty(functools.cached_property[T]):
    """An attribute that is made at its first use, once however many threads come first.

    Since Python 3.12 the library's own is made by each of them.
    """

    made_by_one: ClassVar = RLock()

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """Make it; from then on the instance has it."""
        if instance is None:
            return self
        with self.made_by_one:
            return super().__get__(instance, owner)


if TYPE_CHECKING:  # which knows what the library's own is
    from functools import cached_property as cached_property  # noqa: PLC0414 - passed on
else:
    cached_property = _OnceProperty


class MadeOnce(Generic[K, V]):
    """Shares what is being made, its error too, with those who ask for it meanwhile.

    Nothing is kept. The key says all that the value is made of: who joins gets what was begun
    before it came.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._under_way: dict[K, Future[V]] = {}

    def share(self, key: K, make: Callable[[], V]) -> V:
        """Make the value of a key, or wait for who makes it already."""
        with self._lock:
            joined = self._under_way.get(key)
            own: Future[V] = Future()
            if joined is None:
                self._under_way[key] = own
        if joined is not None:
            return joined.result()
        try:
            value = make()
        except BaseException as error:
            own.set_exception(error)
            raise
        else:
            own.set_result(value)
            return value
        finally:
            with self._lock:
                del self._under_way[key]
