"""An answer that the fast way may serve again: finished but for the headers that count seconds."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from cache.policy import Entry

KEPT: Final = "skillgap.answer"
"""Where in the WSGI environment an answer is left that may be served again."""
NEVER: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class Answer:
    """A finished answer, as it is handed over to be kept.

    Attributes:
        key: what was asked, in one form for all ways of asking it.
        fixed: headers that every answer to it has, also a 304.
        expires_at: when the first of its entries becomes stale.
    """

    endpoint: str
    key: Hashable
    body: bytes
    content_type: str
    fixed: Sequence[tuple[str, str]]
    etag: str
    entries: Sequence[Entry]
    expires_at: datetime
