"""What became of a code is asked of the upstream once, for all who want to know."""

import logging
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest
from sqlalchemy import func, select
from support.clock import LIMITS, START, eventually

from cache.db import database
from cache.db.onet_tables import Succession
from cache.fill import crosswalk as successions
from cache.fill.abandonment import watch
from cache.fill.crosswalk import Crosswalk, Successor
from cache.fill.left_alone import LEFT_ALONE
from cache.upstream import Upstream
from onet_client.errors import TimedOut, UnknownCode
from onet_client.rows import OccupationRow

OLD = "15-1132.00"
DEVELOPERS = Successor("15-1252.00", "Software Developers")
TESTERS = Successor("15-1253.00", "Software Quality Assurance Analysts and Testers")


class FakeTaxonomy:
    """A client that knows what became of some codes, and counts what it is asked."""

    def __init__(self):
        self.known = {OLD: [DEVELOPERS]}
        self.error = None
        self.asked = []
        self.may_answer = Event()
        self.may_answer.set()

    def successors(self, code):
        self.asked.append(code)
        self.may_answer.wait(10)
        if self.error is not None:
            raise self.error
        if code not in self.known:
            raise UnknownCode(code)
        return tuple(OccupationRow(one.code, one.title, None) for one in self.known[code])


@pytest.fixture
def client():
    return FakeTaxonomy()


@pytest.fixture
def new(engine, client, clock, seconds):
    """Makes what a process has."""
    upstream = Upstream(client, "https://onet.test/", 20.0)
    return lambda: Crosswalk(engine, engine, upstream, LIMITS, clock, 5.0, seconds)


def of(kept, code):
    return kept.of([code])[code]


def await_landing(kept):
    """Wait until who asks next does not join a flight that has just failed."""
    eventually({}, lambda: kept._single_flight._flights)


@pytest.mark.parametrize("found", [[], [DEVELOPERS], [TESTERS, DEVELOPERS]])
def test_what_became_of_a_code_is_asked_once_and_known_to_all_processes(new, client, found):
    client.known[OLD] = found

    assert found == of(new(), OLD) == of(new(), OLD)
    assert [OLD] == client.asked


def test_a_code_that_the_taxonomy_does_not_have_has_no_successor_and_is_asked_once(new, client):
    assert [] == of(new(), "99-9999.99") == of(new(), "99-9999.99")
    assert ["99-9999.99"] == client.asked


def test_that_nothing_replaced_a_code_is_not_kept_where_the_code_is_not_to_be(engine, new, client):
    for _ in range(2):
        assert {"99-9999.00": [], OLD: [DEVELOPERS]} == new().of(
            ["99-9999.00", OLD], remembers_none=False
        )

    assert {"99-9999.00": 2, OLD: 1} == Counter(client.asked)
    with engine.connect() as connection:
        assert [OLD] == connection.execute(select(Succession.old_code)).scalars().all()


def test_a_code_does_not_stand_in_place_of_itself(new, client):
    client.known[OLD] = [Successor(OLD, "Software Developers, Applications")]

    assert [] == of(new(), OLD)


def test_after_the_negative_ttl_it_is_asked_again(new, client, clock):
    kept = new()
    of(kept, OLD)
    client.known[OLD] = [TESTERS]
    clock.advance(LIMITS.negative_ttl - 1)
    assert [DEVELOPERS] == of(kept, OLD)
    clock.advance(1)

    assert [TESTERS] == of(kept, OLD) == of(new(), OLD)
    assert [OLD] * 2 == client.asked


def test_an_upstream_that_fails_is_logged_and_left_alone_for_a_while(new, client, seconds, caplog):
    client.error = TimedOut("no answer")
    kept = new()
    with caplog.at_level(logging.WARNING):
        assert [] == of(kept, OLD) == of(kept, "15-1133.00")
    assert [OLD] == client.asked
    assert [f"what became of {OLD} could not be asked: TimedOut('no answer')"] == caplog.messages

    client.error = None
    await_landing(kept)
    seconds.now += LEFT_ALONE
    assert [DEVELOPERS] == of(kept, OLD)


def test_an_upstream_that_names_a_time_is_left_alone_until_then(new, client, seconds):
    client.error = TimedOut("no answer", retry_after=2 * LEFT_ALONE)
    kept = new()
    of(kept, OLD)
    seconds.now += 2 * LEFT_ALONE - 1
    of(kept, OLD)
    assert [OLD] == client.asked
    await_landing(kept)
    seconds.now += 1
    of(kept, OLD)

    assert [OLD] * 2 == client.asked


def test_a_caller_who_hangs_up_leaves_the_upstream_to_others(new, client, caplog):
    kept, gone = new(), Event()
    client.may_answer.clear()
    with ThreadPoolExecutor(1) as thread:
        thread.submit(watch, gone)
        hung_up = thread.submit(of, kept, OLD)
        eventually([OLD], lambda: client.asked)
        gone.set()
        assert [] == hung_up.result(5)
    client.may_answer.set()

    assert [DEVELOPERS] == of(kept, OLD)
    assert [] == caplog.messages


def test_what_the_upstream_said_before_counts_while_it_fails(new, client, clock):
    of(new(), OLD)
    clock.advance(LIMITS.negative_ttl)
    client.error = TimedOut("no answer")

    kept = new()
    assert [DEVELOPERS] == of(kept, OLD) == of(kept, OLD)


def test_many_who_want_to_know_at_once_cause_one_request(new, client):
    kept = new()
    client.may_answer.clear()
    with ThreadPoolExecutor(8) as threads:
        found = [threads.submit(of, kept, OLD) for _ in range(8)]
        client.may_answer.wait(0.2)
        client.may_answer.set()
        assert [[DEVELOPERS]] * 8 == [each.result() for each in found]

    assert [OLD] == client.asked


def test_several_codes_are_asked_for_together_and_only_what_is_not_known(new, client):
    kept = new()
    of(kept, OLD)
    found = kept.of([OLD, "15-1133.00", "15-1134.00"])

    assert [OLD, "15-1133.00", "15-1134.00"] == [client.asked[0], *sorted(client.asked[1:])]
    assert {OLD, "15-1133.00", "15-1134.00"} == found.keys()
    assert [DEVELOPERS] == found[OLD]


def test_made_up_codes_take_only_so_much_room(engine, new, client, clock, monkeypatch):
    monkeypatch.setattr(successions, "NONE_CAP", 3)
    kept = new()
    of(kept, OLD)
    for number in range(5):
        clock.advance(1)
        of(kept, f"99-000{number}.00")

    query = select(Succession.old_code, func.min(Succession.asked_at)).group_by(Succession.old_code)
    held = database.read(engine, lambda connection: dict(connection.execute(query).all()))
    assert [OLD, "99-0002.00", "99-0003.00", "99-0004.00"] == sorted(held)
    assert START + timedelta(seconds=5) == held["99-0004.00"]
