"""Reads that come together are one, and none is told what was read before it came."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event, Lock

import pytest
from sqlalchemy import event
from support.clock import eventually
from support.made_up_release import RATED

from cache.db.unavailable import DatabaseUnavailable
from cache.entries.store import Store, Stored
from cache.local.batched_reads import AT_ONCE, MOST_CODES, BatchedReads
from cache.policy import Entry
from cache.profile import Profile


@dataclass
class SlowStore:
    """Reads when it is let, and counts; an entry's row count tells which read it is from."""

    go: Event = field(default_factory=Event)
    asked: list[list[str]] = field(default_factory=list)
    error: Exception | None = None
    lock: Lock = field(default_factory=Lock)

    def read(self, domain: str, codes: list[str]) -> list[Stored]:
        with self.lock:
            self.asked.append(codes)
            number = len(self.asked)
        assert self.go.wait(10)
        if self.error is not None:
            raise self.error
        return [Stored(Entry(domain, one, row_count=number), Profile(one, "", {})) for one in codes]


@pytest.fixture
def store():
    return SlowStore()


@pytest.fixture
def pool():
    with ThreadPoolExecutor(64) as pool:
        yield pool


def occupy(store: SlowStore, reads: BatchedReads, pool: ThreadPoolExecutor) -> list:
    """Have as many reads under way as there may be."""
    begun = []
    for number in range(AT_ONCE):
        begun.append(pool.submit(reads.read, "skills", [f"first {number}"]))
        eventually(number + 1, lambda: len(store.asked))
    return begun


def test_who_comes_while_others_read_shares_the_next_read(store, pool):
    reads = BatchedReads(store)
    occupy(store, reads, pool)

    late = [pool.submit(reads.read, "skills", ["a", f"{number}"]) for number in range(30)]
    eventually(31, lambda: len(reads._collecting["skills"].codes))
    store.go.set()

    assert {AT_ONCE + 1} == {one.entry.row_count for each in late for one in each.result()}
    assert [["a", str(n)] for n in range(30)] == [
        [one.entry.code for one in each.result()] for each in late
    ]
    assert AT_ONCE + 1 == len(store.asked)


def test_a_failure_is_told_to_those_who_wait_already_and_to_no_later_one(store, pool):
    reads = BatchedReads(store)
    store.error = DatabaseUnavailable("gone")
    first = occupy(store, reads, pool)
    late = [pool.submit(reads.read, "skills", ["a"]) for _ in range(5)]
    eventually(1, lambda: len(reads._collecting["skills"].codes))

    store.go.set()

    for each in (*first, *late):
        with pytest.raises(DatabaseUnavailable):
            each.result()
    assert AT_ONCE + 1 >= len(store.asked)
    store.error = None
    assert ["a"] == [one.entry.code for one in reads.read("skills", ["a"])]


def test_one_read_asks_for_so_many_codes_at_most(store, pool):
    reads = BatchedReads(store)
    occupy(store, reads, pool)
    half = MOST_CODES // 2
    late = []
    for turn in range(4):
        codes = [f"{turn} {number}" for number in range(half)]
        late.append(pool.submit(reads.read, "skills", codes))
        eventually(
            True, lambda: late[-1].running() and len(reads._collecting["skills"].codes) >= half
        )
    store.go.set()

    assert [half] * 4 == [len(each.result()) for each in late]
    assert MOST_CODES + half >= max(map(len, store.asked))


def test_a_herd_needs_few_connections_and_sees_what_was_stored_before_it_came(seeded_engine, pool):
    reads = BatchedReads(Store(seeded_engine))
    reads.read("skills", [RATED[0]])
    out = []
    event.listen(seeded_engine, "checkout", lambda *_: out.append(seeded_engine.pool.checkedout()))

    found = list(pool.map(lambda _: reads.read("skills", [RATED[0]]), range(400)))

    assert 1 == len({tuple(one.profile.elements) for each in found for one in each})
    assert AT_ONCE >= max(out)
    assert 400 > len(out)
