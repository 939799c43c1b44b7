"""Which pages of other origins browsers may let read answers (the Fetch standard's CORS)."""

from collections.abc import Collection
from typing import Final

Headers = list[tuple[str, str]]

ANY: Final = "*"
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
        if not self.by_origin:
            return self.constant
        vary = "Vary", "Origin"
        if origin is None or origin not in self._origins:
            return [vary]
        return [vary, ("Access-Control-Allow-Origin", origin), EXPOSED]

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
