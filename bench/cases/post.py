"""Profiles, which nothing of may be kept: compared beside bare Flask, and ranked."""

import json
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from bench.figures import Cell, Check, Report
from bench.load import Measured, Traffic, generator, measure, median, remarks
from bench.pairs import keep_posted
from bench.servers import Server, ceiling, product
from bench.stage import Stage

COLUMNS = (
    "posted", "connections", "server", "requests/s", "of bare Flask", "p50 ms", "p99 ms",
    "CPU ms each", "remark",
)  # fmt: skip
OWN = {"occupations": ["15-1254"], "ratings": {"2.B.3.e": 4.5, "2.A.1.a": 4}}
"""What someone says of themself, which every release can be asked."""
TARGET = "11-1011"
RANKING = json.dumps({"from": OWN, "domains": ["skills", "knowledge", "abilities"]})
OF_FLASK = 0.5
RANKED_MS = 60
SECONDS = 2
WORKERS = 2
FLASK, PRODUCT = "bare Flask", "SQLite"
SOME, ALL, RANKED = "a profile to compare", "one that rates all skills", "a profile to rank"


def post(stage: Stage) -> Report:
    """Measure `POST /skill-gap` beside a view that takes the body and returns the same bytes.

    Where three domains are at hand, also one ranking at a time of all occupations by these.
    """
    report = Report("post", "What is posted", COLUMNS)
    found: dict[tuple[str, str, int], list[Measured]] = {}
    with ExitStack() as stack:
        server = stack.enter_context(product(stage.loaded("SQLite"), stage.folder, workers=WORKERS))
        plan = []
        for name, own in ((SOME, OWN), (ALL, OWN | {"ratings": _levels(server)})):
            gap = json.dumps({"from": own, "to": TARGET})
            file = stage.folder / f"{name}.json"
            keep_posted(server, "/skill-gap", gap, file)
            bare = stack.enter_context(ceiling("flask", stage.folder, file))
            traffic = Traffic(["/skill-gap"], 8, body=gap)
            plan += [(name, FLASK, bare, traffic), (name, PRODUCT, server, traffic)]
        release = three_domains(stage)
        if release is not None:
            url = stack.enter_context(stage.database("SQLite"))
            stage.flask("seed", str(release), DATABASE_URL=url)
            ranks = stack.enter_context(product(url, stage.folder, workers=1))
            traffic = Traffic(["/transitions"], 1, body=RANKING)
            plan.append((RANKED, PRODUCT, ranks, traffic))
        for number in range(stage.rounds):
            for name, who, at, traffic in plan:
                one = measure(at, traffic, SECONDS)
                found.setdefault((name, who, traffic.connections), []).append(one)
                what = {"round": number + 1, "posted": name, "server": who}
                report.rounds.append(what | asdict(one))
                stage.say(f"post: {name}, {who}: {one.requests_per_second:,.0f}/s {remarks(one)}")
    _sum_up(report, {key: median(rounds) for key, rounds in found.items()})
    report.notes.append(
        f"Load by {generator()}. A profile is an occupation and two ratings, or a rating of each "
        "skill. What is compared is "
        "asked of two workers with 8 connections, in turns with the bare view, which reads the "
        "body; what is ranked of one, one at a time, by three domains of O*NET 30.3."
    )
    return report


def _levels(server: Server) -> dict[str, float]:
    """Rate all skills, no two alike."""
    _, body = server.ask("/elements?domain=skills")
    ids = [element["id"] for element in json.loads(body)["elements"]]
    return {id_: round(1 + at / 10, 1) for at, id_ in enumerate(ids)}


def three_domains(stage: Stage) -> Path | None:
    """Make a release of O*NET 30.3 with knowledge and abilities; None where they are not here."""
    newer, others = (stage.release.parent / name for name in ("db_30_3_text", "abilities_30"))
    if not (newer / "Occupation Data.txt").is_file() or not (others / "Abilities.txt").is_file():
        return None
    folder = stage.folder / newer.name
    folder.mkdir()
    for file in (*newer.iterdir(), *others.iterdir()):
        (folder / file.name).symlink_to(file)
    return folder


def _sum_up(report: Report, found: dict[tuple[str, str, int], Measured]) -> None:
    for (name, who, connections), one in found.items():
        view = found.get((name, FLASK, connections))
        of_flask = one.requests_per_second / view.requests_per_second if view else None
        row: list[Cell] = [
            name, str(connections), who, one.requests_per_second, of_flask,
            one.p50_ms, one.p99_ms, one.cpu_ms, remarks(one),
        ]  # fmt: skip
        report.rows.append(row)
        if who == FLASK:
            continue
        if of_flask is not None:
            what = f"{name}: requests/s of bare Flask"
            report.checks.append(Check(what, who, of_flask, "at least", OF_FLASK))
        else:
            what = f"{name} by three domains: p50"
            report.checks.append(Check(what, who, one.p50_ms, "at most", RANKED_MS, "ms"))
