"""From the start of the server to its first answer, with a loaded database."""

import statistics
import time

from bench.figures import Check, Report
from bench.pairs import random_targets, rated_codes
from bench.servers import product
from bench.stage import Stage

SECONDS = 1.5
SETTLED = 1.0
"""Seconds until the server is stopped: one that has only just started can take long to stop."""


def start(stage: Stage) -> Report:
    """Measure until a skill gap has been answered."""
    report = Report("start", "Start", ("database", "seconds to the first answer"))
    target = random_targets(rated_codes(stage.release), 1)[0]
    for kind in stage.databases:
        url, found = stage.loaded(kind), []
        for number in range(stage.rounds):
            began = time.perf_counter()
            with product(url, stage.folder) as server:
                answer, _ = server.ask(target)
                found.append(time.perf_counter() - began)
                time.sleep(SETTLED)
            if answer.status != 200:
                raise RuntimeError(f"{target} gave {answer.status}")
            stage.say(f"start: {kind}: {found[-1]:.2f} s")
            report.rounds.append({"round": number + 1, "database": kind, "seconds": found[-1]})
        middle = statistics.median(found)
        report.rows.append([kind, middle])
        what = "start to the first answer, two workers"
        report.checks.append(Check(what, kind, middle, "at most", SECONDS, "s"))
    return report
