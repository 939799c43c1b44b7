"""What an entry is worth at a moment: pure functions of the entry, the clock and the limits.

The windows are those of RFC 5861: both count from the moment the entry became stale. What became
of a read, in the words of each part:

| state | freshness | outcome of the read | result counted | Cache-Status |
|---|---|---|---|---|
| rated | fresh | hit | hit | hit |
| rated | stale | stale | stale | hit, with a negative ttl |
| rated | old, and its fill succeeded | refreshed | miss | fwd=stale; stored |
| rated | old, and O*NET could not be asked | stale | stale | hit, with a negative ttl |
| any | absent, and its fill succeeded | filled | miss | fwd=miss; stored |
| any | absent, and its fill failed | failed | miss | fwd=miss |
| empty, unknown | empty, unknown | hit | negative | hit |

What became of a fill, alone or as an item of a warm job:

| O*NET | result counted | state of the entry | outcome of the item | state of the item |
|---|---|---|---|---|
| rates the occupation | rated | rated | done | done |
| lists it without ratings | empty | empty | empty | empty |
| does not list it | unknown | unknown | | failed |
| does not list it, of all that it listed | unknown | unknown | unlisted | deleted |
| serves the release that is held | renewed | as it was | done, empty | done, empty |
| gave no complete answer | failed | as it was | | queued, at last failed |
| gave what a purge or another fill overtook | superseded | as that left it | fenced | queued |
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final, Literal

State = Literal["absent", "rated", "empty", "unknown"]
Origin = Literal["seed", "api"]
ReadOutcome = Literal["hit", "stale", "refreshed", "filled", "failed"]
ReadResult = Literal["hit", "stale", "miss", "negative"]
FillResult = Literal["rated", "empty", "unknown", "renewed", "failed", "superseded"]
ItemOutcome = Literal["done", "empty", "unlisted", "fenced"]
ItemState = Literal["done", "empty", "failed"]
"""That of an item that has ended."""

READ_RESULTS: Final[dict[ReadOutcome, ReadResult]] = {
    "hit": "hit",
    "stale": "stale",
    "refreshed": "miss",
    "filled": "miss",
    "failed": "miss",
}
"""What a read of a rated entry counts as."""
ITEM_OUTCOMES: Final[dict[str, Literal["done", "empty"]]] = {"rated": "done", "empty": "empty"}
"""What an item ends in by the state of its entry."""

LIFETIMES: Final[dict[tuple[State, Origin], Literal["ttl", "negative_ttl"]]] = {
    ("rated", "seed"): "ttl",
    ("rated", "api"): "ttl",
    ("empty", "seed"): "ttl",
    ("empty", "api"): "negative_ttl",
    ("unknown", "api"): "negative_ttl",
}
"""Which of the limits an entry lives for.

A complete release is final on what it does not rate; what the API says of one code is asked again.
"""


class Freshness(Enum):
    """What a read does with an entry."""

    FRESH = "fresh"
    """Served."""
    STALE = "stale"
    """Within stale-while-revalidate: served at once, refreshed in the background."""
    OLD = "old"
    """Within stale-if-error: refreshed first, served if that fails."""
    ABSENT = "absent"
    """Nothing to serve, or too old to: filled first."""
    EMPTY = "empty"
    """O*NET has the occupation and no ratings for it."""
    UNKNOWN = "unknown"
    """O*NET has no such occupation."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How many seconds entries live, and how many they are served beyond that."""

    ttl: float
    stale_while_revalidate: float
    stale_if_error: float
    negative_ttl: float

    def expiry(self, at: datetime, state: State, origin: Origin = "api") -> datetime:
        """Return when an entry becomes stale that the upstream confirmed at a moment.

        The successors of a code that O*NET replaced are kept as long as the 404 of that code.
        """
        return at + timedelta(seconds=getattr(self, LIFETIMES[state, origin]))


@dataclass(frozen=True, slots=True)
class Entry:
    """One occupation in one domain, as the cache knows it.

    Attributes:
        state: `absent`, `rated`, `empty` or `unknown`.
        origin: `seed` or `api`; None while absent.
        release: of O*NET, such as `29.0`; None where unknown.
        generation: counts the changes of the entry; a fill publishes over the one that it read.
        content_hash: of the ratings, hexadecimal.
        validated_at: when the upstream last said that its release is still the entry's.
    """

    domain: str
    code: str
    state: str = "absent"
    origin: str | None = None
    release: str | None = None
    source_url: str | None = None
    fetched_at: datetime | None = None
    expires_at: datetime | None = None
    row_count: int = 0
    content_hash: str | None = None
    generation: int = 0
    validated_at: datetime | None = None

    @property
    def current_at(self) -> datetime | None:
        """When the upstream last confirmed the content: its age counts from then."""
        if self.fetched_at is None or self.validated_at is None:
            return self.fetched_at or self.validated_at
        return max(self.fetched_at, self.validated_at)

    @property
    def key(self) -> str:
        """Its name in Cache-Status and in logs."""
        return f"{self.domain}/{self.code}"


def freshness(entry: Entry, now: datetime, limits: Limits) -> Freshness:
    """Return what a read at `now` does with the entry; it is stale from its expiry on."""
    if entry.state == "absent" or entry.expires_at is None:
        return Freshness.ABSENT
    past = (now - entry.expires_at).total_seconds()
    if entry.state != "rated":
        return Freshness(entry.state) if past < 0 else Freshness.ABSENT
    if past < 0:
        return Freshness.FRESH
    if past <= limits.stale_while_revalidate:
        return Freshness.STALE
    return Freshness.OLD if past <= limits.stale_if_error else Freshness.ABSENT
