"""Which queries are repeated, after how long, and how often."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    wait_fixed,
    wait_random_exponential,
)

from onet_client import errors
from onet_client.deadline import Deadline

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 3
RETRIED_STATUSES = frozenset({429, 500, 502, 503, 504})
BACKOFF = wait_fixed(0.2) + wait_random_exponential(multiplier=0.5, max=5.0)
"""O*NET asks for 200 ms before a retry; full jitter from 0.5 s, doubling, on top."""


@dataclass(slots=True)
class UpstreamQuery:
    """One thing to ask for, and what it has taken so far.

    Attributes:
        url: Where to ask; after a redirect, where that led.
        deadline: When to give up.
        attempts: Requests sent so far.
    """

    url: str
    deadline: Deadline
    attempts: int = 0


def retrying(sleep: Callable[[float], None]) -> Retrying:
    """Calls a function of an `UpstreamQuery` until it returns, or raises its last error."""
    return Retrying(
        retry=retry_if_exception(is_worth_a_retry),
        wait=_wait,
        stop=_is_enough,
        sleep=sleep,
        before_sleep=_log_retry,
        reraise=True,
    )


def _error(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None


def is_worth_a_retry(error: BaseException) -> bool:
    """Whether a repetition may succeed."""
    return isinstance(error, errors.Unreachable | errors.TimedOut) or (
        isinstance(error, errors.OnetError) and error.status in RETRIED_STATUSES
    )


def asked_to_wait(state: RetryCallState) -> float:
    """The seconds that the last error asks to wait; 0 where it does not."""
    return getattr(_error(state), "retry_after", None) or 0.0


def _wait(state: RetryCallState) -> float:
    return max(BACKOFF(state), asked_to_wait(state))


def _is_enough(state: RetryCallState) -> bool:
    query: UpstreamQuery = state.args[0]
    too_late = state.upcoming_sleep >= query.deadline.remaining()
    return too_late or state.attempt_number >= MAX_ATTEMPTS


def _log_retry(state: RetryCallState) -> None:
    query: UpstreamQuery = state.args[0]
    log.warning("%s; asking %s again in %.1f s", _error(state), query.url, state.upcoming_sleep)
