"""What a worker does with codes, stale entries and refreshes, beside others and in their place."""

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier, Event, Thread

import pytest
from sqlalchemy import func, select
from support.clock import LIMITS, eventually
from support.cut import Cut
from support.fake_tables import EMPTY, RATED
from support.fills import publish, rated
from support.warming import counted, expire_leases, finish, items, make_worker

from cache.db.clock import database_time
from cache.db.onet_tables import WarmItem
from cache.db.unavailable import DatabaseUnavailable
from cache.fill.refresh_requests import RefreshRequests
from cache.metrics import CacheMetrics
from cache.warm.worker import LONGEST_WAIT
from onet_client.errors import CircuitOpen, Unauthorized

UNKNOWN = "99-9999.00"


def waiting_seconds(engine) -> float:
    """For how long the item that is put off longest waits still."""
    with engine.connect() as connection:
        query = select(func.max(WarmItem.lease_expires_at))
        until = connection.execute(query).scalar_one()
        return (until - database_time(connection)).total_seconds()


def test_codes_are_filled_and_told_apart(jobs, engine, client, clock):
    metrics = CacheMetrics()
    job = jobs.request("skills", "codes", [RATED[0], EMPTY[0], UNKNOWN])

    finish(make_worker(engine, client, clock, metrics=metrics))

    status = jobs.find(job.id)
    assert ("done", 3, 1, 1, 1) == (
        status.state, status.total, status.done, status.empty, status.failed,
    )  # fmt: skip
    assert [{"code": UNKNOWN, "error": "O*NET has no such occupation"}] == status.errors
    assert None is not status.finished_at
    assert {"done": 1, "empty": 1, "failed": 1} == counted(metrics)


def test_what_is_fresh_is_not_asked_for(jobs, worker, client):
    jobs.request("skills", "codes", [RATED[0]])
    finish(worker)
    asked = len(client.calls)
    again = jobs.request("skills", "codes", [RATED[0]])
    finish(worker)

    assert asked == len(client.calls)
    assert 1 == jobs.find(again.id).done


def test_stale_entries_of_a_release_that_is_still_served_are_renewed_by_one_request(
    jobs, worker, client, clock
):
    jobs.request("skills", "codes", RATED)
    finish(worker)
    clock.advance(LIMITS.ttl)
    client.calls.clear()
    job = jobs.request("skills", "stale")

    finish(worker)

    assert (7, 7) == (job.total, jobs.find(job.id).done)
    assert ["release"] == client.requests


def test_a_job_without_items_is_done(jobs, worker):
    job = jobs.request("skills", "stale")
    finish(worker)

    assert ("done", 0) == (jobs.find(job.id).state, jobs.find(job.id).total)


def test_an_item_is_put_off_after_an_error_and_fails_after_three(jobs, worker, client, engine):
    client.errors["ratings"] = CircuitOpen("left alone", retry_after=77.0)
    job = jobs.request("skills", "codes", [RATED[0]])
    waits = []
    for _ in range(2):
        assert worker.step()
        waits.append(waiting_seconds(engine))
        assert not worker.step()
        assert "running" == jobs.find(job.id).state
        expire_leases(engine)
        time.sleep(1.01)  # a flight's failure is shared for a second
    finish(worker)

    assert all(76 < wait <= 77 for wait in waits)
    status = jobs.find(job.id)
    assert ("done", 1) == (status.state, status.failed)
    assert [{"code": RATED[0], "error": "left alone"}] == status.errors


def test_a_wait_is_capped_and_grows_without_being_asked_for(jobs, worker, client, engine):
    client.errors["ratings"] = CircuitOpen("left alone", retry_after=1e9)
    client.errors["occupation"] = Unauthorized("no")
    jobs.request("skills", "codes", [RATED[0]])
    worker.step()
    first = waiting_seconds(engine)
    del client.errors["occupation"]
    expire_leases(engine)
    worker.step()

    assert 1 < first <= 2
    assert LONGEST_WAIT - 1 < waiting_seconds(engine) <= LONGEST_WAIT


def test_an_unforeseen_error_fails_the_item_after_three_attempts_too(jobs, worker, client, engine):
    client.errors["ratings"] = ZeroDivisionError("of ours")
    job = jobs.request("skills", "codes", [RATED[0], RATED[1]])
    for _ in range(3):
        finish(worker)
        expire_leases(engine)
    finish(worker)

    assert ("done", 2) == (jobs.find(job.id).state, jobs.find(job.id).failed)
    assert "ours" not in str(jobs.find(job.id).errors)


