"""Answers of Flask that carry along what the response cache in front of it may keep of them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from flask import Response
from werkzeug.datastructures import Headers

from app.response_cache.answer import Answer, AnswerBody
from cache.reading import Reading


class Finished(Response):
    """A response with all the headers that it is to have: there is nothing to look for.

    Attributes:
        answer: what the response cache may keep of it.
    """

    answer: Answer | None = None

    def get_wsgi_headers(self, environ: dict[str, Any]) -> Headers:
        """Return the headers as they are, but for a 304, which has fewer."""
        return self.headers if self.status_code == 200 else super().get_wsgi_headers(environ)

    def get_app_iter(self, environ: dict[str, Any]) -> Iterable[bytes]:
        """Return the body, with the answer if it may be kept."""
        body = super().get_app_iter(environ)
        return body if self.answer is None else AnswerBody(body, self.answer)


def fresh_until(
    readings: Sequence[Reading], until: datetime | None, now: datetime
) -> datetime | None:
    """Return when the first entry becomes stale; None where one is already, or never will be.

    It ends with `until` at the latest: when an answer made of the entries may be another one though
    nothing changes, None where nobody knows.
    """
    expiries = [*[reading.entry.expires_at for reading in readings], until]
    fresh = [expiry for expiry in expiries if expiry is not None and expiry > now]
    return min(fresh) if len(fresh) == len(expiries) else None
