"""The cache over real sockets: four server processes on one database, an upstream that counts."""

import logging
import os
import signal
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import update
from support.clock import eventually
from support.commands import RunningSandbox
from support.mysql_server import PrivateServer, empty_database, find_program
from support.processes import serving
from support.release_files import codes_in
from support.rig import (
    AUTHORIZED,
    Answer,
    Connection,
    Rig,
    ask,
    of,
    patiently,
    receive,
    running_rig,
    settings,
    titled,
    worker_pids,
)
from support.waiting import Done, at_once

from app.wiring.container import utc_now
from cache.db.onet_tables import CacheEntry
from cache.entries.invalidation import note_change
from cache.fill.leases import LEASE_MARGIN
from cache.fill.single_flight import MAX_WAITING
from cache.policy import Limits
from cache.release.seed import seed
from onet_client.sandbox import Fault, ReleaseTables

pytestmark = pytest.mark.waits

log = logging.getLogger("rig")
PROCESSES = 4
CLIENTS = 200
READS = "skillgap_entry_reads_total"
UNRATED, UNKNOWN = "15-1252.00", "99-9999.00"
GATHERING = 0.5
"""Seconds that the upstream takes, for all who ask meanwhile to wait for it."""


@pytest.fixture(scope="module")
def codes(starter_release: Path) -> Iterator[str]:
    """Rated occupations, each for one use: what a test leaves under way is in nobody's way."""
    return iter(codes_in(starter_release / "Skills.txt"))


@pytest.fixture(scope="module")
def mysql_rig(
    mysql_server: str, release: ReleaseTables, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Rig]:
    folder = tmp_path_factory.mktemp("fleet")
    with (
        empty_database(mysql_server) as url,
        running_rig(url, release, folder, PROCESSES) as rig,
    ):
        yield rig


@pytest.fixture(scope="module")
def sqlite_rig(release: ReleaseTables, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    folder = tmp_path_factory.mktemp("single")
    url = f"sqlite:///{folder / 'skillgap.db'}"
    with running_rig(url, release, folder, processes=1, deadline=20.0) as rig:
        yield rig


@pytest.fixture
def fleet(mysql_rig: Rig) -> Rig:
    """Four processes on one MariaDB."""
    mysql_rig.reset()
    return mysql_rig


@pytest.fixture
def single(sqlite_rig: Rig) -> Rig:
    """One process on SQLite."""
    sqlite_rig.reset()
    return sqlite_rig


FLEET = pytest.param("fleet", marks=pytest.mark.mysql)


@pytest.fixture
def rig(request: pytest.FixtureRequest) -> Rig:
    found: Rig = request.getfixturevalue(request.param)
    return found


def asking(connections: list[Connection], target: str) -> list[Callable[[], Answer]]:
    return [lambda one=one: ask(one, target) for one in connections]


def answers(done: list[Done]) -> list[Answer]:
    """What all got; the first error is raised."""
    for one in done:
        if isinstance(one.result, Exception):
            raise one.result
    return [one.result for one in done]


def p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1]


@pytest.mark.parametrize("rig", [FLEET, "single"], indirect=True)
def test_200_misses_at_once_fetch_each_page_once_and_get_equal_answers(
    rig: Rig, codes: Iterator[str]
) -> None:
    code = next(codes)
    connections = rig.connections(CLIENTS)
    rig.upstream.set_faults(Fault(path="database/rows", delay=GATHERING))

    done = at_once(asking(connections, of(code)))

    got = answers(done)
    assert {200: CLIENTS} == Counter(one.status for one in got)
    assert 1 == len({one.body for one in got})
    # Who comes when it is filled, as on a crowded machine, has a hit.
    found = Counter(parameters.get("fwd", "hit") for one in got for _, parameters in one.members)
    assert found.keys() <= {"miss", "hit"}
    assert found["miss"] > CLIENTS // 2
    assert {1} == set(rig.asked().values()), rig.asked()
    assert 2 == rig.asked(code).total()
    word = max(one.ended for one in done) - rig.last_words[-1][1]
    log.info(
        "%s: the last was answered %.0f ms after the upstream's last word",
        rig.engine.dialect.name, 1000 * word,
    )  # fmt: skip
    assert word < 5


