"""Finished answers, kept in the process and served before Flask sees the request.

Only a 200 made of fresh entries is kept: it depends on nothing but the request and the entries,
which may be all of a domain.
Errors are not kept, since they name the request; nor are stale answers, which are renewed soon, nor
answers whose entries may have changed unseen. Flask serves what asks for more than a plain GET
(HEAD, a list in If-None-Match) or for another format than the default one.
"""

from collections.abc import Callable, Hashable, Iterable
from datetime import datetime
from sys import intern
from typing import Any, Final

from app.logs import RequestIds
from app.response_cache.answer import Answer, AnswerBody
from app.response_cache.buffered_counters import BufferedCounters
from app.response_cache.cached_response import CachedResponse, Unpacked
from app.response_cache.headers import Hit
from app.response_cache.negotiation import prefers_csv
from cache.entries.invalidation import ANY, Changes
from cache.local.bounded_cache import BoundedCache
from cache.policy import Entry

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]

CAPACITY: Final = 28_000_000
"""Bytes that cached responses take; about 12,000 of those that compare 35 skills."""
ALIASES: Final = 24_000
"""Ways of writing requests that are remembered, which may be several for an answer."""
KEPT_BELOW: Final = ("/skill-gap", "/occupations/")
"""Paths of answers that are kept; for others nobody needs to know of changes."""
LONGEST: Final = 200
"""Characters of path and query together that are remembered."""


class ResponseCache:
    """WSGI middleware that serves cached responses and passes on everything else."""

    def __init__(
        self,
        inner: Wsgi,
        changes: Changes,
        counters: BufferedCounters,
        ids: RequestIds,
        now: Callable[[], datetime],
    ) -> None:
        self._inner = inner
        self._counters = counters
        self._ids = ids
        self._now = now
        self._answers: BoundedCache[Hashable, CachedResponse] = BoundedCache(changes, CAPACITY)
        self._aliases: dict[tuple[str, str], Hashable] = {}
        self._hits: dict[str, Hit] = {}
        self._unpacked = Unpacked()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Serve one request."""
        accept = environ.get("HTTP_ACCEPT")
        if accept is not None and prefers_csv(accept):
            return self._inner(environ, start_response)
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
        kept: CachedResponse,
        now: datetime,
        not_modified: bool,
        environ: dict[str, Any],
        start_response: Any,
    ) -> Iterable[bytes]:
        request_id = self._ids.taken_or_made(environ.get("HTTP_X_REQUEST_ID"))
        headers = kept.headers_at(now)
        if not_modified:
            kept.not_modified()
            start_response("304 NOT MODIFIED", [*headers, ("X-Request-ID", request_id)])
            return []
        kept.full()
        body = kept.body
        length = ("Content-Length", kept.length)
        start_response("200 OK", [kept.content, length, *headers, ("X-Request-ID", request_id)])
        return [self._unpacked.body_of(kept) if body is None else body]

    def _pass_on(
        self, raw: tuple[str, str], environ: dict[str, Any], start_response: Any
    ) -> Iterable[bytes]:
        kept = raw[0].startswith(KEPT_BELOW) and len(raw[0]) + len(raw[1]) <= LONGEST
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
