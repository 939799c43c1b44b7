"""A read is a hit, or what is missing or too old is fetched, stored whole and then read."""

import itertools
from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest
from support import engines
from support.caches import process
from support.clock import LIMITS, START, eventually
from support.fake_client import ELEMENTS, TITLE, no_upstream
from support.fills import publish, rated
from support.made_up_release import RATED, TITLES
from support.tables import held

from cache.entries.purge import purge
from cache.entries.store import Store
from cache.fill.fetch import ServedRelease
from cache.fill.refresh_requests import RefreshRequests
from cache.pull_through import PullThrough
from cache.reading import FillFailed, NoRatings, UnknownOccupation
from cache.release.seed import seed
from cache.upstream import Upstream
from onet_client.deadline import Deadline
from onet_client.errors import (
    BadReply,
    BadRequest,
    CircuitOpen,
    DeadlineExceeded,
    Forbidden,
    NoData,
    NotConfigured,
    NotFound,
    OnetError,
    RateLimited,
    TimedOut,
    Unauthorized,
    UnknownCode,
    Unreachable,
    UpstreamFailure,
)

SEEDED = RATED[0]
EMPTY = tuple(TITLES)[4]
NEW = "99-1001.00"
FAILURES = [
    BadReply, BadRequest, CircuitOpen, DeadlineExceeded, Forbidden, NotConfigured, NotFound,
    OnetError, RateLimited, TimedOut, Unauthorized, Unreachable, UpstreamFailure,
]  # fmt: skip
# What failed makes no difference to a database, so that one cause is enough of the slower one.
FAILING = pytest.mark.parametrize(
    ("engine", "method", "failure"),
    [
        pytest.param(backend, method, failure, marks=marks)
        for backend, marks in (("sqlite", []), ("mysql", [pytest.mark.mysql]))
        for method in ("release", "occupation", "ratings")
        for failure in (FAILURES if backend == "sqlite" else [UpstreamFailure])
    ],
    indirect=["engine"],
)
OLD = LIMITS.stale_while_revalidate + 1
EXPIRED = LIMITS.stale_if_error + 1
"""Seconds past the expiry of a rated entry."""


@pytest.fixture
def pull_through(seeded_engine, client, clock):
    return process(seeded_engine, client, clock)


@pytest.fixture
def without_upstream(seeded_engine, clock):
    return engines.pull_through(seeded_engine, no_upstream(), LIMITS, clock)


def read_one(pull_through: PullThrough, code: str):
    (reading,) = pull_through.read("skills", [code])
    return reading


def levels(reading) -> set[float]:
    return {element.level for element in reading.profile.elements.values()}


@pytest.mark.parametrize("error", [UnknownCode("no such code"), None])
def test_what_expires_before_it_is_fetched_is_fetched_once_and_answered(
    pull_through, client, clock, error
):
    client.errors = {"occupation": error} if error else {}
    client.on_call = lambda _method: clock.advance(LIMITS.ttl)

    if error:
        with pytest.raises(UnknownOccupation):
            read_one(pull_through, NEW)
    else:
        assert TITLE == read_one(pull_through, NEW).profile.title

    assert 1 == Counter(method for method, _ in client.calls)["occupation"]


def test_a_miss_is_fetched_stored_and_answered_and_the_next_read_is_a_hit(
    pull_through, client, clock
):
    reading = read_one(pull_through, NEW)

    assert [("release", ""), ("occupation", NEW), ("ratings", NEW)] == client.calls
    entry = reading.entry
    assert ("filled", "rated") == (reading.outcome, entry.state)
    assert ("api", "30.3") == (entry.origin, entry.release)
    assert (TITLE, ELEMENTS.keys()) == (reading.profile.title, reading.profile.elements.keys())
    assert {3.25} == levels(reading)
    assert (START, LIMITS.expiry(START, "rated")) == (entry.fetched_at, entry.expires_at)

    again = read_one(pull_through, NEW)
    assert ("hit", entry, reading.profile) == (again.outcome, again.entry, again.profile)
    assert 3 == len(client.calls)


def test_entries_are_read_in_order_and_only_the_missing_are_fetched(pull_through, client):
    readings = pull_through.read("skills", [NEW, SEEDED])

    assert [(NEW, "filled"), (SEEDED, "hit")] == [(r.entry.code, r.outcome) for r in readings]
    assert {"", NEW} == {code for _, code in client.calls}


def test_one_deadline_runs_through_a_whole_fill(pull_through, client):
    read_one(pull_through, NEW)

    first, *others = client.deadlines
    assert 20.0 == first.seconds
    assert all(deadline is first for deadline in others)


NEGATIVE = [
    pytest.param("occupation", UnknownCode("no"), UnknownOccupation, "unknown", id="unknown"),
    pytest.param("ratings", NoData("none"), NoRatings, "empty", id="empty"),
]


