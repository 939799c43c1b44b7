"""Answers that are there already, under load, round by round beside the ceilings."""

from contextlib import ExitStack
from dataclasses import asdict, dataclass

from bench.figures import Cell, Check, Report
from bench.load import Measured, Traffic, generator, measure, median, remarks
from bench.pairs import again, keep_answer, random_targets, rated_codes, typical
from bench.servers import Server, ceiling, product
from bench.stage import Stage

COLUMNS = (
    "request", "connections", "server", "requests/s", "of bare WSGI", "of bare Flask",
    "p50 ms", "p99 ms", "CPU ms each", "remark",
)  # fmt: skip
WSGI, FLASK = "bare WSGI", "bare Flask"
MANY = 10_000
WORKERS = 2
SECONDS = 1
MB = 120
ASKED = {"hot pair": 0.8, "200 pairs": 0.7, "10,000 pairs": 0.5, "304": 0.85}
"""Of the requests that the bare WSGI callable answers."""


@dataclass(frozen=True, eq=False)
class Run:
    """One thing that is measured in every round."""

    name: str
    who: str
    server: Server
    traffic: Traffic


def load(stage: Stage) -> Report:
    """Measure hot, random and conditional requests, and those past the response cache."""
    report = Report("load", "Answers that are there already", COLUMNS)
    with ExitStack() as stack:
        runs, products = _set_up(stage, stack)
        found: dict[Run, list[Measured]] = {run: [] for run in runs}
        for number in range(stage.rounds):
            for run in runs:
                one = measure(run.server, run.traffic, SECONDS)
                found[run].append(one)
                at = run.traffic.connections
                stage.say(
                    f"load, round {number + 1}: {run.name}, {at} connections, {run.who}: "
                    f"{one.requests_per_second:,.0f}/s {remarks(one)}"
                )
                what = {"round": number + 1, "request": run.name, "server": run.who}
                report.rounds.append(what | {"connections": at} | asdict(one))
        for kind, server in products.items():
            most = max(server.memory_mb())
            report.rounds.append({"server": kind, "workers_mb": server.memory_mb()})
            if not stage.quick:
                check = Check(
                    "memory of a worker after 10,000 pairs", kind, most, "at most", MB, "MB"
                )
                report.checks.append(check)
    _sum_up(report, {run: median(rounds) for run, rounds in found.items()})
    report.notes.append(
        f"Two workers; load by {generator()} with 2 threads on the same cores; medians of "
        f"{stage.rounds} rounds of {SECONDS} s. Random pairs are compared with the bare "
        "callable under the same list of requests, 304 with a bare 304."
    )
    return report


def _set_up(stage: Stage, stack: ExitStack) -> tuple[list[Run], dict[str, Server]]:
    """Start all servers and have every answer made once; the product's servers by database."""
    codes = rated_codes(stage.release)
    some, many = random_targets(codes, 200), random_targets(codes, MANY)
    fast, slow = {}, {}
    for kind in stage.databases:
        url = stage.loaded(kind)
        fast[kind] = stack.enter_context(product(url, stage.folder, workers=WORKERS))
        slow[kind] = stack.enter_context(
            product(url, stage.folder, workers=WORKERS, response_cache=False)
        )
    hot = typical(fast["SQLite"], some)
    file = stage.folder / "answer.json"
    keep_answer(fast["SQLite"], hot, file)
    wsgi = stack.enter_context(ceiling("wsgi", stage.folder, file))
    flask = stack.enter_context(ceiling("flask", stage.folder, file))
    for kind, server in fast.items():
        stage.say(f"load: making answers, {kind}")
        server.make_all(some if stage.quick else [*many, *some], WORKERS)
    few, more = Traffic([hot], 8), Traffic([hot], 32)
    bare, both = {WSGI: wsgi, FLASK: flask}, {WSGI: wsgi} | fast
    plan: list[tuple[str, Traffic, dict[str, Server]]] = [
        ("hot pair", few, bare | fast),
        ("hot pair", more, bare | fast),
        ("200 pairs", Traffic(some, 32), both),
        ("10,000 pairs", Traffic(many, 32), {} if stage.quick else fast),
        ("hot pair past the response cache", more, slow),
    ]
    runs = [Run(name, who, one, load) for name, load, them in plan for who, one in them.items()]
    runs += [Run("304", who, one, again(one, hot)) for who, one in both.items()]
    return runs, fast


def _sum_up(report: Report, found: dict[Run, Measured]) -> None:
    """Write the table and hold every figure against its ceiling."""
    by = {(run.name, run.who, run.traffic.connections): one for run, one in found.items()}
    for (name, who, connections), one in by.items():
        ceiling_name = "200 pairs" if name == "10,000 pairs" else name
        bare = by.get((ceiling_name, WSGI, connections)) or by["hot pair", WSGI, connections]
        view = by["hot pair", FLASK, connections]
        of_wsgi = one.requests_per_second / bare.requests_per_second
        of_flask = one.requests_per_second / view.requests_per_second
        row: list[Cell] = [
            name, str(connections), who, one.requests_per_second, of_wsgi, of_flask,
            one.p50_ms, one.p99_ms, one.cpu_ms, remarks(one),
        ]  # fmt: skip
        report.rows.append(row)
        if who in (WSGI, FLASK):
            continue
        what = f"{name}, {connections} connections"
        add = report.checks.append
        if name in ASKED:
            add(Check(f"{what}: requests/s of bare WSGI", who, of_wsgi, "at least", ASKED[name]))
        else:
            add(Check(f"{what}: requests/s of bare Flask", who, of_flask, "at least", 0.6))
        if name == "hot pair":
            late = one.p99_ms / bare.p99_ms
            add(Check(f"{what}: requests/s of bare Flask", who, of_flask, "at least", 2))
            add(Check(f"{what}: p99 of bare WSGI's", who, late, "at most", 2))
