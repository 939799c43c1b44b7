"""A load generator for where wrk is not installed, and for load of two kinds.

Usage: python -m bench.bundled < plan.json

The plan holds `port`, `connections`, `seconds`, `processes`, `headers`, `targets`, the `status`
that every answer must have, perhaps the `body` that is posted, and perhaps `cold` with
`cold_every`: then every so many requests of a connection goes to one of `cold`, and the latencies
are those of the others. It prints one line of JSON such as wrk.lua does.
"""

import json
import multiprocessing
import select
import socket
import statistics
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any

PATIENCE = 10.0
"""Seconds for which answers under way are waited for at the end."""
AT_ONCE = 1 << 16
"""Bytes that are read at once; a larger buffer is a mapping of its own, for every read."""


class Reader:
    """Takes the bytes of a connection and tells where an answer to a GET ends."""

    def __init__(self) -> None:
        self._bytes = b""
        self._missing = -1
        self.status = 0
        self.size = 0

    def feed(self, data: bytes) -> bool:
        """Take more bytes; True at the end of an answer, with its `status` and `size`."""
        if self._missing < 0:
            self._bytes += data
            end = self._bytes.find(b"\r\n\r\n")
            if end < 0:
                return False
            head = self._bytes[: end + 2].lower()
            self.status = int(head[9:12])
            at = head.find(b"\r\ncontent-length:")
            length = int(head[at + 17 : head.index(b"\r\n", at + 2)]) if at >= 0 else 0
            if self.status == 304:  # which may tell the length of what it does not send
                length = 0
            self.size = end + 4 + length
            self._missing = self.size - len(self._bytes)
        else:
            self._missing -= len(data)
        if self._missing > 0:
            return False
        self._bytes, self._missing = b"", -1
        return True


class _Line:
    """A connection with one request under way at a time."""

    def __init__(self, port: int, asked: Iterator[tuple[bool, bytes]]) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)  # with a time-out, each call would poll before
        self.reader = Reader()
        self._asked = asked
        self.is_cold, self.began = False, 0.0

    def ask(self, now: float) -> None:
        self.is_cold, request = next(self._asked)
        self.began = now
        self.socket.send(request)  # all of it: nothing else is under way


def asked(plan: Mapping[str, Any], first: int, step: int) -> Iterator[tuple[bool, bytes]]:
    """Yield what one of `step` connections asks for, and whether it is of the cold kind."""
    headers = "".join(f"{name}: {value}\r\n" for name, value in plan["headers"].items())
    body = plan.get("body", "")
    if body:
        headers += f"Content-Type: application/json\r\nContent-Length: {len(body.encode())}\r\n"
    method, rest = (
        "POST" if body else "GET",
        f" HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}\r\n{body}",
    )
    warm = [f"{method} {target}{rest}".encode() for target in plan["targets"]]
    cold = [f"{method} {target}{rest}".encode() for target in plan.get("cold", ())]
    every = plan.get("cold_every", 0)
    at, cold_at = first * len(warm) // step, first
    for number in count(1 + first):
        if every and number % every == 0:
            yield True, cold[cold_at % len(cold)]
            cold_at += step
        else:
            yield False, warm[at % len(warm)]
            at += 1


def _run(plan: Mapping[str, Any], number: int) -> dict[str, Any]:
    """Drive every so-manieth connection; the figures of one process."""
    mine = range(number, plan["connections"], plan["processes"])
    lines = [_Line(plan["port"], asked(plan, n, plan["connections"])) for n in mine]
    found: dict[str, Any] = {
        "requests": 0, "cold": 0, "wrong": 0, "broken": 0, "bytes": 0, "latencies": [],
    }  # fmt: skip
    open_lines = {line.socket.fileno(): line for line in lines}
    with select.epoll() as poll:
        began, cpu = time.perf_counter(), time.process_time()
        until = began + plan["seconds"]
        for handle, line in open_lines.items():
            poll.register(handle, select.EPOLLIN)
            line.ask(began)
        while open_lines and time.perf_counter() < until + PATIENCE:
            for handle, _ in poll.poll(1.0):
                if not _read(open_lines[handle], found, until, plan["status"]):
                    poll.unregister(handle)
                    del open_lines[handle]
        found["seconds"] = min(time.perf_counter(), until) - began
        found["cpu_seconds"] = time.process_time() - cpu
    found["broken"] += len(open_lines)  # never answered
    return found


def _read(line: _Line, found: dict[str, Any], until: float, status: int) -> bool:
    """Take what has come; False where the connection is done with."""
    is_cold, began = line.is_cold, line.began
    try:
        data = line.socket.recv(AT_ONCE)
        if data and not line.reader.feed(data):
            return True
        now = time.perf_counter()
        if data and now < until:
            line.ask(now)
    except OSError:
        data = b""
    if not data:
        found["broken"] += 1
        return False
    found["wrong"] += line.reader.status != status
    if is_cold:
        found["cold"] += 1
    else:
        found["latencies"].append(now - began)
    if now >= until:  # late ones count for the latencies, not for the rate
        return False
    found["requests"] += 1
    found["bytes"] += line.reader.size
    return True


def added_up(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Put the figures of all processes together."""
    latencies = [latency for part in parts for latency in part["latencies"]]
    cuts = statistics.quantiles(latencies, n=100) if len(latencies) > 1 else [0.0] * 99
    total = {
        name: sum(part[name] for part in parts)
        for name in ("requests", "cold", "wrong", "broken", "bytes", "cpu_seconds")
    }
    seconds = max(part["seconds"] for part in parts)
    return total | {"seconds": seconds, "p50_ms": cuts[49] * 1e3, "p99_ms": cuts[98] * 1e3}


def main() -> None:
    """Do what standard input says and print what was found."""
    plan = json.load(sys.stdin)
    with multiprocessing.get_context("fork").Pool(plan["processes"]) as pool:
        parts = pool.starmap(_run, [(plan, number) for number in range(plan["processes"])])
    print(json.dumps(added_up(parts)))


if __name__ == "__main__":
    main()
