"""How often the archive is asked again, and after how long."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tenacity import RetryCallState, Retrying, retry_if_exception

from onet_client.deadline import Deadline
from onet_client.retries import is_worth_a_retry

MOST_FRUITLESS: Final = 3
"""Tries in a row that bring nothing new."""
MOST: Final = 100
SHORTEST_WAIT: Final = 0.2
LONGEST_WAIT: Final = 5.0


@dataclass(slots=True)
class Tries:
    """What was tried for one purpose.

    Attributes:
        deadline: when to give up.
        made: how often it was tried.
        fruitless: how often in a row that brought nothing new.
    """

    deadline: Deadline
    made: int = 0
    fruitless: int = 0

    def begin(self) -> None:
        """Count one; it is fruitless until the caller resets that count."""
        self.made += 1
        self.fruitless += 1


def trying(sleep: Callable[[float], None]) -> Retrying:
    """Calls a function of `Tries` until it returns, or raises its last error."""
    return Retrying(
        retry=retry_if_exception(is_worth_a_retry),
        wait=_wait,
        stop=_is_enough,
        sleep=sleep,
        reraise=True,
    )


def _wait(state: RetryCallState) -> float:
    tries: Tries = state.args[0]
    error = state.outcome.exception() if state.outcome else None
    asked = getattr(error, "retry_after", None) or 0.0
    backoff: float = SHORTEST_WAIT * 2**tries.fruitless
    return max(asked, min(backoff, LONGEST_WAIT))


def _is_enough(state: RetryCallState) -> bool:
    tries: Tries = state.args[0]
    too_late = state.upcoming_sleep >= tries.deadline.remaining()
    return too_late or tries.fruitless >= MOST_FRUITLESS or tries.made >= MOST
