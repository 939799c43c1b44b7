"""Load on a server for some seconds, by wrk where it is installed, and what came of it."""

import json
import os
import shutil
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from bench.servers import Server

ROOT = Path(__file__).parent.parent
THREADS = 2
"""Of the generator; the machine's cores are shared with the server."""
BUSY = 0.95
"""The share of its threads' time from which on the generator was the bottleneck."""
GRACE = 30
"""Seconds that a generator may take longer than it was told."""


@dataclass(frozen=True)
class Traffic:
    """What is asked for: targets in turn, over so many kept-alive connections.

    Attributes:
        status: what every answer must have.
        cold: targets that every hundredth request goes to instead.
        body: what is sent, as JSON by POST; by GET where it is empty.
    """

    targets: Sequence[str]
    connections: int
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200
    cold: Sequence[str] = ()
    body: str = ""


@dataclass(frozen=True)
class Measured:
    """One measurement.

    Attributes:
        wrong: answers of another status.
        broken: connections that broke, and requests that were not answered in time.
        cpu_ms: of all processes of the server, for each request.
        generator_ms: computing time of the generator for each request.
        generator_busy: the share of its threads' time that the generator computed.
    """

    requests_per_second: float
    p50_ms: float
    p99_ms: float
    wrong: int
    broken: int
    cpu_ms: float
    generator_ms: float
    generator_busy: float
    bytes_per_answer: float
    cold: int = 0


def generator() -> str:
    """Name the generator of this machine."""
    return "wrk" if shutil.which("wrk") else "bundled"


def measure(server: Server, traffic: Traffic, seconds: int) -> Measured:
    """Warm up, load the server and read what came of it.

    Raises:
        RuntimeError: where the server does not give the expected answer to begin with.
    """
    _, _, size = server.touch(traffic.targets[0], traffic.headers, traffic.status, traffic.body)
    before = server.cpu_seconds()
    if traffic.cold or generator() == "bundled":
        found = _bundled(server.port, traffic, seconds)
    else:
        found = _wrk(server.port, traffic, seconds)
    answered = max(found["requests"], 1)
    wrong = found["wrong"]
    each = found["bytes"] / answered
    if len(traffic.targets) == 1 and not traffic.cold and abs(each - size) > 0.1 * size:
        wrong += answered  # wrk does not count a 200 in the place of a 304
    return Measured(
        requests_per_second=found["requests"] / found["seconds"],
        p50_ms=found["p50_ms"],
        p99_ms=found["p99_ms"],
        wrong=wrong,
        broken=found["broken"],
        cpu_ms=1000 * (server.cpu_seconds() - before) / answered,
        generator_ms=1000 * found["cpu_seconds"] / answered,
        generator_busy=found["cpu_seconds"] / found["seconds"] / THREADS,
        bytes_per_answer=each,
        cold=found.get("cold", 0),
    )


def _wrk(port: int, traffic: Traffic, seconds: int) -> dict[str, Any]:
    headers = [
        part for name, value in traffic.headers.items() for part in ("-H", f"{name}: {value}")
    ]
    script = str(ROOT / "bench" / "wrk.lua")
    threads = min(THREADS, traffic.connections)
    command = ["wrk", f"-t{threads}", f"-c{traffic.connections}", f"-d{seconds}s", "-s", script]
    environment = dict(os.environ) | ({"BENCH_BODY": traffic.body} if traffic.body else {})
    with NamedTemporaryFile("w", suffix=".txt") as file:
        if len(traffic.targets) > 1:
            file.write("\n".join(traffic.targets))
            file.flush()
            environment |= {"BENCH_TARGETS": file.name, "BENCH_THREADS": str(threads)}
        url = f"http://127.0.0.1:{port}{traffic.targets[0]}"
        process = subprocess.Popen(
            [*command, "--timeout", "10s", *headers, url],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        with process.stdout as output:
            last = output.read().splitlines()[-1]
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return json.loads(last) | {"cpu_seconds": usage.ru_utime + usage.ru_stime}


def _bundled(port: int, traffic: Traffic, seconds: int) -> dict[str, Any]:
    plan = {
        "port": port,
        "connections": traffic.connections,
        "seconds": seconds,
        "processes": THREADS,
        "headers": dict(traffic.headers),
        "status": traffic.status,
        "targets": list(traffic.targets),
        "cold": list(traffic.cold),
        "body": traffic.body,
        "cold_every": 100 if traffic.cold else 0,
    }
    done = subprocess.run(
        [sys.executable, "-m", "bench.bundled"],
        input=json.dumps(plan),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        timeout=seconds + GRACE,
        check=True,
    )
    return dict(json.loads(done.stdout))


def median(rounds: Sequence[Measured]) -> Measured:
    """Return the median of each figure, but what went wrong in all rounds."""
    columns = [asdict(one) for one in rounds]
    middle = {name: statistics.median(one[name] for one in columns) for name in columns[0]}
    wrong, broken = (sum(one[name] for one in columns) for name in ("wrong", "broken"))
    return Measured(**middle | {"wrong": wrong, "broken": broken})


def remarks(measured: Measured) -> str:
    """Say what makes a figure doubtful; nothing where nothing does."""
    found = []
    if measured.wrong:
        found.append(f"{measured.wrong:,} wrong answers")
    if measured.broken:
        found.append(f"{measured.broken:,} broken connections")
    # Where both have the same cores, the one that computes more is what the rate depends on.
    if measured.generator_busy > BUSY or measured.generator_ms > measured.cpu_ms:
        found.append("the generator was the bottleneck")
    return ", ".join(found)
