"""What was purged is forgotten in every process, whatever was being fetched meanwhile."""

import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial
from threading import Event, Thread

import pytest
from support.caches import process, states
from support.clock import LIMITS, FakeClock, eventually
from support.cut import cuts
from support.fake_client import FakeClient
from support.made_up_release import RATED, TITLES
from support.tables import dump, held
from support.waiting import at_once

from cache.db.database import connect
from cache.entries.purge import purge
from cache.entries.store import Store
from cache.fill import filler as filling
from cache.fill.leases import Leases
from cache.policy import Entry
from cache.reading import FillFailed, UnknownOccupation
from onet_client.errors import UnknownCode

CODE, OTHER = "99-1001.00", "99-1002.00"
SCOPES = pytest.mark.parametrize("codes", [[CODE], None], ids=["one code", "all"])


def level(cache, code=CODE):
    (reading,) = cache.read("skills", [code])
    (found,) = {element.level for element in reading.profile.elements.values()}
    return found


def test_a_purged_entry_is_absent_and_its_ratings_are_gone(seeded_engine):
    store = Store(seeded_engine)
    (before,) = store.read("skills", [RATED[0]])

    assert 1 == purge(seeded_engine, [RATED[0]])

    (after,) = store.read("skills", [RATED[0]])
    absent = Entry("skills", RATED[0], generation=before.entry.generation + 1)
    assert (absent, {}) == (after.entry, after.profile.elements)
    assert TITLES[RATED[0]] == after.profile.title


def test_what_is_not_purged_stays_as_it_was(seeded_engine):
    before = held(seeded_engine)
    purge(seeded_engine, [RATED[0]])
    after = held(seeded_engine)

    for table in ("cache_entry", "rating"):
        others = [row for row in before[table] if row["occupation_code"] != RATED[0]]
        assert others == after[table]
    assert before["occupation"] == after["occupation"]


def test_all_means_negative_entries_too(seeded_engine, client):
    client.errors = {"occupation": UnknownCode("no")}
    cache = process(seeded_engine, client)
    with pytest.raises(UnknownOccupation):
        cache.read("skills", [CODE])

    assert len(TITLES) + 1 == purge(seeded_engine, None)
    assert {"absent"} == set(states(seeded_engine).values())
    assert [] == dump(seeded_engine)["rating"]
    assert 0 == purge(seeded_engine, None)


@pytest.mark.parametrize(("domain", "purged"), [("skills", 1), ("knowledge", 0)])
def test_a_purge_keeps_to_its_domain(seeded_engine, domain, purged):
    assert purged == purge(seeded_engine, [RATED[0]], domain)
    assert (6 - 6 * purged) == sum(
        row["occupation_code"] == RATED[0] for row in dump(seeded_engine)["rating"]
    )


def test_codes_that_the_cache_does_not_hold_are_none_purged(seeded_engine):
    before = held(seeded_engine)

    assert 0 == purge(seeded_engine, [CODE])
    assert 0 == purge(seeded_engine, [])
    assert before == held(seeded_engine)


def test_a_purge_that_is_cut_anywhere_has_purged_nothing(seeded_engine):
    before = dump(seeded_engine)
    steps = 0
    for _ in cuts(seeded_engine, lambda: purge(seeded_engine, None)):
        steps += 1
        assert before == dump(seeded_engine)

    assert steps >= 4
    assert {"absent"} == set(states(seeded_engine).values())


@SCOPES
def test_a_purge_shows_at_once_in_every_process(engine, client, codes):
    other = connect(engine.url)
    caches = [process(engine, client), process(other, client)]
    assert [3.25] * 2 == [level(cache) for cache in caches]

    client.level = "4.00"
    purge(engine, codes)

    assert [4.0] * 2 == [level(cache) for cache in reversed(caches)]
    other.dispose()


def call_once(monkeypatch, owner, method, then, *, after):
    """Have something done before or after the next call of a method."""
    usual, left = getattr(owner, method), [then]

    def wrapped(*arguments, **options):
        if not after:
            do_once()
        result = usual(*arguments, **options)
        if after:
            do_once()
        return result

    def do_once():
        if left:
            left.pop()()

    monkeypatch.setattr(owner, method, wrapped)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(
    ("part", "method"),
    [
        ("leases", "acquire"),
        ("filler", "_read"),
        ("client", "release"),
        ("client", "occupation"),
        ("client", "ratings"),
        ("writing", "publish"),
    ],
)
@pytest.mark.parametrize("known", [False, True], ids=["new", "stored"])
def test_who_reads_after_a_purge_at_any_point_of_a_fill_gets_what_is_new(
    engine, client, monkeypatch, known, part, method, after
):
    clock = FakeClock()
    cache, beside = process(engine, client, clock), process(engine, client, clock)
    if known:
        level(cache)
        clock.advance(LIMITS.ttl + LIMITS.stale_while_revalidate + 1)
        client.served = "30.4"
    readers = []
    filler = cache._filler
    parts = {"leases": filler._leases, "filler": filler, "client": client, "writing": filling}

    def purge_and_read():
        client.level = "4.00"
        purge(engine, [CODE])
        readers.extend(pool.submit(level, reader) for reader in (cache, beside))
        wait(readers, 0.05)  # time to join the fill, at points where they have to

    call_once(monkeypatch, parts[part], method, purge_and_read, after=after)
    with ThreadPoolExecutor(2) as pool:
        first = level(cache)

    assert [4.0, 4.0] == [reader.result() for reader in readers]
    assert first in (3.25, 4.0)
    assert 4.0 == level(cache)