@pytest.mark.parametrize(
    "rig", [FLEET, pytest.param("single", marks=pytest.mark.soak)], indirect=True
)
def test_an_upstream_that_fails_is_asked_three_times_for_200_misses_and_then_recovers(
    rig: Rig, codes: Iterator[str]
) -> None:
    code = next(codes)
    connections = rig.connections(CLIENTS)
    rig.upstream.set_faults(Fault(path=code, status=503, delay=0.1))

    done = at_once(asking(connections, of(code)))
    rig.upstream.set_faults()
    failed = time.monotonic()

    got = answers(done)
    assert {(503, "upstream-unavailable"): CLIENTS} == Counter(
        (one.status, one.kind) for one in got
    )
    assert {"application/problem+json"} == {one.headers["Content-Type"] for one in got}
    waits = {int(one.headers["Retry-After"]) for one in got}
    assert min(waits) >= 1
    assert max(one.seconds for one in done) < rig.deadline + 5
    assert 1 == len(rig.asked(code))
    assert 1 <= rig.asked(code).total() <= 3
    eventually(200, lambda: ask(connections[0], of(code)).status, seconds=min(waits))
    assert [200] * 8 == [ask(one, of(code)).status for one in connections[:8]]
    log.info(
        "%s: 503 after %.1f s, 200 again %.1f s after that",
        rig.engine.dialect.name, max(one.seconds for one in done), time.monotonic() - failed,
    )  # fmt: skip


@pytest.mark.mysql
def test_another_server_fills_what_a_killed_one_was_filling(
    fleet: Rig, codes: Iterator[str], tmp_path: Path
) -> None:
    code = next(codes)
    lease = fleet.deadline + LEASE_MARGIN
    patience = 3 * (lease + fleet.deadline)  # the machine may be crowded
    url = fleet.engine.url.render_as_string(hide_password=False)
    fleet.upstream.set_faults(Fault(path=f"occupations/{code}", delay=60, times=1))
    with (
        serving(
            tmp_path, **settings(url, fleet.upstream, fleet.deadline), TMPDIR=str(tmp_path)
        ) as doomed,
        ThreadPoolExecutor() as pool,
    ):
        filling = Rig(doomed, fleet.upstream, fleet.engine, fleet.deadline)
        filling.connect().request("GET", of(code))
        eventually(1, lambda: fleet.asked(code).total())
        begun = time.monotonic()
        waiting = [
            pool.submit(patiently, one, of(code), patience)
            for one in fleet.connections(2 * PROCESSES)
        ]
        time.sleep(0.3)
        is_answered = any(one.done() for one in waiting)
        assert not is_answered or time.monotonic() - begun > fleet.deadline  # on a crowded machine

        for pid in (doomed.process.pid, *worker_pids(doomed)):
            os.kill(pid, signal.SIGKILL)
        filling.close()
        eventually("rated", lambda: fleet.state(code), seconds=patience)
        filled = time.monotonic() - begun
        got = [one.result(30) for one in waiting]

    assert {200: 2 * PROCESSES} == Counter(one.status for one in got)
    assert 1 == len({one.body for one in got})
    assert [2, 1] == list(fleet.asked(code).values())
    log.info("filled %.1f s after the killed one had begun; its lease is %.0f s", filled, lease)


@pytest.mark.mysql
def test_a_fill_that_nobody_waits_for_any_more_is_stored(fleet: Rig, codes: Iterator[str]) -> None:
    code = next(codes)
    fleet.upstream.set_faults(Fault(path="database/rows", delay=GATHERING))
    first = fleet.connect()
    first.request("GET", of(code))
    eventually(1, lambda: fleet.asked(f"occupations/{code}").total())
    first.close()

    eventually("rated", lambda: fleet.state(code))


def test_more_misses_than_may_wait_are_refused_at_once_and_hits_are_answered(
    single: Rig, codes: Iterator[str]
) -> None:
    held, hanging = next(codes), next(codes)
    reader = single.connect()
    assert 200 == ask(reader, of(held)).status
    patient: list[Connection] = []
    single.upstream.set_faults(Fault(path=hanging, delay=60))

    def waiting() -> float:
        return single.metrics("skillgap_fill_waiters")[""]

    for begun in range(0, MAX_WAITING, 40):
        patient += [single.connect() for _ in range(40)]
        for one in patient[begun:]:
            one.request("GET", of(hanging))
        eventually(min(begun + 40, MAX_WAITING), waiting, seconds=30)
    refused = [at_once(asking([single.connect()], of(hanging)))[0] for _ in range(60)]
    hits = [at_once(asking([reader], of(held)))[0] for _ in range(30)]
    single.upstream.stop()
    single.upstream.set_faults()
    single.upstream.start()

    assert {200: 30} == Counter(one.status for one in answers(hits))
    assert {(503, "upstream-unavailable", "2"): 60} == Counter(
        (one.status, one.kind, one.headers["Retry-After"]) for one in answers(refused)
    )
    assert {200: MAX_WAITING} == Counter(receive(one).status for one in patient)
    refused_p95, hits_p95 = (p95([one.seconds for one in each]) for each in (refused, hits))
    figures = (MAX_WAITING, 1000 * refused_p95, 1000 * hits_p95)
    log.info("%d wait: p95 of refusals %.0f ms, of hits %.0f ms", *figures)
    assert max(refused_p95, hits_p95) < 3  # seconds; who waits, waits longer


