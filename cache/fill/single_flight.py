"""Single flight: a process does the work for a key once, and all who ask meanwhile share it.

A flight runs in a thread of its own, so that it goes on whatever happens to those who wait for
it, the first one included. Each of them has its own deadline. A flight waits for its turn in a
lane; when the last of those who wait for it leaves before that, it is dropped.
"""

import time
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from enum import Enum
from itertools import count
from threading import Lock
from typing import Final, Generic, NamedTuple, TypeVar

from cache.fill.abandonment import Abandoned, is_abandoned, wait_for

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
Detach = Callable[[], None]
"""Called by a flight's work before it reads or stores what its value is made of. A later caller
may know of something newer, such as a purge, so it gets another flight."""

MAX_FLIGHTS: Final = 16
"""At once, others queue: more would crowd the database's few connections, and at the upstream's
pace not be done by their deadlines."""
MAX_WAITING: Final = 240
"""Requests that may wait at once; the server's other threads are there for hits."""
GUESSES_WAITING: Final = 24
"""Of those, how many may wait for guesses, which come slowly: the other places are for others."""
FAILURE_SHARED: Final = 1.0
"""Seconds for which a failure that several waited for is the answer for latecomers too: they
came with the others, and were only slower."""


class Lane(Enum):
    """Where a flight waits for its turn."""

    ONE = "one"
    """For a request that needs one or two."""
    BATCH = "batch"
    """For one that needs many."""
    GUESS = "guess"
    """For keys that may be made up, which should keep nobody else waiting."""


AT_ONCE: Final = {Lane.ONE: MAX_FLIGHTS, Lane.BATCH: 6, Lane.GUESS: 2}
"""Flights of a lane that may be under way at once: of batches few enough that a single request
finds a free one and that each is done by its deadline, and enough to keep the upstream's pace at
50 ms a request."""


class Outcome(NamedTuple, Generic[V]):
    """What became of a key's flight, and whether another request had started it."""

    result: V | BaseException
    collapsed: bool


class Task(NamedTuple, Generic[V]):
    """The work of a flight, and its lane."""

    work: Callable[[Detach], V]
    lane: Lane = Lane.ONE


class TooManyWaiting(Exception):
    """As many requests wait as may; one more would take the threads that others need."""


class Flight(Future[V], Generic[K, V]):
    """A flight, which is done when it has landed."""

    def __init__(self, key: K, task: Task[V], number: int) -> None:
        super().__init__()
        self.key = key
        self.work, self.lane = task
        self.number = number
        self.waiting = 0
        self.shared = False
        self.shared_until = 0.0


