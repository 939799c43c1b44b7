"""The same requests where there are more occupations, more skills, or more workers."""

import time
from contextlib import ExitStack

from bench import made_up
from bench.cases.uncached import read_times
from bench.figures import Report
from bench.load import Measured, Traffic, measure, median, remarks
from bench.pairs import keep_answer, random_targets
from bench.servers import Server, ceiling, product
from bench.stage import Stage

COLUMNS = (
    "occupations", "skills", "workers", "seed s", "answer kB", "hot/s", "200 pairs/s",
    "uncached ms", "MB a worker", "bare WSGI/s", "remark",
)  # fmt: skip
BASE = 64
SIZES = (
    (BASE, made_up.ELEMENTS), (10 * BASE, made_up.ELEMENTS), (100 * BASE, made_up.ELEMENTS),
    (BASE, 10 * made_up.ELEMENTS), (BASE, 100 * made_up.ELEMENTS),
)  # fmt: skip
WORKERS = (1, 4)
"""Beside the two of all other figures."""
ROUNDS = 2
SECONDS = 1
MANY = 10_000
LATEST = 690
"""Seconds into the run after which no size begins any more."""


def growth(stage: Stage) -> Report:
    """Measure each size on the last kind of database there is."""
    report = Report("growth", "What grows", COLUMNS)
    kind = stage.databases[-1]
    for occupations, skills in SIZES:
        if time.monotonic() - stage.began > LATEST:
            report.notes.append(f"{occupations:,} x {skills:,} left out: the run took too long.")
            continue
        release = made_up.write(stage.folder / f"{occupations}x{skills}", occupations, skills)
        with stage.database(kind) as url:
            seconds, _ = stage.flask("seed", str(release), DATABASE_URL=url)
            first = (occupations, skills) == SIZES[0]
            for workers in (2, *WORKERS) if first else (2,):
                _size(stage, report, url, (occupations, skills, workers), seconds)
    report.notes.append(
        f"On {kind}, made-up releases: {BASE} rated occupations with {made_up.ELEMENTS} skills "
        f"each, then 10 and 100 times either. 32 connections, medians of {ROUNDS} rounds of "
        f"{SECONDS} s. Memory is that of the larger worker after up to {MANY:,} different pairs "
        "were asked for, for 6 s."
    )
    return report


def _size(
    stage: Stage, report: Report, url: str, size: tuple[int, int, int], seconds: float
) -> None:
    occupations, skills, workers = size
    codes = made_up.codes(occupations)
    many = random_targets(codes, MANY)
    some, hot = many[:200], many[0]
    read, _ = read_times(url, list(zip(codes[::2], codes[1::2], strict=True))[:50] * 2)
    with ExitStack() as stack:
        server = stack.enter_context(product(url, stage.folder, workers=workers))
        file = stage.folder / "answer.json"
        keep_answer(server, hot, file)
        bare = stack.enter_context(ceiling("wsgi", stage.folder, file, workers))
        server.make_all(some, workers)
        plain, hot_rate = (_rate(stage, one, Traffic([hot], 32)) for one in (bare, server))
        random_rate = _rate(stage, server, Traffic(some, 32))
        measure(server, Traffic(many, 32), 1 if stage.quick else 6)
        memory = max(server.memory_mb())
    rate = f"{hot_rate.requests_per_second:,.0f}/s"
    stage.say(f"growth: {occupations:,} x {skills:,}, {workers} workers: {rate}")
    report.rows.append([
        f"{occupations:,}", f"{skills:,}", str(workers), seconds, hot_rate.bytes_per_answer / 1e3,
        hot_rate.requests_per_second, random_rate.requests_per_second, read, memory,
        plain.requests_per_second, remarks(hot_rate),
    ])  # fmt: skip
    names = ("occupations", "skills", "workers", "seed_seconds", "answer_kb", "hot", "random",
             "uncached_ms", "mb", "bare_wsgi")  # fmt: skip
    report.rounds.append(dict(zip(names, report.rows[-1], strict=False)))


def _rate(stage: Stage, server: Server, traffic: Traffic) -> Measured:
    rounds, seconds = (1, 1) if stage.quick else (ROUNDS, SECONDS)
    return median([measure(server, traffic, seconds) for _ in range(rounds)])
