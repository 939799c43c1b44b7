"""What goes on behind the hot pair: misses, cold requests among hot ones, refreshes."""

import http.client
import json
import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, make_url, update

from bench import made_up
from bench.figures import Cell, Check, Report
from bench.load import Measured, Traffic, measure, median, remarks
from bench.servers import Server, product, sandbox
from bench.stage import Stage
from cache.db import database
from cache.db.onet_tables import CacheEntry
from cache.entries.purge import purge

COLUMNS = ("case", "database", "requests/s", "p50 ms", "p99 ms", "CPU ms each", "remark")
ROUNDS = 3
LATENCY = 0.05
"""Seconds before each reply of the sandbox."""
STALE = 1_000
MISSES = 40
SHOWN = 1.2
"""Seconds after which every process has seen a purge."""


@dataclass(frozen=True)
class Scene:
    """The API before a sandbox, its database, and the codes of which the first two are hot."""

    kind: str
    server: Server
    upstream: Server
    engine: Engine
    codes: Sequence[str]

    @property
    def hot(self) -> str:
        """The target that everybody asks for."""
        return f"/skill-gap?from={self.codes[0]}&to={self.codes[1]}"

    @property
    def cold(self) -> Sequence[str]:
        """The codes that are forgotten or stale where a case needs such."""
        return self.codes[2:]

    def forget_cold(self) -> None:
        """Have the cold codes fetched when they are asked for."""
        purge(self.engine, self.cold)
        time.sleep(SHOWN)


def behind(stage: Stage) -> Report:
    """Measure on a made-up release of 1,002 occupations."""
    report = Report("behind", "Misses and refreshes", COLUMNS)
    release = made_up.write(stage.folder / "behind", 2 + STALE)
    for kind in stage.databases:
        with ExitStack() as stack:
            url = stack.enter_context(stage.database(kind))
            stage.flask("seed", str(release), DATABASE_URL=url)
            upstream = stack.enter_context(sandbox(release, stage.folder, LATENCY))
            settings = {
                "ONET_API_URL": f"http://127.0.0.1:{upstream.port}/",
                "ONET_API_KEY": "bench",
                "ONET_MAX_RATE": "1000",
            }
            server = stack.enter_context(product(url, stage.folder, **settings))
            engine = database.connect(make_url(url))
            stack.callback(engine.dispose)
            scene = Scene(kind, server, upstream, engine, made_up.codes(2 + STALE))
            _miss(stage, report, scene)
            _mixed(stage, report, scene)
            _refreshing(stage, report, scene)
    report.notes.append(
        f"Two workers, 32 connections, medians of {ROUNDS} rounds; the sandbox answers "
        f"{LATENCY * 1000:.0f} ms late and runs on the same cores. {MISSES} misses, one after the "
        "other; what the upstream took is the time of the same requests sent straight to it. The "
        "hot requests of the mixed load and their idle counterpart come from the bundled "
        "generator, which tells the kinds apart."
    )
    return report


def _rounds(
    stage: Stage,
    report: Report,
    scene: Scene,
    name: str,
    traffic: Traffic,
    before: Callable[[], None] = lambda: None,
) -> Measured:
    found = []
    for number in range(min(ROUNDS, stage.rounds)):
        before()
        one = measure(scene.server, traffic, stage.seconds)
        found.append(one)
        what = {"round": number + 1, "case": name, "database": scene.kind}
        report.rounds.append(what | asdict(one))
        stage.say(f"behind: {name}, {scene.kind}: p99 {one.p99_ms:.2f} ms {remarks(one)}")
    middle = median(found)
    misses = f"{middle.cold:,.0f} misses" if len(traffic.cold) > 1 else ""
    remark = ", ".join(filter(None, [misses, remarks(middle)]))
    row: list[Cell] = [name, scene.kind, middle.requests_per_second, middle.p50_ms, middle.p99_ms]
    report.rows.append([*row, middle.cpu_ms, remark])
    return middle


