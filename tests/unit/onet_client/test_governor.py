import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.waiting import at_once

from onet_client.errors import BudgetSpent, CircuitOpen
from onet_client.governor import (
    CATCH_UP,
    DAY,
    GUESSES_AT_ONCE,
    LONGEST_PAUSE,
    OPEN_SECONDS,
    GovernorState,
    InMemoryGovernor,
    admit,
    failed,
    paused,
    spacing,
    succeeded,
)


def go(governor, clock):
    """Wait for a slot as the transport does; the moment it was taken."""
    while wait := governor.acquire():
        clock.sleep(wait)
    return clock.now


def test_requests_go_at_most_max_rate_in_any_one_second(clock):
    governor = InMemoryGovernor(5, clock)

    times = [go(governor, clock) for _ in range(40)]

    late = 0.2  # what a new connection may take before the first of them is on its way
    for first, sixth in zip(times, times[5:], strict=False):
        assert sixth - (first + late) > 1.0 - 1e-6
    assert times[-1] - times[0] < 40 / 5 * 1.25


@pytest.mark.parametrize("rate", [1, 5, 50, 1000])
def test_requests_that_go_a_little_late_keep_the_pace_and_the_limit(clock, rate):
    governor, times = InMemoryGovernor(rate, clock), []
    for late in [0.0, CATCH_UP, 0.0, CATCH_UP / 2] * rate:
        while wait := governor.acquire():
            clock.sleep(wait + late)
        times.append(clock.now)

    assert times[-1] - times[0] <= (len(times) - 1) * spacing(rate) + CATCH_UP + 1e-6
    for first, beyond in zip(times, times[rate:], strict=False):
        assert beyond - first > 1.0 + 0.1


def test_being_told_to_wait_takes_no_slot(clock):
    governor = InMemoryGovernor(5, clock)
    governor.acquire()

    assert spacing(5) == pytest.approx(governor.acquire())
    assert spacing(5) == pytest.approx(governor.acquire())


def test_a_pause_stops_everybody_for_its_length(clock):
    governor = InMemoryGovernor(5, clock)
    governor.pause(7.0)

    assert 7.0 == pytest.approx(governor.acquire())
    clock.sleep(6.9)
    assert 0.1 == pytest.approx(governor.acquire())
    clock.sleep(0.2)
    assert 0.0 == governor.acquire()


@pytest.mark.parametrize(
    ("seconds", "until"),
    [(7.0, 107.0), (3.0, 105.0), (-5.0, 105.0), (1e300, 100.0 + LONGEST_PAUSE)],
)
def test_a_pause_neither_shortens_another_nor_lasts_forever(seconds, until):
    state = paused(GovernorState(paused_until=105.0), 100.0, seconds)

    assert until == state.paused_until


def test_five_failures_in_a_row_open_the_breaker_for_thirty_seconds(clock):
    governor = InMemoryGovernor(1e6, clock)
    for _ in range(4):
        governor.failure("no answer")
    assert 0.0 == governor.acquire()

    governor.failure("no answer")
    clock.sleep(10.0)

    with pytest.raises(CircuitOpen) as raised:
        governor.acquire()
    assert 20.0 == pytest.approx(raised.value.retry_after)


def test_a_success_between_failures_starts_the_row_again(clock):
    governor = InMemoryGovernor(1e6, clock)
    for _ in range(4):
        governor.failure("no answer")
    governor.success()
    for _ in range(4):
        governor.failure("no answer")

    assert 0.0 == governor.acquire()


def opened(clock):
    governor = InMemoryGovernor(1e6, clock)
    for _ in range(5):
        governor.failure("no answer")
    return governor


@pytest.mark.parametrize("failures_meanwhile", [0, 1, 9])
def test_an_open_breaker_lets_one_probe_through_every_thirty_seconds(clock, failures_meanwhile):
    governor = opened(clock)
    probes = []
    for _ in range(1000):
        clock.sleep(0.1)
        try:
            if governor.acquire() == 0.0:
                probes.append(clock.now)
                for _ in range(failures_meanwhile):
                    governor.failure("no answer")
        except CircuitOpen:
            pass

    assert [1030.0, 1060.0, 1090.0] == pytest.approx(probes, abs=0.2)


def test_a_probe_that_takes_long_to_fail_does_not_put_off_the_next(clock):
    governor = opened(clock)
    clock.sleep(30.0)
    governor.acquire()
    clock.sleep(20.0)
    governor.failure("no answer")

    clock.sleep(10.0)
    assert 0.0 == governor.acquire()


def test_a_success_closes_the_breaker(clock):
    governor = opened(clock)
    clock.sleep(30.0)
    assert 0.0 == governor.acquire()
    governor.success()

    clock.sleep(0.1)
    assert 0.0 == governor.acquire()
    governor.failure("no answer")
    clock.sleep(0.1)
    assert 0.0 == governor.acquire()


def test_a_probe_waits_for_a_pause_and_is_not_used_up_by_it(clock):
    governor = opened(clock)
    governor.pause(35.0)
    clock.sleep(30.0)

    assert 5.0 == pytest.approx(governor.acquire())
    clock.sleep(5.1)
    assert 0.0 == governor.acquire()
    with pytest.raises(CircuitOpen):
        governor.acquire()


def test_of_many_threads_one_takes_the_slot(clock):
    governor = InMemoryGovernor(5, clock)

    waits = [done.result for done in at_once([governor.acquire] * 8)]

    assert 1 == waits.count(0.0)


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["ask", "success", "failure", "pause"]),
        st.floats(min_value=0, max_value=40),
    ),
    max_size=60,
)