@pytest.mark.parametrize(("method", "error", "raised", "state"), NEGATIVE)
def test_an_expired_no_is_not_served_when_the_upstream_fails(
    pull_through, client, clock, method, error, raised, state
):
    client.errors = {method: error}
    with pytest.raises(raised):
        read_one(pull_through, NEW)
    clock.advance(LIMITS.negative_ttl)
    client.errors = {"release": TimedOut("late")}

    with pytest.raises(FillFailed):
        read_one(pull_through, NEW)


def test_what_a_complete_release_left_empty_has_no_ratings(pull_through, client):
    with pytest.raises(NoRatings) as raised:
        read_one(pull_through, EMPTY)

    assert [] == client.calls
    (reading,) = raised.value.readings
    assert ("hit", "seed") == (reading.outcome, reading.entry.origin)


def test_all_readings_are_told_with_the_one_that_fails(pull_through, client):
    client.errors = {"ratings": TimedOut("late")}

    with pytest.raises(FillFailed) as raised:
        pull_through.read("skills", [SEEDED, NEW, RATED[1]])

    assert NEW == raised.value.code
    assert [(SEEDED, "hit"), (NEW, "failed"), (RATED[1], "hit")] == [
        (reading.entry.code, reading.outcome) for reading in raised.value.readings
    ]


def test_a_stale_entry_is_served_at_once_and_its_refresh_requested(
    pull_through, client, clock, seeded_engine
):
    requests = RefreshRequests(seeded_engine, seeded_engine)
    clock.advance(LIMITS.ttl)

    readings = [read_one(pull_through, SEEDED) for _ in range(3)]

    assert [("stale", "seed")] * 3 == [(one.outcome, one.entry.origin) for one in readings]
    eventually([("skills", SEEDED)], lambda: requests.due(9))
    assert [] == client.calls

    assert "api" == pull_through.refresh("skills", SEEDED).origin
    assert [] == requests.due(9)
    refreshed = read_one(pull_through, SEEDED)
    assert ("hit", {3.25}) == (refreshed.outcome, levels(refreshed))


@FAILING
def test_an_old_entry_is_served_stale_whatever_fails_and_stays_as_it_was(
    pull_through, client, clock, seeded_engine, method, failure
):
    before = held(seeded_engine)
    fresh = read_one(pull_through, SEEDED)
    client.errors = {method: failure("no")}
    clock.advance(LIMITS.ttl + OLD)

    reading = read_one(pull_through, SEEDED)

    assert fresh._replace(outcome="stale") == reading
    assert before == held(seeded_engine)


@FAILING
def test_a_miss_that_cannot_be_fetched_fails_with_the_cause_and_stores_nothing(
    pull_through, client, seeded_engine, method, failure
):
    before = held(seeded_engine)
    client.errors = {method: failure("no")}

    # Without credentials a code that the loaded release does not list is simply unknown.
    raises = UnknownOccupation if failure is NotConfigured else FillFailed
    with pytest.raises(raises) as raised:
        read_one(pull_through, NEW)

    if raises is FillFailed:
        assert client.errors[method] is raised.value.cause
    assert (NEW, "failed") == (raised.value.code, raised.value.readings[0].outcome)
    assert before == held(seeded_engine)


@pytest.mark.parametrize(
    "error", [UnknownCode("contradicts the occupation's page"), NoData("no list")]
)
def test_a_no_from_the_wrong_place_is_no_answer(pull_through, client, seeded_engine, error):
    method = "ratings" if isinstance(error, UnknownCode) else "release"
    before = held(seeded_engine)
    client.errors = {method: error}

    with pytest.raises(FillFailed):
        read_one(pull_through, NEW)

    assert before == held(seeded_engine)


@pytest.mark.parametrize("field", ["standard_error", "value", "upper_ci"])
def test_a_figure_that_no_rating_can_have_is_a_bad_reply(
    pull_through, client, seeded_engine, field
):
    before = held(seeded_engine)
    client.changes = {field: Decimal("5000.0000")}

    with pytest.raises(FillFailed) as raised:
        read_one(pull_through, NEW)

    assert isinstance(raised.value.cause, BadReply)
    assert before == held(seeded_engine)


@pytest.mark.parametrize(("method", "error", "raised", "state"), NEGATIVE)
def test_a_no_replaces_an_old_entry(pull_through, client, clock, method, error, raised, state):
    client.errors = {method: error}
    clock.advance(LIMITS.ttl + OLD)

    with pytest.raises(raised) as failed:
        read_one(pull_through, SEEDED)

    (reading,) = failed.value.readings
    assert ("refreshed", state) == (reading.outcome, reading.entry.state)
    assert {} == reading.profile.elements


def test_without_credentials_what_is_there_is_served_even_when_old(without_upstream, clock):
    assert "hit" == read_one(without_upstream, SEEDED).outcome

    clock.advance(LIMITS.ttl + OLD)
    assert "stale" == read_one(without_upstream, SEEDED).outcome


def test_without_credentials_an_unlisted_code_is_unknown_and_not_remembered(
    without_upstream, seeded_engine
):
    before = held(seeded_engine)

    with pytest.raises(UnknownOccupation):
        read_one(without_upstream, NEW)

    assert before == held(seeded_engine)


