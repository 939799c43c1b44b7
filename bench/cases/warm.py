"""Filling the whole cache from the upstream, beside the time that the allowed rate takes."""

import json

from bench.figures import Check, Report
from bench.servers import sandbox
from bench.stage import Stage

RATE = 5
"""Requests a second that are allowed: the default."""
TIMES = 1.3


def warm(stage: Stage) -> Report:
    """Run `flask warm --all` against a sandbox without latency, into an empty database."""
    columns = ("database", "requests", "seconds", "seconds at the allowed rate", "ratio")
    report = Report("warm", "Warming all", columns)
    for kind in stage.databases:
        with (
            stage.database(kind) as url,
            sandbox(stage.release, stage.folder, 0) as upstream,
        ):
            address = f"http://127.0.0.1:{upstream.port}/"
            settings = {"ONET_API_URL": address, "ONET_API_KEY": "bench"}
            seconds, _ = stage.flask("warm", "--all", DATABASE_URL=url, **settings)
            count = json.loads(upstream.ask("/sandbox/requests")[1])["count"]
        own = count / RATE
        stage.say(f"warm: {kind}: {count} requests, {seconds:.1f} s")
        report.rows.append([kind, str(count), seconds, own, seconds / own])
        report.rounds.append({"database": kind, "requests": count, "seconds": seconds})
        what = "warm all: of the upstream's own time at the allowed rate"
        report.checks.append(Check(what, kind, seconds / own, "at most", TIMES))
    return report
