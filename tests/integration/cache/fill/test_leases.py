"""One fill of an entry at a time in all processes, and nothing is lost with the one that fills."""

import time
from collections import Counter
from datetime import timedelta
from threading import Event, Thread

import pytest
from sqlalchemy import func, insert, select, update
from support import filling
from support.caches import process, states
from support.clock import LIMITS, START, FakeClock, eventually
from support.cut import Cut, lost_commits
from support.fake_client import FakeClient
from support.fills import CODE, publish, rated
from support.made_up_release import RATED, TITLES
from support.tables import dump
from support.waiting import at_once

from cache.db.clock import database_time
from cache.db.database import connect, read, write
from cache.db.onet_tables import CacheEntry
from cache.entries.publish_fill import Superseded
from cache.entries.purge import purge
from cache.entries.store import Store
from cache.fill.leases import UNLISTED_CAP, Lease, Leases
from cache.reading import FillFailed, UnknownOccupation
from cache.release.seed import seed
from onet_client.errors import BudgetSpent, NotOffered, OnetError, RateLimited, UnknownCode
from onet_client.sandbox import Fault, Sandbox, load_release

pytestmark = pytest.mark.waits

NEW = "99-1001.00"
LEASE_SECONDS = 60.0


@pytest.fixture
def leases(engine):
    return Leases(engine, engine, LEASE_SECONDS)


@pytest.fixture
def sandbox(made_up_release):
    with Sandbox(load_release(made_up_release)) as running:
        yield running


def expire(engine, code=NEW):
    """Let the lease of an entry have expired a moment ago, by the database's clock."""

    def work(connection):
        past = database_time(connection) - timedelta(microseconds=1)
        row = update(CacheEntry).where(CacheEntry.occupation_code == code)
        assert 1 == connection.execute(row.values(lease_expires_at=past)).rowcount

    write(engine, work)


def row_of(engine, code=NEW):
    with engine.connect() as connection:
        query = select(CacheEntry.__table__).where(CacheEntry.occupation_code == code)
        return connection.execute(query).one()


def test_the_first_lease_of_an_entry_makes_its_row_absent(engine, leases):
    before = read(engine, database_time)
    lease = leases.acquire("skills", NEW, "me")

    row = row_of(engine)
    assert Lease("skills", NEW, "me", 0, "absent") == lease
    assert ("absent", 0, "me", 1) == (row.state, row.generation, row.lease_owner, row.attempts)
    lasting = row.lease_expires_at - before
    assert timedelta(seconds=LEASE_SECONDS) <= lasting < timedelta(seconds=LEASE_SECONDS + 5)


def test_of_many_threads_one_has_the_first_lease(engine, leases):
    done = at_once(
        [lambda owner=owner: leases.acquire("skills", NEW, owner) for owner in map(str, range(30))]
    )

    owners = [one.result.owner for one in done if one.result is not None]
    assert [row_of(engine).lease_owner] == owners


def test_a_fill_whose_every_commit_is_reported_lost_asks_the_upstream_once(engine):
    client = FakeClient()
    cache = process(engine, client)

    with lost_commits(engine) as lost:
        (reading,) = cache.read("skills", [NEW])

    assert lost.count(True) >= 2
    assert "rated" == row_of(engine).state == reading.entry.state
    assert [("occupation", NEW), ("ratings", NEW)] == [one for one in client.calls if one[1]]
    assert row_of(engine).lease_owner is None


def test_a_lease_is_held_until_it_expires_and_then_taken_over(engine, leases):
    first = leases.acquire("skills", NEW, "first")
    assert leases.acquire("skills", NEW, "second") is None

    expire(engine)
    assert Lease("skills", NEW, "second", first.generation, "absent") == leases.acquire(
        "skills", NEW, "second"
    )
    assert 2 == row_of(engine).attempts


@pytest.mark.parametrize("meanwhile", ["expired", "taken over", "published"])
def test_a_late_owners_publish_is_refused(engine, leases, meanwhile):
    late = leases.acquire("skills", NEW, "late")
    expire(engine)
    new = None if meanwhile == "expired" else leases.acquire("skills", NEW, "new")
    if meanwhile == "published":
        publish(engine, rated(NEW), new)
    before = dump(engine)

    with pytest.raises(Superseded):
        publish(engine, rated(NEW, level="6.0000"), late)

    assert before == dump(engine)


def level(store, code=NEW):
    (stored,) = store.read("skills", [code])
    (found,) = {element.level for element in stored.profile.elements.values()}
    return found


def test_a_publish_ends_its_lease(engine, leases):
    publish(engine, rated(NEW), leases.acquire("skills", NEW, "me"))

    row = row_of(engine)
    assert (None, None, 0, 1) == (
        row.lease_owner,
        row.lease_expires_at,
        row.attempts,
        row.generation,
    )


