"""Servers on a Galera cluster of three nodes, which are lost in every way: see docs/cluster.md."""

import json
import logging
import os
import re
import signal
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, select
from support.callers import Asked, Callers
from support.clock import eventually
from support.commands import Command, flask
from support.galera import NAME, PORT, Cluster, Node, running_cluster, text_of
from support.mysql_server import free_port
from support.next_program import next_program, running
from support.processes import SECONDS, serving
from support.proxies import example, haproxy
from support.release_files import codes_in
from support.rig import AUTHORIZED, of, settings, titled, worker_pids
from support.waiting import at_once

from cache.db import database
from cache.db.database import connect
from cache.db.onet_tables import SCHEMA_REVISION, CacheChange, UpstreamGovernor
from cache.db.upsert import upsert
from cache.entries.purge import purge
from cache.fill.leases import LEASE_MARGIN
from onet_client.sandbox import Fault, ReleaseTables, Sandbox

pytestmark = [pytest.mark.galera, pytest.mark.soak]

log = logging.getLogger("cluster")
DEADLINE = 5.0
"""Seconds that a fill may take."""
PROMISED = 1.0
"""Seconds after which no server answers what was purged."""
PURGES = 20


@dataclass
class Fleet:
    """The cluster, a server for each node, one for the list of hosts and one behind HAProxy.

    The first node's server has an upstream of its own, to tell what it has asked for.
    """

    cluster: Cluster
    upstream: Sandbox
    first_upstream: Sandbox
    engine: Engine
    servers: dict[str, str]
    codes: list[str]

    def callers(self) -> Callers:
        return Callers(self.servers, [of(code) for code in self.codes[:4]])

    def set_faults(self, *faults: Fault) -> None:
        for upstream in (self.upstream, self.first_upstream):
            upstream.set_faults(*faults)

    def fetched_twice(self) -> dict[str, int]:
        """Pages about an occupation, but the one that is purged, that others asked for twice."""
        return self._more_than_once(_pages(self.upstream))

    def fetched_again(self) -> dict[str, int]:
        """Those that the first node's server asked for, and then it or another one did again."""
        first = _pages(self.first_upstream)
        return self._more_than_once(first + (_pages(self.upstream) & first))

    def _more_than_once(self, pages: Counter[str]) -> dict[str, int]:
        purged = self.codes[4]
        return {page: times for page, times in pages.items() if times > 1 and purged not in page}

    def reset(self) -> None:
        """Have an empty cache but for what callers hit, and an upstream without a past."""
        self.set_faults()
        purge(self.engine, None)
        with self.engine.execution_options(writes=True).begin() as connection:
            connection.execute(delete(UpstreamGovernor))
        time.sleep(PROMISED)
        callers = self.callers()
        for target in callers.hits:
            assert {200} == {callers.ask(server, target).status for server in self.servers}
        self.upstream.clear_requests()
        self.first_upstream.clear_requests()


def _pages(upstream: Sandbox) -> Counter[str]:
    asked = (f"{one.path}?{one.query}" for one in upstream.requests)
    return Counter(page for page in asked if re.search(r"\d\d-\d{4}", page))


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with running_cluster() as cluster:
        yield cluster


