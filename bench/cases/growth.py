"""The same requests where there are more occupations, more skills, or more workers."""

import statistics
import time
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from sqlalchemy import make_url

from bench import made_up
from bench.cases.behind import LATENCY, SHOWN
from bench.cases.uncached import read_times
from bench.figures import Cell, Report, shown
from bench.growing import Sized, what_grows
from bench.load import Measured, Traffic, measure, remarks
from bench.pairs import again, keep_answer, random_targets
from bench.servers import Server, ceiling, product, sandbox
from bench.stage import Stage
from cache.db import database
from cache.entries.purge import purge

WSGI, HOT, SOME, MANY = "bare WSGI", "hot pair", "200 pairs", "10,000 pairs"
NOT_MODIFIED, PAST = "304", "past the response cache"
LOADS = (WSGI, HOT, SOME, MANY, NOT_MODIFIED, PAST)
SEED, ANSWER, UNCACHED, MISS, MEMORY = (
    "seed s",
    "answer kB",
    "uncached ms",
    "miss ms",
    "MB a worker",
)
COSTS = (SEED, ANSWER, UNCACHED, MISS, MEMORY)
COLUMNS = ("occupations", "skills", "database", "workers", *LOADS, *COSTS, "remark")
BASE = 64
SIZES = (
    (BASE, made_up.ELEMENTS), (100 * BASE, made_up.ELEMENTS), (BASE, 10 * made_up.ELEMENTS),
    (BASE, 100 * made_up.ELEMENTS), (10 * BASE, made_up.ELEMENTS),
)  # fmt: skip
"""What tells most first, in case that the time runs out."""
LAST_ALONE = 3
"""From this size on, the last kind of database alone: making answers of 3,500 skills is slow."""
WORKERS = (1, 4)
"""Beside the two of all other figures, with the least data."""
SECONDS = 1
FILLING = 3
"""Seconds for which the many pairs are asked for before they count."""
READS = 100
MISSES = 10
LATEST = 740
"""Seconds into the run after which no size begins any more."""


def growth(stage: Stage) -> Report:
    """Measure each size with two workers, the least data with other numbers of them too."""
    report = Report("growth", "What grows", COLUMNS)
    found = []
    for at, (occupations, skills) in enumerate(SIZES):
        folder = stage.folder / f"{occupations}x{skills}"
        release = made_up.write(folder, occupations, skills)
        for kind in stage.databases[-1:] if at >= LAST_ALONE else stage.databases:
            if time.monotonic() - stage.began > LATEST:
                left_out = f"{occupations:,} x {skills:,} on {kind}"
                report.notes.append(f"{left_out} left out: the run took too long.")
                continue
            with stage.database(kind) as url:
                seconds, _ = stage.flask("seed", str(release), DATABASE_URL=url)
                for workers in (2, *WORKERS) if at == 0 else (2,):
                    size = occupations, skills, kind, workers
                    found.append(_size(stage, report, release, url, size, seconds))
    report.notes += what_grows(found)
    last = stage.databases[-1]
    report.notes.append(
        f"Made-up releases: {BASE} rated occupations with {made_up.ELEMENTS} skills each, then 10 "
        f"and 100 times either (10 times the occupations and 100 times the skills on {last} "
        "alone, for lack of time); 1 and 4 workers with the least data. Under "
        f"load: requests/s (CPU ms each), 32 connections, one round of {SECONDS} s. {MANY} are the "
        f"{BASE * (BASE - 1):,} there are with {BASE} occupations, after {FILLING} s of them; the "
        f"memory is that of the larger worker after that. A miss is one of {MISSES}, before a "
        f"sandbox that answers {LATENCY * 1000:.0f} ms late; misses, uncached reads and requests "
        "past the response cache are measured with two workers."
    )
    return report


