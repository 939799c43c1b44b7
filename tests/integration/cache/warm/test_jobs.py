"""Requests to fill many entries: one job for the same request, whoever makes it."""

from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select, update
from support.clock import LIMITS
from support.forked import in_processes, request_jobs
from support.made_up_release import RATED, TITLES
from support.warming import items

from cache.db.clock import database_time
from cache.db.onet_tables import CacheEntry, WarmItem, WarmJob
from cache.warm.jobs import KEPT, WarmJobs


@pytest.fixture
def jobs(seeded_engine, clock):
    return WarmJobs(seeded_engine, clock)


def end_all(engine, ended_ago: timedelta = timedelta()) -> None:
    """End every job that is not finished."""
    with engine.execution_options(writes=True).begin() as connection:
        ended = {"state": "done", "active_key": None}
        at = database_time(connection) - ended_ago
        connection.execute(
            update(WarmJob).where(WarmJob.finished_at.is_(None)).values(**ended, finished_at=at)
        )


def count(engine, table) -> int:
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_codes_become_items_at_once(jobs, seeded_engine):
    job = jobs.request("skills", "codes", [RATED[1], "99-1001.00", RATED[1]])

    assert ("queued", 2) == (job.state, job.total)
    assert {RATED[1]: "queued", "99-1001.00": "queued"} == items(seeded_engine)


def test_all_lists_what_is_known_until_the_upstream_is_asked(jobs, seeded_engine):
    assert len(TITLES) == jobs.request("skills", "all").total
    assert set(TITLES) == set(items(seeded_engine))


def test_stale_lists_rated_entries_from_their_expiry_on(jobs, seeded_engine, clock):
    with seeded_engine.execution_options(writes=True).begin() as connection:
        of_one = CacheEntry.occupation_code == RATED[0]
        later = LIMITS.expiry(clock(), "rated") + timedelta(seconds=1)
        connection.execute(update(CacheEntry).where(of_one).values(expires_at=later))
    clock.advance(LIMITS.ttl)

    assert 3 == jobs.request("skills", "stale").total
    assert set(RATED[1:]) == set(items(seeded_engine))


def test_the_same_request_is_the_same_job_until_that_is_finished(jobs, seeded_engine):
    first = jobs.request("skills", "codes", [RATED[0], RATED[1]])
    same = jobs.request("skills", "codes", [RATED[1], RATED[0], RATED[0]])
    other = jobs.request("skills", "codes", [RATED[0]])
    of_all = jobs.request("skills", "all")
    end_all(seeded_engine)
    anew = jobs.request("skills", "codes", [RATED[0], RATED[1]])

    assert first == same
    assert 4 == len({first.id, other.id, of_all.id, anew.id})


def test_the_same_requests_of_many_processes_are_the_same_jobs(seeded_engine):
    url = seeded_engine.url.render_as_string(hide_password=False)
    codes = [f"11-{number}.00" for number in range(1001, 1021)]
    told = in_processes(4, request_jobs, url, codes)

    assert [20] * 4 == [len(set(ids)) for ids in told]
    assert 1 == len({tuple(ids) for ids in told})
    assert (20, 20) == (count(seeded_engine, WarmJob), count(seeded_engine, WarmItem))


def test_there_is_no_status_of_a_job_that_is_not_there(jobs):
    assert None is jobs.find("no-such")


def test_a_status_counts_items_and_tells_the_first_errors(jobs, seeded_engine):
    codes = [f"11-{number}.00" for number in range(1001, 1031)]
    job = jobs.request("skills", "codes", codes)
    with seeded_engine.execution_options(writes=True).begin() as connection:
        chosen_by = {"failed": codes[:22], "done": codes[22:25], "empty": codes[25:27]}
        for state, chosen in chosen_by.items():
            ended = update(WarmItem).where(WarmItem.occupation_code.in_(chosen))
            connection.execute(ended.values(state=state, error="no" if state == "failed" else None))

    status = jobs.find(job.id)

    assert (job.id, "queued", None) == (status.id, status.state, status.finished_at)
    assert (30, 3, 2, 22) == (status.total, status.done, status.empty, status.failed)
    assert [{"code": code, "error": "no"} for code in codes[:20]] == status.errors


def test_finished_jobs_are_dropped_when_they_are_old_and_when_they_are_many(jobs, seeded_engine):
    old = jobs.request("skills", "codes", [RATED[0]])
    end_all(seeded_engine, timedelta(days=7, seconds=10))
    recent = jobs.request("skills", "codes", [RATED[1]])
    assert None is jobs.find(old.id)
    end_all(seeded_engine, timedelta(days=6))

    with seeded_engine.execution_options(writes=True).begin() as connection:
        at = database_time(connection)
        connection.execute(
            insert(WarmJob),
            [
                {"id": str(n), "scope": "all", "domain": "skills", "state": "done",
                 "created_at": at, "finished_at": at}
                for n in range(KEPT)
            ],
        )  # fmt: skip
    jobs.request("skills", "all")

    assert None is jobs.find(recent.id)
    assert KEPT + 1 == count(seeded_engine, WarmJob)
    assert len(TITLES) == count(seeded_engine, WarmItem)