@pytest.fixture(scope="module")
def migrated(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Cluster:
    """Migrated over all of its nodes at once."""
    folder = tmp_path_factory.mktemp("migrating")
    commands = [
        Command("db", "upgrade", folder=folder, DATABASE_URL=text_of(node.url))
        for node in cluster.nodes
    ]
    said = [command.communicate(SECONDS) for command in commands]
    assert [("", "")] * 3 == said
    assert [0] * 3 == [command.returncode for command in commands]
    return cluster


@pytest.fixture(scope="module")
def whole_fleet(
    migrated: Cluster,
    starter_release: Path,
    release: ReleaseTables,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Fleet]:
    codes = codes_in(starter_release / "Skills.txt")
    engine = connect(migrated.nodes[1].url)
    with ExitStack() as stack:
        port = free_port()
        folder = tmp_path_factory.mktemp("haproxy")
        stack.enter_context(haproxy(folder, haproxy_text(migrated, port), port))
        urls = {f"node-{node.number}": node.url for node in migrated.nodes}
        urls |= {
            "hosts": migrated.url,
            "haproxy": migrated.account.set(host="127.0.0.1", port=port),
        }
        upstream, first = (stack.enter_context(Sandbox(release)) for _ in range(2))
        servers = {}
        for name, url in urls.items():
            more = settings(text_of(url), first if name == "node-1" else upstream, DEADLINE)
            served = serving(tmp_path_factory.mktemp(name), **more, WEB_CONCURRENCY="1")
            servers[name] = stack.enter_context(served).url
        yield Fleet(migrated, upstream, first, engine, servers, codes)
        engine.dispose()


def haproxy_text(cluster: Cluster, port: int) -> str:
    text = example("haproxy", "cluster.md").replace("127.0.0.1:3307", f"127.0.0.1:{port}")
    for node in cluster.nodes:
        text = text.replace(f"10.0.0.{node.number}:3306", f"{node.address}:{PORT}")
    return text


@pytest.fixture
def fleet(whole_fleet: Fleet) -> Fleet:
    whole_fleet.reset()
    return whole_fleet


def test_misses_at_once_over_all_servers_fetch_each_page_once(fleet: Fleet) -> None:
    callers, codes = fleet.callers(), fleet.codes[4:]
    clashes = fleet.cluster.total("wsrep_local_cert_failures")
    aborts = fleet.cluster.total("wsrep_local_bf_aborts")

    for begin in range(0, len(codes), 6):
        several = codes[begin : begin + 6]
        works = [
            lambda server=server, code=code: callers.note(server, of(code))
            for code in several
            for server in fleet.servers
            for _ in range(4)
        ]
        at_once(works)

    clashes = fleet.cluster.total("wsrep_local_cert_failures") - clashes
    aborts = fleet.cluster.total("wsrep_local_bf_aborts") - aborts
    twice = fleet.fetched_twice() | fleet.fetched_again()
    pages = len(fleet.upstream.requests) + len(fleet.first_upstream.requests)
    log.info(
        "one flight: %s; pages %d, twice %s; certification failures %d, aborted by others %d",
        callers.counts(), pages, twice, clashes, aborts,
    )  # fmt: skip
    assert [] == [one for one in callers.asked if one.failed]
    assert {} == twice
    assert clashes + aborts > 0
    bodies = {(one.target, one.body) for one in callers.asked}
    assert len(codes) == len(bodies)


def purge_by(callers: Callers, server: str, code: str) -> Asked:
    return callers.ask(server, f"/admin/cache/entries/{code}", "DELETE", **AUTHORIZED)


def last_old_answer(fleet: Fleet, callers: Callers, through: str, servers: list[str]) -> float:
    """Purge an occupation through a server, and tell how long after it one gave the old answer."""
    code = fleet.codes[4]
    fleet.set_faults(titled(code, "Before"))
    eventually(
        {"Before"}, lambda: {title(callers.ask(server, of(code))) for server in servers}, seconds=15
    )
    fleet.set_faults(titled(code, "After"))
    purged = purge_by(callers, through, code)
    assert (200, b'{"purged":1}') == (purged.status, purged.body.replace(b" ", b"").strip())

    def keep_asking(server: str) -> list[Asked]:
        asked = []
        while time.monotonic() < purged.ended + PROMISED + 0.3:
            asked.append(callers.note(server, of(code)))
            time.sleep(0.02)
        return asked

    with ThreadPoolExecutor() as pool:
        asked = [one for each in pool.map(keep_asking, servers) for one in each]
    purge_by(callers, through, code)
    fleet.set_faults()
    old = [one.began - purged.ended for one in asked if title(one) == "Before"]
    return max(old, default=0.0)


def title(asked: Asked) -> object:
    return json.loads(asked.body).get("title")


def test_every_server_sees_a_purge_within_a_second(fleet: Fleet) -> None:
    callers, servers = fleet.callers(), list(fleet.servers)
    last = [
        last_old_answer(fleet, callers, servers[number % len(servers)], servers)
        for number in range(PURGES)
    ]

    log.info(
        "purges: %d, the last old answers %.2f-%.2f s after them; beyond %.1f s: %d; %s",
        PURGES, min(last), max(last), PROMISED, sum(one > PROMISED for one in last),
        callers.counts(),
    )  # fmt: skip
    assert max(last) < PROMISED
    assert [] == [one for one in callers.asked if one.failed]


def test_what_a_killed_server_was_filling_is_filled_by_one_on_another_node(
    fleet: Fleet, tmp_path: Path
) -> None:
    code, callers = fleet.codes[5], fleet.callers()
    lease = DEADLINE + LEASE_MARGIN
    fleet.set_faults(Fault(path=f"occupations/{code}", delay=60, times=1))
    url = text_of(fleet.cluster.nodes[2].url)
    more = settings(url, fleet.upstream, DEADLINE)
    with serving(tmp_path, **more, WEB_CONCURRENCY="1") as doomed, ThreadPoolExecutor() as pool:
        doomed_callers = Callers({"doomed": doomed.url}, [])
        pool.submit(doomed_callers.ask, "doomed", of(code))
        eventually(1, lambda: len(fleet.upstream.requests))
        waiting = [pool.submit(patiently, callers, name, of(code)) for name in fleet.servers]
        time.sleep(0.3)
        begun = time.monotonic()
        for pid in (doomed.process.pid, *worker_pids(doomed)):
            os.kill(pid, signal.SIGKILL)
        got = [one.result(3 * lease) for one in waiting]
        taken = time.monotonic() - begun

    paths = [f"{one.path}?{one.query}" for one in fleet.upstream.requests]
    log.info("lease: taken over %.1f s after its owner was killed; lasts %.0f s", taken, lease)
    assert {200} == {one.status for one in got}
    assert 1 == len({one.body for one in got})
    assert [2, 1] == list(Counter(path for path in paths if code in path).values())


def patiently(callers: Callers, server: str, target: str) -> Asked:
    """Ask again until there is an answer; for all of a lease's time."""
    deadline = time.monotonic() + 3 * (DEADLINE + LEASE_MARGIN)
    while (asked := callers.ask(server, target)).failed and time.monotonic() < deadline:
        time.sleep(0.5)
    return asked


WAYS = {
    "stopped": (Node.stop, Node.start),
    "killed": (Node.kill, Node.start),
    "frozen": (Node.freeze, Node.thaw),
    "cut off": (Node.cut, Node.join),
}


@pytest.mark.parametrize("way", list(WAYS))
def test_a_lost_node_costs_the_servers_that_have_others_no_answer(fleet: Fleet, way: str) -> None:
    lose, bring_back = WAYS[way]
    lost, other, _ = fleet.cluster.nodes
    callers = fleet.callers()
    others = [name for name in fleet.servers if name != "node-1"]
    warmed, missing = fleet.codes[6:22], [of(code) for code in fleet.codes[22:]]
    job = request_job(callers, "hosts", warmed)

    with callers.asking(missing, others):
        time.sleep(1.5)
        lost_at = time.monotonic()
        lose(lost)
        eventually("2", lambda: other.status("wsrep_cluster_size"), seconds=20)
        without = time.monotonic() - lost_at
        time.sleep(2)
        old = last_old_answer(fleet, callers, "node-2", others)
        ready = callers.ask("node-1", "/health/ready")
        missed = callers.ask("node-1", of(fleet.codes[5]))
        gone_at = time.monotonic()
        bring_back(lost)
        eventually(200, lambda: callers.ask("node-1", "/health/ready").status, seconds=20)
        back = time.monotonic() - gone_at
        time.sleep(1)
    found = eventually_done(callers, job)
    again = callers.ask("node-1", of(fleet.codes[5]))

    log.info(
        "%s: left out after %.1f s, used again after %.1f s; %s; pages twice %s, fetched by its "
        "server and again %s; last old answer %.2f s after a purge; its server: %d, misses %d %s; "
        "warm job: %s of %s, failed %s",
        way, without, back, callers.counts(), fleet.fetched_twice(), fleet.fetched_again(), old,
        ready.status, missed.status, missed.kind, found["done"], found["total"], found["failed"],
    )  # fmt: skip
    assert [] == [one for one in callers.asked if one.failed]
    assert (503, 503, "database-unavailable") == (ready.status, missed.status, missed.kind)
    assert old < PROMISED
    assert ("done", len(warmed), 0) == (found["state"], found["done"], found["failed"])
    assert 200 == again.status
    assert {} == fleet.fetched_twice()


def request_job(callers: Callers, server: str, codes: list[str]) -> str:
    body = json.dumps({"codes": codes})
    headers = AUTHORIZED | {"Content-Type": "application/json"}
    asked = callers.ask(server, "/admin/cache/warm", "POST", body, **headers)
    assert 202 == asked.status, asked.body
    return str(json.loads(asked.body)["id"])


def eventually_done(callers: Callers, job: str) -> dict[str, object]:
    """The status of a job once it has ended."""

    def look() -> dict[str, object]:
        asked = callers.ask("hosts", f"/admin/cache/jobs/{job}", **AUTHORIZED)
        found: dict[str, object] = json.loads(asked.body)
        return found

    eventually(True, lambda: look().get("state") in ("done", "failed"), seconds=60)
    return look()


def test_two_programs_work_at_once_while_the_newer_one_migrates(
    fleet: Fleet, tmp_path: Path
) -> None:
    program = next_program(tmp_path / "next")
    missing = [of(code) for code in fleet.codes[5:]]
    port = free_port()
    callers = fleet.callers()
    servers = list(fleet.servers)
    callers.servers = {**fleet.servers, "next": f"http://127.0.0.1:{port}"}
    more = settings(text_of(fleet.cluster.url), fleet.upstream, DEADLINE) | {"PORT": str(port)}

    with callers.asking(missing[:20], servers, servers):
        time.sleep(1)
        with running(program, "db", "upgrade", **more) as migrating:
            assert (0, "") == (migrating.wait(SECONDS), migrating.stdout.read())
        time.sleep(1)
    revision = fleet.cluster.nodes[0].execute(f"SELECT version_num FROM {NAME}.alembic_version")
    ready = {name: callers.ask(name, "/health/ready").status for name in servers}
    old_upgrade = flask("db", "upgrade", DATABASE_URL=text_of(fleet.cluster.url))
    with running(program, "serve", **more, WEB_CONCURRENCY="1"):
        eventually(200, lambda: callers.ask("next", "/health/ready").status, seconds=30)
        with callers.asking(missing[20:], [*servers, "next"]):
            time.sleep(5)
        old = last_old_answer(fleet, callers, "next", [*servers, "next"])
        job = request_job(callers, "next", fleet.codes[5:25])
        found = eventually_done(callers, job)
    with running(program, "db", "downgrade", SCHEMA_REVISION, **more) as migrating:
        assert 0 == migrating.wait(SECONDS)

    log.info(
        "two programs: at revision %s; %s; pages twice %s; last old answer %.2f s after a purge; "
        "warm job: %s of %s, failed %s",
        revision[0][0], callers.counts(), fleet.fetched_twice() | fleet.fetched_again(), old,
        found["done"], found["total"], found["failed"],
    )  # fmt: skip
    assert dict.fromkeys(servers, 200) == ready
    assert (0, "", "") == (old_upgrade.returncode, old_upgrade.stdout, old_upgrade.stderr)
    assert [] == [one for one in callers.asked if one.failed]
    assert {} == fleet.fetched_twice() | fleet.fetched_again()
    assert old < PROMISED
    assert (found["total"], 0) == (found["done"], found["failed"])


def test_what_was_committed_on_one_node_is_read_on_another_at_once(migrated: Cluster) -> None:
    """As the cache reads and writes; without `wsrep_sync_wait` a part of the reads is old."""
    here, there = (connect(node.url) for node in migrated.nodes[:2])
    row = CacheChange.__table__
    old = 0
    for version in range(300):
        database.write(
            here,
            lambda c, version=version: upsert(c, CacheChange, [{"id": 1, "version": version}]),
        )
        old += version != database.read(there, lambda c: c.execute(select(row.c.version)).scalar())
    for engine in (here, there):
        engine.dispose()

    log.info("reads at once on another node: 300, old %d", old)
    assert 0 == old
