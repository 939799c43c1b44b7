"""The headers that explain a cached answer and let others cache it (RFC 9111, RFC 9211)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from app.response_cache.answer import ALWAYS, NEVER
from cache.policy import Entry
from cache.profile import Profile
from cache.reading import Reading

CACHE_NAME: Final = "skillgap"
NOBODY: Final = Profile("", "", {})
REVALIDATING: Final = 60
"""A stale answer may be served during a refetch for its seconds of freshness divided by this."""
UNCHECKED_SECONDS: Final = 1
"""For how long others may keep what the database could not be asked about."""
UNKEPT: Final = {"Cache-Control": "no-store", "Vary": "Accept, Accept-Encoding"}
"""Of every answer to what is posted."""
FORWARDED: Final = {
    "stale": "; hit",
    "hit": "; hit",
    "filled": "; fwd=miss; stored",
    "refreshed": "; fwd=stale; stored",
    "failed": "; fwd=miss",
}


class Sharing(NamedTuple):
    """For how many seconds others may keep an answer, at most (RFC 5861 for the last two)."""

    max_age: float
    stale_while_revalidate: float
    stale_if_error: float

    def at_most(self, seconds: float) -> "Sharing":
        """Return the same for an answer that may be kept for so long."""
        return self._replace(max_age=min(self.max_age, seconds))

    def cache_control(self, age: int, left: int) -> str:
        """Write Cache-Control for an answer of that age, whose first entry has so much left.

        A cache takes it for fresh while its age is below max-age (RFC 9111 section 4.2), so the
        age is added. During a refetch it may be served for a sixtieth longer, so that a purge
        reaches everyone in little more than `max_age`; after errors, no longer than from here.
        """
        fresh = self.fresh(left)
        behind = int(min(fresh / REVALIDATING, self.stale_while_revalidate))
        error = max(0, int(self.stale_if_error) + min(0, left))
        return (
            f"public, max-age={age + fresh}, stale-while-revalidate={behind}, "
            f"stale-if-error={error}"
        )

    def fresh(self, left: int) -> int:
        """Return for how many seconds from now an answer may be kept without asking again."""
        return max(0, min(int(self.max_age), left))


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
    readings: Sequence[Reading], now: datetime, sharing: Sharing
) -> dict[str, str]:
    """Write Cache-Status, Age, Cache-Control, and X-Accel-Expires for nginx.

    The oldest entry makes the age (RFC 9111 section 5.1), and the one that expires first decides
    for how long others may keep the answer; one that is made of no entry has neither.
    """
    age = max([_age(reading.entry, now) for reading in readings], default=0)
    left = min([_left(reading, now) or 0 for reading in readings], default=int(sharing.max_age))
    return _lifetime(cache_status(readings, now), age, left, sharing)


def _lifetime(status: str, age: int, left: int, sharing: Sharing) -> dict[str, str]:
    of_entries = {"Cache-Status": status, "Age": str(age)} if status else {}
    return {
        **of_entries,
        "Cache-Control": sharing.cache_control(age, left),
        # nginx takes max-age to count from when it got the answer, but for this, which it strips.
        "X-Accel-Expires": str(sharing.fresh(left)),
    }


def unkept_headers(text: bytes, readings: Sequence[Reading], now: datetime) -> dict[str, str]:
    """Write the headers of an answer in JSON to what was posted, which nobody may store."""
    headers = {"Content-Type": "application/json", "Content-Length": str(len(text)), **UNKEPT}
    if readings:
        headers["Cache-Status"] = cache_status(readings, now)
    return headers


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


def unchecked_headers(hits: Sequence[Hit], now: datetime, sharing: Sharing) -> dict[str, str]:
    """Write the headers of an answer made of entries that the database cannot be asked about."""
    readings = [Reading(hit.entry, NOBODY, "hit", unchecked=True) for hit in hits]
    return lifetime_headers(readings, now, sharing.at_most(UNCHECKED_SECONDS))


def hit_headers(
    hits: Sequence[Hit], now: datetime, sharing: Sharing
) -> tuple[datetime, dict[str, str]]:
    """Write the headers of an answer made of fresh entries, and tell until when they hold."""
    figures = [hit.at(now) for hit in hits]
    status = ", ".join([each.member for each in figures])
    age = max([each.age for each in figures], default=0)
    left = min([each.left for each in figures], default=int(sharing.max_age))
    until = min([each.until for each in figures], default=ALWAYS)
    return until, _lifetime(status, age, left, sharing)


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
