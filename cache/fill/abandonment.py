"""Waiting that ends when nobody waits for the answer any more.

A server that notices when a caller hangs up gives each request an event, which is set then. A
thread that works on the request watches it, and then stops waiting for fills.
"""

import time
from collections.abc import Collection
from concurrent.futures import Future, wait
from contextvars import ContextVar
from threading import Event
from typing import Any, Final

LOOK: Final = 0.1
"""Seconds between two looks whether the caller is there still."""

_gone: ContextVar[Event | None] = ContextVar("gone", default=None)


class Abandoned(TimeoutError):
    """The caller has gone, so that nobody waits for the answer."""


def watch(gone: Event | None) -> None:
    """Have this thread work for a caller who has gone once the event is set.

    None is for a caller of whom nobody tells; the thread then waits as long as it would.
    """
    _gone.set(gone)


def is_abandoned() -> bool:
    """Return whether the caller that this thread works for has gone."""
    gone = _gone.get()
    return gone is not None and gone.is_set()


def wait_for(futures: Collection[Future[Any]], timeout: float | None) -> None:
    """Wait until all are done, for so many seconds at most, or until the caller has gone."""
    gone = _gone.get()
    if gone is None:
        wait(futures, timeout)
        return
    ends_at = float("inf") if timeout is None else time.monotonic() + timeout
    left: Collection[Future[Any]] = futures
    while left and not gone.is_set() and (seconds := ends_at - time.monotonic()) > 0:
        left = wait(left, min(LOOK, seconds)).not_done
