"""The headers that explain a cached answer and let others cache it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha1
from math import inf
from typing import Any, Final

import orjson
from flask import Response, request
from werkzeug.datastructures import Headers

from app.response_cache.answer import KEPT, NEVER, Answer
from cache.policy import Entry
from cache.profile import Profile
from cache.reading import Reading

Fixed = Sequence[tuple[str, str]]

CACHE_NAME: Final = "skillgap"
NOBODY: Final = Profile("", "", {})
FORWARDED: Final = {
    "stale": "; hit",
    "hit": "; hit",
    "filled": "; fwd=miss; stored",
    "refreshed": "; fwd=stale; stored",
    "failed": "; fwd=miss",
}


def cache_status(readings: Sequence[Reading], now: datetime) -> str:
    """Write one RFC 9211 member an entry read; a negative ttl tells how long it is stale."""
    members = []
    for reading in readings:
        ttl = _ttl(reading.entry, now)
        served = reading.outcome in ("hit", "stale") and ttl is not None
        members.append(
            CACHE_NAME
            + FORWARDED[reading.outcome]
            + ("; collapsed" if reading.collapsed else "")
            + (f"; ttl={ttl}" if served else "")
            + f'; key="{reading.entry.key}"'
        )
    return ", ".join(members)


def lifetime_headers(
    readings: Sequence[Reading], now: datetime, longest: float = inf
) -> dict[str, str]:
    """Write Cache-Status, Age and Cache-Control.

    The oldest entry makes the age (RFC 9111 section 5.1). max-age is what the entry that
    expires first has left, and `longest` at most, in seconds: less than RFC 9111 allows once the
    answer has an age, never more.
    """
    ages = [_age(reading.entry, now) for reading in readings]
    left = [_ttl(reading.entry, now) or 0 for reading in readings]
    return _lifetime(cache_status(readings, now), max(ages), int(min(*left, longest)))


def _lifetime(status: str, age: int, left: int) -> dict[str, str]:
    return {
        "Cache-Status": status,
        "Age": str(age),
        "Cache-Control": f"public, max-age={max(0, left)}",
    }


class Hit:
    """An entry that answers are made of, as it is told of where it is served fresh.

    What is told counts seconds, so it is written anew once a second, however many answers the
    entry is in.
    """

    __slots__ = ("_told", "entry", "key")

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.key = entry.domain, entry.code
        self._told = NEVER, NEVER, "", 0, 0

    def at(self, now: datetime) -> tuple[datetime, datetime, str, int, int]:
        """Return since and until when it holds: its member of Cache-Status, age, seconds left."""
        told = self._told
        if told[0] <= now < told[1]:
            return told
        entry, times = self.entry, []
        if entry.current_at is not None:
            times.append(1 - (now - entry.current_at).total_seconds() % 1)
        if entry.expires_at is not None:
            times.append((entry.expires_at - now).total_seconds() % 1)
        until = now + timedelta(seconds=min(times, default=0))
        member = cache_status([Reading(entry, NOBODY, "hit")], now)
        self._told = now, until, member, _age(entry, now), _ttl(entry, now) or 0
        return self._told


def hit_headers(hits: Sequence[Hit], now: datetime) -> tuple[datetime, dict[str, str]]:
    """Write the headers of an answer made of fresh entries, and tell until when they hold."""
    told = [hit.at(now) for hit in hits]
    status = ", ".join([each[2] for each in told])
    age, left = max([each[3] for each in told]), min([each[4] for each in told])
    return min([each[1] for each in told]), _lifetime(status, age, left)


def cached_response(
    body: Any,
    readings: Sequence[Reading],
    now: datetime,
    asked: Sequence[object] | None,
    longest: float = inf,
    fixed: Fixed = (),
) -> Response:
    """Answer with a body made of entries, or 304 where the caller has it already.

    Args:
        body: to be written as JSON.
        readings: what it is made of.
        now: when they were read.
        asked: what the request asks for beside the entries, in one form; None where the answer
            is made of more than them, so that it cannot be served again.
        longest: seconds for which others may store it, whatever its entries have left.
        fixed: headers that the answer has whatever its entries are.
    """
    text = orjson.dumps(body, option=orjson.OPT_APPEND_NEWLINE)
    return cached_text(text, "application/json", readings, now, asked, longest, fixed)


def cached_text(
    text: bytes,
    content_type: str,
    readings: Sequence[Reading],
    now: datetime,
    asked: Sequence[object] | None,
    longest: float = inf,
    fixed: Fixed = (),
) -> Response:
    """Answer as `cached_response` does, with a body that is written already."""
    etag = f'"{sha1(text, usedforsecurity=False).hexdigest()}"'
    headers = {
        "Content-Type": content_type,
        "Content-Length": str(len(text)),
        **dict(fixed),
        **lifetime_headers(readings, now, longest),
        "ETag": etag,
    }
    response = _Finished([text], headers=headers)
    environ = request.environ
    expiries = [reading.entry.expires_at for reading in readings]
    lives = all(expiry is not None and expiry > now for expiry in expiries)
    if KEPT in environ and asked is not None and lives:
        rule = str(request.url_rule)
        environ[KEPT] = Answer(  # for the fast way, which may serve it again
            endpoint=rule,
            key=(rule, repr(asked)),  # a text, which is smaller
            body=text,
            content_type=content_type,
            fixed=fixed,
            etag=etag,
            entries=[reading.entry for reading in readings],
            expires_at=min(filter(None, expiries)),
        )
    if "HTTP_IF_NONE_MATCH" in environ and request.if_none_match:
        response.make_conditional(environ)
    return response


class _Finished(Response):
    """A response with all the headers that it is to have: there is nothing to look for."""

    def get_wsgi_headers(self, environ: dict[str, Any]) -> Headers:
        """Return the headers as they are, but for a 304, which has less of them."""
        return self.headers if self.status_code == 200 else super().get_wsgi_headers(environ)


def _age(entry: Entry, now: datetime) -> int:
    """Whole seconds since the upstream vouched for the entry, rounded down."""
    current_at = entry.current_at
    return 0 if current_at is None else max(0, int((now - current_at).total_seconds()))


def _ttl(entry: Entry, now: datetime) -> int | None:
    """Whole seconds until the entry becomes stale, rounded down."""
    expires_at = entry.expires_at
    return None if expires_at is None else int((expires_at - now).total_seconds() // 1)
