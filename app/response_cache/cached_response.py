"""Finished answers in memory: the latest as they are sent, the others packed."""

import zlib
from collections import deque
from datetime import datetime
from threading import Lock
from typing import Final

from app.response_cache.answer import NEVER, Answer
from app.response_cache.buffered_counters import BufferedCounters
from app.response_cache.headers import Hit, Sharing, hit_headers, unchecked_headers

Headers = list[tuple[str, str]]

BESIDE: Final = 1_000
"""Bytes that the key, headers and counters of an answer take."""
PACKED: Final = 4
"""How many times smaller a packed body is counted; most are by a dozen."""
UNPACKED: Final = 6_000_000
"""Bytes of bodies that are kept as they are sent."""
RAW: Final = -15
"""Deflate without zlib's frame: its checksum of the dictionary takes twice as long as unpacking."""
WINDOW: Final = 32_768
"""Bytes that the packing looks back (RFC 1951)."""
SAMPLES: Final = 6
NOTHING: Final[tuple[datetime, datetime, Headers]] = NEVER, NEVER, []


class CachedResponse:
    """A finished answer in memory: packed, unpacked, or both."""

    __slots__ = ("body", "content", "etag", "expires_at", "fixed", "full", "headers", "hits",
                 "length", "longest", "not_modified", "packed", "size")  # fmt: skip

    def __init__(self, answer: Answer, hits: tuple[Hit, ...], counters: BufferedCounters) -> None:
        # A copy, since the writer of JSON leaves twice the room that the text takes.
        self.body: bytes | None = bytes(memoryview(answer.body))
        self.packed: bytes | None = None
        self.size = BESIDE + len(answer.body) // PACKED
        self.length = str(len(answer.body))
        self.content = "Content-Type", answer.content_type
        self.fixed = answer.fixed
        self.etag = answer.etag
        self.hits = hits
        self.expires_at = answer.expires_at
        self.longest = answer.longest
        self.full = counters.counter(answer.endpoint, 200, len(hits))
        self.not_modified = counters.counter(answer.endpoint, 304, len(hits))
        self.headers: tuple[datetime, datetime, Headers] = NOTHING

    def pack(self, dictionary: bytes) -> None:
        """Keep it small: what it shares with the dictionary takes next to nothing."""
        body = self.body
        if self.packed is None and body is not None:
            packer = zlib.compressobj(wbits=RAW, zdict=dictionary)
            self.packed = packer.compress(body) + packer.flush()
        self.body, self.headers = None, NOTHING

    def unpack(self, dictionary: bytes) -> bytes:
        """Take out what was packed with the same dictionary."""
        self.body = body = zlib.decompressobj(wbits=RAW, zdict=dictionary).decompress(
            self.packed or b""
        )
        return body

    def headers_at(self, now: datetime, sharing: Sharing) -> Headers:
        """Return the headers, which are written anew when the first figure of theirs counts on."""
        since, until, headers = self.headers
        if not since <= now < until:
            until, lifetime = hit_headers(self.hits, now, sharing.at_most(self.longest))
            headers = [*self.fixed, *lifetime.items(), ("ETag", self.etag)]
            self.headers = now, until, headers
        return headers

    def headers_unchecked(self, now: datetime, sharing: Sharing) -> Headers:
        """Return the headers where the database cannot be asked about the entries."""
        lifetime = unchecked_headers(self.hits, now, sharing.at_most(self.longest))
        return [*self.fixed, *lifetime.items(), ("ETag", self.etag)]


class Unpacked:
    """The answers that are kept as they are sent: the latest that were made or asked for.

    Answers are much alike, so some of them are the dictionary that all are packed with.
    """

    def __init__(self) -> None:
        self._answers: deque[tuple[CachedResponse, int]] = deque()
        self._bytes = 0
        self._dictionary = b""
        self._lock = Lock()

    def add(self, kept: CachedResponse) -> None:
        """Keep an answer unpacked, and pack those that have been so longest, where need be."""
        with self._lock:
            length = len(kept.body or b"")
            self._answers.append((kept, length))
            self._bytes += length
            while self._bytes > UNPACKED:
                if not self._dictionary:
                    self._set_dictionary()
                first, length = self._answers.popleft()
                self._bytes -= length
                first.pack(self._dictionary)

    def body_of(self, kept: CachedResponse) -> bytes:
        """Unpack an answer, and keep it so."""
        body = kept.unpack(self._dictionary)
        self.add(kept)
        return body

    def _set_dictionary(self) -> None:
        latest = list(self._answers)[-SAMPLES:]
        self._dictionary = b"".join(kept.body or b"" for kept, _ in latest)[-WINDOW:] or b"{}"
