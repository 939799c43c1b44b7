"""An answer that is finished but for the headers that count seconds."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from cache.pull_through import Reading

Headers = list[tuple[str, str]]
KEPT: Final = "skillgap.answer"
"""Where in the WSGI environment an answer is left that may be served again."""
NEVER: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class Answer:
    """A finished answer.

    Attributes:
        key: what was asked, in one form for all ways of asking it.
        expires_at: when the first of its entries becomes stale.
    """

    endpoint: str
    key: Hashable
    body: bytes | None
    etag: str
    readings: Sequence[Reading]
    expires_at: datetime
    packed: bytes | None = None
    full: Callable[[], object] | None = None
    not_modified: Callable[[], object] | None = None
    headers: tuple[datetime, datetime, Headers, Headers] = NEVER, NEVER, [], []
