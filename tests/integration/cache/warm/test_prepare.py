"""Filling everything by whole tables: complete, resumed wherever it was cut, fenced."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import delete, select
from support.caches import states
from support.clock import LIMITS, START
from support.cut import Cut, cut_after
from support.fake_client import ELEMENTS, TITLE
from support.fake_tables import EMPTY, PAGES, RATED, FakeTables
from support.fills import fill, publish, rated
from support.made_up_release import TITLES
from support.tables import PUBLISHED, clear, dump, held, without
from support.warming import counted, expire_leases, finish, items, make_worker

from cache.db.onet_tables import LandingRating, Load
from cache.entries.invalidation import Changes
from cache.entries.publish_fill import Superseded
from cache.entries.purge import purge
from cache.entries.store import Store
from cache.fill.leases import Leases
from cache.metrics import CacheMetrics
from cache.warm.jobs import Job, WarmJobs
from onet_client.errors import BadReply, BadRequest, CircuitOpen

LISTED = [*RATED, *EMPTY]
OF_A_WAY = (
    "fetched_at", "expires_at", "validated_at", "generation", "load_id", "description",
    "changed_in",
)  # fmt: skip
"""What may differ between an occupation filled by itself and by whole tables."""


def warm_all(jobs, worker) -> str:
    job = jobs.request("skills", "all")
    finish(worker)
    return job.id


def begin(jobs, worker) -> Job:
    """Have everything listed, and two of the pages read."""
    job = jobs.request("skills", "all")
    for _ in range(3):
        assert worker.step()
    return job


def read_tables(jobs, worker) -> Job:
    """Have all pages read, and nothing published."""
    job = jobs.request("skills", "all")
    while worker._queue.unfinished()[0].release is None:
        worker.step()
    return job


def loads(engine) -> list[tuple[str, str]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(select(Load.release, Load.state))]


def test_everything_is_filled_by_one_request_a_page(jobs, worker, client, engine):
    job = jobs.find(warm_all(jobs, worker))

    assert ("done", 9, 7, 2, 0) == (job.state, job.total, job.done, job.empty, job.failed)
    assert ["release", "occupations", "tables", *["page"] * PAGES, "release"] == client.requests
    assert dict.fromkeys(RATED, "rated") | dict.fromkeys(EMPTY, "empty") == states(engine)
    assert {
        (state, "api", "30.3", START, LIMITS.expiry(START, state)) for state in ("rated", "empty")
    } == {
        (row["state"], row["origin"], row["release"], row["fetched_at"], row["expires_at"])
        for row in dump(engine)["cache_entry"]
    }


def test_the_content_is_that_of_occupations_filled_one_by_one(jobs, worker, client, engine, clock):
    jobs.request("skills", "codes", LISTED)
    finish(worker)
    one_by_one = without(dump(engine, PUBLISHED), *OF_A_WAY)
    clear(engine)

    warm_all(jobs, make_worker(engine, client, clock))

    assert one_by_one == without(dump(engine, PUBLISHED), *OF_A_WAY)


def test_a_title_that_the_list_changes_ends_the_copies_of_other_domains_too(jobs, worker, engine):
    for code, title in ((RATED[0], "Tide Tellers"), (RATED[1], TITLE)):
        publish(engine, fill(code, "empty", domain="knowledge", title=title))
    changes = Changes(engine)
    changes.stop()
    changes.look()
    tick = changes.tick()

    warm_all(jobs, worker)
    changes.look()

    assert ["gone", "good"] == [changes.standing(tick, [("knowledge", c)]) for c in RATED[:2]]
    (stored,) = Store(engine).read("knowledge", RATED[:1])
    assert TITLE == stored.profile.title


def test_a_second_run_asks_once_and_renews(jobs, worker, client, engine, clock):
    warm_all(jobs, worker)
    client.calls.clear()
    clock.advance(LIMITS.ttl + 10)

    job = jobs.find(warm_all(jobs, worker))

    assert ["release"] == client.requests
    assert ("done", 7, 2) == (job.state, job.done, job.empty)
    assert {LIMITS.expiry(clock(), "rated")} == {
        row["expires_at"] for row in dump(engine)["cache_entry"] if row["state"] == "rated"
    }


def test_a_complete_text_release_that_is_still_served_needs_one_request(
    seeded_engine, client, clock
):
    client.served = "28.1"
    jobs = WarmJobs(seeded_engine, clock)
    job = jobs.find(warm_all(jobs, make_worker(seeded_engine, client, clock)))

    assert ["release"] == client.requests
    assert (len(TITLES), 4, 1) == (job.total, job.done, job.empty)


def test_the_little_that_is_missing_is_asked_for_by_itself(jobs, worker, client, engine):
    warm_all(jobs, worker)
    purge(engine, [RATED[2]])
    client.calls.clear()

    job = jobs.find(warm_all(jobs, worker))

    assert [("release", "")] * 2 == [call for call in client.calls if call[0] == "release"]
    assert [RATED[2]] == [code for method, code in client.calls if method == "ratings"]
    assert 0 == client.requests.count("page")
    assert (7, 2) == (job.done, job.empty)


def test_the_list_of_a_new_release_takes_the_place_of_the_old_one(seeded_engine, client, clock):
    jobs = WarmJobs(seeded_engine, clock)
    job = jobs.request("skills", "all")
    assert len(TITLES) == job.total

    finish(make_worker(seeded_engine, client, clock))

    assert ("done", 9) == (jobs.find(job.id).state, jobs.find(job.id).total)
    published = dump(seeded_engine, PUBLISHED)
    kept = {code for code, state in states(seeded_engine).items() if state != "absent"}
    withdrawn = [r for r in published["cache_entry"] if r["occupation_code"] not in LISTED]
    assert {("absent", None, 2)} == {(r["state"], r["release"], r["generation"]) for r in withdrawn}
    newest_change = max(row["changed_in"] for row in published["cache_entry"])
    assert {newest_change} == {row["changed_in"] for row in withdrawn}
    assert kept == set(LISTED) == {row["code"] for row in published["occupation"]}
    assert set(RATED) == {row["occupation_code"] for row in published["rating"]}
    assert [("28.1", "published"), ("30.3", "published")] == loads(seeded_engine)
    newest = dump(seeded_engine)["load"][-1]["id"]
    assert {newest} == {row["load_id"] for row in dump(seeded_engine)["landing_rating"]}


def test_a_newer_fill_of_another_release_is_stale_afterwards(jobs, worker, client, engine, clock):
    def fill_newer(method: str) -> None:
        client.on_call = lambda _method: None
        expiry = LIMITS.expiry(START, "rated")
        publish(engine, rated(RATED[0], release="29.0", expires_at=expiry))

    client.on_call = lambda method: fill_newer(method) if method == "page" else None
    warm_all(jobs, worker)

    (entry,) = [r for r in dump(engine)["cache_entry"] if r["occupation_code"] == RATED[0]]
    assert ("29.0", START) == (entry["release"], entry["expires_at"])


def run_cut(engine, client, clock, statements: int) -> bool:
    """Warm everything, cut after so many statements; tell whether it was."""
    WarmJobs(engine, clock).request("skills", "all")
    try:
        with cut_after(engine, statements):
            finish(make_worker(engine, client, clock))
    except Cut:
        return True
    return False


@pytest.mark.parametrize("every", [23, pytest.param(1, marks=pytest.mark.soak)])
def test_wherever_it_is_cut_another_worker_ends_it_and_asks_one_page_again_at_most(
    engine, clock, every
):
    run_cut(engine, FakeTables(level="3"), clock, 1_000_000)
    whole = without(held(engine), "generation")
    cut, statements = True, 0
    while cut:
        clear(engine)
        client = FakeTables(level="3")  # which SQLite keeps as a whole number
        cut = run_cut(engine, client, clock, statements)
        statements += every
        expire_leases(engine)
        finish(make_worker(engine, client, clock))

        assert {"done", "empty"} == set(items(engine).values())
        assert client.requests.count("page") <= PAGES + 1
        assert {1} == {row["generation"] for row in dump(engine)["cache_entry"]}
        found = without(held(engine), "generation")
        ignored = ("load_id", "id", "started_at", "finished_at")
        assert without(whole, *ignored) == without(found, *ignored)
    assert statements > 100


def test_while_the_lease_lasts_nobody_else_reads_on(jobs, worker, client, engine, clock):
    begin(jobs, worker)

    assert not make_worker(engine, client, clock).step()
    assert 2 == client.requests.count("page")


def test_a_worker_that_stops_lets_the_next_one_go_on_at_once(jobs, worker, client, engine, clock):
    job = begin(jobs, worker)
    worker.close()
    finish(make_worker(engine, client, clock))

    assert "done" == jobs.find(job.id).state
    assert PAGES == client.requests.count("page")


def test_a_worker_that_lost_its_lease_lands_nothing(jobs, worker, client, engine, clock):
    job = jobs.request("skills", "all")
    worker.step()
    expire_leases(engine)
    other = make_worker(engine, client, clock)
    other.step()
    worker.step()

    assert [] == dump(engine)["landing_rating"]
    finish(other)
    assert "done" == jobs.find(job.id).state


def test_a_release_that_changes_meanwhile_is_read_anew(jobs, worker, client, engine, clock):
    job = begin(jobs, worker)
    worker.close()
    client.served, client.level = "30.4", "4.5"
    client.rated = RATED[:-1]
    finish(make_worker(engine, client, clock))

    status = jobs.find(job.id)
    assert ("done", 6, 2) == (status.state, status.done, status.empty)
    ratings = dump(engine)["rating"]
    assert {4.5} == {float(row["value"]) for row in ratings if row["scale_id"] == "LV"}
    assert 6 * 2 * len(ELEMENTS) == len(ratings)
    assert dict.fromkeys(RATED, "30.4") | dict.fromkeys(EMPTY, "30.4") | {RATED[-1]: None} == {
        row["occupation_code"]: row["release"] for row in dump(engine)["cache_entry"]
    }
    assert [("30.3", "refused"), ("30.4", "published")] == loads(engine)


def test_a_release_that_changes_while_pages_are_read_is_read_anew(jobs, worker, client, engine):
    job = begin(jobs, worker)
    client.served, client.level = "30.4", "4.5"
    finish(worker)
    expire_leases(engine)
    finish(worker)

    assert "done" == jobs.find(job.id).state
    ratings = dump(engine)["rating"]
    assert {4.5} == {float(row["value"]) for row in ratings if row["scale_id"] == "LV"}


@pytest.mark.parametrize("codes", [[RATED[1], EMPTY[0]], None])
@pytest.mark.parametrize("moment", ["occupations", "page"])
def test_what_is_purged_while_tables_are_read_is_asked_for_anew(
    jobs, worker, client, engine, codes, moment
):
    jobs.request("skills", "codes", LISTED)
    finish(worker)  # so that there is something to purge
    client.calls.clear()
    old, client.served = client.level, "30.4"

    def purge_now(method: str) -> None:
        if method == moment:
            client.on_call = lambda _method: None
            purge(engine, codes)

    client.on_call = purge_now
    read_tables(jobs, worker)
    client.level = "5.0"  # what has been read holds the old one
    finish(worker)

    purged = set(codes or LISTED)
    assert purged == {code for method, code in client.calls if method == "occupation"}
    assert {code: 5.0 if code in purged else float(old) for code in RATED} == {
        row["occupation_code"]: float(row["value"])
        for row in dump(engine)["rating"]
        if row["scale_id"] == "LV"
    }
    assert {"done", "empty"} == set(items(engine).values())


def test_one_that_changed_does_not_keep_the_others_from_being_published(jobs, worker, engine):
    read_tables(jobs, worker)
    purge(engine, [RATED[1]])
    worker.step()

    published = dict.fromkeys(RATED, "rated") | dict.fromkeys(EMPTY, "empty")
    assert published | {RATED[1]: "absent"} == states(engine)
    assert set(RATED) - {RATED[1]} == {r["occupation_code"] for r in dump(engine)["rating"]}


def test_nothing_is_published_of_what_landed_where_a_row_of_it_is_gone(jobs, worker, engine):
    read_tables(jobs, worker)
    with engine.execution_options(writes=True).begin() as connection:
        connection.execute(delete(LandingRating).where(LandingRating.line == 3))

    with pytest.raises(Superseded):
        worker.step()
    assert dict.fromkeys(LISTED, "absent") == states(engine)
    assert [] == dump(engine)["rating"]


def test_listing_leaves_what_was_filled_meanwhile_as_it_is(jobs, worker, client, engine):
    def fill(method: str) -> None:
        if method == "occupations":
            publish(engine, rated(RATED[0]))

    client.on_call = fill
    jobs.request("skills", "all")
    while "tables" not in client.requests:
        worker.step()

    assert dict.fromkeys(LISTED, "absent") | {RATED[0]: "rated"} == states(engine)


def test_what_had_no_entry_when_it_was_listed_is_fenced_by_a_purge_too(
    jobs, worker, client, engine
):
    jobs.request("skills", "all")
    while "page" not in client.requests:
        worker.step()

    assert dict.fromkeys(LISTED, "absent") == states(engine)
    before = Leases(engine, engine, 60.0).acquire("skills", RATED[1], "before the purge")
    assert 0 == purge(engine, [RATED[1]])
    with pytest.raises(Superseded):
        publish(engine, rated(RATED[1]), before)
    client.level = "5.0"  # what is asked for from now on
    finish(worker)

    assert [RATED[1]] == [code for method, code in client.calls if method == "occupation"]
    assert dict.fromkeys(RATED, "rated") | dict.fromkeys(EMPTY, "empty") == states(engine)


@pytest.mark.parametrize("error", [BadReply("nonsense"), BadRequest("no such page")])
def test_a_table_that_cannot_be_read_fails_the_job_and_leaves_nothing(
    jobs, worker, client, engine, error
):
    publish(engine, rated(RATED[0]))
    before = held(engine)
    job = jobs.request("skills", "all")
    worker.step()
    worker.step()
    client.errors["page"] = error
    for _ in range(3):
        finish(worker)
        expire_leases(engine)
    finish(worker)

    status = jobs.find(job.id)
    assert ("failed", [{"code": None, "error": str(error)}]) == (status.state, status.errors)
    assert None is not status.finished_at
    after = held(engine)
    assert [] == after["landing_rating"]
    assert [("30.3", "refused")] == loads(engine)
    assert before["rating"] == after["rating"]
    assert before["cache_entry"] == after["cache_entry"]
    assert job.id != jobs.request("skills", "all").id


def test_errors_with_progress_between_them_do_not_fail_the_job(jobs, worker, client, engine):
    job = jobs.request("skills", "all")
    worker.step()
    for _ in range(PAGES):
        client.errors["page"] = CircuitOpen("left alone", retry_after=60.0)
        finish(worker)
        expire_leases(engine)
        client.errors.clear()
        worker.step()  # takes it up
        worker.step()  # a page
    finish(worker)

    assert "done" == jobs.find(job.id).state
    assert 2 * PAGES == client.requests.count("page")


def test_two_workers_share_the_publication_and_publish_nothing_twice(jobs, client, engine, clock):
    client.rated = [f"11-{number}.00" for number in range(1001, 1051)]
    metrics = CacheMetrics()
    workers = [make_worker(engine, client, clock, metrics=metrics) for _ in range(2)]
    job = read_tables(jobs, workers[0])
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(finish, workers))
    finish(workers[0])

    status = jobs.find(job.id)
    assert ("done", 50, 2) == (status.state, status.done, status.empty)
    assert {1: 52} == Counter(row["generation"] for row in dump(engine)["cache_entry"])
    assert {"done": 50, "empty": 2, "failed": 0} == counted(metrics)
