"""Single flight: a process does the work for a key once, and all who ask meanwhile share it.

A flight runs in a thread of its own, so that it goes on whatever happens to those who wait for
it, the first one included. Each of them has its own deadline.
"""

import time
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from threading import Lock
from typing import Final, Generic, NamedTuple, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
Detach = Callable[[], None]
"""Called by a flight's work before it reads or stores what its value is made of. A later caller
may know of something newer, such as a purge, so it gets another flight."""

MAX_FLIGHTS: Final = 16
"""At once, others queue: more would crowd the database's few connections, and at the upstream's
pace not be done by their deadlines."""
SLOTS: Final = 6
"""Of those, how many are for all batches together: so few that a request for one flight finds a
free one, and that each is done by its deadline; so many that the upstream's pace is kept at 50 ms
a request."""
MAX_WAITING: Final = 240
"""Requests that may wait at once; the server's other threads are there for hits."""
FAILURE_SHARED: Final = 1.0
"""Seconds for which a failure that several waited for is the answer for latecomers too: they
came with the others, and were only slower."""


class Outcome(NamedTuple, Generic[V]):
    """What became of a key's flight, and whether another request had started it."""

    result: V | BaseException
    collapsed: bool


class TooManyWaiting(Exception):
    """As many requests wait as may; one more would take the threads that hits need."""


class _Flight(Generic[V]):
    def __init__(self) -> None:
        self.future: Future[V] = Future()
        self.shared = False


class SingleFlight(Generic[K, V]):
    """The flights of a process, by key.

    Its methods that wait raise TooManyWaiting where as many requests wait as may.
    """

    def __init__(
        self, max_waiting: int = MAX_WAITING, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._executor = ThreadPoolExecutor(MAX_FLIGHTS, "flight")
        self._slots = ThreadPoolExecutor(SLOTS, "slot")
        self._max_waiting = max_waiting
        self._clock = clock
        self._lock = Lock()
        self._flights: dict[K, _Flight[V]] = {}
        self._failures: dict[K, tuple[float, Future[V]]] = {}
        self._waiting = 0

    def run(self, works: Mapping[K, Callable[[Detach], V]], timeout: float) -> dict[K, Outcome[V]]:
        """Start or join a flight for each key at once, and wait so many seconds for all of them.

        A TimeoutError stands for what takes longer.
        """
        with self.waiting():
            joined = {key: self.join(key, work) for key, work in works.items()}
            results = outcomes([future for future, _ in joined.values()], timeout)
        return {
            key: Outcome(result, collapsed)
            for (key, (_, collapsed)), result in zip(joined.items(), results, strict=True)
        }

    def run_in_slots(
        self, works: Mapping[K, Callable[[Detach], V]], timeout: float
    ) -> dict[K, Outcome[V]]:
        """Do as `run` for any number of keys, a few at a time; see `SLOTS`.

        What has not begun when the time is up is not begun any more.
        """
        with self.waiting():
            slots = {
                key: self._slots.submit(self._run_one, key, work) for key, work in works.items()
            }
            wait(slots.values(), timeout)
        for slot in slots.values():
            slot.cancel()
        late: Outcome[V] = Outcome(TimeoutError(), False)
        return {
            key: slot.result() if slot.done() and not slot.cancelled() else late
            for key, slot in slots.items()
        }

    def _run_one(self, key: K, work: Callable[[Detach], V]) -> Outcome[V]:
        future, collapsed = self.join(key, work)
        (result,) = outcomes([future], None)
        return Outcome(result, collapsed)

    def join(self, key: K, work: Callable[[Detach], V]) -> tuple[Future[V], bool]:
        """Join the key's flight, or start one; True where another request had started it."""
        with self._lock:
            flight = self._flights.get(key)
            if flight is not None:
                flight.shared = True
                return flight.future, True
            failed = self._recent_failure(key)
            if failed is not None:
                return failed, True
            flight = self._flights[key] = _Flight()
            self._executor.submit(self._run, key, flight, work)
            return flight.future, False

    def _recent_failure(self, key: K) -> Future[V] | None:
        now = self._clock()
        if self._failures:
            self._failures = {
                key: (until, future)
                for key, (until, future) in self._failures.items()
                if now < until
            }
        found = self._failures.get(key)
        return None if found is None else found[1]

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Count as a request that waits, as long as the context lasts."""
        with self._lock:
            if self._waiting >= self._max_waiting:
                raise TooManyWaiting
            self._waiting += 1
        try:
            yield
        finally:
            with self._lock:
                self._waiting -= 1

    def _run(self, key: K, flight: _Flight[V], work: Callable[[Detach], V]) -> None:
        def detach() -> None:
            with self._lock:
                if self._flights.get(key) is flight:
                    del self._flights[key]

        try:
            value = work(detach)
        except BaseException as error:  # noqa: BLE001 - for those who wait
            flight.future.set_exception(error)
            with self._lock:
                if flight.shared and self._flights.get(key) is flight:
                    self._failures[key] = (self._clock() + FAILURE_SHARED, flight.future)
        else:
            flight.future.set_result(value)
        finally:
            detach()


def outcomes(futures: Sequence[Future[V]], timeout: float | None) -> list[V | BaseException]:
    """Wait for flights, so many seconds in all; a TimeoutError stands for one that takes longer."""
    wait(futures, timeout)
    return [
        TimeoutError() if not future.done() else future.exception() or future.result()
        for future in futures
    ]
