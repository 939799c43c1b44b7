"""When a request may go: pace, pause, circuit breaker and the day's budget.

The decisions are pure functions from one small state to the next, so that the same rules
can run over a state kept in memory or in a row that many processes share. Times are
seconds on whatever clock the keeper of the state reads throughout.
"""

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from math import inf

from onet_client.errors import BudgetSpent, CircuitOpen

FAILURES_TO_OPEN = 5
"""Failures in a row that open the breaker."""

OPEN_SECONDS = 30.0
"""How long an open breaker lets nothing through, and the time from probe to probe."""

LONGEST_CAUSE = 200
"""Characters of what is kept of a failure."""

LONGEST_PAUSE = 86_400.0
"""A Retry-After is obeyed up to a day, the longest period an O*NET quota has been named for."""

SPACING_MARGIN = 1.2
"""Stretches the pace. Requests leave evenly but arrive late by what a new connection takes;
this and `CATCH_UP` leave 150 ms of such lag before one too many falls into one second."""

CATCH_UP = 0.05
"""Seconds by which a request may go late without putting off those after it: waiting ends a
little late each time, and at 50 a second that made the pace a third slower."""

DAY = 86_400.0
"""Seconds; days begin at 00:00 UTC where the clock counts from 1970."""

GUESSES = 0.1
"""The share of the pace, and of the day's budget, that is for guesses: requests about codes that no
list has. Anyone can make such codes up, and what is left is for those that there are."""

GUESSES_AT_ONCE = 20
"""Guesses that may go ahead of their share after a while without any, in moments that others
leave free: honest people mistype."""


@dataclass(frozen=True, slots=True)
class GovernorState:
    """What the next decision depends on.

    Attributes:
        next_slot: When the next request may go, by the pace.
        paused_until: When a pause ends.
        failures: Failures since the last success.
        open_until: When an open breaker lets its next probe through; None while closed.
        guess_slot: When the next guess may go by its share.
        day: The day that is counted, in days since the clock's beginning.
        spent: Requests that went on that day.
        guessed: How many of those were guesses.
        opened_by: The failure that opened the breaker; None while it is closed.
    """

    next_slot: float = 0.0
    paused_until: float = 0.0
    failures: int = 0
    open_until: float | None = None
    guess_slot: float = 0.0
    day: int = 0
    spent: int = 0
    guessed: int = 0
    opened_by: str | None = None


Decision = Callable[[GovernorState, float], tuple[GovernorState, float]]
"""Of a state and the time now: the state after it, and the seconds to wait."""


def spacing(max_rate: float) -> float:
    """Seconds from one request to the next for `max_rate` requests in any one second."""
    return SPACING_MARGIN / max_rate


def admit(
    state: GovernorState, now: float, spacing: float, budget: float = inf, *, guess: bool = False
) -> tuple[GovernorState, float]:
    """Decide on one request: the state after it, and the seconds to wait (0.0 is go).

    A wait spends nothing of the day's budget. The request let through when an open breaker's time
    is up is the probe, and moves that time on, so that no second one follows it. A guess goes on
    the share of `GUESSES`.

    Raises:
        CircuitOpen: While the breaker is open.
        BudgetSpent: When the day's budget is used up, or the share of it for guesses.
    """
    state = on_day(_within_reach(state, now, spacing), now)
    _check_budget(state, now, budget, guess=guess)
    if state.open_until is not None and now < state.open_until:
        last = f", at last: {state.opened_by}" if state.opened_by else ""
        raise CircuitOpen(
            f"not asked: the upstream failed repeatedly{last}", retry_after=state.open_until - now
        )
    turn = _guess_turn(state, spacing) if guess else now
    wait = max(state.next_slot, state.paused_until, turn) - now
    if wait > 0:
        return state, wait
    open_until = None if state.open_until is None else now + OPEN_SECONDS
    due = state.next_slot if now - state.next_slot <= CATCH_UP else now
    state = replace(state, next_slot=due + spacing, open_until=open_until, spent=state.spent + 1)
    if guess:
        guess_slot = max(state.guess_slot, now) + spacing / GUESSES
        state = replace(state, guess_slot=guess_slot, guessed=state.guessed + 1)
    return state, 0.0


def _guess_turn(state: GovernorState, spacing: float) -> float:
    """When a guess may go: by its share, or ahead of it where nobody took the slot that was due."""
    ahead = state.guess_slot - (GUESSES_AT_ONCE - 1) * spacing / GUESSES
    return min(state.guess_slot, max(ahead, state.next_slot + spacing / 2))


