"""Bodies of requests, read before a thread works on them: a client that is slow holds none."""

import asyncio
from collections.abc import AsyncIterable
from typing import Final

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
        self._held = 0

    async def receive(self, chunks: AsyncIterable[bytes], declared: int | None) -> bytes:
        """Read a body to its end.

        Args:
            chunks: what arrives. An empty one is the end, and one more that the connection broke.
            declared: its `Content-Length`; None where it is chunked.

        Raises:
            Problem: 408 where it takes longer than `SECONDS` or the server stops, 400 where the
                connection ended before it, 413 where it is longer than `LONGEST`, 503 where the
                process reads as much as it may (RFC 9110 section 15.5).
        """
        if declared is not None and declared > LONGEST:
            raise _too_long()
        body = bytearray()
        try:
            async with asyncio.timeout(SECONDS):
                ends = await self._collect(chunks, body)
        except (TimeoutError, asyncio.CancelledError):
            detail = f"The body has to be there within {SECONDS:.0f} seconds."
            raise Problem(408, "request-timeout", detail) from None
        finally:
            self._held -= len(body)
        if ends > 1 or (declared is not None and len(body) < declared):
            raise Problem(400, "bad-request", "The connection ended before the body did.")
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
                detail = "Too many bodies are being sent. Try again shortly."
                raise Problem(503, "service-unavailable", detail, headers={"Retry-After": "5"})
        return ends


def _too_long() -> Problem:
    return Problem(413, "request-entity-too-large", f"A body has {LONGEST:,} bytes at most.")
