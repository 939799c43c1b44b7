"""What any reply means, whatever was asked: an error, or a JSON document.

Pure, and total: a function here returns what it says or raises an `OnetError`.
"""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Literal, NamedTuple

from onet_client import errors
from onet_client.errors import BadReply
from onet_client.governor import LONGEST_PAUSE

ApiVersion = Literal["2", "1.9"]

Result = Literal[
    "ok",
    "redirect",
    "rate_limited",
    "client_error",
    "server_error",
    "timeout",
    "unreachable",
    "bad_reply",
]
"""How a request ended, in the few words that a counter of requests has labels for."""

MAX_PAGE_ROWS = 2_000
"""The most rows O*NET Web Services gives for one request."""

_JSON_TYPE = re.compile(r"application/(?:[a-z0-9.-]+\+)?json[ \t]*(?:;|$)", re.IGNORECASE)
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_ERRORS: Mapping[int, tuple[type[errors.OnetError], str]] = {
    401: (errors.Unauthorized, "the credentials are not known, or not active"),
    403: (errors.Forbidden, "the credentials are not accepted"),
    404: (errors.NotFound, "no such path; is the base URL that of the API version?"),
    429: (errors.RateLimited, "asked too fast"),
}


class Reply(NamedTuple):
    """A reply as it came.

    Attributes:
        status: HTTP status.
        headers: Names in any case of letters.
        body: Whole, its Content-Encoding undone.
        received_at: When it came, with a time zone.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    received_at: datetime


def bad(message: str) -> BadReply:
    """A BadReply about what a reply of status 200 holds."""
    return BadReply(message, status=200)


def check_status(reply: Reply) -> None:
    """Accept 200 and nothing else.

    Raises:
        OnetError: The class that the status means, with `retry_after` where that is given.
    """
    status = reply.status
    if status == 200:
        return
    if status in _ERRORS:
        kind, message = _ERRORS[status]
    elif 500 <= status <= 599:
        kind, message = errors.UpstreamFailure, "the upstream failed"
    elif 400 <= status <= 499:
        kind, message = errors.BadRequest, "the upstream refused what was asked"
    else:
        kind, message = BadReply, "neither data nor an error"
    raise kind(f"{message} ({status})", status=status, retry_after=retry_after(reply))


def retry_after(reply: Reply) -> float | None:
    """Seconds that Retry-After asks to wait, 0 to a day; None where absent or unreadable.

    Takes both forms of RFC 9110, section 10.2.3. A date is measured from the reply's own
    Date, so that a difference between the clocks does not matter, or else from its arrival.
    """
    value = (_header(reply, "retry-after") or "").strip(" \t")
    if re.fullmatch(r"[0-9]{1,300}", value):
        return min(float(value), LONGEST_PAUSE)
    until = _http_date(value)
    if until is None:
        return None
    sent_at = _http_date(_header(reply, "date") or "") or reply.received_at
    return min(max(0.0, (until - sent_at).total_seconds()), LONGEST_PAUSE)


def location(reply: Reply) -> str | None:
    """Where a redirect leads, as it is written; None if the reply is no redirect."""
    return _header(reply, "location") if reply.status in _REDIRECTS else None


def _header(reply: Reply, name: str) -> str | None:
    return next((value for key, value in reply.headers.items() if key.lower() == name), None)


def _http_date(value: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(value)
        return date.astimezone(UTC) if date.tzinfo else date.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def json_document(reply: Reply) -> object:
    """The JSON document in the body of a reply of status 200, fractions as `Decimal`.

    Raises:
        BadReply: If there is no such document.
    """
    if not _JSON_TYPE.match(_header(reply, "content-type") or ""):
        raise bad("not JSON by its content type")
    with suppress(ValueError, ArithmeticError, RecursionError):
        text = reply.body.decode("utf-8-sig")  # RFC 8259, section 8.1: UTF-8, a BOM tolerated
        return json.loads(text, parse_float=Decimal, parse_constant=_refuse_constant)
    # Raised out here, since the decoder's error would bring the body along as context.
    raise bad("not JSON, or cut short")


def _refuse_constant(_: str) -> None:
    raise ValueError("RFC 8259, section 6: neither NaN nor an infinity is JSON")


def reply_result(reply: Reply) -> Result:
    """The result of a request with a reply, by its status: what the body means comes later."""
    if location(reply) is not None:
        return "redirect"
    match reply.status:
        case 200:
            return "ok"
        case 429:
            return "rate_limited"
        case status if 400 <= status <= 499:
            return "client_error"
        case status if 500 <= status <= 599:
            return "server_error"
    return "bad_reply"


def error_result(error: BaseException) -> Result:
    """The result of a request that ended without a whole reply."""
    if isinstance(error, errors.TimedOut | errors.DeadlineExceeded):
        return "timeout"
    return "bad_reply" if isinstance(error, BadReply) else "unreachable"
