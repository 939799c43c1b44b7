"""Limits of time, size and tries for the archive."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tenacity import RetryCallState, Retrying, retry_if_exception

from onet_client.deadline import Deadline
from onet_client.retries import asked_to_wait, is_worth_a_retry

MEGABYTE: Final = 1_000_000

MOST_FRUITLESS: Final = 3
"""Tries in a row that bring nothing new."""
MOST_TRIES: Final = 100
SHORTEST_WAIT: Final = 0.2
LONGEST_WAIT: Final = 5.0


@dataclass(frozen=True, slots=True)
class Bounds:
    """Seconds and bytes. A text release is about 15 MB, and 120 MB unpacked.

    Attributes:
        connect: seconds until there is a connection.
        answer: seconds until the file begins to come, looking for it included, however often
            something is tried.
        stall: seconds without a further byte.
        whole: seconds for everything.
        page_bytes: of a page, unpacked.
        file_bytes: of a release as it comes.
        unpacked_bytes: of a release, all its files together.
        directory_bytes: of the list of files in a release.
    """

    connect: float = 5.0
    answer: float = 7.0
    stall: float = 10.0
    whole: float = 900.0
    page_bytes: int = 2 * MEGABYTE
    file_bytes: int = 100 * MEGABYTE
    unpacked_bytes: int = 600 * MEGABYTE
    directory_bytes: int = MEGABYTE


class DownloadDeadline(Deadline):
    """A short deadline for the archive to be reached, and a long one once the file comes."""

    def __init__(self, bounds: Bounds) -> None:
        super().__init__(bounds.whole)
        self._whole = self.seconds
        self._answer: Deadline | None = Deadline(bounds.answer)
        self.seconds = bounds.answer

    def remaining(self) -> float:
        """Seconds left; 0.0 once it has passed."""
        left = super().remaining()
        return min(left, self._answer.remaining()) if self._answer else left

    def relax(self) -> None:
        """Begin the long deadline: the file has begun to come."""
        self._answer = None
        self.seconds = self._whole


@dataclass(slots=True)
class Tries:
    """What was tried for one purpose.

    Attributes:
        deadline: when to give up.
        fruitless: how often in a row that brought nothing new; whoever brings something sets it
            to 0.
    """

    deadline: Deadline
    fruitless: int = 0


def trying(sleep: Callable[[float], None]) -> Retrying:
    """Calls a function of `Tries` until it returns, or raises its last error."""
    return Retrying(
        retry=retry_if_exception(is_worth_a_retry),
        before=_begin,
        wait=_wait,
        stop=_is_enough,
        sleep=sleep,
        reraise=True,
    )


def _begin(state: RetryCallState) -> None:
    tries: Tries = state.args[0]
    tries.fruitless += 1


def _wait(state: RetryCallState) -> float:
    tries: Tries = state.args[0]
    backoff: float = SHORTEST_WAIT * 2**tries.fruitless
    return max(asked_to_wait(state), min(backoff, LONGEST_WAIT))


def _is_enough(state: RetryCallState) -> bool:
    tries: Tries = state.args[0]
    too_late = state.upcoming_sleep >= tries.deadline.remaining()
    return too_late or tries.fruitless >= MOST_FRUITLESS or state.attempt_number >= MOST_TRIES