@pytest.mark.mysql
def test_every_process_sees_a_purge_within_a_second(fleet: Rig, codes: Iterator[str]) -> None:
    code = next(codes)
    connections = fleet.connections(4 * PROCESSES)
    fleet.upstream.set_faults(titled(code, "Before"))
    before = [one for _ in range(3) for one in answers(at_once(asking(connections, of(code))))]
    fleet.upstream.set_faults(titled(code, "After"))

    purged = fleet.purge(code)
    returned = time.monotonic()
    done = at_once([lambda one=one: keep_asking(one, of(code)) for one in connections])

    assert {"Before"} == {one.json["title"] for one in before}
    assert (200, {"purged": 1}) == (purged.status, purged.json)
    asked = [(begun - returned, one) for each in done for begun, one in each.result]
    assert {200} == {one.status for _, one in asked}
    old = max((begun for begun, one in asked if one.json["title"] == "Before"), default=0.0)
    log.info("the last to see what was purged asked %.0f ms after it", 1000 * old)
    assert old < 1


def keep_asking(connection: Connection, target: str) -> list[tuple[float, Answer]]:
    """Ask for a while; each answer comes with the moment at which it was asked for."""
    got = []
    deadline = time.monotonic() + 1.2
    while (begun := time.monotonic()) < deadline:
        got.append((begun, ask(connection, target)))
        time.sleep(0.02)
    return got


@pytest.mark.mysql
def test_a_fill_begun_before_a_purge_is_not_stored_after_it(
    fleet: Rig, codes: Iterator[str]
) -> None:
    code = next(codes)
    connections = fleet.connections(4 * PROCESSES)
    slow = Fault(path="database/rows", delay=GATHERING, times=1)
    fleet.upstream.set_faults(titled(code, "Before"), slow)
    with ThreadPoolExecutor(len(connections)) as pool:
        early = [pool.submit(ask, one, of(code)) for one in connections[::2]]
        eventually(2, lambda: fleet.asked(code).total())
        fleet.upstream.set_faults(titled(code, "After"))

        assert {"purged": 0} == fleet.purge(code).json
        late = answers(at_once(asking(connections[1::2], of(code))))
        early_answers = [one.result(30) for one in early]

    assert {(200, "After")} == {(one.status, one.json["title"]) for one in late}
    assert {(200, "After")} == {(one.status, one.json["title"]) for one in early_answers}
    assert "After" == ask(fleet.connect(), of(code)).json["title"]


@pytest.mark.mysql
@pytest.mark.skipif(find_program() is None, reason="needs a server to stop")
def test_a_database_that_stops_is_told_within_a_second_and_found_again(
    release: ReleaseTables, codes: Iterator[str], tmp_path: Path
) -> None:
    held, absent = next(codes), next(codes)
    database = PrivateServer()
    try:
        database.start()
        with (
            empty_database(database.url) as url,
            running_rig(url, release, tmp_path, PROCESSES) as rig,
        ):
            pids = worker_pids(rig.server)
            connections = rig.connections(5 * PROCESSES)
            assert {200} == {one.status for one in answers(at_once(asking(connections, of(held))))}

            database.stop()
            down = at_once(asking(connections, of(absent)))
            time.sleep(1)  # from then on every process knows
            copied = at_once(asking(connections, of(held)))
            down += at_once(asking(connections, of(absent)))
            database.start()
            up = at_once(asking(connections, of(held)))

            assert {(200, "database-unavailable")} == {
                (one.status, each.get("detail"))
                for one in answers(copied)
                for _, each in one.members
            }
            assert {(503, "database-unavailable")} == {
                (one.status, one.kind) for one in answers(down)
            }
            assert {True} == {"Retry-After" in one.headers for one in answers(down)}
            log.info("the database stopped: slowest %.0f ms", 1000 * max(o.seconds for o in down))
            assert max(one.seconds for one in [*copied, *down]) < 1
            assert {200} == {one.status for one in answers(up)}
            assert pids == worker_pids(rig.server)
            rig.engine.dispose()
    finally:
        database.remove()


def results(answer: Answer) -> list[str]:
    """What the members of Cache-Status should have been counted as."""
    told = []
    for _, parameters in answer.members:
        code = str(parameters["key"]).rpartition("/")[2]
        if "hit" not in parameters:
            told.append("miss")
        elif code in (UNRATED, UNKNOWN):
            told.append("negative")
        else:
            told.append("stale" if int(parameters["ttl"]) < 0 else "hit")
    return told


def age(rig: Rig, code: str, days: float) -> None:
    """Let what is held of an occupation have expired so long ago."""
    change = update(CacheEntry).where(
        CacheEntry.occupation_code == code, CacheEntry.state == "rated"
    )
    with rig.engine.execution_options(writes=True).begin() as connection:
        connection.execute(change.values(expires_at=utc_now() - timedelta(days=days)))
        note_change(connection, CacheEntry.occupation_code == code)


