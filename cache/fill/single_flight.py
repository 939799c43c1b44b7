"""One flight at a time for a key within a process: who asks meanwhile waits for its outcome.

A flight runs in a thread of its own, so that nothing that happens to those who wait, the first
one included, ends it. Each of them has a deadline of its own.
"""

import time
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from threading import Lock
from typing import Final, Generic, NamedTuple, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
Land = Callable[[], None]
"""Called by a flight's work before it reads or stores what its value is made of: whoever asks
from then on may know of something newer, such as a purge, and is given a flight of its own."""

MAX_FLIGHTS: Final = 16
"""At once, others queue: more would crowd the database's few connections, and at the upstream's
pace not be done by their deadlines."""
TURNS: Final = 6
"""Of those, how many all requests together fly that need a great many: so few that whoever needs
one flight finds a free one, and that each is done by its deadline; so many that the upstream's
pace is kept at 50 ms a request."""
MAX_WAITING: Final = 240
"""Requests that may wait at once; the server's other threads are there for hits."""
FAILURE_SHARED: Final = 1.0
"""Seconds for which a failure that several waited for is the answer for latecomers too: they
came with the others, and were only slower."""


class Flown(NamedTuple, Generic[V]):
    """What became of a key's flight, and whether another request had started it."""

    outcome: V | BaseException
    collapsed: bool


class TooManyWaiting(Exception):
    """As many requests wait as may; one more would take the threads that hits need."""


class Flights(Generic[K, V]):
    """The flights of a process, by key."""

    def __init__(
        self, max_waiting: int = MAX_WAITING, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._executor = ThreadPoolExecutor(MAX_FLIGHTS, "flight")
        self._turns = ThreadPoolExecutor(TURNS, "turn")
        self._max_waiting = max_waiting
        self._clock = clock
        self._lock = Lock()
        self._flights: dict[K, _Flight[V]] = {}
        self._failures: dict[K, tuple[float, Future[V]]] = {}
        self._waiting = 0

    def fly(self, works: Mapping[K, Callable[[Land], V]], seconds: float) -> dict[K, Flown[V]]:
        """Start or join a flight for each key at once, and wait so many seconds for all of them.

        A TimeoutError stands for what takes longer.

        Raises:
            TooManyWaiting: where as many requests wait as may.
        """
        with self.waiting():
            joined = {key: self.join(key, work) for key, work in works.items()}
            ended = outcomes([future for future, _ in joined.values()], seconds)
        return {
            key: Flown(outcome, collapsed)
            for (key, (_, collapsed)), outcome in zip(joined.items(), ended, strict=True)
        }

    def fly_in_turns(
        self, works: Mapping[K, Callable[[Land], V]], seconds: float
    ) -> dict[K, Flown[V]]:
        """Do as `fly` for any number of keys, a few at a time; see `TURNS`.

        What has not begun when the time is up is not begun any more.
        """
        with self.waiting():
            turns = {key: self._turns.submit(self._turn, key, work) for key, work in works.items()}
            wait(turns.values(), seconds)
        for turn in turns.values():
            turn.cancel()
        late: Flown[V] = Flown(TimeoutError(), False)
        return {
            key: turn.result() if turn.done() and not turn.cancelled() else late
            for key, turn in turns.items()
        }

    def _turn(self, key: K, work: Callable[[Land], V]) -> Flown[V]:
        future, collapsed = self.join(key, work)
        (outcome,) = outcomes([future], None)
        return Flown(outcome, collapsed)

    def join(self, key: K, work: Callable[[Land], V]) -> tuple[Future[V], bool]:
        """Join the key's flight, or start one; tell which: True where another started it."""
        with self._lock:
            flight = self._flights.get(key)
            if flight is not None:
                flight.shared = True
                return flight.future, True
            failed = self._recent_failure(key)
            if failed is not None:
                return failed, True
            flight = self._flights[key] = _Flight()
            self._executor.submit(self._fly, key, flight, work)
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
        """Count as one that waits.

        Raises:
            TooManyWaiting: where as many do as may.
        """
        with self._lock:
            if self._waiting >= self._max_waiting:
                raise TooManyWaiting
            self._waiting += 1
        try:
            yield
        finally:
            with self._lock:
                self._waiting -= 1

    def _fly(self, key: K, flight: "_Flight[V]", work: Callable[[Land], V]) -> None:
        def land() -> None:
            with self._lock:
                if self._flights.get(key) is flight:
                    del self._flights[key]

        try:
            value = work(land)
        except BaseException as error:  # noqa: BLE001 - theirs who wait
            flight.future.set_exception(error)
            with self._lock:
                if flight.shared and self._flights.get(key) is flight:
                    self._failures[key] = (self._clock() + FAILURE_SHARED, flight.future)
        else:
            flight.future.set_result(value)
        finally:
            land()


class _Flight(Generic[V]):
    def __init__(self) -> None:
        self.future: Future[V] = Future()
        self.shared = False


def outcomes(futures: Sequence[Future[V]], seconds: float | None) -> list[V | BaseException]:
    """Wait for flights, so many seconds in all; a TimeoutError stands for one that takes longer."""
    wait(futures, seconds)
    return [
        TimeoutError() if not future.done() else future.exception() or future.result()
        for future in futures
    ]
