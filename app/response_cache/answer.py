"""An answer that may be served again: finished but for the headers that count seconds."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import inf
from typing import Any, Final

import orjson

from cache.policy import Entry

NEVER: Final = datetime.min.replace(tzinfo=UTC)
ALWAYS: Final = datetime.max.replace(tzinfo=UTC)


def as_json(body: Any) -> bytes:
    """Write the body of an answer as JSON."""
    return orjson.dumps(body, option=orjson.OPT_APPEND_NEWLINE)


@dataclass(slots=True)
class Answer:
    """A finished answer, as it is handed over to be kept.

    Attributes:
        key: what was asked, in one form for all ways of asking it.
        fixed: headers that every answer to it has, also a 304; Vary is one.
        entries: those that it is made of, if any.
        expires_at: when the first of its entries becomes stale, or it is another one anyway.
        of_domains: domains of which any change makes it another answer; `ANY` for all there is.
        longest: seconds for which others may store it, at most.
        packed: the body in gzip, where it was asked for so.
        is_aged: whether its headers tell its age and for how long others may store it, by its
            entries; else `fixed` says that.
    """

    endpoint: str
    key: Hashable
    body: bytes
    content_type: str
    fixed: Sequence[tuple[str, str]]
    etag: str
    entries: Sequence[Entry]
    expires_at: datetime
    of_domains: Sequence[str] = ()
    longest: float = inf
    packed: bytes | None = None
    is_aged: bool = True


class AnswerBody(list[bytes]):
    """The body of an answer as WSGI servers take it, which carries the answer along.

    So the middleware that gets it from Flask can keep the answer.
    """

    def __init__(self, body: Iterable[bytes], answer: Answer) -> None:
        super().__init__(body)
        self.answer = answer