def _size(
    stage: Stage,
    report: Report,
    release: Path,
    url: str,
    size: tuple[int, int, str, int],
    seed_seconds: float,
) -> Sized:
    """Measure everything of one size; a row of the table."""
    occupations, skills, kind, workers = size
    codes = made_up.codes(occupations)
    with ExitStack() as stack:
        upstream = stack.enter_context(sandbox(release, stage.folder, LATENCY))
        settings = {
            "ONET_API_URL": f"http://127.0.0.1:{upstream.port}/",
            "ONET_API_KEY": "bench",
            "ONET_MAX_RATE": "1000",
        }
        server = stack.enter_context(product(url, stage.folder, workers=workers, **settings))
        loads = _loads(stage, stack, server, url, codes, workers)
        costs = {SEED: seed_seconds, ANSWER: loads[HOT].bytes_per_answer / 1e3}
        costs[MEMORY] = max(server.memory_mb())
        if workers == 2:
            costs[UNCACHED] = _uncached(url, codes, skills)
            costs[MISS] = _miss(url, server, codes)
    stage.say(f"growth: {occupations:,} x {skills:,}, {kind}, {workers} workers")
    of_cpu = {f"{name}: CPU ms": one.cpu_ms for name, one in loads.items() if name != WSGI}
    told = [f"{name}: {remark}" for name, one in loads.items() if (remark := remarks(one))]
    row: list[Cell] = [f"{occupations:,}", f"{skills:,}", kind, str(workers)]
    row += [_cell(loads.get(name)) for name in LOADS]
    report.rows.append([*row, *(costs.get(name) for name in COSTS), ", ".join(told)])
    about = dict(zip(COLUMNS, size, strict=False)) | costs
    report.rounds.append(about | {name: asdict(one) for name, one in loads.items()})
    rates = {name: one.requests_per_second for name, one in loads.items()}
    return Sized(occupations, skills, kind, workers, costs | of_cpu, rates)


def _cell(measured: Measured | None) -> Cell:
    if measured is None:
        return None
    return f"{shown(measured.requests_per_second)} ({shown(measured.cpu_ms)})"


def _loads(
    stage: Stage, stack: ExitStack, server: Server, url: str, codes: list[str], workers: int
) -> dict[str, Measured]:
    """Load the server, and beside it the ceiling and the product without its response cache."""
    many = random_targets(codes, 10_000)
    some, hot = many[:200], many[0]
    file = stage.folder / "answer.json"
    keep_answer(server, hot, file)
    bare = stack.enter_context(ceiling("wsgi", stage.folder, file, workers))
    server.make_all(some, workers)
    runs = {
        HOT: (server, Traffic([hot], 32)),
        SOME: (server, Traffic(some, 32)),
        NOT_MODIFIED: (server, again(server, hot)),
        WSGI: (bare, Traffic([hot], 32)),
    }
    if workers == 2:
        slow = stack.enter_context(
            product(url, stage.folder, workers=workers, response_cache=False)
        )
        runs[PAST] = slow, Traffic([hot], 32)
    found = {name: measure(one, traffic, SECONDS) for name, (one, traffic) in runs.items()}
    measure(server, Traffic(many, 32), FILLING)
    return found | {MANY: measure(server, Traffic(many, 32), SECONDS)}


def _uncached(url: str, codes: list[str], skills: int) -> float:
    """The p50 in ms of a read; fewer of them where each takes long."""
    pairs = list(zip(codes[::2], codes[1::2], strict=True))
    reads = max(READS * made_up.ELEMENTS // skills, 10)
    return read_times(url, (pairs * reads)[:reads])[0]


def _miss(url: str, server: Server, codes: list[str]) -> float:
    """The p50 in ms of an occupation that was forgotten."""
    engine = database.connect(make_url(url))
    purge(engine, codes[-MISSES:])
    engine.dispose()
    time.sleep(SHOWN)
    took = []
    for code in codes[-MISSES:]:
        began = time.perf_counter()
        answer, body = server.ask(f"/occupations/{code}")
        took.append(time.perf_counter() - began)
        if answer.status != 200:
            raise RuntimeError(f"a miss gave {answer.status}: {body[:300]!r}")
    return statistics.median(took) * 1e3