def _mixed(stage: Stage, report: Report, scene: Scene) -> None:
    cold = [f"/skill-gap?from={scene.codes[0]}&to={code}" for code in scene.cold]
    # With one kind of cold that is hot, the same generator measures both.
    calm = Traffic([scene.hot], 32, cold=[scene.hot])
    idle = _rounds(stage, report, scene, "hot, nothing else", calm)
    name = "hot, of 99 % hot and 1 % misses"
    mixed = _rounds(
        stage, report, scene, name, Traffic([scene.hot], 32, cold=cold), scene.forget_cold
    )
    ratio = mixed.p99_ms / idle.p99_ms
    what = "99 % hot and 1 % misses: hot p99 of idle's"
    report.checks.append(Check(what, scene.kind, ratio, "at most", 3))


def _refreshing(stage: Stage, report: Report, scene: Scene) -> None:
    idle = _rounds(stage, report, scene, "hot pair", Traffic([scene.hot], 32))
    now = datetime.now(UTC)
    # Of another release, so that each has to be fetched.
    change = (
        update(CacheEntry)
        .where(CacheEntry.occupation_code.in_(scene.cold))
        .values(
            state="rated", release="28.3", expires_at=now - timedelta(hours=1),
            refresh_requested_at=now,
        )
    )  # fmt: skip
    database.write(scene.engine, lambda connection: connection.execute(change))
    name = f"hot pair, {STALE:,} stale entries refreshing"
    before = _count(scene)
    busy = _rounds(stage, report, scene, name, Traffic([scene.hot], 32))
    sent = _count(scene) - before
    report.notes.append(
        f"While {STALE:,} entries were refreshing on {scene.kind}, the hot pair kept "
        f"{busy.requests_per_second / idle.requests_per_second:.2f} of its requests/s, "
        f"and {sent:,} requests went upstream."
    )


def _count(scene: Scene) -> int:
    return int(json.loads(scene.upstream.ask("/sandbox/requests")[1])["count"])


def _miss(stage: Stage, report: Report, scene: Scene) -> None:
    """Ask for occupations that are not there, then send their requests straight upstream."""
    scene.forget_cold()
    misses = []
    for code in scene.cold[-MISSES:]:
        began = time.time()
        answer, body = scene.server.ask(f"/occupations/{code}")
        misses.append((began, time.time()))
        if answer.status != 200:
            raise RuntimeError(f"a miss gave {answer.status}: {body[:300]!r}")
    records = json.loads(scene.upstream.ask("/sandbox/requests")[1])["requests"]
    over, totals = [], []
    for began, ended in misses:
        sent = [record for record in records if began <= record["at"] <= ended]
        own = straight(scene.upstream.port, sent)
        totals.append((ended - began) * 1e3)
        over.append(totals[-1] - own * 1e3)
        report.rounds.append({"case": "miss", "database": scene.kind, "ms": totals[-1],
                              "upstream_ms": own * 1e3, "requests": len(sent)})  # fmt: skip
    middle = statistics.median(over)
    stage.say(f"behind: miss, {scene.kind}: {middle:.1f} ms over the upstream")
    cuts = statistics.quantiles(totals, n=100)
    each = len(records) / MISSES
    report.rows.append(
        ["miss", scene.kind, None, cuts[49], cuts[98], None, f"{each:.1f} requests upstream"]
    )
    what = "miss: over the upstream's own time, p50"
    report.checks.append(Check(what, scene.kind, middle, "at most", 25, "ms"))


def straight(port: int, records: Sequence[dict[str, Any]]) -> float:
    """Send the same requests to the upstream, one after the other; seconds they took."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.connect()
    began = time.perf_counter()
    for record in records:
        target = record["path"] + (f"?{record['query']}" if record["query"] else "")
        connection.request("GET", target, headers={"X-API-Key": "bench"})
        connection.getresponse().read()
    took = time.perf_counter() - began
    connection.close()
    return took
