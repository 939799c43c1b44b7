"""One flight for a key: who asks meanwhile shares its outcome, and nobody who leaves ends it."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Timer

import pytest
from support.clock import Seconds, eventually

from cache.fill import single_flight
from cache.fill.abandonment import LOOK, Abandoned, watch
from cache.fill.single_flight import (
    AT_ONCE,
    FAILURE_SHARED,
    MAX_FLIGHTS,
    Lane,
    SingleFlight,
    Task,
    TooManyWaiting,
    outcomes,
)

SLOTS, GUESSES = AT_ONCE[Lane.BATCH], AT_ONCE[Lane.GUESS]
KEY, OTHER = ("skills", "11-9001.00"), ("skills", "15-9002.00")
SECONDS = 5.0
"""More than any of this can take."""


class Work:
    """The work of a flight, which goes on when it is told to."""

    def __init__(self, value="value", error=None):
        self.begun, self.go_on, self.detached = Event(), Event(), Event()
        self.detaches = False
        self.value, self.error = value, error
        self.runs = 0

    def __call__(self, detach):
        self.runs += 1
        self.begun.set()
        if self.detaches:
            detach()
            self.detached.set()
        assert self.go_on.wait(SECONDS)
        if self.error is not None:
            raise self.error
        return self.value


def let_go(works):
    for work in works:
        work.go_on.set()


def many(number):
    """Work for so many keys, each with its number as value."""
    return {("skills", str(at)): Work(at) for at in range(number)}


def tasks(works, lane=Lane.ONE):
    return {key: Task(work, lane) for key, work in works.items()}


def fly(flights, works, lane):
    """Join a flight for each work."""
    return [flights.join((lane, at), Task(work, lane))[0] for at, work in enumerate(works)]


def begun(works):
    return [work.begun.is_set() for work in works].count(True)


def done(value="value", error=None):
    """Work that goes on at once."""
    work = Work(value, error)
    work.go_on.set()
    return work


@pytest.fixture
def clock():
    return Seconds()


@pytest.fixture
def flights(clock):
    return SingleFlight(max_waiting=3, clock=clock)


def fail(flights, *, joiners):
    """A flight that fails, with so many who join it; the error that they were given."""
    work = Work(error=ValueError("no"))
    joined = [flights.join(KEY, Task(work)) for _ in range(1 + joiners)]
    work.go_on.set()
    errors = outcomes([future for future, _ in joined], SECONDS)
    assert [work.error] * (1 + joiners) == errors
    end(flights)
    return work.error


def end(flights):
    """Wait until the thread of a flight that is done has put it away."""
    flights._executor.shutdown(wait=True)
    flights._executor = ThreadPoolExecutor(4)


def settle(flights):
    """Wait until nothing is under way, and nothing that is left could begin."""
    eventually(0, lambda: sum(flights._under_way.values()))


def test_all_who_join_share_one_value_and_all_but_the_first_are_told_that_they_do(flights):
    work = Work()
    joined = [flights.join(KEY, Task(work)) for _ in range(4)]
    work.go_on.set()

    assert [False, True, True, True] == [collapsed for _, collapsed in joined]
    assert ["value"] * 4 == outcomes([future for future, _ in joined], SECONDS)
    assert 1 == work.runs


@pytest.mark.parametrize("error", [SystemExit(1), KeyboardInterrupt(), TimeoutError("late")])
def test_an_error_of_any_kind_reaches_those_who_wait(flights, error):
    future, _ = flights.join(KEY, Task(done(error=error)))

    assert [error] == outcomes([future], SECONDS)


def test_a_leader_that_gives_up_ends_neither_the_flight_nor_anothers_waiting(flights):
    work = Work()
    first, _ = flights.join(KEY, Task(work))
    (gave_up,) = outcomes([first], 0.0)
    second, collapsed = flights.join(KEY, Task(work))
    work.go_on.set()

    assert TimeoutError is type(gave_up)
    assert collapsed
    assert ["value"] == outcomes([second], SECONDS)
    assert 1 == work.runs


def test_each_of_several_flights_has_an_outcome_of_its_own(flights):
    good, bad, slow = done(), done(error=ValueError("no")), Work()
    futures = [flights.join(key, Task(work))[0] for key, work in enumerate((good, bad, slow))]
    outcomes(futures[:2], SECONDS)

    value, error, late = outcomes(futures, 0.0)
    slow.go_on.set()

    assert ("value", "no", TimeoutError) == (value, str(error), type(late))


def test_flights_beyond_those_that_may_be_under_way_wait_for_their_turn(flights):
    works = [Work(value) for value in range(3 * MAX_FLIGHTS)]
    futures = fly(flights, works, Lane.ONE)

    assert all(work.begun.wait(SECONDS) for work in works[:MAX_FLIGHTS])
    assert MAX_FLIGHTS == begun(works)
    let_go(works)
    assert list(range(3 * MAX_FLIGHTS)) == outcomes(futures, SECONDS)


def test_many_flights_of_one_request_are_under_way_a_few_at_a_time(flights):
    works = many(4 * SLOTS)
    first = list(works.values())[:SLOTS]
    with ThreadPoolExecutor(1) as pool:
        ended = pool.submit(flights.run, tasks(works, Lane.BATCH), SECONDS)
        assert all(work.begun.wait(SECONDS) for work in first)
        aloft = begun(works.values())
        let_go(works.values())

        assert SLOTS == aloft
        assert [(at, False) for at in range(4 * SLOTS)] == list(ended.result(SECONDS).values())


def test_who_needs_one_flight_need_not_wait_for_those_who_need_many(flights):
    works = many(2 * MAX_FLIGHTS)
    with ThreadPoolExecutor(1) as pool:
        ended = pool.submit(flights.run, tasks(works, Lane.BATCH), SECONDS)
        assert all(works["skills", str(at)].begun.wait(SECONDS) for at in range(SLOTS))

        assert {KEY: ("one", False)} == flights.run(tasks({KEY: done("one")}), SECONDS)
        let_go(works.values())
        ended.result(SECONDS)


def test_what_has_not_had_its_turn_when_the_time_is_up_is_not_begun_any_more(flights):
    works = many(2 * SLOTS)
    ended = flights.run(tasks(works, Lane.BATCH), 0.05)
    let_go(works.values())
    settle(flights)

    assert {TimeoutError} == {type(each.result) for each in ended.values()}
    assert SLOTS == begun(works.values())


def test_after_a_flight_the_next_one_who_asks_starts_another(flights):
    for value in ("first", "second"):
        future, collapsed = flights.join(KEY, Task(done(value)))

        assert ([value], False) == (outcomes([future], SECONDS), collapsed)
        end(flights)


def test_who_asks_after_a_flight_has_landed_is_given_a_flight_of_their_own(flights):
    old, new = Work("old"), Work("new")
    old.detaches = True
    first, _ = flights.join(KEY, Task(old))
    assert old.detached.wait(SECONDS)
    old_executor, flights._executor = flights._executor, ThreadPoolExecutor(4)

    second, collapsed = flights.join(KEY, Task(new))
    assert not collapsed
    old.go_on.set()
    old_executor.shutdown(wait=True)
    third, collapsed = flights.join(KEY, Task(Work("third")))
    assert collapsed
    new.go_on.set()

    assert ["old", "new", "new"] == outcomes([first, second, third], SECONDS)


def test_a_failure_that_several_waited_for_is_shared_for_a_second(flights, clock):
    error = fail(flights, joiners=1)
    again = done("again")

    clock.now += FAILURE_SHARED - 0.001
    late, collapsed = flights.join(KEY, Task(again))
    assert ([error], True) == (outcomes([late], SECONDS), collapsed)
    assert 0 == again.runs

    clock.now += 0.001
    later, collapsed = flights.join(KEY, Task(again))
    assert (["again"], False) == (outcomes([later], SECONDS), collapsed)


def test_a_shared_failure_is_that_of_its_key_alone(flights):
    fail(flights, joiners=1)
    future, collapsed = flights.join(OTHER, Task(done()))

    assert (["value"], False) == (outcomes([future], SECONDS), collapsed)


def test_a_failure_that_nobody_shared_is_not_shared_later(flights):
    fail(flights, joiners=0)
    future, collapsed = flights.join(KEY, Task(done()))

    assert (["value"], False) == (outcomes([future], SECONDS), collapsed)


def test_a_failure_after_landing_is_not_the_answer_of_those_who_came_since(flights):
    old = Work(error=ValueError("no"))
    old.detaches = True
    flights.join(KEY, Task(old))
    assert old.detached.wait(SECONDS)
    new = Work("new")
    first, _ = flights.join(KEY, Task(new))
    flights.join(KEY, Task(new))
    old.go_on.set()
    new.go_on.set()
    outcomes([first], SECONDS)
    end(flights)

    last, collapsed = flights.join(KEY, Task(new))
    assert (["new"], False) == (outcomes([last], SECONDS), collapsed)


def wait_as(flights, lane=Lane.ONE):
    """Count as a request that waits; what it may wait for."""
    return flights.waiting({KEY: Task(done(), lane)})


def test_one_more_than_may_wait_is_refused_and_a_place_given_back_is_free(flights):
    with wait_as(flights), wait_as(flights):
        with wait_as(flights):
            refused = flights.run(tasks({KEY: done(), OTHER: done()}), SECONDS)
            assert [TooManyWaiting] * 2 == [type(each.result) for each in refused.values()]

        assert {KEY: ("value", False)} == flights.run(tasks({KEY: done()}), SECONDS)


@pytest.mark.parametrize("error", [ValueError, SystemExit])
def test_a_place_is_given_back_whatever_ends_the_waiting(flights, error):
    def wait():
        with wait_as(flights) as admitted:
            assert [KEY] == list(admitted)
            raise error

    for _ in range(10):
        with pytest.raises(error):
            wait()


def test_one_who_was_refused_takes_no_place(flights):
    with wait_as(flights), wait_as(flights), wait_as(flights):
        for _ in range(5):
            with wait_as(flights) as admitted:
                assert {} == admitted
    with wait_as(flights), wait_as(flights), wait_as(flights) as admitted:
        assert [KEY] == list(admitted)


def test_guesses_leave_places_to_others_whatever_else_they_are_asked_with(flights, monkeypatch):
    monkeypatch.setattr(single_flight, "GUESSES_WAITING", 1)
    both = {KEY: Task(done("one")), OTHER: Task(done(), Lane.GUESS)}
    with wait_as(flights, Lane.GUESS):
        found = flights.run(both, SECONDS)

    assert ("one", False) == found[KEY]
    assert TooManyWaiting is type(found[OTHER].result)
    assert ["one", "value"] == [each.result for each in flights.run(both, SECONDS).values()]


def test_what_may_be_made_up_keeps_nobody_else_waiting(flights):
    guesses, works = ([Work() for _ in range(20)] for _ in range(2))
    fly(flights, guesses, Lane.GUESS)
    futures = fly(flights, works, Lane.ONE)

    under_way = MAX_FLIGHTS - GUESSES
    assert all(work.begun.wait(SECONDS) for work in works[:under_way])
    assert (GUESSES, under_way) == (begun(guesses), begun(works))
    let_go(works)
    assert ["value"] * 20 == outcomes(futures, SECONDS)
    assert GUESSES == begun(guesses)
    let_go(guesses)


def test_a_flight_that_all_have_left_and_that_has_not_begun_is_dropped(flights):
    blocking = [Work() for _ in range(MAX_FLIGHTS)]
    fly(flights, blocking, Lane.ONE)
    dropped, kept = Work(), Work("kept")
    first, second = (flights.join(KEY, Task(dropped))[0] for _ in range(2))
    wanted, _ = flights.join(OTHER, Task(kept))
    flights.leave(first)
    still, collapsed = flights.join(KEY, Task(Work()))
    assert (second, True) == (still, collapsed)
    flights.leave(second)
    flights.leave(still)

    new, collapsed = flights.join(KEY, Task(done("new")))
    assert not collapsed
    kept.go_on.set()
    let_go(blocking)
    assert ["kept", "new"] == outcomes([wanted, new], SECONDS)
    assert (0, 1) == (dropped.runs, kept.runs)


def test_a_flight_that_all_have_left_goes_on_once_it_has_begun(flights):
    work = Work()
    flight, _ = flights.join(KEY, Task(work))
    assert work.begun.wait(SECONDS)
    flights.leave(flight)
    work.go_on.set()

    assert ["value"] == outcomes([flight], SECONDS)


@pytest.fixture
def gone():
    """Set when the caller that this thread works for hangs up."""
    event = Event()
    watch(event)
    yield event
    watch(None)


def test_who_has_hung_up_is_waited_for_no_longer_and_what_has_not_begun_is_dropped(flights, gone):
    works = many(2 * MAX_FLIGHTS)
    Timer(LOOK / 2, gone.set).start()
    began = time.monotonic()
    ended = flights.run(tasks(works), SECONDS)

    assert time.monotonic() - began < SECONDS / 2
    assert {Abandoned} == {type(each.result) for each in ended.values()}
    let_go(works.values())
    settle(flights)
    assert MAX_FLIGHTS == begun(works.values())


def test_who_hung_up_before_begins_nothing(flights, gone):
    gone.set()
    work = done()

    assert Abandoned is type(flights.run(tasks({KEY: work}), SECONDS)[KEY].result)
    assert 0 == work.runs


def test_who_is_watched_and_stays_gets_values_and_has_a_deadline(flights, gone):
    slow = Work()
    ended = flights.run(tasks({KEY: done(), OTHER: slow}), 2.5 * LOOK)
    slow.go_on.set()

    assert "value" == ended[KEY].result
    assert TimeoutError is type(ended[OTHER].result)


def test_a_flight_of_a_batch_that_is_needed_by_itself_does_not_wait_for_the_batch(flights):
    works = [Work() for _ in range(2 * SLOTS)]
    *_, last = fly(flights, works, Lane.BATCH)
    assert all(work.begun.wait(SECONDS) for work in works[:SLOTS])
    flight, collapsed = flights.join((Lane.BATCH, 2 * SLOTS - 1), Task(Work()))

    assert (last, True) == (flight, collapsed)
    assert works[-1].begun.wait(SECONDS)
    assert SLOTS + 1 == begun(works)
    let_go(works)
