"""Bodies of requests, read before a thread works on them: a client that is slow holds none."""

import asyncio
from collections.abc import AsyncIterable
from typing import Any, Final, cast

from app.problems import Problem

SECONDS: Final = 10.0
"""From the end of its head until a body has to be there."""
LONGEST: Final = 1_000_000
"""Bytes of a body; no more is read of a longer one."""
MOST_AT_ONCE: Final = 64_000_000
"""Bytes of all bodies that a process is reading."""


class Bodies:
    """Reads the bodies of a process; belongs to its event loop."""

    def __init__(self) -> None:
        self._read: dict[asyncio.Task[Any], bytearray] = {}
        self._held = 0
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
        task = cast("asyncio.Task[Any]", asyncio.current_task())
        body = self._read[task] = bytearray()
        try:
            async with asyncio.timeout(SECONDS):
                ends = await self._collect(chunks, body)
        except TimeoutError:
            detail = f"The body has to be there within {SECONDS:.0f} seconds."
            raise Problem(408, "request-timeout", detail) from None
        except asyncio.CancelledError:
            reason = "reads too many bodies" if task in self._evicted else "is stopping"
            raise _unavailable(reason) from None
        finally:
            self._held -= len(self._read.pop(task, b""))
            self._evicted.discard(task)
        if ends > 1 or (declared is not None and len(body) < declared):
            detail = "The body was cut short, or has trailers, which are not taken."
            raise Problem(400, "bad-request", detail)
        return bytes(body)

    async def _collect(self, chunks: AsyncIterable[bytes], body: bytearray) -> int:
        """Append what arrives; return how many chunks were empty."""
        ends = 0
        async for chunk in chunks:
            ends += not chunk
            body += chunk
            self._held += len(chunk)
            if len(body) > LONGEST:
                raise _too_long()
            if self._held > MOST_AT_ONCE:
                self._evict()
        return ends

    def _evict(self) -> None:
        """Give up the body of which most is here: whoever sends little shall not pay for it."""
        longest = max(self._read, key=lambda task: len(self._read[task]))
        self._held -= len(self._read.pop(longest))
        self._evicted.add(longest)
        longest.cancel()


def _too_long() -> Problem:
    return Problem(413, "request-entity-too-large", f"A body has {LONGEST:,} bytes at most.")


def _unavailable(reason: str) -> Problem:
    detail = f"The server {reason}. Try again shortly."
    return Problem(503, "service-unavailable", detail, headers={"Retry-After": "5"})
