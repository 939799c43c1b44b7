"""Finished answers, kept in the process and served before Flask sees the request.

An answer is kept where it is a 200 made of fresh entries only: what it says is then a function of
the request and the entries. Errors are kept out since they name the request, stale answers since
they are to be renewed soon, and everything whose entries could have changed unseen. Whatever asks
for more than a plain GET (HEAD, a list in If-None-Match) is left to Flask.
"""

import secrets
import zlib
from collections import deque
from collections.abc import Callable, Hashable, Iterable
from datetime import datetime
from itertools import count
from sys import intern
from threading import Lock
from typing import Any, Final

from app.api.answer import KEPT, NEVER, Answer
from app.api.caching import Hit, hit_headers
from app.logs import REQUEST_ID
from app.tally import Tally
from cache.changes import Changes
from cache.copies import Copies
from cache.policy import Entry

Headers = list[tuple[str, str]]
Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]

ANSWERS: Final = 12_000
"""Answers kept; about 1.5 kB each with all that belongs to it, packed."""
UNPACKED: Final = 1_000
"""Answers of those that are kept as they are sent, about 6 kB each: the latest ones."""
SAMPLES: Final = 6
WINDOW: Final = 32_768
"""Bytes that the packing looks back (RFC 1951)."""
ALIASES: Final = 24_000
"""Ways of writing requests that are remembered, which may be several for an answer."""
KEPT_BELOW: Final = ("/skill-gap", "/occupations/")
"""Paths of answers that are kept; for others nobody needs to know of changes."""
NOTHING: Final[tuple[datetime, datetime, Headers]] = NEVER, NEVER, []
JSON: Final = ("Content-Type", "application/json")
LONGEST: Final = 200
"""Characters of path and query together that are remembered."""


class _Kept:
    """A kept answer: packed, unpacked, or both."""

    __slots__ = ("body", "etag", "expires_at", "full", "headers", "hits", "length",
                 "not_modified", "packed")  # fmt: skip

    def __init__(self, answer: Answer, hits: tuple[Hit, ...], tally: Tally) -> None:
        # A copy, since the writer of JSON leaves twice the room that the text takes.
        self.body: bytes | None = bytes(memoryview(answer.body))
        self.packed: bytes | None = None
        self.length = str(len(answer.body))
        self.etag = answer.etag
        self.hits = hits
        self.expires_at = answer.expires_at
        self.full = tally.counter(answer.endpoint, 200, len(hits))
        self.not_modified = tally.counter(answer.endpoint, 304, len(hits))
        self.headers: tuple[datetime, datetime, Headers] = NOTHING

    def pack(self, dictionary: bytes) -> None:
        """Keep it small: what it shares with the dictionary takes next to nothing."""
        body = self.body
        if self.packed is None and body is not None:
            packer = zlib.compressobj(zdict=dictionary)
            self.packed = packer.compress(body) + packer.flush()
        self.body, self.headers = None, NOTHING

    def unpack(self, dictionary: bytes) -> bytes:
        """Take out what was packed with the same dictionary."""
        self.body = body = zlib.decompressobj(zdict=dictionary).decompress(self.packed or b"")
        return body

    def headers_at(self, now: datetime) -> Headers:
        """Return the headers, which are written anew when the first figure of theirs counts on."""
        since, until, headers = self.headers
        if not since <= now < until:
            until, lifetime = hit_headers(self.hits, now)
            headers = [*lifetime.items(), ("ETag", self.etag)]
            self.headers = now, until, headers
        return headers


class FastWay:
    """WSGI middleware that serves kept answers and passes on everything else."""

    def __init__(
        self, inner: Wsgi, changes: Changes, tally: Tally, now: Callable[[], datetime]
    ) -> None:
        self._inner = inner
        self._tally = tally
        self._now = now
        self._answers: Copies[Hashable, _Kept] = Copies(changes, ANSWERS)
        self._aliases: dict[tuple[str, str], Hashable] = {}
        self._hits: dict[str, Hit] = {}
        self._unpacked: deque[_Kept] = deque()
        self._dictionary = b""
        self._lock = Lock()
        self._prefix = secrets.token_hex(12)
        self._ids = count()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Serve one request."""
        raw = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
        key = self._aliases.get(raw)
        if key is not None and environ["REQUEST_METHOD"] == "GET":
            kept = self._answers.get(key)
            if kept is not None:
                now = self._now()
                asked = environ.get("HTTP_IF_NONE_MATCH")
                if now < kept.expires_at and (asked is None or asked == kept.etag):
                    return self._serve(kept, now, asked is not None, environ, start_response)
        return self._pass_on(raw, environ, start_response)

    def _serve(
        self,
        kept: _Kept,
        now: datetime,
        not_modified: bool,
        environ: dict[str, Any],
        start_response: Any,
    ) -> Iterable[bytes]:
        given = environ.get("HTTP_X_REQUEST_ID")
        if given is None or REQUEST_ID.fullmatch(given) is None:
            given = f"{self._prefix}{next(self._ids):08x}"
        headers = kept.headers_at(now)
        if not_modified:
            kept.not_modified()
            start_response("304 NOT MODIFIED", [*headers, ("X-Request-ID", given)])
            return []
        kept.full()
        body = kept.body
        length = ("Content-Length", kept.length)
        start_response("200 OK", [JSON, length, *headers, ("X-Request-ID", given)])
        return [self._unpack(kept) if body is None else body]

    def _pass_on(
        self, raw: tuple[str, str], environ: dict[str, Any], start_response: Any
    ) -> Iterable[bytes]:
        kept = raw[0].startswith(KEPT_BELOW) and len(raw[0]) + len(raw[1]) <= LONGEST
        tick = self._answers.tick() if kept else None  # before anything is read
        if tick is None:
            return self._inner(environ, start_response)
        environ[KEPT] = None
        response = self._inner(environ, start_response)
        answer: Answer | None = environ.pop(KEPT)
        if answer is not None:
            self._keep(raw, answer, tick)
        return response

    def _keep(self, raw: tuple[str, str], answer: Answer, tick: int) -> None:
        kept = _Kept(answer, tuple(map(self._hit, answer.entries)), self._tally)
        self._answers.put(answer.key, kept, tick, [hit.key for hit in kept.hits])
        self._keep_unpacked(kept)
        if len(self._aliases) >= ALIASES:
            self._aliases = {}
        self._aliases[intern(raw[0]), raw[1]] = answer.key

    def _hit(self, entry: Entry) -> Hit:
        """Return what all answers made of an entry share."""
        hit = self._hits.get(entry.key)
        if hit is None or hit.entry != entry:
            if len(self._hits) >= ANSWERS:
                self._hits = {}
            hit = self._hits[entry.key] = Hit(entry)
        return hit

    def _unpack(self, kept: _Kept) -> bytes:
        body = kept.unpack(self._dictionary)
        self._keep_unpacked(kept)
        return body

    def _keep_unpacked(self, kept: _Kept) -> None:
        """Pack the one that has been unpacked longest, where there are too many."""
        self._unpacked.append(kept)
        if len(self._unpacked) > UNPACKED:
            if not self._dictionary:
                self._set_dictionary()
            self._unpacked.popleft().pack(self._dictionary)

    def _set_dictionary(self) -> None:
        """Take some answers for what all others share text with, once and for all."""
        with self._lock:
            if not self._dictionary:
                bodies = [kept.body or b"" for kept in list(self._unpacked)[-SAMPLES:]]
                self._dictionary = b"".join(bodies)[-WINDOW:] or b"{}"