@pytest.mark.parametrize("scope", ["codes", "all"])
def test_without_credentials_a_job_fails_at_once_and_names_the_setting(jobs, engine, clock, scope):
    job = jobs.request("skills", scope, [RATED[0]] if scope == "codes" else [])
    finish(make_worker(engine, None, clock))

    status = jobs.find(job.id)
    assert ("done" if scope == "codes" else "failed") == status.state
    assert ["ONET_API_KEY is not set"] == [error["error"] for error in status.errors]


def test_a_due_refresh_goes_before_jobs(jobs, worker, client, engine, clock):
    publish(engine, rated(RATED[3], release="29.0"))
    clock.advance(LIMITS.ttl + 1)
    RefreshRequests(engine, engine).request("skills", RATED[3], clock())
    jobs.request("skills", "codes", [RATED[0]])

    worker.step()
    assert {RATED[3]} == {code for method, code in client.calls if method == "ratings"}
    finish(worker)
    assert [] == RefreshRequests(engine, engine).due(1)
    assert {RATED[0]: "done"} == items(engine)


def test_a_refresh_that_fails_waits_for_the_next_read(worker, client, engine, clock):
    publish(engine, rated(RATED[3]))
    clock.advance(LIMITS.ttl + 1)
    RefreshRequests(engine, engine).request("skills", RATED[3], clock())
    client.errors["release"] = CircuitOpen("left alone")

    assert [True, False] == [worker.step(), worker.step()]


def test_two_workers_share_a_job_and_fetch_nothing_twice(jobs, engine, client, clock):
    job = jobs.request("skills", "codes", RATED)
    both = Barrier(2)

    def meet(method: str) -> None:
        if method == "ratings":
            client.on_call = lambda _method: None
            both.wait(10)

    def first(method: str) -> None:
        if method == "ratings":
            client.on_call = meet
            both.wait(10)  # passed only while the other fetches as well

    client.on_call = first
    workers = [make_worker(engine, client, clock) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(finish, workers))
    finish(make_worker(engine, client, clock))

    assert 7 == jobs.find(job.id).done
    assert dict.fromkeys(RATED, 1) == Counter(
        code for method, code in client.calls if method == "ratings"
    )


def test_what_a_killed_worker_held_is_taken_over_when_its_lease_expires(
    jobs, worker, client, engine, clock
):
    job = jobs.request("skills", "codes", [RATED[0]])
    client.errors["ratings"] = Cut()
    with pytest.raises(Cut):
        worker.step()
    client.errors.clear()
    other = make_worker(engine, client, clock)

    assert not other.step()
    assert "running" == jobs.find(job.id).state
    expire_leases(engine)
    finish(other)
    assert ("done", 1) == (jobs.find(job.id).state, jobs.find(job.id).done)


def test_a_late_worker_does_not_end_what_another_has_taken_over(jobs, engine, client, clock):
    job = jobs.request("skills", "codes", [RATED[0]])
    metrics = CacheMetrics()
    late = make_worker(engine, client, clock, metrics=metrics)

    def overtake(_method: str) -> None:
        client.on_call = lambda _method: None
        expire_leases(engine)
        (work,) = late._queue.unfinished()
        (item,) = late._queue.claim(work, "another", 1, 60.0)
        late._queue.put_off(work, "another", item, "no", None)

    client.on_call = overtake
    finish(late)

    status = jobs.find(job.id)
    assert ("done", 0, 1) == (status.state, status.done, status.failed)
    assert {"done": 0, "empty": 0, "failed": 1} == counted(metrics)


@contextmanager
def running(worker) -> Iterator[None]:
    """Have a worker run, and end when it is told to."""
    stop = Event()
    thread = Thread(target=worker.run, args=(stop,))
    thread.start()
    yield
    told = time.monotonic()
    stop.set()
    thread.join(5)
    assert time.monotonic() - told < 0.4
    assert not thread.is_alive()


def test_a_database_that_goes_away_costs_no_attempt_and_does_not_end_the_loop(
    jobs, worker, engine, client
):
    def go_away(_method: str) -> None:
        client.on_call = lambda _method: None
        raise DatabaseUnavailable("away")

    client.on_call = go_away
    job = jobs.request("skills", "codes", [RATED[0], RATED[1]])
    with running(worker):
        eventually(1, lambda: jobs.find(job.id).done)
        expire_leases(engine)
        eventually("done", lambda: jobs.find(job.id).state)

    assert (2, 0) == (jobs.find(job.id).done, jobs.find(job.id).failed)
    with engine.connect() as connection:
        assert [0, 0] == connection.execute(select(WarmItem.attempts)).scalars().all()


def test_an_idle_worker_finds_what_others_request_and_ends_at_once(jobs, worker):
    with running(worker):
        time.sleep(0.1)  # it has found nothing
        job = jobs.request("skills", "codes", [RATED[0]])
        eventually("done", lambda: jobs.find(job.id).state, seconds=2)
