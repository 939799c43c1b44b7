"""Loading a release, beside a bare script that only parses and inserts."""

import statistics
import sys
from contextlib import ExitStack

from sqlalchemy.engine import make_url
from support.mysql_server import empty_database

from bench.figures import Check, Report
from bench.stage import ROOT, Stage

TIMES = 1.5


def seed(stage: Stage) -> Report:
    """Measure the command and the script in turns, each into a new database."""
    columns = ("database", "seconds", "bare seconds", "ratio", "peak MB")
    report = Report("seed", "Loading a release", columns)
    for kind in stage.databases:
        turns = []
        for number in range(stage.rounds):
            turns.append(_turn(stage, kind))
            bare, seconds, memory = turns[-1]
            stage.say(f"seed: {kind}: {seconds:.2f} s, bare {bare:.2f} s")
            report.rounds.append(
                {"round": number + 1, "database": kind, "seconds": seconds}
                | {"bare_seconds": bare, "peak_mb": memory}
            )
        bare, seconds, memory = (statistics.median(one) for one in zip(*turns, strict=True))
        report.rows.append([kind, seconds, bare, seconds / bare, memory])
        what = "seed: of parsing and bare bulk insert"
        report.checks.append(Check(what, kind, seconds / bare, "at most", TIMES))
    return report


def _turn(stage: Stage, kind: str) -> tuple[float, float, float]:
    """Seconds of the script, seconds and peak memory of the command."""
    with ExitStack() as stack:
        url = stack.enter_context(stage.database(kind))
        if kind == "SQLite":
            target = f"sqlite:{stage.folder / 'bare.db'}"
            (stage.folder / "bare.db").unlink(missing_ok=True)
        else:
            at = make_url(stack.enter_context(empty_database(str(stage.mariadb))))
            target = f"mysql:{at.host}:{at.port}:{at.username}:{at.password or ''}:{at.database}"
        script = str(ROOT / "bench" / "bare_seed.py")
        bare, _ = stage.timed([sys.executable, script, str(stage.release / "Skills.txt"), target])
        seconds, memory = stage.flask("seed", str(stage.release), DATABASE_URL=url)
    return bare, seconds, memory
