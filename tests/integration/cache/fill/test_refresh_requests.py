"""What a read does at each moment of an entry's life, and how it is refreshed behind."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from statistics import quantiles

import pytest
from sqlalchemy import event, update
from support.caches import process
from support.clock import LIMITS, START, eventually
from support.fake_client import FakeClient
from support.made_up_release import RATED
from support.waiting import at_once

from cache.db.clock import database_time
from cache.db.database import connect, write
from cache.db.onet_tables import CacheEntry
from cache.entries.purge import purge
from cache.entries.renewal import Revalidation
from cache.fill.leases import Leases
from cache.fill.refresh_requests import REPEATED_AFTER, RefreshRequests
from cache.reading import FillFailed
from onet_client.errors import RateLimited, UpstreamFailure

CODE, NEW = RATED[0], "99-1001.00"
MICRO = 0.000_001
EXPIRY = LIMITS.ttl
REVALIDATED = LIMITS.ttl + LIMITS.stale_while_revalidate
LINGERED = LIMITS.ttl + LIMITS.stale_if_error


@pytest.fixture
def requests(seeded_engine):
    return RefreshRequests(seeded_engine, seeded_engine)


def read(cache, code=CODE):
    (reading,) = cache.read("skills", [code])
    return reading


HIT, STALE, OLD = ("hit", "hit"), ("stale", "stale"), ("refreshed", "stale")
ABSENT = ("filled", "failed")
"""How an entry is read where the upstream answers, and where it fails."""
MOMENTS = [
    pytest.param(moment + off, *how, id=f"{moment:g}{off:+g}")
    for moment, before, at, after in (
        (EXPIRY, HIT, STALE, STALE),
        (REVALIDATED, STALE, STALE, OLD),
        (LINGERED, OLD, OLD, ABSENT),
    )
    for off, how in ((-1, before), (-MICRO, before), (0, at), (MICRO, after), (1, after))
]


@pytest.mark.parametrize(("age", "answered", "failing"), MOMENTS)
def test_a_rated_entry_is_read_by_its_age_to_the_microsecond(
    seeded_engine, client, clock, age, answered, failing
):
    client.errors = {"release": UpstreamFailure("no")}
    clock.time = START + timedelta(seconds=age)
    try:
        found = read(process(seeded_engine, client, clock)).outcome
    except FillFailed as failed:
        found = failed.reading.outcome
    assert failing == found

    client.errors = {}
    assert answered == read(process(seeded_engine, client, clock)).outcome


def drain(requests, cache, done):
    """Work as a worker does, until it is done."""
    while not done():
        for domain, code in requests.due(10):
            cache.refresh(domain, code)
        time.sleep(0.005)


def test_100_reads_of_a_stale_entry_are_one_request_and_two_workers_fetch_it_once(
    seeded_engine, client, clock, requests
):
    clock.advance(LIMITS.ttl + 1)
    others = [connect(seeded_engine.url) for _ in range(2)]
    idle = FakeClient()
    cache = process(seeded_engine, idle, clock)
    written = []
    event.listen(seeded_engine, "commit", written.append)
    readers = [lambda: [timed(cache) for _ in range(10)]] * 10

    found = [reading for one in at_once(readers) for reading in one.result]
    eventually([("skills", CODE)], lambda: requests.due(9))
    written_by_reads = len(written)
    client.on_call = lambda _method: time.sleep(0.05)

    def worker(engine):
        mine = RefreshRequests(engine, engine)
        return lambda: drain(mine, process(engine, client, clock), lambda: not mine.due(9))

    # Each is at it before the other has taken the lease.
    done = at_once([worker(engine) for engine in others])
    eventually([], lambda: requests.due(9))
    for engine in others:
        engine.dispose()

    assert [None, None] == [one.result for one in done]
    assert {"stale"} == {outcome for outcome, _ in found}
    assert (1, []) == (written_by_reads, idle.calls)
    assert [("release", ""), ("occupation", CODE), ("ratings", CODE)] == client.calls
    assert "hit" == read(cache).outcome
    assert quantiles([seconds for _, seconds in found], n=100)[98] < 0.25


def timed(cache):
    began = time.monotonic()
    outcome = read(cache).outcome
    return outcome, time.monotonic() - began


def test_a_fresh_entry_is_not_refreshed(seeded_engine, client, clock):
    assert "seed" == process(seeded_engine, client, clock).refresh("skills", CODE).origin
    assert [] == client.calls


def test_only_a_rated_entry_that_is_stale_is_due(seeded_engine, requests, clock):
    requests.request("skills", CODE, START)
    requests.request("skills", NEW, START + timedelta(seconds=LIMITS.ttl))
    requests.request("knowledge", CODE, START + timedelta(seconds=LIMITS.ttl))
    assert [] == requests.due(9)

    requests.request("skills", CODE, START + timedelta(seconds=LIMITS.ttl))
    assert [("skills", CODE)] == requests.due(9)


def test_a_request_that_comes_after_the_refresh_is_none(seeded_engine, client, clock, requests):
    """As where the one who read it stale was slow to say so."""
    clock.advance(LIMITS.ttl + 1)
    read_at = clock.time
    process(seeded_engine, client, clock).refresh("skills", CODE)

    requests.request("skills", CODE, read_at)
    assert [] == requests.due(9)


def test_what_waits_longest_is_due_first_and_no_more_than_asked_for(seeded_engine, requests):
    for code in (RATED[2], RATED[0], RATED[1], RATED[2]):
        requests.request("skills", code, START + timedelta(seconds=LIMITS.ttl))

    assert [("skills", RATED[2]), ("skills", RATED[0])] == requests.due(2)


def test_what_is_done_is_no_longer_due(seeded_engine, requests):
    for code in RATED[:2]:
        requests.request("skills", code, START + timedelta(seconds=LIMITS.ttl))
    requests.done("skills", RATED[0])

    assert [("skills", RATED[1])] == requests.due(9)


def test_a_purged_entry_is_not_due(seeded_engine, requests):
    requests.request("skills", CODE, START + timedelta(seconds=LIMITS.ttl))
    purge(seeded_engine, None)

    assert [] == requests.due(9)


def test_what_is_being_filled_is_not_due_until_its_owner_is_dead(seeded_engine, requests):
    requests.request("skills", CODE, START + timedelta(seconds=LIMITS.ttl))
    Leases(seeded_engine, seeded_engine, 0.2).acquire("skills", CODE, "another")
    assert [] == requests.due(9)

    eventually([("skills", CODE)], lambda: requests.due(9))


def test_a_refresh_that_fails_is_asked_for_again_by_a_read_once_the_upstream_allows(
    seeded_engine, client, clock, requests
):
    clock.advance(LIMITS.ttl + 1)
    requests.request("skills", CODE, clock.time)
    client.errors = {"release": RateLimited("too fast", retry_after=60.0)}
    cache = process(seeded_engine, client, clock)
    with pytest.raises(RateLimited):
        cache.refresh("skills", CODE)
    assert [] == requests.due(9)

    requests.request("skills", CODE, clock.time)
    assert [] == requests.due(9)
    write(
        seeded_engine,
        lambda connection: connection.execute(
            update(CacheEntry)
            .where(CacheEntry.occupation_code == CODE)
            .values(retry_at=database_time(connection))
        ),
    )
    assert [("skills", CODE)] == requests.due(9)


def test_a_process_notes_an_entry_once_in_a_while_and_each_entry_of_its_own(seeded_engine):
    now, commits = [0.0], []
    requests = RefreshRequests(seeded_engine, seeded_engine, clock=lambda: now[0])
    event.listen(seeded_engine, "commit", commits.append)
    read_at = START + timedelta(seconds=LIMITS.ttl)

    def ask(code):
        requests.request_behind("skills", code, read_at)
        requests._behind.shutdown(wait=True)
        requests._behind = ThreadPoolExecutor(1)
        return len(commits)

    assert [1, 1, 2] == [ask(code) for code in (RATED[0], RATED[0], RATED[1])]
    now[0] = REPEATED_AFTER - 0.001
    assert 2 == ask(RATED[0])
    now[0] = REPEATED_AFTER
    assert 3 == ask(RATED[0])


def test_a_stale_read_is_answered_where_its_request_cannot_be_noted(
    seeded_engine, client, clock, caplog
):
    clock.advance(LIMITS.ttl + 1)
    cache = process(seeded_engine, client, clock)

    def refuse(*_arguments, **_options):
        raise OSError("no disk")

    cache._refreshes.request = refuse

    assert "stale" == read(cache).outcome
    eventually(True, lambda: "could not be noted" in caplog.text)
    assert "no disk" in caplog.text


def test_a_renewal_of_the_release_ends_its_requests(seeded_engine, requests, clock):
    requests.request("skills", CODE, START + timedelta(seconds=LIMITS.ttl))
    Revalidation(seeded_engine, LIMITS, clock).renew("skills", "28.1")

    assert [] == requests.due(9)
