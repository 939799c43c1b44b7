"""Which pages of other origins browsers may let read answers (the Fetch standard's CORS)."""

from collections.abc import Collection, Iterable
from typing import Final

Headers = list[tuple[str, str]]

ANY: Final = "*"
BY: Final = "Origin"
"""What answers vary by where not all origins may read them."""
PRIVATE: Final = frozenset({"admin", "metrics"})
"""First parts of paths that are nothing to other origins."""
EXPOSED: Final = (
    "Access-Control-Expose-Headers",
    "Age, Cache-Status, Content-Disposition, ETag, Location, Retry-After, X-Request-ID",
)
"""What scripts may read beside what every answer of theirs shows (Cache-Control, Content-Type)."""
PREFLIGHT_SECONDS: Final = 86_400
"""For how long a browser may remember that it may ask."""


class Cors:
    """The headers that let pages of other origins read the public API; never with credentials.

    Attributes:
        by_origin: whether they depend on who asks.
        constant: those that every answer has.
    """

    def __init__(self, origins: Collection[str]) -> None:
        """Let pages of these origins read, of any with `*`."""
        self.by_origin = bool(origins) and ANY not in origins
        self._origins = frozenset(origins)
        self.constant: Headers = []
        if origins and not self.by_origin:
            self.constant = [("Access-Control-Allow-Origin", ANY), EXPOSED]

    def headers(self, origin: str | None) -> Headers:
        """Return the headers of an answer of the public API to a page of an origin."""
        return [("Vary", BY), *self.allowed(origin)] if self.by_origin else self.constant

    def allowed(self, origin: str | None) -> Headers:
        """Return those of them that depend on who asks."""
        if origin is None or origin not in self._origins:
            return []
        return [("Access-Control-Allow-Origin", origin), EXPOSED]

    def added_to(self, fixed: Iterable[tuple[str, str]]) -> Headers:
        """Return the headers of an answer, which has a Vary, with those that are the same for all.

        There is one line of Vary: of several, nginx 1.22 heeds the last alone.
        """
        if not self.by_origin:
            return [*fixed, *self.constant]
        return [(name, f"{value}, {BY}" if name == "Vary" else value) for name, value in fixed]

    def of_path(self, path: str, origin: str | None) -> Headers:
        """Return the headers of an answer at a path: none where it is nothing to others."""
        # Routing takes a path with more slashes in front for the same.
        first = path.lstrip("/").partition("/")[0]
        return [] if first in PRIVATE else self.headers(origin)


def preflight_headers(methods: str) -> Headers:
    """Return what lets a page that may read send requests with such methods, and any header."""
    return [
        ("Access-Control-Allow-Methods", methods),
        ("Access-Control-Allow-Headers", ANY),
        ("Access-Control-Max-Age", str(PREFLIGHT_SECONDS)),
    ]
