"""Bodies of requests, read before a thread works on them: a client that is slow holds none.

Most are short, and there with the head: such a body is taken by the thread that took the head. Any
other is read by the event loop.
"""

import asyncio
import os
from collections.abc import AsyncIterable, AsyncIterator, Generator
from contextlib import asynccontextmanager, suppress
from typing import Any, Final, Protocol, cast

from app.problems import Problem

SECONDS: Final = 10.0
"""From the end of its head until a body has to be there."""
LONGEST: Final = 1_000_000
"""Bytes of a body; no more is read of a longer one."""
SHORT: Final = 50_000
"""Bytes up to which a body is read whole: to look at each part of it takes longer."""
LOOKS: Final = 8
"""How often it is looked whether a short body is there; nine in ten are by the third time."""
MOST_AT_ONCE: Final = 64_000_000
"""Bytes of all bodies that a process is reading."""


class Whole(Protocol):
    """A body that the server reads whole, as a future is."""

    def __await__(self) -> Generator[Any, None, bytes]:
        """Wait for it."""

    def done(self) -> bool:
        """Whether it is there, or never will be."""

    def result(self) -> bytes:
        """Return it; raises RuntimeError where the connection broke."""


def arrived(body: Whole, declared: int) -> bytes | None:
    """Return a body that is there already; None where it is not yet.

    Raises:
        Problem: 400 where the connection broke.
    """
    for _ in range(LOOKS):
        if body.done():
            return _checked(body, declared)
        os.sched_yield()  # to the server's own thread, which needs nothing of this one's
    return None


def _checked(body: Whole, declared: int) -> bytes:
    with suppress(RuntimeError):  # Granian's, where the connection broke
        if len(found := body.result()) == declared:
            return found
    raise _cut_short()


class Bodies:
    """Reads the bodies of a process; belongs to its event loop."""

    def __init__(self) -> None:
        self._held: dict[asyncio.Task[Any], int] = {}
        self._in_all = 0
        self._evicted: set[asyncio.Task[Any]] = set()

    async def receive(self, chunks: AsyncIterable[bytes], declared: int | None) -> bytes:
        """Read a body to its end, in a task of its own.

        Args:
            chunks: what arrives. An empty one is the end, and one more that the connection broke,
                or that something comes after the last chunk.
            declared: its `Content-Length`; None where it is chunked.

        Raises:
            Problem: 408 where it takes longer than `SECONDS`, 400 where it ended otherwise than it
                should, 413 where it is longer than `LONGEST`, 503 where the server stops, or where
                the process reads as much as it may and most of that is this one's (RFC 9110 section
                15.5).
        """
        if declared is not None and declared > LONGEST:
            raise _too_long()
        body, ends = bytearray(), 0
        async with self._reading() as task:
            async for chunk in chunks:
                ends += not chunk
                body += chunk
                if len(body) > LONGEST:
                    raise _too_long()
                self._hold(task, len(chunk))
        if ends > 1 or (declared is not None and len(body) < declared):
            raise _cut_short()
        return bytes(body)

    async def receive_whole(self, body: Whole, declared: int) -> bytes:
        """Wait for a body that is read whole, in a task of its own.

        It counts with its declared length, since nobody knows how much of it has arrived.

        Raises:
            Problem: as `receive` does.
        """
        async with self._reading() as task:
            self._hold(task, declared)
            with suppress(RuntimeError):  # told below
                await body
        return _checked(body, declared)

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[asyncio.Task[Any]]:
        """Bound for how long a task reads; say why where that has to end."""
        task = cast("asyncio.Task[Any]", asyncio.current_task())
        self._held[task] = 0
        try:
            async with asyncio.timeout(SECONDS):
                yield task
        except TimeoutError:
            detail = f"The body has to be there within {SECONDS:.0f} seconds."
            raise Problem(408, "request-timeout", detail) from None
        except asyncio.CancelledError:
            reason = "reads too many bodies" if task in self._evicted else "is stopping"
            raise _unavailable(reason) from None
        finally:
            self._in_all -= self._held.pop(task, 0)
            self._evicted.discard(task)

    def _hold(self, task: asyncio.Task[Any], more: int) -> None:
        """Count what a task holds; give up the body of which most is here where it is too much.

        So whoever sends little does not pay for it.
        """
        self._held[task] += more
        self._in_all += more
        if self._in_all > MOST_AT_ONCE:
            longest = max(self._held, key=self._held.__getitem__)
            self._in_all -= self._held.pop(longest)
            self._evicted.add(longest)
            longest.cancel()


def _cut_short() -> Problem:
    detail = "The body was cut short, or has trailers, which are not taken."
    return Problem(400, "bad-request", detail)


def _too_long() -> Problem:
    return Problem(413, "request-entity-too-large", f"A body has {LONGEST:,} bytes at most.")


def _unavailable(reason: str) -> Problem:
    detail = f"The server {reason}. Try again shortly."
    return Problem(503, "service-unavailable", detail, headers={"Retry-After": "5"})
