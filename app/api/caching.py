"""The headers that explain a cached answer and let others cache it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from flask import Response, json, request

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


def cached_response(body: Any, readings: Sequence[Reading], now: datetime) -> Response:
    """Answer with a body made of entries: Age, Cache-Control, ETag, and 304 where it matches.

    The oldest entry makes the age (RFC 9111 section 5.1). max-age is what the entry that
    expires first has left: less than RFC 9111 allows once the answer has an age, never more.
    """
    response = Response(json.dumps(body) + "\n", mimetype="application/json")
    ages = [
        (now - reading.entry.current_at).total_seconds()
        for reading in readings
        if reading.entry.current_at is not None
    ]
    left = min((_ttl(reading, now) or 0 for reading in readings), default=0)
    response.headers["Cache-Status"] = cache_status(readings, now)
    response.headers["Age"] = str(max(0, int(max(ages, default=0))))
    response.headers["Cache-Control"] = f"public, max-age={max(0, left)}"
    response.add_etag()
    response.make_conditional(request)
    return response


def _ttl(reading: Reading, now: datetime) -> int | None:
    """Whole seconds until the entry becomes stale, rounded down."""
    expires_at = reading.entry.expires_at
    return None if expires_at is None else int((expires_at - now).total_seconds() // 1)
