"""The lease of a row: one owner at a time, by the database's clock."""

from datetime import timedelta

import pytest
from sqlalchemy import bindparam, insert, select
from support.waiting import at_once

from cache.db.clock import database_time
from cache.db.database import read, write
from cache.db.lease import RowLeases
from cache.db.onet_tables import CacheEntry

LEASES = RowLeases(
    CacheEntry,
    [CacheEntry.occupation_code == bindparam("code")],
    fence=[CacheEntry.generation == bindparam("seen")],
    attempts=CacheEntry.attempts + 1,
)
ROW = {"code": "99-1001.00"}
SEEN = {**ROW, "seen": 0}
LASTING = 60.0


@pytest.fixture
def row(engine):
    """A row that nobody works on."""
    values = {"domain": "skills", "occupation_code": ROW["code"], "state": "absent"}
    write(engine, lambda connection: connection.execute(insert(CacheEntry).values(values)))

    def read_row():
        query = select(CacheEntry.__table__)
        return read(engine, lambda connection: connection.execute(query).one())

    return read_row


def take(engine, owner, seconds=LASTING, seen=SEEN):
    return write(engine, lambda c: LEASES.take(c, seen, owner, database_time(c), seconds))


def give_back(engine, owner, delay=None, **changes):
    return write(engine, lambda c: LEASES.give_back(c, ROW, owner, delay, **changes))


def test_of_many_one_takes_it(engine, row):
    done = at_once([lambda name=name: take(engine, name) for name in map(str, range(20))])
    taken = [each.result for each in done]

    assert [1] == [count for count in taken if count]
    assert (1, taken.index(1)) == (row().attempts, int(row().lease_owner))


def test_it_is_taken_only_where_the_fence_holds(engine, row):
    assert 0 == take(engine, "one", seen={**ROW, "seen": 1})
    assert row().lease_owner is None


def test_it_is_taken_over_once_it_has_expired_and_the_late_owner_has_nothing(engine, row):
    take(engine, "late", seconds=-0.001)

    assert 1 == take(engine, "new")
    assert 0 == write(engine, lambda c: LEASES.renew(c, ROW, "late", LASTING))
    assert 0 == write(engine, lambda c: LEASES.change(c, ROW, "late", last_error="late"))
    assert 0 == give_back(engine, "late")
    assert 0 == write(engine, lambda c: LEASES.delete(c, ROW, "late"))
    assert ("new", None) == (row().lease_owner, row().last_error)


def test_its_owner_renews_it_from_now_on(engine, row):
    take(engine, "one", seconds=-0.001)

    assert 1 == write(engine, lambda c: LEASES.renew(c, ROW, "one", LASTING, attempts=0))
    assert (0, 0) == (take(engine, "other"), row().attempts)
    left = row().lease_expires_at - read(engine, database_time)
    assert timedelta(seconds=LASTING - 10) < left <= timedelta(seconds=LASTING)


def test_it_is_free_at_once_when_it_was_given_back(engine, row):
    take(engine, "one")

    assert 1 == give_back(engine, "one", last_error="no")
    assert (None, None, "no") == (row().lease_owner, row().lease_expires_at, row().last_error)
    assert 1 == take(engine, "other")


def test_given_back_with_a_delay_it_is_nobodys_until_then(engine, row):
    take(engine, "one")

    assert 1 == give_back(engine, "one", LASTING)
    assert (None, 0, 0) == (row().lease_owner, take(engine, "one"), give_back(engine, "one"))


def test_a_row_is_deleted_under_its_lease(engine, row):
    take(engine, "one")

    assert 1 == write(engine, lambda c: LEASES.delete(c, ROW, "one"))


def test_expired_rows_are_those_that_can_be_taken(engine, row):
    def expired():
        def work(connection):
            query = select(CacheEntry.domain).where(LEASES.expired(database_time(connection)))
            return connection.execute(query).scalars().all()

        return read(engine, work)

    assert ["skills"] == expired()
    take(engine, "one")
    assert [] == expired()
