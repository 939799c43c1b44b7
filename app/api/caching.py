"""The headers that explain a cached answer and let others cache it."""

from collections.abc import Hashable, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha1
from typing import Any, Final

import orjson
from flask import Response, request

from app.api.answer import KEPT, Answer
from cache.pull_through import Reading

CACHE_NAME: Final = "skillgap"
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
        ttl = _ttl(reading, now)
        served = reading.outcome in ("hit", "stale") and ttl is not None
        members.append(
            CACHE_NAME
            + FORWARDED[reading.outcome]
            + ("; collapsed" if reading.collapsed else "")
            + (f"; ttl={ttl}" if served else "")
            + f'; key="{reading.entry.key}"'
        )
    return ", ".join(members)


def lifetime_headers(readings: Sequence[Reading], now: datetime) -> dict[str, str]:
    """Write Cache-Status, Age and Cache-Control.

    The oldest entry makes the age (RFC 9111 section 5.1). max-age is what the entry that
    expires first has left: less than RFC 9111 allows once the answer has an age, never more.
    """
    ages = [
        (now - reading.entry.current_at).total_seconds()
        for reading in readings
        if reading.entry.current_at is not None
    ]
    left = min((_ttl(reading, now) or 0 for reading in readings), default=0)
    return {
        "Cache-Status": cache_status(readings, now),
        "Age": str(max(0, int(max(ages, default=0)))),
        "Cache-Control": f"public, max-age={max(0, left)}",
    }


def cached_response(
    body: Any, readings: Sequence[Reading], now: datetime, asked: Hashable
) -> Response:
    """Answer with a body made of entries, or 304 where the caller has it already.

    Args:
        body: to be written as JSON.
        readings: what it is made of.
        now: when they were read.
        asked: what the request asks for beside the entries, in one form.
    """
    text = orjson.dumps(body, option=orjson.OPT_APPEND_NEWLINE)
    response = Response(text, mimetype="application/json")
    response.headers.extend(lifetime_headers(readings, now))
    response.set_etag(sha1(text, usedforsecurity=False).hexdigest())
    if KEPT in request.environ:
        _keep(text, response.headers["ETag"], readings, now, asked)
    if request.if_none_match:
        response.make_conditional(request)
    return response


def _keep(
    text: bytes, etag: str, readings: Sequence[Reading], now: datetime, asked: Hashable
) -> None:
    """Leave the answer for the fast way, if it may serve it again."""
    expiries = [reading.entry.expires_at for reading in readings]
    if all(expiry is not None and expiry > now for expiry in expiries):
        rule = str(request.url_rule)
        request.environ[KEPT] = Answer(
            endpoint=rule,
            key=(rule, asked),
            body=text,
            etag=etag,
            readings=[_as_hit(reading) for reading in readings],
            expires_at=min(filter(None, expiries)),
        )


def _as_hit(reading: Reading) -> Reading:
    """Tell how the next request reads the entry; its ratings are in the body."""
    bare = replace(reading.profile, elements={})
    return Reading(reading.entry, bare, "hit")


def _ttl(reading: Reading, now: datetime) -> int | None:
    """Whole seconds until the entry becomes stale, rounded down."""
    expires_at = reading.entry.expires_at
    return None if expires_at is None else int((expires_at - now).total_seconds() // 1)
