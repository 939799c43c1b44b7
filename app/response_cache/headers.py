"""The headers that explain a cached answer and let others cache it (RFC 9111, RFC 9211)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import inf
from typing import Final, NamedTuple

from app.response_cache.answer import NEVER
from cache.policy import Entry
from cache.profile import Profile
from cache.reading import Reading

CACHE_NAME: Final = "skillgap"
NOBODY: Final = Profile("", "", {})
UNCHECKED_SECONDS: Final = 1
"""For how long others may keep what the database could not be asked about."""
FORWARDED: Final = {
    "stale": "; hit",
    "hit": "; hit",
    "filled": "; fwd=miss; stored",
    "refreshed": "; fwd=stale; stored",
    "failed": "; fwd=miss",
}


def cache_status(readings: Sequence[Reading], now: datetime) -> str:
    """Write one RFC 9211 member an entry read; a negative ttl is how long it is stale."""
    members = []
    for reading in readings:
        ttl = _left(reading, now)
        served = reading.outcome in ("hit", "stale") and ttl is not None
        members.append(
            CACHE_NAME
            + FORWARDED[reading.outcome]
            + ("; detail=database-unavailable" if reading.unchecked else "")
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
    left = [_left(reading, now) or 0 for reading in readings]
    return _lifetime(cache_status(readings, now), max(ages), int(min(*left, longest)))


def _lifetime(status: str, age: int, left: int) -> dict[str, str]:
    return {
        "Cache-Status": status,
        "Age": str(age),
        "Cache-Control": f"public, max-age={max(0, left)}",
    }


class HitFigures(NamedTuple):
    """What headers say of a fresh entry, and for how long they may say so.

    Attributes:
        since: when the figures were counted.
        until: when the first of them changes.
        member: of Cache-Status (RFC 9211).
        age: seconds since the upstream vouched for the entry.
        left: seconds until it becomes stale.
    """

    since: datetime
    until: datetime
    member: str
    age: int
    left: int


class Hit:
    """A fresh entry that answers are made of, with the figures that their headers give of it.

    The figures count seconds, so they are worked out once a second, however many answers the
    entry is in.
    """

    __slots__ = ("_figures", "entry", "key")

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.key = entry.domain, entry.code
        self._figures = HitFigures(NEVER, NEVER, "", 0, 0)

    def at(self, now: datetime) -> HitFigures:
        """Return the figures that hold now."""
        figures = self._figures
        if figures.since <= now < figures.until:
            return figures
        entry, times = self.entry, []
        if entry.current_at is not None:
            times.append(1 - (now - entry.current_at).total_seconds() % 1)
        if entry.expires_at is not None:
            times.append((entry.expires_at - now).total_seconds() % 1)
        until = now + timedelta(seconds=min(times, default=0))
        member = cache_status([Reading(entry, NOBODY, "hit")], now)
        self._figures = HitFigures(now, until, member, _age(entry, now), _ttl(entry, now) or 0)
        return self._figures


class HitHeaders(NamedTuple):
    """The headers of an answer made of fresh entries, and until when they hold."""

    until: datetime
    headers: dict[str, str]


def unchecked_headers(hits: Sequence[Hit], now: datetime) -> dict[str, str]:
    """Write the headers of an answer made of entries that the database cannot be asked about."""
    return lifetime_headers(
        [Reading(hit.entry, NOBODY, "hit", unchecked=True) for hit in hits], now
    )


def hit_headers(hits: Sequence[Hit], now: datetime, longest: float = inf) -> HitHeaders:
    """Write the headers of an answer made of fresh entries, as `lifetime_headers` does."""
    figures = [hit.at(now) for hit in hits]
    status = ", ".join([each.member for each in figures])
    age, left = max([each.age for each in figures]), min([each.left for each in figures])
    left = int(min(left, longest))
    return HitHeaders(min([each.until for each in figures]), _lifetime(status, age, left))


def _age(entry: Entry, now: datetime) -> int:
    """Whole seconds since the upstream vouched for the entry, rounded down."""
    current_at = entry.current_at
    return 0 if current_at is None else max(0, int((now - current_at).total_seconds()))


def _ttl(entry: Entry, now: datetime) -> int | None:
    """Whole seconds until the entry becomes stale, rounded down."""
    expires_at = entry.expires_at
    return None if expires_at is None else int((expires_at - now).total_seconds() // 1)


def _left(reading: Reading, now: datetime) -> int | None:
    """Whole seconds for which a reading may be kept."""
    ttl = _ttl(reading.entry, now)
    return min(ttl, UNCHECKED_SECONDS) if reading.unchecked and ttl is not None else ttl