@given(EVENTS)
def test_whatever_happens_the_rules_hold(events):
    state, now, granted, left, probe_at = GovernorState(), 0.0, [], [], None
    for event, seconds in events:
        now += seconds
        match event:
            case "success":
                state, probe_at = succeeded(state), None
            case "failure":
                state = failed(state, now, "no answer")
            case "pause":
                state = paused(state, now, seconds)
            case "ask":
                was_open, until = state.open_until is not None, state.paused_until
                try:
                    state, wait = admit(state, now, 0.25)
                except CircuitOpen as error:
                    left.append(error.retry_after)
                    assert was_open
                    continue
                if wait == 0.0:
                    assert now >= until
                    assert not granted or now - granted[-1] >= 0.25 - 1e-9  # a difference rounds
                    assert not was_open or probe_at is None or now - probe_at >= 30.0
                    probe_at = now if was_open else probe_at
                    granted.append(now)
    assert all(0.0 < seconds <= 30.0 + 1e-9 for seconds in left)


@pytest.mark.parametrize(
    ("state", "guess", "due"),
    [(GovernorState(next_slot=4600.0), False, 0.24), (GovernorState(guess_slot=4600.0), True, 2.4)],
    ids=["anybody's", "a guess's"],
)
def test_a_clock_that_goes_back_leaves_no_slot_out_of_reach(state, guess, due):
    _, wait = admit(state, 1000.0, 0.24, guess=guess)

    assert wait == pytest.approx(due)


def test_a_clock_that_goes_back_leaves_no_breaker_open_for_longer_than_its_time():
    with pytest.raises(CircuitOpen) as refused:
        admit(GovernorState(failures=5, open_until=4600.0), 1000.0, 0.24)

    assert refused.value.retry_after == OPEN_SECONDS


NOON = 20_000.5 * DAY


def ask_all(state, now, budget, *, guess=False):
    """Ask without pace until no more may go; how many went, the state then, and the error."""
    for went in range(1000):
        try:
            state, wait = admit(state, now, 0.0, budget, guess=guess)
        except BudgetSpent as spent:
            return went, state, spent
        assert 0.0 == wait
    raise AssertionError("there is no end to it")


def test_when_the_days_budget_is_spent_nothing_goes_until_the_day_ends():
    went, state, spent = ask_all(GovernorState(), NOON, 30)

    assert (30, DAY / 2) == (went, spent.retry_after)
    assert 0 == ask_all(state, NOON + spent.retry_after - 1, 30)[0]
    assert 30 == ask_all(state, NOON + spent.retry_after, 30)[0]


def test_guesses_have_a_tenth_of_the_day_and_leave_the_rest():
    went, state, spent = ask_all(GovernorState(), NOON, 30, guess=True)

    assert (3, DAY / 2) == (went, spent.retry_after)
    assert 27 == ask_all(state, NOON, 30)[0]
    assert 3 == ask_all(state, NOON + DAY, 30, guess=True)[0]


@pytest.mark.parametrize("back", [1.0, DAY / 2 + 1, DAY])
def test_a_clock_that_goes_back_and_on_again_gives_no_budget_twice(back):
    _, state, _ = ask_all(GovernorState(), NOON, 30)
    went, state, spent = ask_all(state, NOON - back, 30)

    assert (0, DAY / 2 + back) == (went, spent.retry_after)
    assert 0 == ask_all(state, NOON, 30)[0]


def test_a_clock_that_was_years_ahead_keeps_nobody_waiting_for_years():
    _, state, _ = ask_all(GovernorState(), NOON + 3000 * DAY, 30)
    went, state, spent = ask_all(state, NOON, 30)

    assert (30, DAY / 2) == (went, spent.retry_after)


def test_waiting_for_a_turn_spends_nothing():
    state, _ = admit(GovernorState(), NOON, 0.24, 10)
    waiting, wait = admit(state, NOON, 0.24, 10)

    assert wait > 0
    assert (1, 1) == (state.spent, waiting.spent)


def grants(seconds, *, guess):
    """When requests go that are always asked for, beside others now and then."""
    state, now, went = GovernorState(), NOON, []
    while now < NOON + seconds:
        state, wait = admit(state, now, 0.24, guess=guess)
        if wait == 0.0:
            went.append(now)
        now += max(wait, 1e-6)
    return went


def test_a_few_guesses_go_ahead_where_there_is_room_and_many_at_a_tenth_of_the_pace():
    few, all_of_them = grants(0.36 * GUESSES_AT_ONCE, guess=True), grants(600, guess=True)

    assert GUESSES_AT_ONCE <= len(few) <= GUESSES_AT_ONCE + 3
    assert 600 / 2.4 <= len(all_of_them) <= 600 / 2.4 + GUESSES_AT_ONCE
    assert 10 * len(all_of_them) > len(grants(600, guess=False)) > 8 * len(all_of_them)


@pytest.mark.parametrize("quiet", [0.0, 100.0])
def test_guesses_beside_others_who_wait_take_their_share_and_no_more(quiet):
    state, now, went = GovernorState(guess_slot=NOON - quiet), NOON, {True: 0, False: 0}
    turn = dict.fromkeys(went, NOON)
    while now < NOON + 240:
        guess = turn[True] <= turn[False]  # whoever wakes first asks
        now = turn[guess]
        state, wait = admit(state, now, 0.24, guess=guess)
        went[guess] += wait == 0.0
        turn[guess] = now + max(wait, 1e-3)

    assert 100 <= went[True] <= 102
    assert 898 <= went[False]


def test_guesses_that_wait_for_their_share_leave_the_pace_to_others():
    state = GovernorState(guess_slot=NOON + 2.4 * GUESSES_AT_ONCE)
    state, wait = admit(state, NOON, 0.24, guess=True)

    assert wait > 0
    assert 0.0 == admit(state, NOON, 0.24)[1]
