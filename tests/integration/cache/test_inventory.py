"""What the cache holds, counted by the database as the policy would count it."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, insert
from support.clock import LIMITS, START, FakeClock
from support.tables import clear

from cache.db.clock import database_time
from cache.db.onet_tables import CacheEntry, UpstreamGovernor, WarmItem, WarmJob
from cache.fill.leases import UNLISTED_CAP
from cache.fill.shared_governor import Pace
from cache.inventory import Inventory
from cache.policy import Entry, Freshness, Limits, freshness
from onet_client.content_model import DOMAINS
from onet_client.governor import DAY

STATES = ("absent", "rated", "empty", "unknown")
EMPTY = dict.fromkeys((state.value for state in Freshness), 0)


def inventory(engine: Engine, limits: Limits = LIMITS) -> Inventory:
    return Inventory(engine, limits, FakeClock(), 50_000)


def put(engine: Engine, table: type, *rows: dict[str, object]) -> None:
    with engine.execution_options(writes=True).begin() as connection:
        for row in rows:
            connection.execute(insert(table).values(row))


def entry(number: int, state: str, **other: object) -> dict[str, object]:
    """A row of an occupation of its own."""
    key = {"domain": "skills", "occupation_code": f"11-{number:04}.00", "state": state}
    return key | other


def clock_of(engine: Engine) -> datetime:
    with engine.connect() as connection:
        return database_time(connection)


# Windows and expiries that meet often: at each boundary, and a microsecond to either side.
windows = st.sampled_from([0.0, 0.000001, 0.1, 1.0, 100.0, 315360000.0])
boundaries = st.builds(
    lambda seconds, microseconds: timedelta(seconds=-seconds, microseconds=microseconds),
    windows,
    st.integers(-1, 1),
)
expiries = st.one_of(st.none(), boundaries, st.timedeltas(timedelta(days=-5000), timedelta(9)))


@settings(max_examples=15, suppress_health_check=list(HealthCheck), deadline=None)
@given(
    drawn=st.lists(st.tuples(st.sampled_from(STATES), expiries), min_size=20, max_size=40),
    stale_while_revalidate=windows,
    stale_if_error=windows,
)
def test_the_database_tells_the_freshness_that_the_policy_tells(
    engine: Engine,
    drawn: list[tuple[str, timedelta | None]],
    stale_while_revalidate: float,
    stale_if_error: float,
) -> None:
    limits = Limits(1.0, stale_while_revalidate, stale_if_error, 1.0)
    clear(engine)
    rows = [
        entry(number, state, expires_at=None if left is None else START + left)
        for number, (state, left) in enumerate(drawn)
    ]
    put(engine, CacheEntry, *rows)
    expected = {
        code: freshness(Entry("skills", code, state, expires_at=expires_at), START, limits).value
        for _, code, state, expires_at in map(dict.values, rows)
    }

    held = inventory(engine, limits)
    total, listed = held.entries(None, None, 100, 0)

    assert (len(expected), expected) == (total, {one["code"]: one["state"] for one in listed})
    assert EMPTY | Counter(expected.values()) == held.figures().entries["skills"]
    for state in Freshness:
        chosen = sorted(code for code, found in expected.items() if found == state.value)
        total, listed = held.entries(state.value, "skills", 100, 0)
        assert (len(chosen), chosen) == (total, [one["code"] for one in listed])


def test_only_an_unexpired_lease_is_a_fill(engine: Engine) -> None:
    now = clock_of(engine)
    leases = {1: now + timedelta(minutes=1), 2: now - timedelta(minutes=1), 3: None}
    for number, expires_at in leases.items():
        leased = entry(number, "absent", lease_owner="me", lease_expires_at=expires_at)
        put(engine, CacheEntry, leased)

    _, listed = inventory(engine).entries(None, None, 10, 0)

    assert [True, False, False] == [one["filling"] for one in listed]
    assert 1 == inventory(engine).summary().fills


def test_an_empty_database_is_summed_up(engine: Engine) -> None:
    summary = inventory(engine).summary()

    assert dict.fromkeys(DOMAINS, EMPTY) == summary.entries
    assert ([], 0) == (summary.releases, summary.ratings)
    assert (0, UNLISTED_CAP) == (summary.unlisted, summary.unlisted_cap)
    assert (None, None) == (summary.oldest_fetched_at, summary.newest_fetched_at)
    assert summary.last_load is None
    assert (0, 0, []) == (summary.fills, summary.refreshes, summary.jobs)
    assert Pace(False, None, None, spent_today=0, daily_budget=50_000) == summary.pace


def test_a_loaded_release_is_summed_up(seeded_engine: Engine) -> None:
    put(
        seeded_engine,
        CacheEntry,
        entry(1, "unknown", release="30.3", expires_at=START + timedelta(1)),
        entry(2, "absent", refresh_requested_at=START),
    )
    summary = inventory(seeded_engine).summary()

    counts = summary.entries["skills"]
    held = counts["fresh"] + counts["empty"]
    assert [{"domain": "skills", "release": "28.1", "entries": held}] == summary.releases
    assert (1, 1) == (counts["unknown"], counts["absent"])
    assert (2, 1) == (summary.unlisted, summary.refreshes)
    assert summary.last_load is not None
    assert summary.ratings == summary.last_load["rows"] > 0


def test_the_queue_is_what_unfinished_jobs_have_left(engine: Engine) -> None:
    later = clock_of(engine) + timedelta(minutes=1)
    states = {"a": "running", "b": "queued", "c": "failed"}
    asked = {"scope": "codes", "domain": "skills", "created_at": START}
    put(engine, WarmJob, *(asked | {"id": job, "state": state} for job, state in states.items()))
    items = [
        ("a", "queued", "me", later),
        ("a", "queued", "me", START),
        ("a", "queued", None, later),
        ("a", "done", "me", later),
        ("b", "queued", None, None),
        ("c", "queued", None, None),
    ]
    for number, (job, state, owner, expires_at) in enumerate(items):
        item = {"job_id": job, "occupation_code": f"11-{number:04}.00", "state": state}
        put(engine, WarmItem, item | {"lease_owner": owner, "lease_expires_at": expires_at})

    assert {"queued": 3, "claimed": 1} == inventory(engine).figures().queue
    assert {"a": "running", "b": "queued"} == {
        job["id"]: job["state"] for job in inventory(engine).summary().jobs
    }


def pace(engine: Engine, **state: object) -> Pace:
    """The pace that is told where the governor's row says so."""
    row = {"id": 1, "next_slot": 0.0, "paused_until": 0.0, "failures": 0, "version": 1}
    put(engine, UpstreamGovernor, row | state)
    return inventory(engine).figures().pace


@pytest.mark.parametrize(("open_until", "is_open"), [(None, False), (1.0, True)])
def test_the_upstreams_pace_is_told(engine: Engine, open_until: object, is_open: bool) -> None:
    until = clock_of(engine).replace(microsecond=0) + timedelta(hours=1)
    told = pace(engine, paused_until=until.timestamp(), open_until=open_until)

    assert Pace(is_open, None, until, 0, 50_000) == told


@pytest.mark.parametrize(("days_ago", "told"), [(0, 7), (1, 0)], ids=["today", "yesterday"])
def test_what_went_is_told_of_today_alone(engine: Engine, days_ago: int, told: int) -> None:
    today = int(clock_of(engine).timestamp() // DAY)

    assert told == pace(engine, day=today - days_ago, spent=7).spent_today


def test_a_pause_that_is_over_is_none(engine: Engine) -> None:
    assert pace(engine, paused_until=START.timestamp() - 1e8).paused_until is None
