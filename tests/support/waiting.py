"""Many threads that do one thing at once, each with the moment at which it was done."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier
from typing import Any


@dataclass(frozen=True)
class Done:
    """What a thread got, an exception included; its time is of `time.monotonic`."""

    result: Any
    began: float
    ended: float

    @property
    def seconds(self) -> float:
        return self.ended - self.began


def at_once(works: Sequence[Callable[[], object]], seconds: float = 60.0) -> list[Done]:
    """Do each work in a thread of its own, begun together."""
    barrier = Barrier(len(works))

    def do(work: Callable[[], object]) -> Done:
        barrier.wait(seconds)
        began = time.monotonic()
        try:
            result: object = work()
        except Exception as error:  # noqa: BLE001 - it is the result
            result = error
        return Done(result, began, time.monotonic())

    with ThreadPoolExecutor(len(works)) as pool:
        return [future.result(seconds) for future in [pool.submit(do, work) for work in works]]
