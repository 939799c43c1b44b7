"""Every way of failing that the client has: one root, one class each.

A message names what was asked and what came back in the client's own words.
It never quotes a header, a credential or of a reply's body more than the names
of tables, so it can be logged and stored as it is.
"""

from typing import Final


class OnetError(Exception):
    """The root: whatever goes wrong in this package is an instance of it.

    Attributes:
        status: HTTP status of the reply that decided it, or None where no reply came.
        url: What was asked, with its query and without credentials, or None.
        attempts: Requests sent before giving up; 0 where none was.
        retry_after: Seconds after which asking again can make sense, or None if unknown.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        url: str | None = None,
        attempts: int = 0,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.url = url
        self.attempts = attempts
        self.retry_after = retry_after


class NotConfigured(OnetError):
    """A setting is missing or unusable; the message names the setting, not its value."""


class Unauthorized(OnetError):
    """The credentials were refused as unknown or inactive (401)."""


class Forbidden(OnetError):
    """The credentials may not ask this (403); O*NET answers a bad key this way."""


class NotFound(OnetError):
    """The path, or the table a domain needs, is not there; often a wrong base URL (404)."""


class NotOffered(NotFound):
    """The upstream's release has no tables for the domain."""

    BEGINS: Final = "no table for "
    """How its message begins, by which it is known again (`written_down`)."""


class UnknownCode(OnetError):
    """The occupation list, read to its end, does not have this code."""


class NoData(OnetError):
    """The occupation exists and O*NET publishes no ratings for it."""


class BadRequest(OnetError):
    """The upstream cannot make sense of what was asked (4xx): the fault is on this side."""


class RateLimited(OnetError):
    """Asked too fast (429)."""


class UpstreamFailure(OnetError):
    """The upstream failed at its own end (5xx)."""


class TimedOut(OnetError):
    """No connection, or no further byte of a reply, within the time-out."""


class Unreachable(OnetError):
    """The connection could not be made, or broke before the reply was whole."""


class BadReply(OnetError):
    """A reply that cannot be trusted: not JSON, not the shape, not what was asked, not whole."""


class CircuitOpen(OnetError):
    """Nothing was sent: the upstream failed repeatedly and is being left alone."""


class BudgetSpent(OnetError):
    """Nothing was sent: as many requests went today as may."""

    BEGINS: Final = "not asked today: "
    """How its message begins, by which it is known again (`written_down`)."""


class CannotStore(OnetError):
    """What was fetched cannot be kept on this machine: no room, or no right to write."""


class DeadlineExceeded(OnetError):
    """The time allowed for the whole call ran out."""


def written_down(message: str, retry_after: float | None) -> OnetError:
    """Return the error that another process wrote down as its message alone.

    It is of its own kind where callers are told something else for that kind.
    """
    kinds = (NotOffered, BudgetSpent)
    kind = next((kind for kind in kinds if message.startswith(kind.BEGINS)), OnetError)
    return kind(message, retry_after=retry_after)
