"""Finished answers in memory: the latest as they are sent, the others packed; in gzip if asked."""

import zlib
from collections import deque
from datetime import datetime
from threading import Lock
from typing import Final

from app.response_cache.answer import NEVER, Answer
from app.response_cache.buffered_counters import BufferedCounters
from app.response_cache.cors import Cors
from app.response_cache.headers import Hit, Sharing, hit_headers, unchecked_headers
from app.response_cache.negotiation import GZIP, gunzipped, gzip_etag, gzipped, is_packable

Headers = list[tuple[str, str]]
Own = tuple[tuple[str, str], ...]

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
    """A finished answer in memory: packed, unpacked, in gzip, or several of these.

    Attributes:
        is_packable: whether it is offered in gzip.
        own: its headers that the coding decides about; `gzip_own` those in gzip, once it was made.
    """

    __slots__ = ("body", "etag", "expires_at", "fixed", "full", "gzip", "gzip_own", "headers",
                 "hits", "is_aged", "is_packable", "longest", "not_modified", "own",
                 "packed", "size")  # fmt: skip

    def __init__(self, answer: Answer, hits: tuple[Hit, ...], counters: BufferedCounters) -> None:
        # A copy, since the writer of JSON leaves twice the room that the text takes.
        self.body: bytes | None = bytes(memoryview(answer.body))
        self.packed: bytes | None = None
        self.size = BESIDE + len(answer.body) // PACKED
        self.fixed = answer.fixed
        self.etag = answer.etag
        content, length = ("Content-Type", answer.content_type), str(len(answer.body))
        self.own: Own = content, ("Content-Length", length), ("ETag", answer.etag)
        self.is_packable = is_packable(answer.content_type, len(answer.body))
        self.gzip: bytes | None = None
        self.gzip_own: Own = ()
        if answer.packed is not None:
            self.keep_gzip(answer.packed)
        self.hits = hits
        self.expires_at = answer.expires_at
        self.longest = answer.longest
        self.is_aged = answer.is_aged
        self.full = counters.counter(answer.endpoint, 200, len(hits))
        self.not_modified = counters.counter(answer.endpoint, 304, len(hits))
        self.headers: tuple[datetime, datetime, Headers] = NOTHING

    def pack(self, dictionary: bytes) -> None:
        """Keep it small: what it shares with the dictionary takes next to nothing."""
        body = self.body
        if self.packed is None and self.gzip is None and body is not None:
            packer = zlib.compressobj(wbits=RAW, zdict=dictionary)
            self.packed = packer.compress(body) + packer.flush()
        self.body, self.headers = None, NOTHING

    def unpack(self, dictionary: bytes) -> bytes:
        """Take out what was packed with the same dictionary, or in gzip."""
        if self.packed is None:
            return gunzipped(self.gzip or b"")
        return zlib.decompressobj(wbits=RAW, zdict=dictionary).decompress(self.packed)

    def keep_gzip(self, packed: bytes) -> None:
        """Keep it in gzip too, for as long as it is kept."""
        content, length = self.own[0], ("Content-Length", str(len(packed)))
        self.gzip_own = content, GZIP, length, ("ETag", gzip_etag(self.etag))
        self.gzip = packed  # last: whoever sees it sees the headers too

    def holds(self, etag: str, *, in_gzip: bool) -> bool:
        """Say whether a copy with an ETag is this answer, as it is or in gzip where that is asked.

        Never in gzip otherwise: a cache that asks with all that it has would hand it to someone who
        cannot read it (RFC 9111 section 4.3.1).
        """
        return etag == self.etag or (in_gzip and etag == gzip_etag(self.etag))

    def headers_at(self, now: datetime, sharing: Sharing, cors: Cors) -> Headers:
        """Return the headers of either coding, written anew when their first figure counts on."""
        since, until, headers = self.headers
        if not since <= now < until:
            until, lifetime = self.expires_at, dict[str, str]()
            if self.is_aged:
                until, lifetime = hit_headers(self.hits, now, sharing.at_most(self.longest))
            headers = [*cors.added_to(self.fixed), *lifetime.items()]
            self.headers = now, until, headers
        return headers

    def headers_unchecked(self, now: datetime, sharing: Sharing, cors: Cors) -> Headers:
        """Return these headers where the database cannot be asked about the entries."""
        if not self.is_aged:
            return cors.added_to(self.fixed)
        lifetime = unchecked_headers(self.hits, now, sharing.at_most(self.longest))
        return [*cors.added_to(self.fixed), *lifetime.items()]


class Unpacked:
    """The answers that are kept as they are sent, or their headers: the latest made or asked for.

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
            length = len(kept.body or b"") or BESIDE
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
        kept.body = body = kept.unpack(self._dictionary)
        self.add(kept)
        return body

    def gzip_of(self, kept: CachedResponse) -> bytes:
        """Return an answer in gzip: made once, as it is small enough to be kept with the answer."""
        packed = kept.gzip
        if packed is None:
            packed = gzipped(kept.body or kept.unpack(self._dictionary))
            kept.keep_gzip(packed)
        if kept.body is None and kept.headers is NOTHING:
            self.add(kept)  # since its headers are about to be kept
        return packed

    def _set_dictionary(self) -> None:
        latest = list(self._answers)[-SAMPLES:]
        self._dictionary = b"".join(kept.body or b"" for kept, _ in latest)[-WINDOW:] or b"{}"