def on_day(state: GovernorState, now: float) -> GovernorState:
    """Begin to count anew where another day has begun.

    A clock that goes back over midnight, and on again, gives no budget a second time. One that
    goes back by more than a day had been wrong, and what it counted may be years away.
    """
    today = int(now // DAY)
    if state.day - 1 <= today <= state.day:
        return state
    return replace(state, day=today, spent=0, guessed=0)


def _check_budget(state: GovernorState, now: float, budget: float, *, guess: bool) -> None:
    if state.spent >= budget:
        said = "the day's budget of requests is used up"
    elif guess and state.guessed >= budget * GUESSES:
        said = "of the day's budget, the share for codes that no list has is used up"
    else:
        return
    raise BudgetSpent(f"{BudgetSpent.BEGINS}{said}", retry_after=(state.day + 1) * DAY - now)


def _within_reach(state: GovernorState, now: float, spacing: float) -> GovernorState:
    """No time lies further ahead than it can have been set: the clock may have gone back."""
    open_until = state.open_until
    return replace(
        state,
        next_slot=min(state.next_slot, now + spacing),
        paused_until=min(state.paused_until, now + LONGEST_PAUSE),
        open_until=None if open_until is None else min(open_until, now + OPEN_SECONDS),
        guess_slot=min(state.guess_slot, now + GUESSES_AT_ONCE * spacing / GUESSES),
    )


def paused(state: GovernorState, now: float, seconds: float) -> GovernorState:
    """Hold all requests back for `seconds`; never shortens a longer pause."""
    until = now + min(max(seconds, 0.0), LONGEST_PAUSE)
    return replace(state, paused_until=max(state.paused_until, until))


def succeeded(state: GovernorState) -> GovernorState:
    """The upstream answered: the breaker is closed and the count starts again."""
    return replace(state, failures=0, open_until=None, opened_by=None)


def failed(state: GovernorState, now: float, cause: str) -> GovernorState:
    """One failure more; the one that completes the row opens the breaker.

    Failures while it is open, of a probe or of requests sent before, do not put off the
    next probe, and the cause stays the one that opened it.
    """
    failures = state.failures + 1
    if state.open_until is None and failures >= FAILURES_TO_OPEN:
        open_until, opened_by = now + OPEN_SECONDS, cause[:LONGEST_CAUSE]
        return replace(state, failures=failures, open_until=open_until, opened_by=opened_by)
    return replace(state, failures=failures)


class Governor(ABC):
    """What the transport asks before every request, and reports each outcome to.

    Decides by the rules above over a state that each kind of governor keeps in its own way: for
    `max_rate` requests a second and `budget` a day. With `guesses`, it is for requests about codes
    that no list has, which get a share of both.
    """

    def __init__(self, max_rate: float, budget: float = inf, *, guesses: bool = False) -> None:
        self._spacing = spacing(max_rate)
        self._budget = budget
        self._guesses = guesses

    @abstractmethod
    def _change(self, decide: Decision) -> float:
        """Apply a decision to the state that is kept, and return the seconds to wait."""

    def acquire(self) -> float:
        """Take the next slot if it is due.

        Returns:
            0.0 where the slot is taken and the request may go now, otherwise the seconds
            to wait before asking again.

        Raises:
            CircuitOpen: While the breaker is open, with `retry_after` set.
            BudgetSpent: When as many requests went today as may, with `retry_after` set.
        """
        return self._change(
            lambda state, now: admit(state, now, self._spacing, self._budget, guess=self._guesses)
        )

    def pause(self, seconds: float) -> None:
        """Hold all requests back for so many seconds."""
        self._change(lambda state, now: (paused(state, now, seconds), 0.0))

    def success(self) -> None:
        """Note that the upstream answered for itself, which closes the breaker."""
        self._change(lambda state, _now: (succeeded(state), 0.0))

    def failure(self, cause: str) -> None:
        """Note a connection error, a time-out or a 5xx, in words that may be shown to operators."""
        self._change(lambda state, now: (failed(state, now, cause), 0.0))


class InMemoryGovernor(Governor):
    """A governor for the threads of one process."""

    def __init__(self, max_rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(max_rate)
        self._clock = clock
        self._lock = threading.Lock()
        self._state = GovernorState()

    def _change(self, decide: Decision) -> float:
        with self._lock:
            self._state, wait = decide(self._state, self._clock())
        return wait