class SingleFlight(Generic[K, V]):
    """The flights of a process, by key."""

    def __init__(
        self, max_waiting: int = MAX_WAITING, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._executor = ThreadPoolExecutor(MAX_FLIGHTS, "flight")
        self._max_waiting = max_waiting
        self._clock = clock
        self._lock = Lock()
        self._numbers = count()
        self._flights: dict[K, Flight[K, V]] = {}
        self._queues: dict[Lane, dict[int, Flight[K, V]]] = {lane: {} for lane in Lane}
        self._under_way = dict.fromkeys(Lane, 0)
        self._failures: dict[K, Flight[K, V]] = {}
        self._waiting = 0
        self._guessing = 0

    def run(self, tasks: Mapping[K, Task[V]], timeout: float | None = None) -> dict[K, Outcome[V]]:
        """Start or join a flight for each key at once, and wait so many seconds for all of them.

        A TimeoutError stands for what takes longer, `Abandoned` for what the caller did not wait
        for, TooManyWaiting for what is not waited for since as many requests wait as may.
        """
        if is_abandoned():
            return {key: Outcome(Abandoned(), False) for key in tasks}
        joined: dict[K, tuple[Flight[K, V], bool]] = {}
        with self.waiting(tasks) as admitted:
            try:
                for key, task in admitted.items():
                    joined[key] = self.join(key, task)
                results = outcomes([flight for flight, _ in joined.values()], timeout)
            finally:
                for flight, _ in joined.values():
                    self.leave(flight)
        found = {key: Outcome[V](TooManyWaiting(), False) for key in tasks}
        for (key, (_, collapsed)), result in zip(joined.items(), results, strict=True):
            found[key] = Outcome(result, collapsed)
        return found

    def join(self, key: K, task: Task[V]) -> tuple[Flight[K, V], bool]:
        """Join the key's flight, or start one; True where another request had started it.

        Who joins has to `leave`.
        """
        with self._lock:
            flight = self._flights.get(key) or self._recent_failure(key)
            collapsed = flight is not None
            if flight is None:
                flight = Flight(key, task, next(self._numbers))
                self._flights[key] = self._queues[flight.lane][flight.number] = flight
            else:
                flight.shared = True
                self._advance(flight, task.lane)
            flight.waiting += 1
            self._begin_due()
            return flight, collapsed

    def leave(self, flight: Flight[K, V]) -> None:
        """Wait for a flight no more; if nobody does and it has not begun, it is dropped."""
        with self._lock:
            flight.waiting -= 1
            if not flight.waiting and flight.number in self._queues[flight.lane]:
                del self._queues[flight.lane][flight.number]
                self._forget(flight)

    def _advance(self, flight: Flight[K, V], lane: Lane) -> None:
        """Let a flight of a batch that is needed by itself go with those."""
        if lane is Lane.ONE and flight.number in self._queues[Lane.BATCH]:
            del self._queues[Lane.BATCH][flight.number]
            flight.lane = lane
            self._queues[lane][flight.number] = flight

    def _begin_due(self) -> None:
        """Begin the flights that may be under way, those that have waited longest first."""
        while sum(self._under_way.values()) < MAX_FLIGHTS:
            due = [
                next(iter(queue.values()))
                for lane, queue in self._queues.items()
                if queue and self._under_way[lane] < AT_ONCE[lane]
            ]
            if not due:
                return
            flight = min(due, key=lambda each: each.number)
            del self._queues[flight.lane][flight.number]
            self._under_way[flight.lane] += 1
            self._executor.submit(self._run, flight)

    def _recent_failure(self, key: K) -> Flight[K, V] | None:
        now, failed = self._clock(), self._failures.values()
        self._failures = {one.key: one for one in failed if now < one.shared_until}
        return self._failures.get(key)

    @contextmanager
    def waiting(self, tasks: Mapping[K, Task[V]]) -> Iterator[Mapping[K, Task[V]]]:
        """Count as one waiting request while the context lasts; yield the tasks it may wait for."""
        with self._lock:
            admitted = {
                key: task
                for key, task in tasks.items()
                if self._waiting < self._max_waiting
                and (task.lane is not Lane.GUESS or self._guessing < GUESSES_WAITING)
            }
            guesses = any(task.lane is Lane.GUESS for task in admitted.values())
            self._waiting += bool(admitted)
            self._guessing += guesses
        try:
            yield admitted
        finally:
            with self._lock:
                self._waiting -= bool(admitted)
                self._guessing -= guesses

    def _forget(self, flight: Flight[K, V]) -> None:
        """Let who asks next have another flight."""
        if self._flights.get(flight.key) is flight:
            del self._flights[flight.key]

    def _run(self, flight: Flight[K, V]) -> None:
        def detach() -> None:
            with self._lock:
                self._forget(flight)

        try:
            value = flight.work(detach)
        except BaseException as error:  # noqa: BLE001 - for those who wait
            flight.set_exception(error)
            with self._lock:
                if flight.shared and self._flights.get(flight.key) is flight:
                    flight.shared_until = self._clock() + FAILURE_SHARED
                    self._failures[flight.key] = flight
        else:
            flight.set_result(value)
        finally:
            with self._lock:
                self._forget(flight)
                self._under_way[flight.lane] -= 1
                self._begin_due()


def outcomes(futures: Sequence[Future[V]], timeout: float | None) -> list[V | BaseException]:
    """Wait for flights, so many seconds in all; a TimeoutError stands for one that takes longer."""
    wait_for(futures, timeout)
    late: type[TimeoutError] = Abandoned if is_abandoned() else TimeoutError
    return [
        late() if not future.done() else future.exception() or future.result() for future in futures
    ]
