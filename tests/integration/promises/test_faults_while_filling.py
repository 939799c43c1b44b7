"""Whatever fails while an entry is filled, it is stored whole or stays as it was."""

import random
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import text, update
from support.caches import process
from support.clock import LIMITS, FakeClock
from support.cut import Cut, before_each, cuts
from support.fake_client import FakeClient
from support.made_up_release import RATED, write_release
from support.tables import PUBLISHED, clear, fill, held, without

from cache.db.database import connect, write
from cache.db.onet_tables import CacheEntry
from cache.db.unavailable import DatabaseUnavailable
from onet_client.client import connect as connect_client
from onet_client.errors import OnetError, UpstreamFailure
from onet_client.governor import InMemoryGovernor
from onet_client.sandbox import Fault, Sandbox, load_release

NEW, SEEDED = "99-1001.00", RATED[0]
CODES = pytest.mark.parametrize("code", [NEW, SEEDED], ids=["new", "stored"])
METHODS = ("release", "occupation", "ratings")
STATEMENTS = 30
"""More than any fill takes, commits counted."""


@pytest.fixture
def clock():
    """Late enough that what was seeded has to be refreshed before it is served."""
    clock = FakeClock()
    clock.advance(LIMITS.ttl + LIMITS.stale_while_revalidate + 1)
    return clock


def refresh(engine, client, clock, code):
    return process(engine, client, clock).refresh("skills", code)


def start_again(engine, seeded_rows):
    """The database as it was before the first fill."""
    clear(engine)
    fill(engine, seeded_rows)


def content(engine):
    """What readers get."""
    found = without(held(engine), "load_id", "changed_in")
    return {table: found[table] for table in PUBLISHED}


@pytest.fixture
def states(seeded_engine, clock):
    """The two that the database may be in: as before a fill of a code, and as after it."""

    def states(code):
        before = content(seeded_engine)
        refresh(seeded_engine, FakeClient(), clock, code)
        return before, content(seeded_engine)

    return states


def free(engine):
    """Let every lease have expired, as those of the dead have in the end."""
    past = FakeClock()() - timedelta(days=1)
    expired = update(CacheEntry).where(CacheEntry.lease_owner.is_not(None))
    write(engine, lambda connection: connection.execute(expired.values(lease_expires_at=past)))


@CODES
def test_a_fill_that_is_cut_at_any_statement_stores_all_or_nothing(
    seeded_engine, seeded_rows, clock, states, code
):
    before, after = states(code)
    start_again(seeded_engine, seeded_rows)
    found = []
    for _ in cuts(seeded_engine, lambda: refresh(seeded_engine, FakeClient(), clock, code)):
        found.append(content(seeded_engine))
        assert found[-1] in (before, after)
        start_again(seeded_engine, seeded_rows)

    assert 10 < len(found) < STATEMENTS
    assert found[0] == before
    assert found[-1] == after
    refresh(seeded_engine, FakeClient(), clock, code)
    assert after == content(seeded_engine)


def close(connection):
    """Close the driver's connection under it."""
    connection.connection.dbapi_connection.close()


def cut(_connection):
    raise Cut


@pytest.fixture
def strikes(seeded_engine):
    """What may befall a connection, or the process that uses it."""
    administrator = connect(seeded_engine.url)

    def kill(connection):
        """Have the server end the connection."""
        number = connection.connection.dbapi_connection.thread_id()
        with administrator.connect() as other:
            other.execute(text(f"KILL {number}"))

    yield [cut, close] if seeded_engine.dialect.name == "sqlite" else [cut, close, kill]
    administrator.dispose()


@pytest.mark.parametrize(
    "faults", [pytest.param(range(15)), pytest.param(range(15, 515), marks=pytest.mark.soak)]
)
@CODES
def test_a_fill_with_faults_at_random_stores_all_or_nothing_and_the_next_one_all(
    seeded_engine, seeded_rows, clock, states, strikes, code, faults
):
    before, after = states(code)
    for fault in faults:
        start_again(seeded_engine, seeded_rows)
        chance, client = random.Random(fault), FakeClient()
        if chance.random() < 0.5:
            client.errors = {chance.choice(METHODS): UpstreamFailure("no")}
        strike, number = chance.choice(strikes), chance.randrange(1, STATEMENTS)

        def at_its_turn(reached, connection, strike=strike, number=number):
            if reached == number:
                strike(connection)

        with (
            before_each(seeded_engine, at_its_turn),
            suppress(OnetError, DatabaseUnavailable, Cut),
        ):
            refresh(seeded_engine, client, clock, code)
        found = content(seeded_engine)
        assert found in ([before] if client.errors else [before, after]), fault

        free(seeded_engine)
        refresh(seeded_engine, FakeClient(), clock, code)
        assert after == content(seeded_engine), fault


# What a reply of status 200 can hold that is not to be believed, by the request of a fill.
ANY_REQUEST = [
    "html", "error", "truncated", "wrong_root", "wrong_content_type", "foreign_redirect",
]  # fmt: skip
ROWS = [
    "wrong_code", "duplicate_row", "short_page", "wrong_total", "stuck_next", "out_of_range",
    "missing_field", "null_field",
]  # fmt: skip
REQUESTS = ["/about$", "/online/occupations/[0-9.-]+/$", "/database$", "/rows/"]
POISON = [(path, name) for path in REQUESTS for name in ANY_REQUEST] + [
    ("/rows/", name) for name in ROWS
]


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    release = write_release(tmp_path_factory.mktemp("upstream") / "release")
    with Sandbox(load_release(release)) as running:
        yield running


@pytest.fixture
def replying(sandbox):
    """A client of an upstream that serves a release of which nothing is stored yet."""
    governor = InMemoryGovernor(max_rate=1000)
    return connect_client(sandbox.url, "2", api_key="any", governor=governor, read_timeout=0.3)


def test_poison_of_any_kind_leaves_what_is_stored_as_it_was_byte_for_byte(
    seeded_engine, clock, sandbox, replying
):
    write(
        seeded_engine,
        lambda connection: connection.execute(update(CacheEntry).values(release="28.0")),
    )
    before = held(seeded_engine)
    for path, name in POISON:
        sandbox.set_faults(Fault(path=path, mutate=name))
        cache = process(seeded_engine, replying, clock)

        assert "stale" == cache.read("skills", [SEEDED])[0].outcome, (path, name)
        assert [1] == [rule["struck"] for rule in sandbox.faults], (path, name)
        assert before == held(seeded_engine), (path, name)

    sandbox.set_faults()
    assert (
        "refreshed" == process(seeded_engine, replying, clock).read("skills", [SEEDED])[0].outcome
    )
