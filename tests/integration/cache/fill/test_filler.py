"""Which fills are guesses: those of codes that no list is known to have."""

from support.caches import process
from support.fake_client import FakeClient
from support.made_up_release import TITLES

from cache.fill.single_flight import Lane
from cache.policy import Entry
from onet_client.deadline import Deadline

LISTED, MADE_UP = next(iter(TITLES)), "99-9999.00"


def lanes(engine, client, *codes, lane=Lane.ONE):
    """In which lane a process would fill each code."""
    cache = process(engine, client)
    entries = [Entry("skills", code) for code in codes]
    tasks = cache._filler.tasks(entries, lane)
    return {code: task.lane for (_, code), task in tasks.items()}


def reads(client, *codes):
    """Have the client know the upstream's list."""
    client.listed.of("30.3", lambda: codes, Deadline(1.0))


def test_a_code_that_a_loaded_release_lists_is_filled_as_it_is_asked(seeded_engine):
    for lane in (Lane.ONE, Lane.BATCH):
        assert {LISTED: lane, MADE_UP: Lane.GUESS} == lanes(
            seeded_engine, FakeClient(), LISTED, MADE_UP, lane=lane
        )


def test_a_code_that_the_upstream_is_seen_to_list_is_no_guess(seeded_engine):
    client = FakeClient()
    reads(client, MADE_UP)

    assert {MADE_UP: Lane.ONE, "99-9998.00": Lane.GUESS} == lanes(
        seeded_engine, client, MADE_UP, "99-9998.00"
    )


def test_while_there_is_no_list_at_all_nothing_is_a_guess(engine):
    client = FakeClient()
    assert {MADE_UP: Lane.ONE} == lanes(engine, client, MADE_UP)

    reads(client, LISTED)
    assert {LISTED: Lane.ONE, MADE_UP: Lane.GUESS} == lanes(engine, client, LISTED, MADE_UP)
