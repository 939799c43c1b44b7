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
from datetime import datetime, timedelta
from itertools import count
from typing import Any, Final

from app.api.answer import KEPT, Answer, Headers
from app.api.caching import lifetime_headers
from app.logs import REQUEST_ID
from app.tally import Tally
from cache.changes import Changes
from cache.copies import Copies

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]

ANSWERS: Final = 12_000
"""Answers kept; 1 to 2 kB each, packed."""
UNPACKED: Final = 1_000
"""Answers of those that are kept as they are sent, about 6 kB each: the latest ones."""
ALIASES: Final = 24_000
"""Ways of writing requests that are remembered, which may be several for an answer."""
KEPT_BELOW: Final = ("/skill-gap", "/occupations/")
"""Paths of answers that are kept; for others nobody needs to know of changes."""
LONGEST: Final = 200
"""Characters of a query that is remembered."""


class FastWay:
    """WSGI middleware that serves kept answers and passes on everything else."""

    def __init__(
        self, inner: Wsgi, changes: Changes, tally: Tally, now: Callable[[], datetime]
    ) -> None:
        self._inner = inner
        self._tally = tally
        self._now = now
        self._answers: Copies[Hashable, Answer] = Copies(changes, ANSWERS)
        self._aliases: dict[tuple[str, str], Hashable] = {}
        self._unpacked: deque[Answer] = deque()
        self._prefix = secrets.token_hex(12)
        self._ids = count()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Serve one request."""
        raw = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
        key = self._aliases.get(raw)
        if key is not None and environ["REQUEST_METHOD"] == "GET":
            answer = self._answers.get(key)
            now = self._now()
            asked = environ.get("HTTP_IF_NONE_MATCH")
            if (
                answer is not None
                and now < answer.expires_at
                and (asked is None or asked == answer.etag)
            ):
                return self._serve(answer, now, asked is not None, environ, start_response)
        return self._pass_on(raw, environ, start_response)

    def _serve(
        self,
        answer: Answer,
        now: datetime,
        not_modified: bool,
        environ: dict[str, Any],
        start_response: Any,
    ) -> Iterable[bytes]:
        since, until, headers, short = answer.headers
        if not since <= now < until:
            since, until, headers, short = answer.headers = self._render(answer, now)
        given = environ.get("HTTP_X_REQUEST_ID")
        if given is None or REQUEST_ID.fullmatch(given) is None:
            given = f"{self._prefix}{next(self._ids):08x}"
        if not_modified:
            answer.not_modified()  # type: ignore[misc]
            start_response("304 NOT MODIFIED", [*short, ("X-Request-ID", given)])
            return []
        answer.full()  # type: ignore[misc]
        start_response("200 OK", [*headers, ("X-Request-ID", given)])
        body = answer.body
        return [self._unpack(answer) if body is None else body]

    def _render(self, answer: Answer, now: datetime) -> tuple[datetime, datetime, Headers, Headers]:
        """Write the headers, which hold until the first figure of theirs counts on."""
        entries = [reading.entry for reading in answer.readings]
        older = [1 - (now - at).total_seconds() % 1 for one in entries if (at := one.current_at)]
        left = [(at - now).total_seconds() % 1 for one in entries if (at := one.expires_at)]
        lifetime = lifetime_headers(answer.readings, now).items()
        short = [*lifetime, ("ETag", answer.etag)]
        length = len(answer.body if answer.body is not None else self._unpack(answer))
        kind = [("Content-Type", "application/json"), ("Content-Length", str(length))]
        return now, now + timedelta(seconds=min(older + left)), [*kind, *short], short

    def _pass_on(
        self, raw: tuple[str, str], environ: dict[str, Any], start_response: Any
    ) -> Iterable[bytes]:
        kept = raw[0].startswith(KEPT_BELOW)
        tick = self._answers.tick() if kept else None  # before anything is read
        if tick is None or len(raw[1]) > LONGEST:
            return self._inner(environ, start_response)
        environ[KEPT] = None
        response = self._inner(environ, start_response)
        answer: Answer | None = environ.pop(KEPT)
        if answer is not None:
            entries = len(answer.readings)
            answer.full = self._tally.counter(answer.endpoint, 200, entries)
            answer.not_modified = self._tally.counter(answer.endpoint, 304, entries)
            keys = [(one.entry.domain, one.entry.code) for one in answer.readings]
            self._answers.put(answer.key, answer, tick, keys)
            self._keep_unpacked(answer)
            if len(self._aliases) >= ALIASES:
                self._aliases = {}
            self._aliases[raw] = answer.key
        return response

    def _unpack(self, answer: Answer) -> bytes:
        body = zlib.decompress(answer.packed or b"")
        answer.body = body
        self._keep_unpacked(answer)
        return body

    def _keep_unpacked(self, answer: Answer) -> None:
        """Pack the one that has been unpacked longest, where there are too many."""
        self._unpacked.append(answer)
        if len(self._unpacked) > UNPACKED:
            oldest = self._unpacked.popleft()
            body = oldest.body
            if body is not None:
                if oldest.packed is None:
                    oldest.packed = zlib.compress(body, 1)
                oldest.body = None
