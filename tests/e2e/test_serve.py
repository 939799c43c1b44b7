"""`flask serve` for real: processes, sockets and signals."""

import http.client
import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from support.backends import on_both
from support.bad_requests import BAD_REQUESTS
from support.clock import eventually
from support.commands import RunningSandbox
from support.databases import load
from support.processes import Serving, serving

STARTER_GAP = "/skill-gap?from=11-1011.00&to=15-1254.00"


@pytest.fixture(scope="module")
def server(
    starter_url: str, upstream: RunningSandbox, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Serving]:
    settings = {
        "DATABASE_URL": starter_url,
        "ONET_API_URL": upstream.url,
        "ONET_API_KEY": "canary-key",
        "ONET_MAX_RATE": "100",
        "LOG_FORMAT": "json",
    }
    with serving(tmp_path_factory.mktemp("serve"), **settings) as running:
        yield running


@on_both
def test_a_worker_process_makes_its_index_of_titles_before_it_is_asked(
    starter_url: str, tmp_path: Path
) -> None:
    with serving(tmp_path, DATABASE_URL=starter_url) as server:
        began = server.process.pid
        tasks = Path(f"/proc/{began}/task").glob("*/children")
        children = [pid for task in tasks for pid in task.read_text().split()]
        loaded = [Path(f"/proc/{pid}/maps").read_text() for pid in children]

    assert any("_multiarray_umath" in maps for maps in loaded)  # what the index is made with


def test_the_log_says_which_processes_answer_where_and_when_all_have_stopped(
    starter_url: str, tmp_path: Path
) -> None:
    with serving(tmp_path, DATABASE_URL=starter_url, WEB_CONCURRENCY="2") as server:
        eventually(2, lambda: server.log.read_text().count(" answers at "))
        server.stop()
        said = [line.split(" - ")[-1] for line in server.log.read_text().splitlines()]
    said[1:3] = sorted(said[1:3])
    first, second = (re.findall(r"PID (\d+)", line)[0] for line in said[1:3])

    assert [
        f"starting worker processes: 2 (from PID {server.process.pid})",
        f"worker process 1 (PID {first}) answers at {server.url}",
        f"worker process 2 (PID {second}) answers at {server.url}",
        "stopping: what is under way is finished first",
        "stopped",
    ] == said
    assert len({first, second, str(server.process.pid)}) == 3


@on_both
def test_every_bad_request_is_refused_over_the_wire_as_in_the_application(
    server: Serving,
) -> None:
    wrong = []
    for bad in BAD_REQUESTS:
        status, body = ask(server, bad.method, bad.target, bad.headers)
        if (status, body) == (400, b"") and set("<>{}") & set(bad.target):
            continue  # no URI (RFC 3986), which the server knows by itself
        kind = json.loads(body)["type"].rpartition(":")[2] if body else None
        if (bad.status, bad.type) != (status, kind):
            wrong.append((bad.id, status, kind))

    assert [] == wrong


def ask(server: Serving, method: str, target: str, headers: dict[str, str]) -> tuple[int, bytes]:
    """Send a target as it stands: other clients would put it right first."""
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=30)
    try:
        connection.putrequest(method, target, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


@pytest.mark.parametrize("size", [8_000, 60_000, 100_000, 1_000_000])
@pytest.mark.parametrize("target", ["/skill-gap?to=15-1254&from=", "/occupations?q=", "/"])
def test_a_huge_url_is_refused_and_the_server_goes_on(
    server: Serving, target: str, size: int
) -> None:
    try:
        status, _ = ask(server, "GET", target + "1" * size, {})
    except (ConnectionError, http.client.BadStatusLine):
        status = 414  # refused without reading it to its end

    assert 400 <= status < 500
    assert 200 == server.get("/health").status_code


@pytest.mark.parametrize(
    "sent",
    [
        b"GET /skill-gap?from=\x0011 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /skill-gap?from=\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /\xe2\x80\xae HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /skill gap HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET http://other.invalid/skill-gap HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET * HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /skill-gap HTTP/1.1\r\n\r\n",
        b"GET /skill-gap HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b'GET /skill-gap HTTP/1.1\r\nHost: "<b>\r\n\r\n',
        b"GET /docs HTTP/1.1\r\nHost: a/b@c\r\n\r\n",
        b"GET /skill-gap HTTP/9.9\r\nHost: x\r\n\r\n",
        b"GET /skill-gap\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"GET /skill-gap HTTP/1.1\r\nHost: x\r\nX-Request-ID: \xff\x01\r\n\r\n",
        b"GET /skill-gap HTTP/1.1\r\nHost: x\r\nBad Header: 1\r\n\r\n",
        b"GET /skill-gap HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 500_000 + b"\r\n\r\n",
        b"POST /skill-gap HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
)
def test_what_is_hardly_http_never_fails_the_server(server: Serving, sent: bytes) -> None:
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), timeout=5) as connection:
        answer = b""
        with suppress(OSError):  # it may hang up before it has heard all
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
            answer = connection.recv(65_536)

    status = re.match(rb"HTTP/1\.[01] ([0-9]{3}) ", answer)
    assert b"" == answer or (status is not None and status[1] < b"500"), answer
    assert 200 == server.get("/health").status_code


@on_both
def test_head_and_a_copy_that_still_holds_have_no_body_on_the_wire(server: Serving) -> None:
    plain = {"Accept-Encoding": "identity"}
    whole = server.get(STARTER_GAP, headers=plain)
    head = requests.head(server.url + STARTER_GAP, headers=plain, timeout=30)
    held = server.get(STARTER_GAP, headers={"If-None-Match": whole.headers["ETag"]})

    assert (200, b"") == (head.status_code, head.content)
    assert str(len(whole.content)) == head.headers["Content-Length"]
    assert (304, b"") == (held.status_code, held.content)
    assert whole.headers["ETag"] == head.headers["ETag"] == held.headers["ETag"]


@on_both
def test_an_error_is_one_line_of_json_on_standard_error_with_its_id(server: Serving) -> None:
    mine = f"mine-{time.time_ns()}"
    server.get("/skill-gap%0AFORGED?from=%0A", headers={"X-Request-ID": mine})

    eventually(True, lambda: mine in server.log.read_text())
    lines = [line for line in server.log.read_text().splitlines() if mine in line]
    assert 1 == len(lines)
    assert mine == json.loads(lines[0])["request_id"]
    assert not any(line.startswith("FORGED") for line in server.log.read_text().splitlines())
    assert "canary" not in server.log.read_text()


def test_sigterm_while_a_request_is_under_way_finishes_it(
    starter_release: Path, upstream: RunningSandbox, tmp_path: Path
) -> None:
    answers: list[requests.Response] = []
    settings = {
        # One of its own, as others count what the shared ones hold.
        "DATABASE_URL": load(f"sqlite:///{tmp_path / 'skillgap.db'}", starter_release),
        "ONET_API_URL": upstream.url,
        "ONET_API_KEY": "canary-key",
    }
    with serving(tmp_path, **settings) as server:
        upstream.set_faults({"path": "/about$", "delay": 1.5, "times": 1})
        before = upstream.count
        request = threading.Thread(
            target=lambda: answers.append(server.get("/occupations/49-3092.00"))
        )
        request.start()
        eventually(True, lambda: upstream.count > before)
        status = server.stop()
        request.join()
        upstream.set_faults()

        assert 0 == status
        assert [200] == [answer.status_code for answer in answers]
        with pytest.raises(requests.ConnectionError):
            server.get("/health")
