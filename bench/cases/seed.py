"""Loading a release, beside a bare script that only parses and inserts."""

import statistics
import sys
from contextlib import ExitStack

from sqlalchemy.engine import make_url
from support.mysql_server import empty_database

from bench.figures import Check, Report
from bench.stage import ROOT, Stage
from cache.release.reader import open_release

TIMES = 1.5


def seed(stage: Stage) -> Report:
    """Measure the command and the script in turns, each into a new database."""
    columns = ("database", "seconds", "bare seconds", "ratio", "start", "bare start", "peak MB")
    report = Report("seed", "Loading a release", columns)
    for kind in stage.databases:
        turns = []
        for number in range(stage.rounds):
            turns.append(_turn(stage, kind))
            seconds, bare, start, bare_start, memory = turns[-1]
            stage.say(f"seed: {kind}: {seconds:.2f} s, bare {bare:.2f} s")
            report.rounds.append(
                {"round": number + 1, "database": kind, "seconds": seconds, "start": start}
                | {"bare_seconds": bare, "bare_start": bare_start, "peak_mb": memory}
            )
        seconds, bare, start, bare_start, memory = map(statistics.median, zip(*turns, strict=True))
        ratio = seconds / bare
        report.rows.append([kind, seconds, bare, ratio, start, bare_start, memory])
        what = "seed: of parsing and bare bulk insert"
        report.checks.append(Check(what, kind, ratio, "at most", TIMES))
    report.notes.append(
        "Seconds are without the start of the process, which stands beside them: for the command, "
        "one that finds a release loaded and does nothing; for the script, an interpreter that "
        "imports the driver. The command stores each row twice, as it was landed and as it is "
        "published, with keys; the script once, without any. Titles, job zones and related "
        "occupations are loaded by the command alone."
    )
    return report


def _turn(stage: Stage, kind: str) -> tuple[float, float, float, float, float]:
    """Seconds of the command and of the script, those of either's start, and peak memory."""
    with ExitStack() as stack:
        url = stack.enter_context(stage.database(kind))
        if kind == "SQLite":
            driver = "sqlite3"
            target = f"sqlite:{stage.folder / 'bare.db'}"
            (stage.folder / "bare.db").unlink(missing_ok=True)
        else:
            driver = "MySQLdb"
            at = make_url(stack.enter_context(empty_database(str(stage.mariadb))))
            target = f"mysql:{at.host}:{at.port}:{at.username}:{at.password or ''}:{at.database}"
        script = str(ROOT / "bench" / "bare_seed.py")
        with open_release(stage.release) as release:
            files = [str(stage.release / name) for _, name in release.rating_files]
        bare, _ = stage.timed([sys.executable, script, *files, target])
        bare_start, _ = stage.timed([sys.executable, "-c", f"import {driver}"])
        seconds, memory = stage.flask("seed", str(stage.release), DATABASE_URL=url)
        start, _ = stage.flask("seed", "--if-empty", DATABASE_URL=url)
    return seconds - start, bare - bare_start, start, bare_start, memory