@pytest.mark.mysql
def test_the_metrics_of_all_processes_are_what_cache_status_told(
    fleet: Rig, codes: Iterator[str]
) -> None:
    held, stale, old, purged, failing = (next(codes) for _ in range(5))
    connections = fleet.connections(4 * PROCESSES)
    for code in (held, stale, old, UNRATED, UNKNOWN):
        ask(connections[0], of(code))
    fleet.upstream.set_faults(Fault(path=failing, status=422, body={"error": "no"}))
    time.sleep(1)  # what was counted till now has been handed over
    before = fleet.metrics(READS)
    rated = [held, stale, old, purged]
    targets = [
        *(of(code) for code in (*rated, failing, UNRATED, UNKNOWN)),
        *(f"/skill-gap?from={held}&to={code}" for code in (stale, old, purged, failing, UNKNOWN)),
        f"/skill-gap?from={failing}&to={UNRATED}",
    ]
    drawn = Random(4)
    turns = [[drawn.choice(targets) for _ in range(20)] for _ in connections]

    def work(connection: Connection, targets: list[str]) -> list[Answer]:
        return [ask(connection, target) for target in targets]

    def disturb() -> None:
        for _ in range(20):
            age(fleet, stale, days=1)
            age(fleet, old, days=30)
            assert 200 == fleet.purge(purged).status

    works = [lambda c=c, t=t: work(c, t) for c, t in zip(connections, turns, strict=True)]
    done = at_once([*works, disturb])
    assert None is done[-1].result
    got = [answer for one in done[:-1] for answer in one.result]

    def counted() -> dict[str, float]:
        return {result: value - before[result] for result, value in fleet.metrics(READS).items()}

    told = Counter(result for answer in got for result in results(answer))
    assert {"hit", "stale", "miss", "negative"} == set(told)
    assert {200, 404, 503} == {answer.status for answer in got}
    eventually(told, counted)
    log.info("reads: %s", dict(told))


@pytest.mark.soak
def test_hits_are_answered_while_everything_is_warmed(
    mysql_server: str,
    upstream: RunningSandbox,
    release: ReleaseTables,
    starter_release: Path,
    tmp_path: Path,
) -> None:
    # By a sandbox in a process of its own, which takes no time from the clients here.
    more = {"ONET_API_URL": upstream.url, "ONET_MAX_RATE": "5"}
    with (
        empty_database(mysql_server) as url,
        running_rig(url, release, tmp_path, PROCESSES, 20.0, **more) as rig,
    ):
        limits = Limits(ttl=86400, stale_while_revalidate=0, stale_if_error=0, negative_ttl=86400)
        seed(rig.engine, starter_release, limits=limits, now=utc_now)
        readers, held = rig.connections(PROCESSES), of("15-1254.00")
        idle = load(readers, held, until=stopwatch(5.0))
        admin, before = rig.connect(), upstream.count
        json = {"Content-Type": "application/json", **AUTHORIZED}
        admin.request("POST", "/admin/cache/warm", body='{"all": true}', headers=json)
        job = receive(admin)

        def look() -> Any:
            return ask(admin, job.headers["Location"], **AUTHORIZED).json

        busy = load(readers, held, until=lambda: look()["state"] in ("done", "failed"))
        idle += load(readers, held, until=stopwatch(5.0))

        ended, asked = look(), upstream.count - before
        figures = (1000 * p95(idle), 1000 * p95(busy), len(busy), asked)
        log.info("hits: p95 %.1f ms idle, %.1f ms of %d while warming by %d requests", *figures)
        assert (202, "done", 0) == (job.status, ended["state"], ended["failed"])
        assert ended["total"] == ended["done"] + ended["empty"]
        assert 1 < asked <= 60
        assert p95(busy) < max(10 * p95(idle), 0.1)


def load(connections: list[Connection], target: str, until: Callable[[], bool]) -> list[float]:
    """Ask over each connection 50 times a second; return how many seconds each answer took."""
    stop = threading.Event()

    def work(connection: Connection) -> list[float]:
        taken = []
        while not stop.wait(0.02):
            begun = time.monotonic()
            assert 200 == ask(connection, target).status
            taken.append(time.monotonic() - begun)
        return taken

    with ThreadPoolExecutor(len(connections)) as pool:
        working = [pool.submit(work, connection) for connection in connections]
        try:
            eventually(True, until, seconds=300)
        finally:
            stop.set()
        return [seconds for each in working for seconds in each.result()]


def stopwatch(seconds: float) -> Callable[[], bool]:
    end = time.monotonic() + seconds
    return lambda: time.monotonic() >= end