@pytest.mark.parametrize("error", ["x" * 1000, "é" * 1000, "🜁" * 1000, ""])
def test_an_error_is_kept_as_far_as_its_column_goes(engine, leases, error):
    leases.release(leases.acquire("skills", NEW, "me"), error)

    assert error[:255] == row_of(engine).last_error


def test_a_lease_is_given_back_when_the_fill_of_it_fails(engine):
    client = FakeClient(errors={"ratings": OnetError("no " * 200, retry_after=30.0)})

    with pytest.raises(FillFailed):
        process(engine, client).read("skills", [NEW])

    row = row_of(engine)
    assert (None, None, ("no " * 200)[:255]) == (
        row.lease_owner,
        row.lease_expires_at,
        row.last_error,
    )
    assert 25 < (row.retry_at - read(engine, database_time)).total_seconds() <= 30


class Holding:
    """A process that is in the middle of a fill until it is told to go on."""

    def __init__(self, engine, **errors):
        self.engine = connect(engine.url)
        self.go_on = Event()
        self.client = FakeClient(level="1.00", on_call=self._on_call, errors=errors)
        self.cache = process(self.engine, self.client)
        self.result = None
        self._thread = Thread(target=self._read)
        self._thread.start()
        eventually(1, lambda: len(self.client.calls))

    def _on_call(self, _method):
        assert self.go_on.wait(20)

    def _read(self):
        try:
            (self.result,) = self.cache.read("skills", [NEW])
        except (FillFailed, Cut) as error:
            self.result = error

    def end(self):
        self.go_on.set()
        self._thread.join()
        self.engine.dispose()
        return self.result


def reading_beside(holding, engine, client):
    """What another process reads meanwhile, begun before the one that holds goes on."""
    cache = process(engine, client)

    def let_go():
        eventually(1, lambda: cache._filler._polling)
        time.sleep(0.05)
        holding.end()

    found, _ = at_once([lambda: cache.read("skills", [NEW])[0], let_go])
    return found.result


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (RateLimited("too fast", retry_after=30.0), OnetError),
        (BudgetSpent(f"{BudgetSpent.BEGINS}it is used up", retry_after=3600.0), BudgetSpent),
        (NotOffered(f"{NotOffered.BEGINS}skills among those offered: none"), NotOffered),
    ],
    ids=["any", "of the budget", "of what is offered"],
)
def test_who_waits_for_another_process_gets_its_error_and_when_to_come_again(engine, error, told):
    holding, idle = Holding(engine, release=error), FakeClient()

    failed = reading_beside(holding, engine, idle)

    assert [] == idle.calls
    assert str(error) == str(holding.result.cause)
    assert (told, str(error)) == (type(failed.cause), str(failed.cause))
    wait, told_wait = error.retry_after or 0.0, failed.cause.retry_after or 0.0
    assert wait - 5 < told_wait <= wait


def test_the_error_of_another_process_is_that_of_those_who_waited_alone(engine):
    holding = Holding(engine, release=RateLimited("too fast"))
    holding.end()

    assert "filled" == process(engine, FakeClient()).read("skills", [NEW])[0].outcome


def test_who_waits_is_told_no_error_of_an_earlier_fill(engine):
    """The one that holds ends without a word, as where it loses the database."""
    failing = FakeClient(errors={"release": OnetError("of an earlier fill")})
    with pytest.raises(FillFailed):
        process(engine, failing).read("skills", [NEW])
    holding, client = Holding(engine, release=Cut()), FakeClient()

    reading = reading_beside(holding, engine, client)

    assert isinstance(holding.result, Cut)
    assert "filled" == reading.outcome


def test_who_wins_looks_again_before_asking_the_upstream(engine):
    client = FakeClient()
    cache = process(engine, client)
    taken = cache._filler._leases.acquire

    def acquire_late(domain, code, owner):
        process(engine, FakeClient(level="6.00")).read(domain, [code])
        return taken(domain, code, owner)

    cache._filler._leases.acquire = acquire_late

    assert "filled" == cache.read("skills", [NEW])[0].outcome
    assert (6.0, []) == (level(Store(engine)), client.calls)
    assert row_of(engine).lease_owner is None


def test_of_four_processes_one_fills_and_all_have_its_value(engine, sandbox):
    code = RATED[1]
    sandbox.set_faults(Fault(path="/about$", delay=0.3))
    processes = [filling.start(engine, sandbox.url, code, LEASE_SECONDS) for _ in range(4)]
    filling.await_ready(*processes)
    for one in processes:
        one.begin()

    found = [one.end() for one in processes]

    assert [{"outcome": "filled", "levels": [1.0] * 3}] * 4 == found
    asked = Counter((record.path, record.query) for record in sandbox.requests)
    assert {1} == set(asked.values())


