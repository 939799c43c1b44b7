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
from typing import Any, Final, NamedTuple

from app.logs import RequestIds
from app.response_cache.answer import Answer, AnswerBody
from app.response_cache.buffered_counters import BufferedCounters
from app.response_cache.cached_response import CachedResponse, Unpacked
from app.response_cache.headers import Hit, Sharing
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
STATUS_LINES: Final = {200: "200 OK", 304: "304 NOT MODIFIED"}
LONGEST: Final = 200
"""Characters of path and query together that are remembered."""


class KeptAnswer(NamedTuple):
    """An answer that was kept, as it is sent."""

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
    ) -> None:
        self._inner = inner
        self._counters = counters
        self._ids = ids
        self._now = now
        self._sharing = sharing
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
            kept = self.find(
                environ["PATH_INFO"],
                get("QUERY_STRING", ""),
                accept,
                get("HTTP_IF_NONE_MATCH"),
                get("HTTP_X_REQUEST_ID"),
            )
            if kept is not None:
                start_response(STATUS_LINES[kept.status], kept.headers)
                return [kept.body] if kept.body else []
        return self._pass_on(environ, start_response)

    def find(
        self,
        path: str,
        query: str,
        accept: str | None,
        if_none_match: str | None,
        request_id: str | None,
    ) -> KeptAnswer | None:
        """Return the answer to a GET where it is kept.

        Path and query are as PEP 3333 has them; headers that the request has not are None.
        """
        key = self._aliases.get((path, query))
        if key is None or (accept is not None and prefers_csv(accept)):
            return None
        found = self._answers.get(key)
        if found is None:
            return None
        kept, unchecked = found
        now = self._now()
        if now >= kept.expires_at or (if_none_match is not None and if_none_match != kept.etag):
            return None
        given = "X-Request-ID", self._ids.taken_or_made(request_id)
        headers_at = kept.headers_unchecked if unchecked else kept.headers_at
        headers = headers_at(now, self._sharing)
        if if_none_match is not None:
            kept.not_modified()
            return KeptAnswer(304, [*headers, given], b"")
        kept.full()
        body = kept.body
        if body is None:
            body = self._unpacked.body_of(kept)
        length = "Content-Length", kept.length
        return KeptAnswer(200, [kept.content, length, *headers, given], body)

    def _pass_on(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        raw = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
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