def test_a_purge_frees_an_entry_that_another_process_is_filling(engine, client):
    """Its fill is refused, and nobody waits for it."""
    go_on = Event()
    slow = FakeClient(on_call=lambda method: method != "ratings" or go_on.wait(20))
    other = connect(engine.url)
    holder = process(other, slow)
    thread = Thread(target=partial(level, holder))
    thread.start()
    eventually(3, lambda: len(slow.calls))

    purge(engine, [CODE])
    client.level = "4.00"
    began = time.monotonic()
    assert 4.0 == level(process(engine, client))
    assert time.monotonic() - began < 10

    go_on.set()
    thread.join()
    assert 4.0 == level(holder)
    assert 1 == slow.calls.count(("ratings", CODE))
    other.dispose()


def test_who_reads_after_a_purge_at_the_end_of_another_process_fill_gets_what_is_new(
    engine, client, monkeypatch
):
    """Though those who waited for that fill are still being told.

    The one that filled reads what it published, before or after the purge and the fill after it.
    """
    slow = FakeClient(on_call=lambda _method: eventually(1, lambda: cache._filler._polling))
    cache, ahead = process(engine, client), process(engine, slow)
    readers = []

    def purge_and_read():
        client.level = "4.00"
        purge(engine, [CODE])
        readers.append(pool.submit(level, cache))
        wait(readers, 0.05)

    call_once(monkeypatch, cache._filler, "_read", purge_and_read, after=True)
    with ThreadPoolExecutor(2) as pool:
        filled = pool.submit(level, ahead)
        eventually(True, lambda: len(slow.calls) > 0)
        waited = level(cache)

    assert 3.25 == waited
    assert filled.result() in (3.25, 4.0)
    assert [4.0] == [reader.result() for reader in readers]


def test_who_waits_for_another_process_when_it_is_purged_fills_anew(engine, client):
    Leases(engine, engine, 60.0).acquire("skills", CODE, "another")
    cache = process(engine, client)

    def purge_once_waited_for():
        eventually(1, lambda: cache._filler._polling)
        purge(engine, None)

    found, _ = at_once([lambda: level(cache), purge_once_waited_for])

    assert 3.25 == found.result


def interleave(engine, purges, seed):
    """Purge while several processes read without end; what each read got, and what it had to."""
    chance = random.Random(seed)
    client = FakeClient(level="0.00", on_call=lambda _: time.sleep(chance.random() * 0.003))
    other = connect(engine.url)
    caches = [process(engine, client), process(other, client)]
    done = Event()
    purged = 0.0
    found = Counter()

    def read(cache, code):
        while not done.is_set():
            least = purged
            try:
                got = level(cache, code)
            except FillFailed:
                found["overtaken too often"] += 1
            else:
                found["old" if got < least else "new"] += 1

    def purge_often():
        nonlocal purged
        try:
            for at in range(1, purges + 1):
                if at % 2:  # the next one may overtake a fill once more
                    seen = found["new"]
                    eventually(True, lambda seen=seen: found["new"] > seen, 20)
                time.sleep(chance.random() * 0.03)
                now = at / 200  # in steps that a level between 0 and 7 has room for
                client.level = f"{now:.4f}"
                purge(chance.choice([engine, other]), chance.choice([[CODE], [CODE, OTHER], None]))
                purged = now
        finally:
            done.set()

    readers = [partial(read, cache, CODE) for cache in caches]
    results = [one.result for one in at_once([purge_often, *readers], seconds=600)]
    other.dispose()
    assert [None] * 3 == results
    return found


@pytest.mark.parametrize("purges", [25, pytest.param(1_000, marks=pytest.mark.soak)])
def test_no_read_begun_after_a_purge_gets_what_was_before(engine, purges):
    found = interleave(engine, purges, seed=purges)

    assert 0 == found["old"]
    assert found["new"] >= purges // 2
