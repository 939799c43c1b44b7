"""Any number of misses of one entry cause one fill, in one process and in several."""

import time
from collections import Counter
from threading import Event, get_ident

import pytest
from sqlalchemy import create_engine, event
from support.caches import process
from support.clock import LIMITS, eventually
from support.fake_client import FakeClient
from support.waiting import at_once

from cache.db import database, mysql
from cache.db.database import connect
from cache.fill.single_flight import Lane
from cache.policy import Entry
from cache.reading import FillFailed
from onet_client.errors import UpstreamFailure

CODE = "99-1001.00"
ONE_FILL = [("release", ""), ("occupation", CODE), ("ratings", CODE)]
GATHERING = 0.4
"""Seconds that the upstream takes, for all who ask meanwhile to wait for it."""

AT_COMMIT = 0.5
"""Seconds that the slowest may be answered after the commit: some 30 ms on an idle machine."""


@pytest.fixture
def engine_of(engine, monkeypatch):
    """Makes engines of the test's database with a pool as it says."""
    made = []

    def engine_of(**pool):
        with monkeypatch.context() as patch:
            for module in (database, mysql):
                patch.setattr(
                    module, "create_engine", lambda url, **given: create_engine(url, **given | pool)
                )
            made.append(connect(engine.url))
        return made[-1]

    yield engine_of
    for engine in made:
        engine.dispose()


@pytest.fixture
def patient_engine(engine_of):
    """An engine that 200 threads can use at once, however slow the machine."""
    return engine_of(pool_timeout=30)


def reader(cache, code=CODE):
    return lambda: cache.read("skills", [code])[0]


def gathered(count, *caches):
    """Wait until so many wait for what the upstream says."""
    eventually(count, lambda: sum(cache._single_flight._waiting for cache in caches), 20)


class FirstCommit:
    """The moment of the first commit on an engine after it was told to look."""

    def __init__(self, engine):
        self.at = None
        self._looking = False
        event.listen(engine, "commit", self._commit)

    def look(self):
        self._looking = True

    def _commit(self, _connection):
        if self._looking and self.at is None:
            self.at = time.monotonic()


def test_200_misses_at_once_are_one_fill_and_all_are_answered_at_its_commit(patient_engine, client):
    cache, commit = process(patient_engine, client), FirstCommit(patient_engine)
    client.on_call = lambda method: method == "ratings" and (gathered(200, cache), commit.look())

    done = at_once([reader(cache)] * 200)

    assert ONE_FILL == client.calls
    first = done[0].result
    assert [(first.entry, first.profile)] * 200 == [
        (one.result.entry, one.result.profile) for one in done
    ]
    assert {"filled": 200} == Counter(one.result.outcome for one in done)
    assert {True: 199, False: 1} == Counter(one.result.collapsed for one in done)
    late = sorted(one.ended - commit.at for one in done)
    assert late[-1] < AT_COMMIT


def test_misses_in_several_processes_are_one_fill_and_all_are_answered_at_its_commit(
    patient_engine, engine_of, client
):
    engine, other = patient_engine, engine_of(pool_timeout=30)
    idle = FakeClient()
    cache, waiting = process(engine, client), process(other, idle)
    commit = FirstCommit(engine)
    client.on_call = lambda method: (
        method == "ratings" and (gathered(40, cache, waiting), commit.look())
    )
    tasks = cache._filler.tasks([Entry("skills", CODE)], Lane.ONE)
    cache._single_flight.join(*tasks.popitem())
    eventually(True, lambda: len(client.calls) > 0)

    done = at_once([reader(cache), reader(waiting)] * 20)

    assert (ONE_FILL, []) == (client.calls, idle.calls)
    assert {("filled", 3.25)} == {
        (one.result.outcome, one.result.profile.elements["2.A.1.a"].level) for one in done
    }
    late = max(one.ended - commit.at for one in done)
    assert late < AT_COMMIT


def test_200_misses_at_once_fail_together_where_their_fill_does(patient_engine, client):
    cache = process(patient_engine, client)
    client.on_call = lambda _method: gathered(200, cache)
    client.errors = {"release": UpstreamFailure("503", retry_after=7.0)}

    done = at_once([reader(cache)] * 200)

    assert [("release", "")] == client.calls
    assert {FillFailed: 200} == Counter(type(one.result) for one in done)
    assert {client.errors["release"]} == {one.result.cause for one in done}
    assert {7.0} == {one.result.cause.retry_after for one in done}


def test_an_old_entry_is_served_stale_to_those_who_run_out_of_patience(engine, client, clock):
    cache = process(engine, client, clock, patience=0.5)
    cache.read("skills", [CODE])
    clock.advance(LIMITS.ttl + LIMITS.stale_while_revalidate + 1)
    go_on = Event()
    client.on_call = lambda _method: go_on.wait(10)

    assert "stale" == cache.read("skills", [CODE])[0].outcome
    go_on.set()
    eventually("hit", lambda: cache.read("skills", [CODE])[0].outcome)


def test_100_cold_codes_are_filled_over_five_connections_none_held_while_asking(engine_of, client):
    narrow_engine = engine_of(pool_size=5, max_overflow=0, pool_timeout=2)
    mine, during = Counter(), []
    event.listen(narrow_engine, "checkout", lambda *_: mine.update({get_ident(): 1}))
    event.listen(narrow_engine, "checkin", lambda *_: mine.update({get_ident(): -1}))

    def on_call(_method):
        during.append(mine[get_ident()])
        time.sleep(0.01)

    client.on_call = on_call
    cache = process(narrow_engine, client, patience=30.0)
    codes = [f"99-{1000 + at}.00" for at in range(100)]

    done = at_once([reader(cache, code) for code in codes])

    assert {"filled": 100} == Counter(getattr(one.result, "outcome", one.result) for one in done)
    assert codes == [one.result.entry.code for one in done]
    assert [0] * 300 == during
    assert 5 == narrow_engine.pool.checkedin()
