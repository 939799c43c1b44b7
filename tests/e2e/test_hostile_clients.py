"""Clients that are silent, slow or break cost nobody else an answer, and do not stay."""

import http.client
import json
import os
import resource
import signal
import socket
import statistics
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from support.clock import eventually
from support.commands import flask
from support.hostile import CHUNKED, POST, WAYS, connections
from support.processes import Serving, serving
from support.rig import worker_pids
from support.waiting import Done, at_once

pytestmark = pytest.mark.waits
GAP = "/skill-gap?from=11-1011.00&to=15-1254.00"
BATCH = {"pairs": [{"from": "11-1011.00", "to": "15-1254.00"}]}
MANY = 300
"""More than a process has threads."""


@pytest.fixture(scope="module")
def shared(starter_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A server that no test ends or leaves a connection to."""
    settings = {"DATABASE_URL": starter_url, "ADMIN_TOKEN": "token"}
    with serving(tmp_path_factory.mktemp("shared"), worker=False, **settings) as running:
        yield running


@pytest.fixture
def server(starter_url: str, tmp_path: Path) -> Iterator[Serving]:
    """A server of the test's own."""
    with serving(tmp_path, worker=False, DATABASE_URL=starter_url) as running:
        assert 200 == running.get(GAP).status_code
        yield running


@pytest.fixture
def many_files() -> Iterator[None]:
    """Let this process hold the other ends of thousands of connections."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 10_000), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def took(server: Serving, asked: int) -> list[float]:
    """Ask for hits one after the other, each on time; return the seconds each took."""
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=10)
    times = []
    for _ in range(asked):
        began = time.perf_counter()
        connection.request("GET", GAP)
        answer = connection.getresponse()
        answer.read()
        times.append(time.perf_counter() - began)
        assert 200 == answer.status
    connection.close()
    return times


def everybody_else_is_answered(server: Serving) -> None:
    assert 200 == server.get("/health").status_code
    assert 200 == server.get(GAP).status_code
    assert 200 == server.get("/occupations?q=chef").status_code
    answer = requests.post(server.url + "/skill-gap/batch", json=BATCH, timeout=10)
    assert 200 == answer.status_code


COMMON = {"silent", "half a body", "HTTP/2", "reset within a body"}


@pytest.mark.parametrize(
    "way", [way if way in COMMON else pytest.param(way, marks=pytest.mark.soak) for way in WAYS]
)
def test_many_bad_connections_cost_others_no_answer_and_no_end(server: Serving, way: str) -> None:
    with connections(server.url, way, MANY):
        took(server, 100)
        everybody_else_is_answered(server)

        began = time.monotonic()
        assert 0 == server.stop()
        assert time.monotonic() - began < 20  # 5 s on a machine that does nothing else


@pytest.mark.soak
@pytest.mark.usefixtures("many_files")
@pytest.mark.parametrize("way", WAYS)
def test_thousands_of_bad_connections_leave_hits_fast_and_memory_bounded(
    server: Serving, way: str
) -> None:
    idle = statistics.quantiles(took(server, 3000), n=100)[98]
    (pid,) = worker_pids(server)
    with connections(server.url, way, 2000):
        attacked = statistics.quantiles(took(server, 3000), n=100)[98]
        memory = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")
        everybody_else_is_answered(server)

        began = time.monotonic()
        assert 0 == server.stop()
        stopped = time.monotonic() - began

    assert attacked < max(3 * idle, 0.01), (idle, attacked)
    assert memory < 400e6, memory
    assert stopped < 5


def end_of(server: Serving, way: str) -> bytes:
    """What is sent to a connection that asks for nothing, until it is closed."""
    with connections(server.url, way, 1) as (connection,):
        connection.settimeout(60)
        return connection.recv(1)


IDLE = ("silent", "half a head", "idle after an answer")
UNFINISHED = {"length": POST % 1000 + b"{", "chunks": CHUNKED + b"1\r\n{\r\n"}


@pytest.fixture(scope="module")
def waited_out(shared: Serving) -> dict[str, Done]:
    """What became of each connection that says no more, all of them waited out together."""
    works = [partial(end_of, shared, way) for way in IDLE]
    works += [partial(raw, shared, sent, ends=False) for sent in UNFINISHED.values()]
    return dict(zip((*IDLE, *UNFINISHED), at_once(works), strict=True))


@pytest.mark.parametrize("way", IDLE)
def test_a_connection_without_a_request_is_closed_in_seconds(
    waited_out: dict[str, Done], way: str
) -> None:
    assert b"" == waited_out[way].result
    assert 9 < waited_out[way].seconds < 30


@pytest.mark.soak
def test_a_connection_that_reads_no_answer_is_closed_in_seconds(server: Serving) -> None:
    address = urlsplit(server.url)
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        connection.connect((address.hostname, address.port))
        connection.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n" * 50)
        (pid,) = worker_pids(server)
        before = open_sockets(pid)

        eventually(before - 1, lambda: open_sockets(pid), 30)


def open_sockets(pid: int) -> int:
    files = Path(f"/proc/{pid}/fd").iterdir()
    return sum(str(file.readlink()).startswith("socket:") for file in files)


@pytest.mark.parametrize("way", UNFINISHED)
def test_a_body_that_is_not_there_in_time_is_a_408(waited_out: dict[str, Done], way: str) -> None:
    status, headers, problem = waited_out[way].result
    assert 408 == status
    assert "urn:problem-type:skillgap:request-timeout" == problem["type"]
    assert "close" == headers["connection"]
    assert headers["x-request-id"] == problem["request_id"]
    assert 9 < waited_out[way].seconds < 30


ADMIN = b" HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer token\r\nContent-Type: application/json\r\n"
CODES = b'{"codes": ["11-1011.00"]}'


@pytest.mark.parametrize(
    "sent",
    [
        b"POST /admin/cache/warm" + ADMIN + b"Content-Length: 500\r\n\r\n" + CODES,
        b"POST /admin/cache/warm" + ADMIN + b"Transfer-Encoding: chunked\r\n\r\n19\r\n" + CODES,
        b"DELETE /admin/cache/entries" + ADMIN + b"Content-Length: 5\r\n\r\n",
    ],
)
def test_a_body_that_is_cut_short_is_not_acted_on(shared: Serving, sent: bytes) -> None:
    status, _, problem = raw(shared, sent, ends=True)

    assert (400, "urn:problem-type:skillgap:bad-request") == (status, problem["type"])
    assert 200 == shared.get(GAP).status_code


def test_a_body_in_chunks_is_read_as_any(shared: Serving) -> None:
    text = json.dumps(BATCH).encode()
    whole = requests.post(shared.url + "/skill-gap/batch", json=BATCH, timeout=10)
    headers = {"Content-Type": "application/json"}
    parts = (text[at : at + 7] for at in range(0, len(text), 7))
    chunked = requests.post(
        shared.url + "/skill-gap/batch", data=parts, headers=headers, timeout=10
    )

    assert (200, whole.json()["answers"][0]["answer"]) == (
        chunked.status_code,
        chunked.json()["answers"][0]["answer"],
    )


def raw(server: Serving, sent: bytes, *, ends: bool) -> tuple[int, dict[str, str], dict[str, str]]:
    """Send bytes as they are; return the status, headers and body of the answer."""
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
        connection.sendall(sent)
        if ends:
            connection.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    return int(first.split()[1]), headers, json.loads(body)


def test_a_head_that_is_too_long_is_refused(shared: Serving) -> None:
    answer = shared.get(GAP, headers={"Accept": "a/b," * 100_000})

    assert 431 == answer.status_code
    assert 200 == shared.get(GAP).status_code


def test_another_server_on_the_port_is_refused_naming_it(shared: Serving, tmp_path: Path) -> None:
    port = str(urlsplit(shared.url).port)
    refused = flask("serve", PORT=port, DATABASE_URL=f"sqlite:///{tmp_path / 'x.db'}")

    assert 1 == refused.returncode
    assert f"port {port}" in refused.stderr
    assert "set HOST and PORT" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_workers_that_are_killed_one_after_the_other_are_replaced(
    starter_url: str, tmp_path: Path
) -> None:
    settings = {"DATABASE_URL": starter_url, "WEB_CONCURRENCY": "2"}
    with serving(tmp_path, worker=False, **settings) as server:
        for started in (2, 4):
            eventually(started, lambda: len(server.http_pids), 20)
            for pid in server.http_pids[-2:]:
                os.kill(pid, signal.SIGKILL)
        eventually(6, lambda: len(server.http_pids), 20)
        eventually(True, server.answers, 20)
        assert 0 == server.stop()