def test_what_a_killed_process_was_filling_another_fills_unattended(engine, sandbox):
    code, seconds = RATED[1], 2.0
    sandbox.set_faults(Fault(path="/rows/", delay=30.0, times=1))
    killed, waiting = (filling.start(engine, sandbox.url, code, seconds) for _ in range(2))
    filling.await_ready(killed, waiting)
    killed.begin()
    eventually(1, lambda: sum("/rows/" in record.path for record in sandbox.requests), 10)
    row = row_of(engine, code)
    waiting.begin()
    killed.kill()
    began = time.monotonic()

    assert {"outcome": "filled", "levels": [1.0] * 3} == waiting.end()
    assert time.monotonic() - began < seconds + 10
    late = Lease("skills", code, row.lease_owner, row.generation, row.state)
    with pytest.raises(Superseded):
        publish(engine, rated(code, level="6.0000"), late)
    assert 1.0 == level(Store(engine), code)


def unknown_client():
    return FakeClient(errors={"occupation": UnknownCode("no")})


def ask_unknown(cache, code):
    with pytest.raises(UnknownOccupation):
        cache.read("skills", [code])


def entries(engine):
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(CacheEntry)).scalar_one()


def made_up(count, start=0):
    """Codes that no release lists."""
    return [f"{10 + at // 10_000}-{at % 10_000:04}.99" for at in range(start, start + count)]


def fill_up(engine, codes, **values):
    """Give codes entries at once, as they are after O*NET has said no."""
    usual = {"domain": "skills", "state": "unknown", "expires_at": LIMITS.expiry(START, "unknown")}
    rows = [usual | {"occupation_code": code} | values for code in codes]
    write(engine, lambda connection: connection.execute(insert(CacheEntry), rows))


def test_an_unknown_code_is_asked_for_once_in_each_negative_time(engine):
    clock, client = FakeClock(), unknown_client()
    cache = process(engine, client, clock)

    for _ in range(2):
        done = at_once([lambda: [ask_unknown(cache, NEW) for _ in range(100)]] * 10)
        assert [[None] * 100] * 10 == [one.result for one in done]
        clock.advance(LIMITS.negative_ttl)

    assert [("release", ""), ("occupation", NEW)] * 2 == client.calls
    assert 1 == entries(engine)


@pytest.mark.parametrize(
    ("held", "each"), [(UNLISTED_CAP - 100, 20), pytest.param(0, 2_500, marks=pytest.mark.soak)]
)
def test_unknown_codes_from_many_threads_make_room_for_each_other_and_stay_under_the_cap(
    engine, held, each
):
    if held:
        fill_up(engine, made_up(held))
    caches = [process(engine, unknown_client()) for _ in range(2)]
    works = [
        lambda cache=caches[at % 2], at=at: [
            (ask_unknown(cache, code), entries(engine))[1]
            for code in made_up(each, start=5_000 + 10_000 * at)
        ]
        for at in range(4)
    ]

    done = at_once(works, seconds=600)

    counts = [count for one in done for count in one.result]
    assert max(counts) <= UNLISTED_CAP
    assert counts[-1] > UNLISTED_CAP / 2


def test_the_unknown_code_that_expires_first_is_dropped_first(engine):
    old, young = made_up(20), made_up(UNLISTED_CAP - 120, start=5_000)
    fill_up(engine, young)
    fill_up(engine, old, expires_at=FakeClock()())

    ask_unknown(process(engine, unknown_client()), NEW)

    assert {*young, NEW} == states(engine).keys()


def test_what_is_listed_or_being_filled_is_never_dropped(engine, made_up_release):
    seed(engine, made_up_release, limits=LIMITS, now=FakeClock())
    purge(engine, None)
    leased = made_up(5)
    leases = Leases(engine, engine, LEASE_SECONDS)
    for code in leased:
        leases.acquire("skills", code, code)
    fill_up(engine, made_up(UNLISTED_CAP - 100, start=5_000))
    cache = process(engine, unknown_client())

    for code in made_up(20, start=7_000):
        ask_unknown(cache, code)

    assert {*TITLES, *leased} <= states(engine).keys()
    assert entries(engine) <= UNLISTED_CAP + len(TITLES)


def test_where_all_are_being_filled_none_is_dropped_and_one_more_is_filled(engine):
    later = read(engine, database_time) + timedelta(seconds=LEASE_SECONDS)
    lease = {"lease_owner": "another", "lease_expires_at": later, "state": "absent"}
    fill_up(engine, made_up(UNLISTED_CAP), **lease)

    ask_unknown(process(engine, unknown_client()), NEW)

    assert UNLISTED_CAP + 1 == entries(engine)


def test_a_code_that_was_dropped_while_it_was_filled_late_is_not_published(engine):
    leases = Leases(engine, engine, LEASE_SECONDS)
    late = leases.acquire("skills", NEW, "late")
    expire(engine)
    fill_up(engine, made_up(UNLISTED_CAP - 100))
    leases.acquire("skills", CODE, "another")
    assert leases.status("skills", NEW) is None

    with pytest.raises(Superseded):
        publish(engine, rated(NEW), late)
