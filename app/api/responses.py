"""Answers: in JSON or CSV, and of those made of entries the headers, and what may be kept."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha1
from math import inf
from typing import Any, Final

from flask import Response
from flask.globals import request_ctx

from app.occupations.provenance import ignored, noted
from app.response_cache.answer import ALWAYS, Answer, as_json
from app.response_cache.headers import lifetime_headers
from app.response_cache.negotiation import prefers_csv
from app.wiring.container import services
from app.wiring.finished import Finished, fresh_until
from cache.reading import Reading

Fixed = Sequence[tuple[str, str]]

BY_CODING: Final[Fixed] = [("Vary", "Accept-Encoding")]
VARY: Final[Fixed] = [("Vary", "Accept, Accept-Encoding")]
"""Of every answer that there is in several formats."""
LONGEST_BY_NAME: Final = 60
"""Seconds for which others may store what was asked for by title, or by a code that was replaced:
what those mean can change while the entries stay."""


def chosen_format(given: str | None) -> str:
    """Return `csv` or `json`: what a request's `format` says, if it gives one, else its Accept."""
    if given is not None:
        return given
    return "csv" if prefers_csv(request_ctx.request.headers.get("Accept", "")) else "json"


def vary(response: Response) -> Response:
    """Have caches keep errors apart by Accept too."""
    if response.status_code >= 400:
        response.headers.update(dict(VARY))
    return response


def json_text(body: dict[str, Any], others: Sequence[str]) -> bytes:
    """Write a body as JSON, with a note on each of the parameters that are none."""
    return as_json(noted(body, ignored(others)))


def cached_response(
    text: bytes,
    readings: Sequence[Reading],
    asked: Sequence[object] | None,
    longest: float | None = None,
    *,
    content_type: str = "application/json",
    fixed: Fixed = BY_CODING,
    of_domains: Sequence[str] = (),
    until: datetime | None = ALWAYS,
) -> Response:
    """Answer with a text made of the entries read.

    Args:
        text: the body.
        readings: of the entries; an answer may be made of none.
        asked: the request's other parameters, in one form; None where the answer depends on more
            than these and the entries, so that it cannot be served again.
        longest: seconds for which others may store it, whatever its entries have left; without a
            word `LONGEST_BY_NAME` where it cannot be served again.
        content_type: of the body.
        fixed: headers that the answer has whatever its entries are.
        of_domains: domains of which every entry, held or not, makes a difference to it.
        until: when it may be another one though nothing changes; None where nobody knows.
    """
    if longest is None:
        longest = LONGEST_BY_NAME if asked is None else inf
    now = services().now()
    etag = f'"{sha1(text, usedforsecurity=False).hexdigest()}"'
    own = {"Content-Type": content_type, "Content-Length": str(len(text)), "ETag": etag}
    lifetime = lifetime_headers(readings, now, services().sharing.at_most(longest))
    response = Finished([text], headers={**own, **dict(fixed), **lifetime})
    expires_at = fresh_until(readings, until, now)
    request = request_ctx.request  # not by its proxy, which takes a while each time
    if asked is not None and expires_at is not None:
        rule, entries = str(request.url_rule), [reading.entry for reading in readings]
        key = rule, repr(asked)  # a text, which is smaller
        more = entries, expires_at, of_domains, longest
        response.answer = Answer(rule, key, text, content_type, fixed, etag, *more)
    return response