def test_where_only_listed_codes_are_wanted_no_other_is_asked_for_or_remembered(
    pull_through, seeded_engine, client
):
    before = held(seeded_engine)

    with pytest.raises(UnknownOccupation):
        pull_through.read("skills", [SEEDED, NEW], only_listed=True)
    groups = pull_through.read_each("skills", [[NEW], [SEEDED]], 5.0, only_listed=True)

    assert [UnknownOccupation, list] == [type(group) for group in groups]
    assert before == held(seeded_engine)
    assert [] == client.calls


def test_without_credentials_and_any_release_nothing_is_known_of_a_code(engine, clock):
    empty = engines.pull_through(engine, no_upstream(), LIMITS, clock)

    with pytest.raises(FillFailed) as raised:
        read_one(empty, SEEDED)

    assert "ONET_API_KEY is not set" == str(raised.value.cause)
    assert isinstance(raised.value.cause, NotConfigured)


def at_ratings(client, do) -> None:
    """Have something done whenever the upstream is asked for ratings."""
    client.on_call = lambda method: method == "ratings" and do()


@pytest.mark.parametrize("code", [SEEDED, NEW], ids=["old", "absent"])
def test_a_fill_that_is_overtaken_serves_what_overtook_it(
    pull_through, client, clock, seeded_engine, code
):
    clock.advance(LIMITS.ttl + OLD)

    def overtake() -> None:
        expiry = LIMITS.expiry(clock(), "rated")
        purge(seeded_engine, [code])
        publish(seeded_engine, rated(code, level="6.0000", expires_at=expiry))

    at_ratings(client, overtake)

    assert {6.0} == levels(read_one(pull_through, code))


def test_a_seed_under_way_overtakes_a_fill(
    pull_through, client, clock, seeded_engine, made_up_release
):
    clock.advance(LIMITS.ttl + OLD)
    at_ratings(client, lambda: seed(seeded_engine, made_up_release, limits=LIMITS, now=clock))

    reading = read_one(pull_through, SEEDED)

    assert ("seed", clock.time) == (reading.entry.origin, reading.entry.fetched_at)
    assert 3 == len(reading.profile.elements)


def test_a_fill_begun_before_a_purge_does_not_publish_after_it(
    pull_through, client, clock, seeded_engine
):
    clock.advance(LIMITS.ttl + EXPIRED)
    at_ratings(client, lambda: purge(seeded_engine, [SEEDED]))

    with pytest.raises(FillFailed):
        read_one(pull_through, SEEDED)

    (stored,) = Store(seeded_engine).read("skills", [SEEDED])
    assert "absent" == stored.entry.state


def test_each_group_is_read_as_it_would_be_alone(pull_through, client):
    client.errors = {"ratings": TimedOut("late")}

    hit, empty, failed, fails_first = pull_through.read_each(
        "skills", [[SEEDED], [NEW, EMPTY], [RATED[1], NEW], [NEW, SEEDED]], 10.0
    )

    assert [(SEEDED, "hit")] == [(one.entry.code, one.outcome) for one in hit]
    assert (NoRatings, EMPTY, [EMPTY]) == (
        type(empty), empty.code, [one.entry.code for one in empty.readings],
    )  # fmt: skip
    for group, codes in ((failed, [RATED[1], NEW]), (fails_first, [NEW, SEEDED])):
        assert (FillFailed, NEW, client.errors["ratings"]) == (
            type(group), group.code, group.cause,
        )  # fmt: skip
        assert codes == [one.entry.code for one in group.readings]


def test_what_only_groups_without_an_answer_need_is_not_fetched(pull_through, client):
    pull_through.read_each("skills", [[NEW, EMPTY]], 10.0)

    assert [] == client.calls


def test_many_misses_are_filled_once_each_and_ask_for_the_release_together(pull_through, client):
    codes = [f"99-{number}.00" for number in range(1001, 1031)]
    groups = [list(pair) for pair in itertools.pairwise(codes)]

    results = pull_through.read_each("skills", groups, 10.0)

    assert groups == [[one.entry.code for one in readings] for readings in results]
    assert {"filled"} == {one.outcome for readings in results for one in readings}
    assert {"release": 1, "occupation": 30, "ratings": 30} == Counter(
        method for method, _ in client.calls
    )


@pytest.fixture
def served(client, clock):
    return ServedRelease(Upstream(client, "https://onet.test/", deadline=20.0), clock)


def test_the_release_is_asked_for_again_when_a_fill_could_have_taken_that_long(
    served, client, clock
):
    told = [served.ask(Deadline(1.0))]
    for seconds in (19.999, 0.001):
        clock.advance(seconds)
        told.append(served.ask(Deadline(1.0)))

    after = START + timedelta(seconds=20)
    assert [("30.3", START), ("30.3", START), ("30.3", after)] == told
    assert 2 == len(client.calls)


def test_a_release_that_could_not_be_asked_for_is_asked_for_again(served, client):
    client.errors = {"release": TimedOut("late")}
    with pytest.raises(TimedOut):
        served.ask(Deadline(1.0))
    client.errors = {}

    assert ("30.3", START) == served.ask(Deadline(1.0))
