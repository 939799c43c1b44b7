"""Finished answers, kept in the process and served before Flask sees the request.

Only a 200 made of fresh entries, or of none, is kept: it depends on nothing but the request and the
entries, which may be all of a domain.
Errors are not kept, since they name the request; nor are stale answers, which are renewed soon, nor
answers whose entries may have changed unseen. Flask serves what asks for more than a plain GET
(HEAD, a list in If-None-Match) or for another format than the default one.
"""

from collections.abc import Callable, Hashable, Iterable
from datetime import datetime
from sys import intern
from typing import Any, Final, NamedTuple

from app.logs import RequestIds
from app.response_cache.answer import Answer, AnswerBody
from app.response_cache.buffered_counters import BufferedCounters
from app.response_cache.cached_response import CachedResponse, Own, Unpacked
from app.response_cache.cors import Cors
from app.response_cache.headers import Hit, Sharing
from app.response_cache.negotiation import prefers_csv, prefers_gzip
from cache.entries.invalidation import ANY, Changes
from cache.local.bounded_cache import BoundedCache
from cache.policy import Entry

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]

CAPACITY: Final = 28_000_000
"""Bytes that cached responses take; about 12,000 of those that compare 35 skills."""
ALIASES: Final = 24_000
"""Ways of writing requests that are remembered, which may be several for an answer."""
PAGE: Final = "/"
KEPT_BELOW: Final = ("/skill-gap", "/occupations/", "/elements")
"""Paths of answers that are kept, with that of the page; for others nobody needs to know of
changes."""
STATUS_LINES: Final = {200: "200 OK", 304: "304 NOT MODIFIED"}
FIELDS: Final = {
    name: "HTTP_" + name.upper().replace("-", "_")
    for name in ("accept", "accept-encoding", "if-none-match", "origin", "x-request-id")
}
"""Where the environ of PEP 3333 has the headers that matter here."""
LONGEST: Final = 200
"""Characters of path and query together that are remembered."""


class ReadyAnswer(NamedTuple):
    """An answer as it is sent."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


class ResponseCache:
    """WSGI middleware that serves cached responses and passes on everything else."""

    def __init__(
        self,
        inner: Wsgi,
        changes: Changes,
        counters: BufferedCounters,
        ids: RequestIds,
        now: Callable[[], datetime],
        sharing: Sharing,
        cors: Cors,
    ) -> None:
        self._inner = inner
        self._counters = counters
        self._ids = ids
        self._now = now
        self._sharing = sharing
        self._cors = cors
        self._answers: BoundedCache[Hashable, CachedResponse] = BoundedCache(changes, CAPACITY)
        self._aliases: dict[tuple[str, str], Hashable] = {}
        self._hits: dict[str, Hit] = {}
        self._unpacked = Unpacked()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Serve one request."""
        get = environ.get
        accept = get("HTTP_ACCEPT")
        if accept is not None and prefers_csv(accept):
            return self._inner(environ, start_response)
        if environ["REQUEST_METHOD"] == "GET":
            query = get("QUERY_STRING", "")
            kept = self.find(environ["PATH_INFO"], query, lambda name: get(FIELDS[name]))
            if kept is not None:
                start_response(STATUS_LINES[kept.status], kept.headers)
                return [kept.body] if kept.body else []
        return self._pass_on(environ, start_response)

    def find(
        self, path: str, query: str, header: Callable[[str], str | None]
    ) -> ReadyAnswer | None:
        """Return the answer to a GET where it is kept.

        Path and query are as PEP 3333 has them; `header` returns the request's header of a name in
        lower case, and None where it has none.
        """
        key = self._aliases.get((path, query))
        if key is None:
            return None
        accept = header("accept")
        if accept is not None and prefers_csv(accept):
            return None
        found = self._answers.get(key)
        if found is None:
            return None
        kept, unchecked = found
        now = self._now()
        if now >= kept.expires_at:
            return None
        chosen = self._choose(kept, header)
        if chosen is None:
            return None
        status, own, body = chosen
        headers_at = kept.headers_unchecked if unchecked else kept.headers_at
        headers = headers_at(now, self._sharing, self._cors)
        given = "X-Request-ID", self._ids.taken_or_made(header("x-request-id"))
        if self._cors.by_origin:
            headers = [*headers, *self._cors.allowed(header("origin"))]
        return ReadyAnswer(status, [*own, *headers, given], body)

    def _choose(
        self, kept: CachedResponse, header: Callable[[str], str | None]
    ) -> tuple[int, Own, bytes] | None:
        """Choose between 304, the answer in gzip and as it is; None where Flask has to look."""
        coding, etag = header("accept-encoding"), header("if-none-match")
        in_gzip = coding is not None and kept.is_packable and prefers_gzip(coding)
        if etag is not None:
            if not kept.holds(etag, in_gzip=in_gzip):
                return None
            kept.not_modified()
            return 304, (("ETag", etag),), b""
        kept.full()
        if in_gzip:
            body = self._unpacked.gzip_of(kept)  # before its headers, which that makes
            return 200, kept.gzip_own, body
        return 200, kept.own, kept.body or self._unpacked.body_of(kept)

    def _pass_on(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        raw = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
        kept = raw[0].startswith(KEPT_BELOW) or raw[0] == PAGE
        kept = kept and len(raw[0]) + len(raw[1]) <= LONGEST
        kept = kept and environ["REQUEST_METHOD"] != "POST"
        tick = self._answers.tick() if kept else None  # before anything is read
        if tick is None:
            return self._inner(environ, start_response)
        response = self._inner(environ, start_response)
        if isinstance(response, AnswerBody):
            self._keep(raw, response.answer, tick)
        return response

    def _keep(self, raw: tuple[str, str], answer: Answer, tick: int) -> None:
        kept = CachedResponse(answer, tuple(map(self._hit, answer.entries)), self._counters)
        keys = [*[hit.key for hit in kept.hits], *[(one, ANY) for one in answer.of_domains]]
        self._answers.put(answer.key, kept, tick, keys, kept.size)
        self._unpacked.add(kept)
        if len(self._aliases) >= ALIASES:
            self._aliases = {}
        self._aliases[intern(raw[0]), raw[1]] = answer.key

    def _hit(self, entry: Entry) -> Hit:
        """Return what all answers made of an entry share."""
        hit = self._hits.get(entry.key)
        if hit is None or hit.entry != entry:
            if len(self._hits) >= ALIASES:
                self._hits = {}
            hit = self._hits[entry.key] = Hit(entry)
        return hit
