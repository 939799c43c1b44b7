"""Why Granian, why so many threads, why no access log: the same answers by other means."""

import os
import sysconfig
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import asdict
from importlib.metadata import Distribution, distributions
from pathlib import Path

from support.mysql_server import free_port

from app.server.http_process import THREADS
from bench.figures import Cell, Report
from bench.load import Measured, Traffic, measure, median, remarks
from bench.pairs import keep_answer, random_targets, rated_codes, typical
from bench.serve import WAIT, WAIT_SECONDS
from bench.servers import Server, product, start
from bench.stage import ROOT, Stage

COLUMNS = (
    "answers", "server", "requests/s, 8 connections", "p99 ms", "CPU ms each",
    "requests/s, 32 connections", "p99 ms", "CPU ms each", "remark",
)  # fmt: skip
GUNICORN = Path(sysconfig.get_path("purelib", vars={"base": str(ROOT / ".venv" / "bench")}))
"""Where scripts/provision-bench puts gunicorn, which nothing else needs."""
CONNECTIONS = (8, 32)
WORKERS = 2
FEW = 2
GTHREADS = 32
ROUNDS = 3
SECONDS = 1
BARE, WAITING, PRODUCT = "bare WSGI", "bare WSGI, 1 in 100 waits", "hot pair"
KINDS = {BARE: "wsgi", WAITING: "waiting", PRODUCT: "whole"}

Measurements = dict[tuple[str, str, int], list[Measured]]


def servers(stage: Stage) -> Report:
    """Measure in rounds, each server once a round; all on SQLite."""
    report = Report("servers", "Servers", COLUMNS)
    url = stage.loaded("SQLite")
    if gunicorn() is None:
        stage.say("servers: gunicorn is left out: scripts/provision-bench could not install it")
    file = stage.folder / "servers.json"
    with product(url, stage.folder, workers=WORKERS) as server:
        hot = typical(server, random_targets(rated_codes(stage.release), 20))
        keep_answer(server, hot, file)
    found: Measurements = {}
    for answers in KINDS:
        with ExitStack() as stack:
            settings = {"DATABASE_URL": url, "BENCH_ANSWER": str(file)}
            started = {
                name: stack.enter_context(one)
                for name, one in candidates(answers, stage.folder, settings).items()
            }
            cold = [WAIT] if answers == WAITING else []
            for number in range(min(ROUNDS, stage.rounds)):
                for connections in CONNECTIONS if answers != WAITING else CONNECTIONS[-1:]:
                    traffic = Traffic([hot], connections, cold=cold)
                    for name, server in started.items():
                        one = measure(server, traffic, SECONDS)
                        found.setdefault((answers, name, connections), []).append(one)
                        what = {"round": number + 1, "answers": answers, "server": name}
                        report.rounds.append(what | {"connections": connections} | asdict(one))
                        rate = f"{one.requests_per_second:,.0f}/s {remarks(one)}"
                        stage.say(f"servers: {answers}, {connections} connections, {name}: {rate}")
    _sum_up(report, {key: median(rounds) for key, rounds in found.items()})
    return report


def gunicorn() -> Distribution | None:
    """Return what is installed of gunicorn for the benchmarks; None where it is not."""
    return next(iter(distributions(name="gunicorn", path=[str(GUNICORN)])), None)


def candidates(
    answers: str, folder: Path, settings: dict[str, str]
) -> dict[str, AbstractContextManager[Server]]:
    """Return the servers that give such answers, by what the table calls them."""
    ours = f"granian, {THREADS} threads"
    found = {
        ours: granian(answers, THREADS, folder, settings),
        f"granian, {FEW} threads": granian(answers, FEW, folder, settings),
    }
    if answers == PRODUCT:
        found[f"{ours}, access log"] = granian(answers, THREADS, folder, settings, "log")
    if gunicorn() is not None:
        found[f"gunicorn gthread, {GTHREADS} threads"] = gthread(answers, folder, settings)
    return found


def granian(
    answers: str, threads: int, folder: Path, settings: dict[str, str], *log: str
) -> AbstractContextManager[Server]:
    """Serve under Granian, as the product does but for its threads and its access log."""
    command = ["bench.serve", KINDS[answers], str(WORKERS), str(threads), *log]
    return start(command, folder, **settings)


@contextmanager
def gthread(answers: str, folder: Path, settings: dict[str, str]) -> Iterator[Server]:
    """Serve under gunicorn's threads, keeping connections as long as Granian does."""
    port = free_port()
    target = "wsgi:app" if answers == PRODUCT else f"bench.serve:{KINDS[answers]}()"
    command = ["gunicorn", "--worker-class", "gthread", "--workers", str(WORKERS)]
    command += ["--threads", str(GTHREADS), "--bind", f"127.0.0.1:{port}", "--keep-alive", "60"]
    path = os.pathsep.join((str(ROOT), str(GUNICORN)))
    metrics = folder / f"metrics-{port}"
    metrics.mkdir()
    more = {"PYTHONPATH": path, "PROMETHEUS_MULTIPROC_DIR": str(metrics)}
    with start([*command, target], folder, port, **settings | more) as server:
        yield server


def _sum_up(report: Report, found: dict[tuple[str, str, int], Measured]) -> None:
    """Write a row for each server, with both numbers of connections."""
    for answers, name in dict.fromkeys(key[:2] for key in found):
        cells: list[Cell] = []
        told = []
        for connections in CONNECTIONS:
            one = found.get((answers, name, connections))
            cells += [one.requests_per_second, one.p99_ms, one.cpu_ms] if one else [None] * 3
            told += [remarks(one)] if one and remarks(one) else []
        report.rows.append([answers, name, *cells, ", ".join(told)])
    installed = gunicorn()
    told = f"gunicorn {installed.version}" if installed else "gunicorn is not installed: left out"
    report.notes.append(
        f"{WORKERS} workers each, medians of {ROUNDS} rounds of {SECONDS} s, in turns; {told}. "
        f"What waits takes {WAIT_SECONDS * 1000:.0f} ms, as a miss may for the upstream; the "
        "figures are those of the others, by the bundled generator. The hot pair is on SQLite."
    )
